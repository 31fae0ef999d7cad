"""Front matter, strictly: where python-frontmatter and MkDocs would read a file differently, it is an error."""

from __future__ import annotations

import re
from typing import Any

from frontmatter.default_handlers import YAMLHandler

from mkdocs_postmortem import strictyaml
from mkdocs_postmortem.model import Problem, Span

_OPEN = re.compile(r"-{3}[ \t]*\n")
_FENCE = re.compile(r"^(-{3,}|\.{3})[ \t]*$", re.MULTILINE)
_CUT = re.compile(r"title:[ \t]+(?![\s\"'|>])[^#]*(?:(?<=\S)#[^#]*)*?(?<=[ \t])(#[^\s#].*)")
_HEADER = re.compile(r" {0,3}[A-Za-z0-9_-]+:(?!//)")


class StrictHandler(YAMLHandler):
    """python-frontmatter's handler, with our loader in place of YAML's."""

    def load(self, fm: str, **kwargs: object) -> Any:
        """Front matter with the places of its values; `fm` begins at the end of line 1."""
        return strictyaml.load(fm.removeprefix("\n"), 2)


_HANDLER = StrictHandler()


class Front:
    """Facts, places and problems of a file's front matter, and the line where its body begins."""

    __slots__ = ("body_line", "places", "present", "problems", "values")

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.places: dict[strictyaml.Path, Span] = {}
        self.problems: list[Problem] = []
        self.body_line = 1
        self.present = False


def read(text: str) -> Front:
    """Read the front matter of a document's text. Never raises for what a file may hold."""
    front = Front()
    if not _OPEN.match(text):
        _no_front(text, front)
        return front
    front.present = True
    closing = _closing(text, front)
    if closing is None:
        return front
    # Blank lines below the first `---` are left out by the splitting, and would move every place.
    facts = _HANDLER.split(text)[0]
    loaded = _HANDLER.load("\n" * (text.count("\n", 0, closing) - facts.count("\n")) + facts)
    front.body_line = text.count("\n", 0, closing) + 2
    front.problems += loaded.problems
    front.places = loaded.places
    if isinstance(loaded.value, dict):
        front.values = loaded.value
        if " #" in text[:closing]:
            _cut_title(text[:closing], front)
    elif not loaded.problems:
        what = "a list" if isinstance(loaded.value, list) else "not a set of facts"
        if loaded.value is None:
            what = "empty"
        front.problems.append(
            Problem("PM101", Span(2), f"front matter is {what}", "write `key: value` lines between the `---`")
        )
    return front


def _cut_title(text: str, front: Front) -> None:
    """PM107 for a title that YAML cuts: in `title: Outage #412 of checkout` it takes ` #412 …` for a comment."""
    at = text.find("\ntitle:")
    if at < 0:
        return
    end = text.find("\n", at + 1)
    line = text[at + 1 : end if end >= 0 else len(text)]
    match = _CUT.match(line)
    if match is None or "accept" in match[1]:
        return
    number = text.count("\n", 0, at + 1) + 1
    front.problems.append(
        Problem(
            "PM107",
            Span(number, match.start(1) + 1, len(line) + 1),
            f"YAML reads `{match[1][:40].rstrip()}` as a comment, and the title ends before it",
            "put the title in quotes",
        )
    )


def _closing(text: str, front: Front) -> int | None:
    """Where the closing line begins, if it is one that every reader takes for it."""
    first_end = text.index("\n") + 1
    fence = _FENCE.search(text, first_end)
    if fence is None:
        front.problems.append(
            Problem("PM101", Span(1, 1, 4), "front matter opens here and is never closed", "close it with a line `---`")
        )
        return None
    line = text.count("\n", 0, fence.start()) + 1
    span = Span(line, 1, len(fence[0]) + 1)
    if fence[1] == "...":
        message, mend = "front matter is closed with `...`", "close it with `---`, which every reader understands"
    elif fence[1] != "---":
        message, mend = f"front matter is closed with `{fence[1]}`", "close it with exactly three dashes"
    elif fence.end() == len(text):
        message, mend = "the file ends with the closing `---` and no newline", "end the line"
    elif fence.start() == first_end:
        message, mend = "front matter is empty", "write the facts between the two lines, or remove both"
    else:
        return fence.start()
    front.problems.append(Problem("PM101", span, message, mend))
    return None


def _no_front(text: str, front: Front) -> None:
    """Two cases in which MkDocs or python-frontmatter would see facts that the other does not."""
    stripped = text.lstrip()
    if stripped is not text and stripped != text and _OPEN.match(stripped) and _FENCE.search(stripped, 4):
        line = text[: len(text) - len(stripped)].count("\n") + 1
        front.problems.append(
            Problem(
                "PM101", Span(line, 1, 4), "front matter does not begin on the first line", "move it to the very top"
            )
        )
    elif re.match(r"-{4,}[ \t]*\n", text):
        front.problems.append(
            Problem(
                "PM101",
                Span(1, 1, text.index("\n") + 1),
                "front matter opens with more than three dashes",
                "open it with exactly `---`",
            )
        )
    elif text.startswith("---") and re.match(r"---[ \t]*\Z", text):
        front.problems.append(
            Problem("PM101", Span(1, 1, 4), "front matter opens here and is never closed", "close it with a line `---`")
        )
    elif _HEADER.match(text):
        end = text.find("\n")
        front.problems.append(
            Problem(
                "PM101",
                Span(1, 1, (end if end >= 0 else len(text)) + 1),
                "MkDocs takes this line for metadata and would leave it out of the page",
                "put facts between two `---` lines; begin prose with a heading or a blank line",
            )
        )
