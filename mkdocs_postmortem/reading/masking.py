"""Code and comments, which are never taken for content: found in one pass over the lines of a body."""

from __future__ import annotations

import re
from typing import NamedTuple

from mkdocs_postmortem.model import Problem, Span

TEXT, CODE, VOID = 0, 1, 2
"""Kinds of lines: to be looked into, code, and blank (comments are blanked)."""

_FENCE = re.compile(r"[ \t]*(?:[-*+] +|\d+[.)] +)*(`{3,}|~{3,})([^`]*)\Z")
_TICKS = re.compile(r"`+")


class Comment(NamedTuple):
    """An HTML comment: what it says and where it stands; lines are counted from 0."""

    text: str
    line: int
    column: int
    last_line: int
    alone: bool
    """Nothing else stands on its lines."""


def mask(lines: list[str], start: int, kinds: bytearray, problems: list[Problem]) -> list[Comment]:
    """Mark code and blank lines in `kinds`, blank comments out of `lines`, column for column.

    PM208 for the first code block and the first comment that are never closed: what was to close
    them would be told as one more.
    """
    return _Mask(lines, kinds, problems).run(start)


class _Mask:
    def __init__(self, lines: list[str], kinds: bytearray, problems: list[Problem]) -> None:
        self.lines = lines
        self.kinds = kinds
        self.problems = problems
        self.comments: list[Comment] = []
        self.unclosed: dict[str, int] = {}
        """Fences known never to be closed: their sign, and the length from which on."""
        self.close = -1
        """The next line known to close a comment; past the end where there is none."""

    def run(self, start: int) -> list[Comment]:
        lines, kinds = self.lines, self.kinds
        count = len(lines)
        number = start
        while number < count:
            line = lines[number]
            if "```" in line or "~~~" in line:
                match = _FENCE.match(line)
                if match:
                    number = self.code(number, match)
                    continue
            if "<!--" in line:
                number = self.comment(number)
                continue
            if not line or line.isspace():
                kinds[number] = VOID
            number += 1
        return self.comments

    def code(self, number: int, match: re.Match[str]) -> int:
        """Mark the code block that opens on this line; returns the line after it."""
        end = self.fence_end(number, match[1])
        if end is None:
            if not self.unclosed:
                self.problems.append(
                    Problem(
                        "PM208",
                        Span(number + 1, match.start(1) + 1, match.end(1) + 1),
                        "the code block that opens here is never closed",
                        f"close it with a line `{match[1]}`",
                    )
                )
            sign, length = match[1][0], len(match[1])
            self.unclosed[sign] = min(length, self.unclosed.get(sign, length))
            end = number
        for inside in range(number, end + 1):
            self.kinds[inside] = CODE
        return end + 1

    def fence_end(self, number: int, fence: str) -> int | None:
        """Index of the line that closes the fence opened at `number`."""
        if len(fence) >= self.unclosed.get(fence[0], len(fence) + 1):
            return None
        for at in range(number + 1, len(self.lines)):
            line = self.lines[at]
            if fence in line:
                text = line.strip()
                if not text.strip(fence[0]) and len(text) >= len(fence):
                    return at
        return None

    def comment_end(self, number: int) -> int | None:
        """Index of the first line from `number` on that closes a comment."""
        if self.close < number:
            lines = self.lines
            self.close = next((at for at in range(number, len(lines)) if "-->" in lines[at]), len(lines))
        return self.close if self.close < len(self.lines) else None

    def comment(self, number: int) -> int:
        """Blank the comments that begin on this line; returns the index of the next line to look at."""
        lines, kinds = self.lines, self.kinds
        line = lines[number]
        find = _OutsideCode(line).find
        pieces: list[str] = []
        after, alone, words_end = 0, True, len(line.rstrip())
        while (begin := find(after)) >= 0:
            alone = alone and not line[after:begin].strip()
            end = line.find("-->", begin + 4)
            if end >= 0:
                end += 3
                whole = alone and end >= words_end
                self.comments.append(Comment(line[begin + 4 : end - 3], number, begin, number, whole))
                pieces += (line[after:begin], " " * (end - begin))
                after = end
                continue
            last = self.comment_end(number + 1)
            if last is None:
                if not any(problem.message == _OPEN for problem in self.problems):
                    span = Span(number + 1, begin + 1, begin + 5)
                    self.problems.append(Problem("PM208", span, _OPEN, "close it with `-->`"))
                break
            close = lines[last].index("-->")
            inner = "\n".join([line[begin + 4 :], *lines[number + 1 : last], lines[last][:close]])
            whole = alone and not lines[last][close + 3 :].strip()
            self.comments.append(Comment(inner, number, begin, last, whole))
            lines[number] = "".join((*pieces, line[after:begin]))
            for between in range(number + 1, last):
                lines[between] = ""
                kinds[between] = VOID
            lines[last] = " " * (close + 3) + lines[last][close + 3 :]
            self.close = -1
            if not lines[number].strip():
                kinds[number] = VOID
            return last
        if pieces:
            line = lines[number] = "".join((*pieces, line[after:]))
        if not line.strip():
            kinds[number] = VOID
        return number + 1


_OPEN = "the comment that opens here is never closed"


class _OutsideCode:
    """Where comments begin on a line, code spans passed over, from left to right."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.runs = [(match.start(), match.end()) for match in _TICKS.finditer(line)]
        self.partner = [-1] * len(self.runs)
        """For each run of backticks the next of its length, which closes it."""
        last: dict[int, int] = {}
        for at in range(len(self.runs) - 1, -1, -1):
            start, end = self.runs[at]
            self.partner[at] = last.get(end - start, -1)
            last[end - start] = at
        self.at = 0

    def find(self, after: int) -> int:
        """The next `<!--` from `after` on that is not in a code span, or -1."""
        begin = self.line.find("<!--", after)
        while begin >= 0:
            inside = False
            while self.at < len(self.runs) and self.runs[self.at][0] < begin:
                start = self.runs[self.at][0]
                partner = self.partner[self.at]
                if start < after or partner < 0 or self.line[start - 1 : start] == "\\":
                    self.at += 1
                    continue
                end = self.runs[partner][1]
                self.at = partner + 1
                if end > begin:
                    begin = self.line.find("<!--", end)
                    inside = True
                    break
            if not inside:
                return begin
        return -1
