"""Post-mortems whose every fact tries to become markup, a script, a formula, a template or a table's end."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from tests.plugin.support import BODY, CONFIG, Site, site

DO = "window.__pwned=1;alert(1)"
ATTACKS = (
    f'<img src=x onerror="{DO}">',
    f'"><script>{DO}</script>',
    f"</title></textarea></script><script>{DO}</script>",
    f"' autofocus onfocus={DO} x='",
    f"[click](javascript:{DO}) <javascript:{DO}>",
    f"[click]( <javascript:{DO}> 'x')",
    "![x](https://evil.example/beacon.png)",
    "Fish & Chips &lt;b&gt; &amp;lt; &#60;script&#62;",
    "one | two | three || `code` ``x``",
    "line\nbreak\r\n\r\n# Not a heading\n\n* no list",
    "{{ 7*7 }} {% raw %} {% include 'x' %} {# no #} {{ config }}",
    "]]> --> <!-- x --!> <![CDATA[ x",
    "<!-- postmortem:archive --> <!-- postmortem:browse --> <!-- material/tags -->",
    "\u202egpj.exe\u2066 \u05d0\u05d1\u05d2 \u0627\u0644\u062e\u0637\u0623 \u200bzero",
    "=cmd()|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "a\x02b\x01c0\x00d\x1b[31m",
    ":smile: ++ins++ ==mark== ~~no~~ H~2~O https://evil.example x@evil.example",
    "../../../etc/passwd",
    "{: onclick=alert(1) .cls #id }",
    "constructor",
    "__proto__",
)
HARMLESS = tuple(f"Harmless{number:02}" for number in range(len(ATTACKS)))


def facts(values: Sequence[str]) -> dict[str, Any]:
    """Front matter in which every text is one of these values, or all of them in one."""
    whole = " ".join(values)
    return {
        "title": whole,
        "status": "published",
        "severity": values[0],
        "incident_type": values[1],
        "services": list(values),
        "causes": list(values),
        "tags": list(values),
        "started_at": "2026-11-03T10:02Z",
        "detected_at": "2026-11-03T10:09Z",
        "resolved_at": "2026-11-03T10:49Z",
        "detection_method": values[3],
        "owner": whole,
        "authors": list(values),
        "reviewers": list(values),
        "facilitator": values[2],
        "participants": [{"who": value, "role": value} for value in values],
        "impact": dict(
            zip(("users_affected", "data_loss", "revenue", "customer_complaints"), values[1:], strict=False)
        ),
        "description": whole,
        "subtitle": values[0],
        **({"icon": values[1]} if "<" in values[1] else {}),
        "template": "../../../etc/passwd",
        "related": ["other", *values],
        "timeline": [{"time": "10:02", "event": value} for value in values],
        "action_items": [
            {
                "action": value,
                "owner": value,
                "priority": values[0],
                "due": "2026-11-17",
                "status": "open",
                "ticket": value,
                "category": "prevent",
            }
            for value in values
        ],
    }


def in_tables(values: Sequence[str]) -> str:
    """The same in the body's tables, where the words are the author's own markdown."""
    # What would end the row, or begin a comment that swallows the next, is left out.
    rows = [re.sub("[\r\n\0\x1b]|<!-- x", " ", value).replace("|", "\\|") for value in values]
    events = "\n".join(f"| 10:02 | {row} |" for row in rows)
    actions = "\n".join(f"| {row} | {row} | P0 | 2026-11-17 | Open |" for row in rows)
    return (
        BODY.format(title="In tables")
        .replace("| 10:02 | The release reaches the first hosts |", events)
        .replace("| Refuse to start when a setting is missing | @wei | P0 | 2026-11-17 | Open |", actions)
    )


def written(front: dict[str, Any], body: str) -> str:
    text = yaml.safe_dump(front, allow_unicode=False, sort_keys=False, width=10_000)
    return f"---\n{text}---\n{body}"


def wiki(
    root: Path, values: Sequence[str], theme: str, plugins: Mapping[str, Any] = MappingProxyType({"search": None})
) -> Site:
    """A site of such post-mortems, with every rule off that would stop it from being built."""
    off = ("PM106", "PM107", "PM109", "PM201", "PM203", "PM209", "PM408", "PM409")
    config = {
        "theme": {"name": theme},
        "plugins": [*({name: options} if options else name for name, options in plugins.items()), "postmortem"],
        "nav": ["index.md", "postmortems/hostile.md", "postmortems/tables.md"],
        "site_url": "https://wiki.example/",
    }
    if theme == "material":
        config["theme"] = {"name": theme, "font": False, "features": ["navigation.indexes", "navigation.footer"]}
    made = site(root)
    made.write("mkdocs.yml", yaml.safe_dump({**CONFIG, **config}))
    made.write(
        "postmortem.yml",
        yaml.safe_dump(
            {
                "action_items": {"ticket_url": "https://tickets.example/{}"},
                "rules": dict.fromkeys(off, "off"),
            }
        ),
    )
    body = BODY.format(title="Body").partition("## Timeline")[0] + "## Root Cause Analysis\n\nA setting.\n"
    made.write("docs/postmortems/hostile.md", written({"id": "front", **facts(values)}, body))
    made.write(
        "docs/postmortems/tables.md",
        written(
            {key: value for key, value in facts(values).items() if key not in ("timeline", "action_items")}
            | {"related": ["front"], "title": values[0], "id": values[1]},
            in_tables(values),
        ),
    )
    return made
