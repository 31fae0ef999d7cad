/*
 * Filters and sorts the tables of mkdocs-postmortem. Only enhances: without it every page reads well.
 *
 * A table `data-pm-table` names its filters in `data-pm-filters`; its rows carry `data-<filter>`
 * (JSON where a filter is a list), its header cells `data-key`, its cells `data-sort` where the
 * text does not sort by itself. The state is in the address: ?severity=P1&text=dns&sort=date&dir=asc
 * (`text`, since themes keep `q` for their search).
 */
(function () {
  "use strict";
  if (window.mkdocsPostmortem) return;
  window.mkdocsPostmortem = true;

  var SEARCH = "text";
  var FIRST = 200; // rows drawn at once: thousands take a browser seconds to lay out
  var collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  var active = [];

  function element(name, attributes, children) {
    var node = document.createElement(name);
    for (var key in attributes || {}) {
      if (attributes[key] !== null) node.setAttribute(key, attributes[key]);
    }
    (children || []).forEach(function (child) {
      node.append(child);
    });
    return node;
  }

  function fold(text) {
    return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  }

  function plural(number, noun) {
    return number.toLocaleString("en") + " " + (number === 1 ? noun.replace(/s$/, "") : noun);
  }

  /** One table: its rows read once, its controls, and the state they and the address share. */
  function Table(table, number) {
    this.table = table;
    this.body = table.tBodies[0];
    this.box = table.closest(".pm-scroll") || table;
    this.id = "pm-table-" + number;
    this.noun = table.getAttribute("data-pm-table");
    this.filters = JSON.parse(table.getAttribute("data-pm-filters"));
    this.headers = Array.from(table.tHead.rows[0].cells);
    this.initial = this.headers.findIndex(function (header) {
      return header.hasAttribute("aria-sort");
    });
    this.initialDirection = this.initial < 0 ? null : this.headers[this.initial].getAttribute("aria-sort");
    this.rows = Array.from(this.body.rows, this.read, this);
    this.order = this.rows;
    this.limit = FIRST;
    this.sorted = { key: null, direction: null };
    this.build();
    this.restore();
  }

  Table.prototype.read = function (node, place) {
    var values = {};
    this.filters.forEach(function (filter) {
      var written = node.getAttribute("data-" + filter.key) || "";
      values[filter.key] = filter.list ? JSON.parse(written || "[]") : written ? [written] : [];
    });
    return { node: node, place: place, values: values, text: null, later: false };
  };

  /** A row's words, folded when they are first needed. */
  function words(row) {
    if (row.text === null) row.text = fold(row.node.textContent.replace(/\s+/g, " "));
    return row.text;
  }

  /** The values a filter offers: in its own order, else by name, with how many rows have each. */
  Table.prototype.options = function (filter) {
    var counts = new Map();
    this.rows.forEach(function (row) {
      row.values[filter.key].forEach(function (value) {
        counts.set(value, (counts.get(value) || 0) + 1);
      });
    });
    var order = filter.order || [];
    var found = Array.from(counts.keys());
    found.sort(function (a, b) {
      var left = order.indexOf(a);
      var right = order.indexOf(b);
      if (left !== right) return (left < 0 ? order.length : left) - (right < 0 ? order.length : right);
      return collator.compare(a, b) * (filter.descending ? -1 : 1);
    });
    return found.map(function (value) {
      return { value: value, count: counts.get(value) };
    });
  };

  function label(filter, value) {
    return (filter.labels && Object.hasOwn(filter.labels, value) && filter.labels[value]) || value;
  }

  Table.prototype.build = function () {
    var self = this;
    this.selects = {};
    var fields = [];
    this.input = element("input", {
      type: "search",
      id: this.id + "-text",
      autocomplete: "off",
      spellcheck: "false",
    });
    fields.push(
      element("div", { class: "pm-field pm-field-text" }, [
        element("label", { for: this.id + "-text" }, ["Search"]),
        this.input,
      ])
    );
    this.filters.forEach(function (filter) {
      var options = self.options(filter);
      if (options.length < 2) return;
      var id = self.id + "-" + filter.key;
      var select = element("select", { id: id }, [element("option", { value: "" }, ["All"])]);
      options.forEach(function (option) {
        select.append(
          element("option", { value: option.value }, [label(filter, option.value) + " (" + option.count + ")"])
        );
      });
      self.selects[filter.key] = select;
      fields.push(
        element("div", { class: "pm-field" }, [element("label", { for: id }, [filter.label]), select])
      );
    });
    // Stacked rows have no headers to press; the stylesheet shows this control in their place.
    this.sorter = element("select", { id: this.id + "-sort" }, [element("option", { value: "" }, ["As listed"])]);
    this.headers.forEach(function (header) {
      var key = header.getAttribute("data-key");
      if (!key) return;
      var ways = header.getAttribute("data-first") === "desc" ? ["desc", "asc"] : ["asc", "desc"];
      ways.forEach(function (way) {
        var words = header.textContent.trim() + (way === "asc" ? ", ascending" : ", descending");
        self.sorter.append(element("option", { value: key + " " + way }, [words]));
      });
    });
    fields.push(
      element("div", { class: "pm-field pm-field-sort" }, [
        element("label", { for: this.id + "-sort" }, ["Sort by"]),
        this.sorter,
      ])
    );
    this.clearer = element("button", { type: "button", class: "pm-clear", hidden: "" }, ["Clear filters"]);
    this.status = element("p", { class: "pm-result", role: "status" });
    this.form = element("form", { class: "pm-filter", role: "search", "aria-label": "Filter " + this.noun }, [
      element("div", { class: "pm-fields" }, fields),
      element("div", { class: "pm-outcome" }, [this.status, this.clearer]),
    ]);
    this.box.before(this.form);
    this.empty = element("p", { class: "pm-nothing", hidden: "" }, ["Nothing matches these filters."]);
    this.box.after(this.empty);
    this.more = element("button", { type: "button", class: "pm-more", hidden: "" });
    this.box.after(this.more);
    this.more.addEventListener("click", function () {
      var next = self.order.find(function (row) {
        return row.later;
      });
      self.limit = Infinity;
      self.apply();
      var link = next && next.node.querySelector("a");
      if (link) link.focus();
    });

    this.form.addEventListener("submit", function (event) {
      event.preventDefault();
    });
    this.form.addEventListener("change", function (event) {
      if (event.target === self.input) return;
      if (event.target === self.sorter) self.sort.apply(self, self.sorter.value ? self.sorter.value.split(" ") : [null, null]);
      self.changed();
    });
    var waiting = 0;
    this.input.addEventListener("input", function () {
      clearTimeout(waiting);
      waiting = setTimeout(function () {
        self.changed();
      }, 120);
    });
    this.clearer.addEventListener("click", function () {
      self.input.value = "";
      Object.keys(self.selects).forEach(function (key) {
        self.selects[key].value = "";
      });
      self.input.focus();
      self.changed();
    });
    this.headers.forEach(function (header, column) {
      if (!header.hasAttribute("data-key")) return;
      var button = element("button", { type: "button", class: "pm-sort" });
      button.append.apply(button, Array.from(header.childNodes));
      header.append(button);
      button.addEventListener("click", function () {
        self.toggle(column);
      });
    });
  };

  Table.prototype.toggle = function (column) {
    var header = this.headers[column];
    var now = header.getAttribute("aria-sort");
    var first = header.getAttribute("data-first") || "asc";
    var direction = now ? (now === "ascending" ? "desc" : "asc") : first;
    this.sort(header.getAttribute("data-key"), direction);
    this.changed();
  };

  /** Sort by a column; without one, back to the order the page came in. Empty cells stay last. */
  Table.prototype.sort = function (key, direction) {
    var column = this.headers.findIndex(function (header) {
      return key && header.getAttribute("data-key") === key;
    });
    if (column < 0) key = direction = null;
    if (this.sorted.key === key && this.sorted.direction === direction) return;
    this.sorted = { key: key, direction: direction };
    this.sorter.value = key ? key + " " + direction : "";
    var rows = this.rows.slice();
    if (key) {
      var sign = direction === "desc" ? -1 : 1;
      var numeric = true;
      var found = rows.map(function (row) {
        var cell = row.node.cells[column];
        var written = cell.getAttribute("data-sort");
        var dash = cell.firstElementChild && cell.firstElementChild.className === "pm-none";
        if (written === null && !dash) written = cell.textContent.trim();
        if (written === null || written === "") return { row: row, value: null };
        if (numeric && isNaN(Number(written))) numeric = false;
        return { row: row, value: written };
      });
      found.sort(function (a, b) {
        if (a.value === null || b.value === null) {
          if (a.value !== b.value) return a.value === null ? 1 : -1;
        } else {
          var order = numeric ? a.value - b.value : collator.compare(a.value, b.value);
          if (order) return order * sign;
        }
        return a.row.place - b.row.place;
      });
      rows = found.map(function (pair) {
        return pair.row;
      });
    }
    this.order = rows;
    var all = document.createDocumentFragment();
    rows.forEach(function (row) {
      all.append(row.node);
    });
    this.body.append(all);
    this.headers.forEach(function (header, place) {
      if (key ? place === column : place === this.initial) {
        var shown = key ? (direction === "desc" ? "descending" : "ascending") : this.initialDirection;
        header.setAttribute("aria-sort", shown);
      } else {
        header.removeAttribute("aria-sort");
      }
    }, this);
  };

  Table.prototype.wanted = function () {
    var wanted = [];
    for (var key in this.selects) {
      if (this.selects[key].value) wanted.push([key, this.selects[key].value]);
    }
    return wanted;
  };

  /** Show the rows that match, the first of them at once; only rows that change are touched. */
  Table.prototype.apply = function () {
    var wanted = this.wanted();
    var terms = fold(this.input.value).split(/\s+/).filter(Boolean);
    var shown = 0;
    var limit = this.limit;
    this.order.forEach(function (row) {
      var matches =
        wanted.every(function (pair) {
          return row.values[pair[0]].includes(pair[1]);
        }) &&
        terms.every(function (term) {
          return words(row).includes(term);
        });
      if (matches) shown += 1;
      if (row.node.hidden === matches) row.node.hidden = !matches;
      var later = matches && shown > limit;
      if (row.later !== later) {
        row.later = later;
        row.node.classList.toggle("pm-later", later);
      }
    });
    var filtered = wanted.length > 0 || terms.length > 0;
    var total = this.rows.length;
    var text = filtered ? shown.toLocaleString("en") + " of " + plural(total, this.noun) : plural(total, this.noun);
    this.more.hidden = shown <= limit;
    if (!this.more.hidden) {
      text += ", the first " + limit + " shown";
      this.more.textContent = "Show all " + shown.toLocaleString("en");
    }
    if (this.status.textContent !== text) this.status.textContent = text;
    this.clearer.hidden = !filtered;
    this.empty.hidden = shown > 0;
    this.box.hidden = shown === 0;
  };

  Table.prototype.changed = function () {
    this.limit = FIRST;
    this.apply();
    this.store();
  };

  Table.prototype.keys = function () {
    return this.filters
      .map(function (filter) {
        return filter.key;
      })
      .concat([SEARCH, "sort", "dir"]);
  };

  /** Write the state to the address, so that a view can be linked; other parameters stay. */
  Table.prototype.store = function () {
    var address = new URL(location.href);
    this.keys().forEach(function (key) {
      address.searchParams.delete(key);
    });
    this.wanted().forEach(function (pair) {
      address.searchParams.set(pair[0], pair[1]);
    });
    if (this.input.value.trim()) address.searchParams.set(SEARCH, this.input.value.trim());
    if (this.sorted.key) {
      address.searchParams.set("sort", this.sorted.key);
      address.searchParams.set("dir", this.sorted.direction);
    }
    if (address.href !== location.href) history.replaceState(history.state, "", address);
  };

  /** Take the state from the address. */
  Table.prototype.restore = function () {
    var given = new URL(location.href).searchParams;
    this.filters.forEach(function (filter) {
      var value = given.get(filter.key) || "";
      var select = this.selects[filter.key];
      if (!select && value) {
        // A link may ask for what a table of few values offers no control for: offer it now.
        select = this.offer(filter);
      }
      if (!select) return;
      // As people write it: in any case, an owner without the @.
      var plain = value.toLowerCase().replace(/^@/, "");
      var meant = Array.from(select.options).find(function (option) {
        return option.value === value || (value && option.value.toLowerCase().replace(/^@/, "") === plain);
      });
      if (meant) value = meant.value;
      select.value = value;
      if (select.value !== value) {
        // Nothing here has that value (any more): say so, rather than show everything.
        select.append(element("option", { value: value }, [label(filter, value) + " (0)"]));
        select.value = value;
      }
    }, this);
    this.input.value = given.get(SEARCH) || "";
    this.sort(given.get("sort"), given.get("dir") === "desc" ? "desc" : "asc");
    this.limit = FIRST;
    this.apply();
  };

  Table.prototype.offer = function (filter) {
    var id = this.id + "-" + filter.key;
    var select = element("select", { id: id }, [element("option", { value: "" }, ["All"])]);
    this.options(filter).forEach(function (option) {
      select.append(
        element("option", { value: option.value }, [label(filter, option.value) + " (" + option.count + ")"])
      );
    });
    this.selects[filter.key] = select;
    this.form.firstChild.append(
      element("div", { class: "pm-field" }, [element("label", { for: id }, [filter.label]), select])
    );
    return select;
  };

  /** Links that lead to a list without scripts lead to the filtered table with them. */
  function upgrade(link) {
    link.href = link.getAttribute("data-pm-href");
    link.removeAttribute("data-pm-href");
    link.addEventListener(
      "click",
      function (event) {
        var table = active.find(function (one) {
          return one.table.isConnected;
        });
        var plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
        if (!plain || !table || new URL(link.href).pathname !== location.pathname) return;
        event.preventDefault();
        event.stopPropagation();
        history.pushState(null, "", link.href);
        table.restore();
        var still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
        table.form.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" });
        (table.selects[Object.keys(table.selects)[0]] || table.input).focus({ preventScroll: true });
      },
      true
    );
  }

  /** On narrow screens rows are stacked by the stylesheet; roles keep them a table to screen readers. */
  function name(table) {
    if (table.rows.length > 1000 || table.hasAttribute("role")) return;
    table.setAttribute("role", "table");
    table.querySelectorAll("thead, tbody").forEach(function (group) {
      group.setAttribute("role", "rowgroup");
    });
    Array.from(table.rows, function (row) {
      row.setAttribute("role", "row");
      Array.from(row.cells, function (cell) {
        var heads = cell.tagName === "TH" ? (cell.scope === "row" ? "rowheader" : "columnheader") : "cell";
        cell.setAttribute("role", heads);
      });
    });
  }

  /** Wide tables of a post-mortem scroll in a box that keys can reach, with a name; some themes have none. */
  function reachable() {
    document.querySelectorAll(".pm-anchor, .pm-elapsed").forEach(function (mark) {
      var table = mark.closest("table:not(.pm-table)");
      if (!table) return;
      var box = table.closest(".md-typeset__scrollwrap, .wy-table-responsive, .pm-wide");
      if (!box) {
        if (table.scrollWidth <= table.parentElement.clientWidth) return;
        box = element("div", { class: "pm-wide" });
        table.before(box);
        box.append(table);
      }
      if (box.hasAttribute("tabindex") || box.scrollWidth <= box.clientWidth) return;
      var before = box.previousElementSibling;
      while (before && !/^H[1-6]$/.test(before.tagName)) before = before.previousElementSibling;
      box.setAttribute("tabindex", "0");
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", before ? before.firstChild.textContent.trim() : "Table");
    });
  }

  function setup() {
    active = active.filter(function (one) {
      return one.table.isConnected;
    });
    document.querySelectorAll("table[data-pm-table]:not([data-pm-ready])").forEach(function (table) {
      table.setAttribute("data-pm-ready", "");
      active.push(new Table(table, document.querySelectorAll("[data-pm-ready]").length));
    });
    document.querySelectorAll("a[data-pm-href]").forEach(upgrade);
    document.querySelectorAll("table.pm-table").forEach(name);
    setTimeout(reachable, 200); // themes put their boxes around tables when the page is there
  }

  window.addEventListener("popstate", function () {
    active.forEach(function (one) {
      if (one.table.isConnected) one.restore();
    });
  });
  // Material's instant navigation replaces the page without loading it anew.
  if (window.document$ && window.document$.subscribe) window.document$.subscribe(setup);
  else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", setup);
  else setup();
})();
