"""What each rule is for, with a bad and a good example: for the terminal and for the manual."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mkdocs_postmortem.checking.findings import OFF, RULES, Rule
from mkdocs_postmortem.model import FATAL_CODES

FOLDER = Path(__file__).parent / "catalogue"
"""One file for each rule, beside this module and so in the wheel as well."""

GROUPS = {
    "PM1": "The file and its facts",
    "PM2": "The shape of the document",
    "PM3": "Facts that contradict each other",
    "PM4": "Action items",
    "PM50": "Language",
    "PM51": "Depth",
    "PM60": "The process",
    "PM61": "What others could learn from",
    "PM65": "The register of incidents",
}
"""The rules by the beginning of their codes."""

_PARTS = ("Bad", "Good", "Accepting it")
_FENCE = re.compile(r"(`{3,})(\w*)\Z")


@dataclass(frozen=True, slots=True)
class Example:
    """A fenced block of a rule's text: a fragment of a post-mortem, or a whole one."""

    language: str
    """`yaml` for front matter, `markdown` for sections, `text` for a whole file."""
    text: str
    """Verbatim, ending with a newline."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule with what the catalogue says of it, in markdown."""

    rule: Rule
    purpose: str
    bad: Example
    good: Example
    accepting: str
    """When it is right to accept a finding, and the comment to write; empty where it never is."""


def explain(code: str) -> str:
    """What a rule is for, as text for the terminal. Raises `KeyError` for a code that is none."""
    item = _explanation(code.strip().upper())
    rule = item.rule
    parts = [
        f"{rule.code} {rule.name}: {_levels(rule)}",
        rule.summary,
        item.purpose,
        f"Bad:\n\n{_indented(item.bad.text)}",
        f"Good:\n\n{_indented(item.good.text)}",
    ]
    if item.accepting:
        parts.append(f"Accepting it:\n\n{_unfenced(item.accepting)}")
    parts.append(_switches(rule))
    return "\n\n".join(parts)


def catalogue() -> list[Explanation]:
    """Every rule with what is said of it, by code."""
    return [_explanation(code) for code in sorted(RULES)]


def markdown_page() -> str:
    """The manual's page of rules: an overview by group, then each under the anchor of its code."""
    entries = catalogue()
    lines = [
        "# Rules",
        "",
        "<!-- Made from mkdocs_postmortem/checking/catalogue; tests/checking/test_catalogue.py says how. -->",
        "",
        *_PREFACE.strip().split("\n"),
    ]
    for start, title in GROUPS.items():
        lines += ["", f"**{title}**", "", "| Rule | Finds | Severity | In drafts |", "|---|---|---|---|"]
        for item in entries:
            rule = item.rule
            if rule.code.startswith(start):
                link = f"[{rule.code}](#{rule.code.lower()}) {rule.name}"
                lines.append(f"| {link} | {rule.summary} | {rule.severity} | {rule.draft} |")
    for item in entries:
        rule = item.rule
        lines += ["", f'## <a id="{rule.code.lower()}"></a>{rule.code} {rule.name}', ""]
        lines += [f"*{_levels(rule).capitalize()}.* {rule.summary}", "", item.purpose]
        lines += ["", "**Bad**", "", _fenced(item.bad), "", "**Good**", "", _fenced(item.good)]
        if item.accepting:
            lines += ["", "**Accepting it**", "", item.accepting]
    return "\n".join(lines) + "\n"


_PREFACE = """
`mkdocs-postmortem check` looks for what follows, and `mkdocs-postmortem explain PM305` says the same
as this page in the terminal. Errors fail the check; warnings fail it with `--strict`; notes (`info`)
never do. In a draft many rules are milder, or off: it may be unfinished.

A rule's severity is set in `postmortem.yml`, for all documents or by their state:

```yaml
rules:
  PM205: off
  PM401: {draft: info, published: error}
```

A single finding is accepted where it stands, with a reason. In the body, on the line or on a line of
its own above the block:

```markdown
<!-- postmortem: accept PM305 the reason -->
```

In front matter, on the line or on the line above:

```yaml
# postmortem: accept PM305 the reason
```
"""


@lru_cache(maxsize=128)
def _explanation(code: str) -> Explanation:
    rule = RULES[code]
    purpose, parts = _split((FOLDER / f"{code}.md").read_text(encoding="utf-8"))
    return Explanation(rule, purpose, _example(parts["Bad"]), _example(parts["Good"]), parts.get("Accepting it", ""))


def _split(text: str) -> tuple[str, dict[str, str]]:
    """What stands before the first of the known headings, and below each; fences are not looked into."""
    found: dict[str, list[str]] = {"": []}
    name, fence = "", ""
    for line in text.split("\n"):
        heading = line.removeprefix("## ")
        if not fence and heading != line and heading in _PARTS:
            name = heading
            found[name] = []
            continue
        if fence:
            fence = "" if line == fence else fence
        elif match := _FENCE.match(line):
            fence = match[1]
        found[name].append(line)
    parts = {key: "\n".join(lines).strip("\n") for key, lines in found.items()}
    return parts.pop(""), parts


def _example(text: str) -> Example:
    first, *lines, last = text.split("\n")
    match = _FENCE.match(first)
    if match is None or last != match[1]:
        raise ValueError(f"an example is one fenced block, this is not: {first}")
    return Example(match[2], "\n".join(lines) + "\n")


def _fenced(example: Example) -> str:
    fence = "`" * max([3, *(len(run) + 1 for run in re.findall(r"`{3,}", example.text))])
    return f"{fence}{example.language}\n{example.text}{fence}"


def _unfenced(text: str) -> str:
    """Prose as it is, fenced blocks indented."""
    lines, inside = [], False
    for line in text.split("\n"):
        if _FENCE.match(line):
            inside = not inside
        else:
            lines.append(f"    {line}".rstrip() if inside else line)
    return "\n".join(lines)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.rstrip("\n").split("\n"))


def _levels(rule: Rule) -> str:
    if rule.draft == rule.severity:
        return rule.severity
    return f"{rule.severity}, {'not looked for' if rule.draft == OFF else rule.draft} in drafts"


def _switches(rule: Rule) -> str:
    """How to set a rule's severity and how to accept one finding."""
    if rule.code in FATAL_CODES:
        return (
            "In postmortem.yml, for every post-mortem (error, warning or info):\n\n"
            f"    rules: {{{rule.code}: warning}}\n\n"
            "It cannot be switched off, and cannot be accepted in place: the file would vanish from the archive\n"
            "without a word, and nothing else in it can be judged."
        )
    lines = [
        "In postmortem.yml, for every post-mortem (error, warning, info or off; or by state):",
        "",
        f"    rules: {{{rule.code}: off}}",
        "",
    ]
    if rule.code in ("PM114", "PM115"):
        return "\n".join([*lines, "It cannot be accepted in place: it is about such comments."])
    return "\n".join(
        [
            *lines,
            "In place, for one finding: in the body on the line or above the block, in front matter on the",
            "line or above it:",
            "",
            f"    <!-- postmortem: accept {rule.code} the reason -->",
            f"    # postmortem: accept {rule.code} the reason",
        ]
    )
