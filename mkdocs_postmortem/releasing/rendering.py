"""Public words as the host's renderer shows them, compared with what was meant before anybody approves them."""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from typing import Any

from mkdocs_postmortem.releasing import folding, grammar
from mkdocs_postmortem.releasing.articles import article_text
from mkdocs_postmortem.releasing.rules import RULES, Refusal, Refusals, declare

RENDERED = declare(
    "PM713",
    "rendered-words",
    "What the renderer shows are the words of the release, all of them, in their order.",
    "write the line more plainly: marks around whole words, code between backticks, an escape left out",
)


@lru_cache(maxsize=1)
def _renderer() -> Any:
    from markdown import Markdown

    return Markdown(extensions=["toc", "tables", "fenced_code"])


def judge(body: str, path: str, refusals: Refusals, *, first_line: int = 1, numbers: list[int] | None = None) -> None:
    """Refuse a body whose words the renderer does not show as they are written.

    `numbers` gives for each line its line in the file, where they do not simply follow `first_line`.
    """
    try:
        shown = article_text(f"<article>{_renderer().reset().convert(body)}</article>") or ""
    except BaseException:
        _renderer.cache_clear()  # it stopped in the middle of something
        raise
    lines = body.split("\n")
    written = [folding.letters(line) for line in grammar.shown(body).split("\n")]
    there, meant = folding.letters(shown), "".join(written)
    if there == meant:
        return
    same = next((n for n, (a, b) in enumerate(zip(there, meant, strict=False)) if a != b), min(len(there), len(meant)))
    ends = accumulate(map(len, written))
    at = next((n for n, end in enumerate(ends) if end > same), len(lines) - 1)
    line = numbers[at] if numbers is not None and at < len(numbers) else first_line + at
    message = "the renderer shows other words than stand here"
    refusals.add(Refusal(RENDERED, path, line, message, RULES[RENDERED].mend, value=lines[at]))
