"""What the rules of the public build are for, for the terminal and for the manual."""

from __future__ import annotations

# Every module that declares rules is imported here, so that all of them are known.
from mkdocs_postmortem.releasing import (
    approvals,
    configured,
    excerpts,
    gate,
    grammar,
    images,
    projection,
    release,
    rendering,
    substitution,
    words,
)
from mkdocs_postmortem.releasing.rules import RULES

DECLARED_IN = (
    approvals,
    configured,
    excerpts,
    gate,
    grammar,
    images,
    projection,
    release,
    rendering,
    substitution,
    words,
)
GROUPS = {
    "PM7": "Public words and pictures",
    "PM8": "Releases, approvals and the site's sources",
    "PM9": "The built site",
}
"""The rules by the beginning of their codes."""


__all__ = ["RULES", "explain", "markdown_page"]


def explain(code: str) -> str:
    """What a rule is for, as text for the terminal. Raises `KeyError` for a code that is none."""
    rule = RULES[code.strip().upper()]
    accepting = (
        "It cannot be accepted: what it asks for is to be done."
        if rule.code.startswith("PM8")
        else "It cannot be switched off. One occurrence is accepted in redaction.yml, with a reason."
    )
    return (
        f"{rule.code} {rule.name}: refused in the public build\n\n{rule.summary}\n\nMend: {rule.mend}.\n\n{accepting}"
    )


def markdown_page() -> str:
    """The manual's page of these rules."""
    lines = [
        "# Rules of the public build",
        "",
        "<!-- Made from the rules' own words; tests/releasing/test_rules.py says how. -->",
        "",
        "They are no rules of `check`, and no setting switches them off. Security and legal accept single occurrences",
        "in `redaction.yml`, with a reason: see [the policy](../public/policy.md#accepting-one-occurrence).",
        "PM731, PM732 and PM733 refuse nothing: they point out what a reviewer should look at.",
    ]
    for start, title in GROUPS.items():
        lines += ["", f"## {title}", "", "| Rule | Keeps | Mend |", "|---|---|---|"]
        for code in sorted(RULES):
            rule = RULES[code]
            if code.startswith(start):
                mend = (rule.mend[0].upper() + rule.mend[1:]).replace("|", "\\|")
                lines.append(f"| {code} {rule.name} | {rule.summary.replace('|', chr(92) + '|')} | {mend} |")
    return "\n".join(lines) + "\n"
