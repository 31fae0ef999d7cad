"""Prints precision and recall of the rules that judge sentences.

python -m tests.checking.language.measure [--files] [--show]

The part `read` was set aside: its first file before the first rule was written, the second before
rules were mended after sentences of somebody else, the third before they were mended once more. Its
misses have been read since, and rules were widened by them: it says nothing of unseen text any more. `held-out` was
written afterwards, without a look at the rules; the head of each file tells what it gave when it was read first.
`--files` measures each file by itself. `--show` names what is missed and what is found wrongly.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from mkdocs_postmortem.checking.language import Reader
from mkdocs_postmortem.checking.language.lexicon import english
from mkdocs_postmortem.checking.language.prose import blank

HERE = Path(__file__).parent
PARTS = {
    "tuning": ("tuning.yml", "tuning-2.yml", "tuning-3.yml", "tuning-4.yml", "tuning-5.yml", "tuning-6.yml"),
    "read": ("held-out.yml", "held-out-2.yml", "held-out-3.yml"),
    "held-out": ("held-out-4.yml", "held-out-5.yml"),
}
"""The files of each part."""


def sentences(part: str) -> dict[str, list[str]]:
    """The sentences of a part, or of one of its files (`held-out.yml`), by their kind."""
    found: dict[str, list[str]] = {}
    for name in (part,) if part.endswith(".yml") else PARTS[part]:
        loaded = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
        for kind, text in loaded.items():
            found.setdefault(kind, []).extend(text.strip().split("\n"))
    return found


def people() -> frozenset[str]:
    """Names that the sentences' record would know."""
    loaded = yaml.safe_load((HERE / "people.yml").read_text(encoding="utf-8"))
    return frozenset(name.lower() for name in loaded["people"])


def wording() -> Callable[[str], str]:
    """The code of the rule that finds something in a sentence; empty where none does."""
    reader = Reader(english(), people())

    def judge(sentence: str) -> str:
        for cell in sentence.split(" | "):  # a row of the timeline
            for said in reader.read(blank(cell), cell):
                return said.rule.code
        return ""

    return judge


def vague() -> Callable[[str], str]:
    """PM414 for an action item that it finds."""
    sharpness = english().sharpness
    return lambda action: "PM414" if sharpness.is_vague(action) else ""


def surface() -> Callable[[str], str]:
    """PM511 for a cause that it finds."""
    analysis = english().analysis
    return lambda cause: "PM511" if analysis.is_surface(cause) else ""


class Measured(NamedTuple):
    """How well a family of rules tells its sentences from the others."""

    family: str
    part: str
    found: int
    missed: tuple[str, ...]
    wrong: tuple[str, ...]
    clean: int

    @property
    def precision(self) -> float:
        """Share of what is found that is meant to be."""
        return self.found / (self.found + len(self.wrong))

    @property
    def recall(self) -> float:
        """Share of what is meant to be found that is."""
        return self.found / (self.found + len(self.missed))

    def __str__(self) -> str:
        return (
            f"{self.family:14} {self.part:14} precision {self.precision:.3f}  recall {self.recall:.3f}"
            f"  ({self.found} found, {len(self.missed)} missed; {len(self.wrong)} of {self.clean} others found)"
        )


FAMILIES: dict[str, tuple[tuple[str, ...], str, Callable[[], Callable[[str], str]]]] = {
    "blame": (("blame",), "clean", wording),
    "counterfactual": (("counterfactual",), "clean", wording),
    "hindsight": (("hindsight",), "clean", wording),
    "causes": (("surface",), "deep", surface),
    "actions": (("vague",), "sharp", vague),
    "language": (("blame", "counterfactual", "hindsight"), "clean", wording),
}
"""Which kinds a family is to find, which not, and what judges them."""

CODES = {"blame": ("PM501", "PM502"), "counterfactual": ("PM503",), "hindsight": ("PM504",)}
"""The rules whose findings among the others count against a family of its own."""


def measure(part: str, family: str) -> Measured:
    """How well a family does on one part."""
    kinds, others, make = FAMILIES[family]
    judge = make()
    all_of = sentences(part)
    wanted = [line for kind in kinds for line in all_of[kind]]
    missed = tuple(line for line in wanted if not judge(line))
    codes = CODES.get(family)
    wrong = tuple(line for line in all_of[others] if (code := judge(line)) and (codes is None or code in codes))
    return Measured(family, part, len(wanted) - len(missed), missed, wrong, len(all_of[others]))


def measured(*, files: bool = False) -> Iterator[Measured]:
    """Every family on every part, or on every file of them."""
    for part in (name for names in PARTS.values() for name in names) if files else PARTS:
        there = sentences(part).keys()
        for family, (kinds, others, _) in FAMILIES.items():
            if there >= {*kinds, others}:  # a file may be about some families alone
                yield measure(part, family)


def main() -> None:
    """Print the measures."""
    show = "--show" in sys.argv
    for result in measured(files="--files" in sys.argv):
        print(result)
        if show:
            for line in result.missed:
                print(f"    missed  {line}")
            for line in result.wrong:
                print(f"    wrong   {line}")


if __name__ == "__main__":
    main()
