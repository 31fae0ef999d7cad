"""Post-mortems that may be related though nobody linked them: suggested with the reason, never asserted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mkdocs_postmortem.measuring.patterns import shared
from mkdocs_postmortem.measuring.similar import Texts, stem, stems
from mkdocs_postmortem.model import PostMortem

MOST = 2
"""Suggestions for one post-mortem."""
ALONE = 0.22
"""How alike two texts are that are suggested for their words alone (0 to 1).

Chosen on 66 published post-mortems of three teams, where all eight pairs from here on up were of
one kind of failure. Quiet rather than complete: some below are, too.
"""
TOGETHER = 0.18
"""How alike those are that share a service or a cause as well."""
_SHOWN = 4
"""Words that are given as the reason."""
_TITLE, _NAMES = 3, 2
"""How often the words of a title count, and those of services, causes and tags."""
_LONGEST = 4000
"""Characters of a post-mortem's text that are looked at."""
_SECTIONS = ("executive_summary", "what_happened", "root_cause_analysis")
_ADDRESS = re.compile(r"<?https?://\S+|\]\([^()\s]*\)|<!--")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two post-mortems that may be related, and why."""

    earlier: PostMortem
    later: PostMortem
    score: float
    """How alike their words are, from 0 to 1."""
    shared_services: tuple[str, ...]
    shared_causes: tuple[str, ...]
    words: tuple[str, ...]
    """Words that both use and few others do, the most telling first."""


def candidates(records: Sequence[PostMortem], known: Iterable[tuple[str, str]] = ()) -> tuple[Candidate, ...]:
    """Pairs that may be related, the most alike first; at most a few of each record.

    `records` in the order of their days, newest first. Left out are pairs of which one names the
    other as related, and those that are `known` (paths, in any order): what is a repeat already
    needs no suggestion.
    """
    texts = Texts(_words(record) for record in records)
    linked = {frozenset(pair) for pair in known}
    names = {record.id: record.path for record in reversed(records)}
    for record in records:
        linked.update(frozenset((record.path, names[name])) for name in set(record.related) if name in names)
    pairs: dict[tuple[int, int], float] = {}
    for index in range(len(records)):
        for near in texts.near(index, TOGETHER):
            pairs[min(index, near.place), max(index, near.place)] = near.score
    taken: Counter[int] = Counter()
    found = []
    for (later, earlier), score in sorted(pairs.items(), key=lambda item: (-item[1], item[0])):
        one, other = records[later], records[earlier]
        if max(taken[later], taken[earlier]) >= MOST or frozenset((one.path, other.path)) in linked:
            continue
        services, causes = shared(one.services, other.services), shared(one.causes, other.causes)
        if score < ALONE and not services and not causes:
            continue
        taken.update((later, earlier))
        words = texts.shared(later, earlier)
        found.append(Candidate(other, one, score, services, causes, tuple(_spelled(one, words))[:_SHOWN]))
    return tuple(found)


def _words(record: PostMortem) -> list[str]:
    """What a post-mortem is about, as stems: title, names, summary and root cause; else its first words."""
    names = " ".join((*record.services[:20], *record.causes[:20], *record.tags[:20])).replace("-", " ")
    return stems(record.title) * _TITLE + stems(names) * _NAMES + stems(_prose(record))


def _prose(record: PostMortem) -> str:
    document = record.document
    lines = document.lines
    parts: list[str] = []
    covered = 0
    for section in document.sections:
        if section.key in _SECTIONS and section.span.line > covered:
            parts += [line for line in lines[section.span.line : section.end_line] if line[:1] != "#"]
            covered = section.end_line
    text = "\n".join(parts or lines[document.body_line - 1 :])[:_LONGEST]
    return _ADDRESS.sub(" ", text)


def _spelled(record: PostMortem, found: Sequence[str]) -> Iterator[str]:
    """Stems as the post-mortem spells them first."""
    wanted = dict.fromkeys(found[: 2 * _SHOWN], "")
    for word in re.findall(r"[^\W_]+(?:['’][^\W_]+)*", f"{record.title}\n{_prose(record)}"):
        key = stem(word)
        if not wanted.get(key, "said"):
            wanted[key] = word if word.isupper() else word.lower()
    return (word for word in wanted.values() if word)
