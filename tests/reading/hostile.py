"""Documents that nobody writes by accident: each made at a size, to see that time grows with it."""

from __future__ import annotations

from collections.abc import Callable

FRONT = "---\ntitle: A title\nstatus: published\nseverity: P2\n---\n\n"
ACTIONS = "\n## Action Items\n\n"
TABLE = ACTIONS + "| Action | Owner | Priority | Due | Status | Completed |\n|---|---|---|---|---|---|\n"
TIMELINE = "\n## Timeline\n\n| Time | Event |\n|---|---|\n"

UNIT = 20_000
"""Characters of the smaller size; the larger is four times as large."""


def body(text: str, before: str = "") -> Callable[[int], str]:
    """A body that repeats `text`, in lines or in one, after `before`."""
    return lambda size: FRONT + before + text * (UNIT * size // len(text)) + "\n"


def front(text: str, before: str = "", after: str = "") -> Callable[[int], str]:
    """Front matter that repeats `text`."""
    return lambda size: f"---\n{before}{text * (UNIT * size // len(text))}{after}\n---\n\nWords.\n"


def numbered(line: str, before: str = "") -> Callable[[int], str]:
    """A body of numbered lines."""
    return lambda size: (
        FRONT + before + "".join(line.replace("#n", str(n)) for n in range(UNIT * size // (len(line) + 3)))
    )


def front_numbered(line: str, before: str = "", after: str = "") -> Callable[[int], str]:
    """Front matter of numbered lines."""
    return lambda size: (
        "---\n"
        + before
        + "".join(line.replace("#n", str(n)) for n in range(UNIT * size // (len(line) + 3)))
        + after
        + "\n---\n\nWords.\n"
    )


CASES: dict[str, Callable[[int], str]] = {
    # structure
    "headings": body("## a\n"),
    "headings of one section": body("## Impact\n"),
    "headings of every level": body("# a\n## a\n### a\n#### a\n##### a\n###### a\n"),
    "headings, each another": numbered("## Heading #n\n"),
    "setext headings": body("a\n=\n\n"),
    "hashes in one line": body("#"),
    "a heading of hashes and spaces": body(" #", "## a"),
    "a heading with a run of spaces": lambda size: FRONT + "## a" + " " * UNIT * size + "b\n",
    "a heading of brackets": body("[", "## "),
    "a heading of less-than signs": body("<a", "## "),
    "a heading of braces": body(" {", "## "),
    "a heading of parentheses": body("(", "## "),
    "a heading of stars": body("*", "## a"),
    "a heading of digits": body("1.", "## "),
    "fences that are never closed": body("```a\n"),
    "fences of growing length": lambda size: (
        FRONT + "".join("`" * (3 + n % 300) + "x\n" for n in range(size * UNIT // 150))
    ),
    "fences that close each other": body("```\n"),
    "tildes": body("~~~ a\n"),
    "tildes in one line": body("~"),
    "comments that are never closed": body("<!-- a\n"),
    "comments that are never closed, in one line": body("<!-- "),
    "comments in one line": body("<!-- a --> "),
    "comments in code spans": body("`<!--` "),
    "comments, each in its line": body("<!-- a -->\n"),
    "comments that accept": body("<!-- postmortem: accept PM305 a -->\n"),
    "comments that accept, with findings": body("[TIME] <!-- postmortem: accept PM305 a -->\n"),
    "comments that accept what is found": body("[TIME] <!-- postmortem: accept PM203 a -->\n"),
    "comments that accept, in front matter": front("# postmortem: accept PM305 a\n"),
    "block quotes": lambda size: FRONT + ">" * UNIT * size + " a\n",
    "block quotes in lines": body("> > > a\n"),
    "lists in lists": lambda size: FRONT + "".join(" " * n + "- a\n" for n in range(int((UNIT * size) ** 0.5))),
    "bullets in one line": body("- "),
    "numbers in one line": body("1. "),
    "one line": body("a"),
    "one line of spaces": lambda size: FRONT + " " * UNIT * size + "a\n",
    "one line of stars": body("*"),
    "one line of underscores": body("_a"),
    "one line of ticks": body("`"),
    "one line of ticks of many lengths": lambda size: (
        FRONT + " ".join("`" * n for n in range(1, int((2 * UNIT * size) ** 0.5)))
    ),
    "one line of code spans with pipes": body("`|`", TIMELINE),
    "one line of pipes": body("|", TIMELINE),
    "one line of escaped pipes": body("\\|", TIMELINE),
    "one line of pipes and dashes": body("|-", "\n## Timeline\n\n| a | b |\n"),
    "one line of brackets": body("["),
    "one line of placeholders": body("[TIME]"),
    "one line of placeholders in code": body("`[TIME]`"),
    "one line of placeholders that are never closed": body("[Write "),
    "one line of braces": body("{{"),
    "one line of labels": body("**a**: "),
    "a label with digits": body("1", "\n## Impact\n\n- **Duration:** "),
    "a label with spaces": lambda size: FRONT + "\n## Impact\n\n- **Duration:** (" + " " * UNIT * size + "b\n",
    "a label with dashes": body(" -", "\n## Impact\n\n- **Duration:** ("),
    "a label with brackets": body("[", "\n## Impact\n\n- **Services Impacted:** "),
    "a label with parentheses": body("(", "\n## Impact\n\n- **Duration:** "),
    "a label with commas": body(",", "\n## Impact\n\n- **Services Impacted:** "),
    "a label with ands": body(" and", "\n## Impact\n\n- **Authors:** "),
    "labels in lines": body("**Duration:** 4 minutes\n"),
    "a date of spaces": lambda size: FRONT + "**Date:** 1" + " " * UNIT * size + "b\n",
    "whys": body("**Why 1:** a\n→ **Because:** b\n", "\n## 5 Whys\n\n"),
    "factors": body("1. a\n", "\n## Why It Happened\n\n**Contributing Factors:**\n\n"),
    "labels of factors": body("**Contributing Factors:**\n\n", "\n## Why It Happened\n\n"),
    "boxes": body("- [ ] Other\n", "\n### How We Detected It\n\n"),
    # tables and action items
    "rows of a timeline": body("| 10:02 | a |\n", TIMELINE),
    "rows of a timeline, back and forth": body("| 23:00 | a |\n| 01:00 | b |\n", TIMELINE),
    "rows of a timeline, with ranges": body("| 10:02 - 10:05 - | a |\n", TIMELINE),
    "a row of a timeline of spaces": lambda size: FRONT + TIMELINE + "| 1" + " " * UNIT * size + "b | a |\n",
    "a row of a timeline of ticks": body("✅ ", TIMELINE + "| 10:02 | "),
    "tables without a rule": body("| a | b |\n", "\n## Timeline\n\n"),
    "tables of a header": body("| Time | Event |\n|---|---|\n\n", "\n## Timeline\n\n"),
    "a table of columns": lambda size: (
        FRONT + "\n## Timeline\n\n" + "| a " * (UNIT * size // 8) + "|\n" + "|---" * (UNIT * size // 8) + "|\n| b |\n"
    ),
    "a header of one name": lambda size: (
        FRONT
        + "\n## Timeline\n\n"
        + "| Time " * (UNIT * size // 10)
        + "|\n"
        + "|-" * (UNIT * size // 10)
        + "|\n| b |\n"
    ),
    "a header cell of brackets": lambda size: (
        FRONT + "\n## Timeline\n\n| " + "[" * UNIT * size + " | b |\n|---|---|\n| a | b |\n"
    ),
    "rows with too many cells": body("| 10:02 | a | b |\n", TIMELINE),
    "actions": body("| a |\n", TABLE),
    "actions, each another": numbered("| Do #n | @a | P1 | 2026-11-17 | Open | |\n", TABLE),
    **{
        f"an action of {name}": body(sign, ACTIONS + "- [ ] a")
        for name, sign in {
            "letters": "a",
            "stars": "*",
            "ticks": "`",
            "pipes": "|",
            "brackets": "[",
            "blanks": " ",
            "digits": "1",
        }.items()
    },
    "actions without owners": numbered("| Do #n | | P1 | | Done | |\n", TABLE),
    "actions with one ID": lambda size: (
        FRONT + ACTIONS + "| ID | Action |\n|---|---|\n" + "| 1 | a |\n" * (UNIT * size // 10)
    ),
    "actions of wrong values": numbered("| Do #n | | urgent | soon | nearly | maybe |\n", TABLE),
    "an action of brackets": body("[", TABLE + "| "),
    "an action of a status": lambda size: FRONT + TABLE + "| a | b | c | d | Won't do:" + " " * UNIT * size + "b |\n",
    "checkboxes": numbered("- [ ] Do #n (@a, P1, due 2026-11-17)\n", ACTIONS),
    "checkboxes of one line": body("- [ ] ", ACTIONS),
    "a checkbox of lines": body("  more\n", ACTIONS + "- [ ] Do\n"),
    "a checkbox of parentheses": body("(", ACTIONS + "- [ ] Do "),
    "a checkbox of pairs of parentheses": body("()", ACTIONS + "- [ ] Do ("),
    "a checkbox of spaces": lambda size: FRONT + ACTIONS + "- [ ] Do" + " " * UNIT * size + "(x\n",
    "a checkbox of brackets": body("[", ACTIONS + "- [ ] Do "),
    "a checkbox of commas": body("a,", ACTIONS + "- [ ] Do ("),
    "a checkbox of handles": body("@a,", ACTIONS + "- [ ] Do ("),
    "bullets under action items": body("- a\n", ACTIONS),
    "bullets of dashes under action items": body("- ", ACTIONS),
    # characters
    "zero-width characters": body("a\u200b"),
    "zero-width characters in lines": body("a\u200b\n"),
    "control characters": body("a\x07\n"),
    "combining characters": body("a\u0301"),
    "joiners": body("👩\u200d"),
    # front matter
    "keys": front_numbered("key#n: a\n"),
    "keys twice": front("key: a\n"),
    "items": front("\n  - a", "tags:"),
    "items in a flow": front("a, ", "tags: [", "]"),
    "brackets": front("[", "tags: "),
    "braces": front("{a: ", "tags: "),
    "brackets in quotes": front("[{ ", 'title: "', '"'),
    "aliases": front("*a, ", "tags: [&a [b], ", "]"),
    "dashes": front("- ", "tags:\n  "),
    "spaces": front(" ", "title: a", "b"),
    "a digit key": front("1", "title: "),
    "HTML": front("<a", 'title: "', '"'),
    "a title of brackets": front("[x](", 'title: "', '"'),
    "lines of a title": front("\n  a\n", "title: |"),
    "a word of one list": front("a", "tags: [", "]"),
    "comments of YAML": front("# a\n"),
    "question marks": front("? a\n"),
    "nested keys": lambda size: (
        "---\n" + "".join(" " * n + "a:\n" for n in range(int((UNIT * size) ** 0.5))) + "---\n\nWords.\n"
    ),
    "related": front_numbered("PM-#n, ", "status: draft\nrelated: [", "]"),
    "a severity": front("x", "severity: "),
    "an incident type": front("deployment ", "incident_type: "),
    "front matter never closed": lambda size: "---\n" + "title: a\n" * (UNIT * size // 9),
    "front matter below blank lines": lambda size: "\n" * UNIT * size + "---\na: b\n---\n",
    "timeline in front matter": front_numbered('  - {time: "10:02", event: a#n}\n', "status: draft\ntimeline:\n"),
    "actions in front matter": front_numbered("  - {action: a#n, status: nearly}\n", "status: draft\naction_items:\n"),
    "participants": front_numbered("  - {role: a#n}\n", "status: draft\nparticipants:\n"),
}
