"""Who may be named in a post-mortem, and where a text names them, in every form a name takes."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import ahocorasick

from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.releasing import folding
from mkdocs_postmortem.releasing.lists import words_in
from mkdocs_postmortem.releasing.policy import Policy, Somebody

AMBIGUOUS = -1
"""Whom a mention means that several people share, or that is an ordinary word, too."""

_SHORT = 4
"""Single names with fewer letters, and ordinary words, count only where they begin with a capital letter."""
_JOINED = 5
"""Letters that names written as one word must have: `mlopez`."""
_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "Å": "Aa", "Ø": "Oe"}
)
_TITLE = re.compile(r"(?:Dr|Mr|Mrs|Ms|Prof)\.?\s+", re.I)
_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_AFTER = re.compile(r"@[\w-]+(?:\.[\w-]+)*")


class Mention(NamedTuple):
    """A place where a text names somebody; in characters of the text, `end` exclusive."""

    start: int
    end: int
    who: int
    """Index into the roster's people, or `AMBIGUOUS`."""
    whole: bool
    """It stands for itself; otherwise it is part of an identifier, a path or an address."""


class _Form(NamedTuple):
    """A form of somebody's name; `words` as `folding.split` has them, one space between."""

    words: str
    capital: bool = False
    """Counts only where it begins with a capital letter."""
    single: bool = False
    """A single part of a name, which somebody else's longer form may hold."""


class Roster:
    """The people of a project, found in texts by all forms of their names at once.

    Two people who share a form make it ambiguous; so does an ordinary word, until the policy
    says whose it is (an alias) or that it is nobody's (`ignore`).
    """

    def __init__(self, people: Iterable[Somebody]) -> None:
        self.people: Sequence[Somebody] = tuple(people)
        claimed: dict[str, set[int]] = {}
        owners: dict[str, set[int]] = {}
        self._handles: dict[str, int] = {}
        """Whose a handle is where an `@` says that it is one."""
        capital: dict[str, bool] = {}
        ordinary = words_in("ordinary.txt")
        for number, person in enumerate(self.people):
            if person.handle:
                self._handles.setdefault(folding.fold(person.handle), number)
            for alias in person.aliases:
                for form in _spellings(alias):
                    claimed.setdefault(form, set()).add(number)
            for found in forms(person):
                owners.setdefault(found.words, set()).add(number)
                capital[found.words] = capital.get(found.words, True) and found.capital
        self._automaton = ahocorasick.Automaton()
        for words in {*owners, *claimed}:
            who = claimed.get(words) or owners[words]
            decided = len(who) == 1 and (words in claimed or words not in ordinary)
            number = next(iter(who)) if decided else AMBIGUOUS
            needs_capital = capital[words] or words in ordinary
            self._automaton.add_word(f" {words} ", (len(words), number, needs_capital))
        self._empty = len(self._automaton) == 0
        if not self._empty:
            self._automaton.make_automaton()

    def find(self, text: str) -> list[Mention]:
        """Every place where somebody is named: the longest form first from the left, none within another."""
        if self._empty:
            return []
        found = self._find(text)
        if not found:
            return []
        emails = [match.span() for match in _EMAIL.finditer(text)] if "@" in text else []
        mentions: list[Mention] = []
        for start, end, who in found:
            around = next(((a, b) for a, b in emails if a <= start < b), None)
            if around:
                start, end = around
            if mentions and start < mentions[-1].end:
                continue
            mention = _widened(text, start, end, who)
            if "@" in (
                said := text[mention.start : mention.end]
            ):  # a handle is one person's, whoever else is called so
                who = self._handles.get(folding.fold(said.removeprefix("@").partition("@")[0]), who)
            mentions.append(mention._replace(who=who))
        return mentions

    def _find(self, text: str) -> list[tuple[int, int, int]]:
        """Start, end and person of the forms that hold, the longest from the left."""
        folded, words = folding.taken_apart(text)
        hits: list[tuple[int, int, int, bool]] = []
        for at, (length, who, needs_capital) in self._automaton.iter(words.text):
            hits.append((at - length, at, who, needs_capital))
        if not hits:
            return []
        hits.sort(key=lambda hit: (hit[0], -hit[1]))
        index = words.numbers
        same = len(folded) == len(text)
        at_original = None if same else folding.places(text)
        found: list[tuple[int, int, int]] = []
        last = 0
        for begin, end, who, needs_capital in hits:
            if begin < last:
                continue
            first = index[begin]
            final = first + words.text.count(" ", begin, end)
            start, stop = words.spans[first][0], words.spans[final][1]
            if needs_capital and not folded[start].isupper() and folded[start - 1 : start] != "@":
                continue
            last = end
            if at_original is not None:
                start, stop = at_original[start], at_original[stop - 1] + 1
                while stop < len(text) and folding.fold_case(text[stop]) == "":
                    stop += 1
            found.append((start, stop, who))
        return found


def _widened(text: str, start: int, end: int, who: int) -> Mention:
    """A mention with the `@` before it and the domain after it, and whether it stands for itself."""
    if start and text[start - 1] == "@":
        start -= 1
    if match := _AFTER.match(text, end):
        end = match.end()
    return Mention(
        start, end, who, not (_JOINED_BEFORE.search(text[max(0, start - 2) : start]) or _JOINED_AFTER.match(text, end))
    )


_JOINED_BEFORE = re.compile(r"(?:[^\W_]|[_/\\@=~]|[^\W_][-.])\Z")
_JOINED_AFTER = re.compile(r"[^\W_]|[_/\\@=]|[-.][^\W_]")


def forms(person: Somebody) -> Iterator[_Form]:
    """Every form that somebody's names, handle and addresses take, but the aliases."""
    ignored = {form for item in person.ignore for form in _spellings(item)}
    for name in person.names:
        for words in _variants(name):
            yield from _of_name(words, ignored)
    for handle in (person.handle, *(address.partition("@")[0] for address in person.emails)):
        for form in _spellings(handle):
            if form not in ignored and len(form) > 1:
                yield _Form(form, capital=len(form) < 3, single=" " not in form)
    for address in person.emails:
        for form in _spellings(address):
            yield _Form(form)
    for alias in person.aliases:
        for form in _spellings(alias):
            yield _Form(form, capital=len(form) < _SHORT)


def _variants(name: str) -> Iterator[list[str]]:
    """The parts of a name, given name first, in each spelling that its letters have."""
    last, comma, first = _TITLE.sub("", name).partition(",")
    name = f"{first} {last}" if comma else last
    seen = set()
    for spelling in (name, name.translate(_UMLAUTS)):
        folded = folding.fold_case(spelling)
        for parts in (
            [folding.split(part).text.strip() for part in re.split(r"[\s_.]+", folded)],
            [folding.split(part).text.strip() for part in re.split(r"[\s_.-]+", folded)],
            [part.casefold() for part in re.split(r"[\s_.-]+", re.sub(r"['’`´‘]", "", folded))],
        ):
            whole = tuple(part for part in parts if part)
            if whole and whole not in seen:
                seen.add(whole)
                yield list(whole)


def _of_name(parts: list[str], ignored: set[str]) -> Iterator[_Form]:
    first, last = parts[0], parts[-1]
    if len(parts) > 1:
        yield _Form(" ".join(parts))
        yield _Form("".join(parts).replace(" ", ""))
        yield _Form(" ".join([*parts[1:], first]))
        yield _Form(" ".join([last, *parts[:-1]]))
        for other in parts[1:]:
            yield _Form(f"{first} {other}")
            yield _Form(f"{other} {first}")
            yield _Form(f"{first[0]} {other}")
            yield _Form(f"{other} {first[0]}", capital=True)
            yield _Form(f"{first} {other[0]}", capital=True)
            for joined in (first + other, other + first, first[0] + other, first + other[0], other + first[0]):
                joined = joined.replace(" ", "")
                if len(joined) >= _JOINED and joined != first:
                    yield _Form(joined)
    for part in parts:
        if part not in ignored and len(part) > 1 and not part.isdigit():
            yield _Form(part, capital=len(part) < _SHORT and part[0].upper() != part[0], single=True)


def _spellings(text: str) -> Iterator[str]:
    """A text as its words: split where case splits them, and as it is written."""
    seen = set()
    for spelling in (text, text.translate(_UMLAUTS)):
        folded = folding.fold_case(spelling.strip().removeprefix("@"))
        parts = folding.split(folded).text.strip()
        lowered = folding.split(folded.casefold()).text.strip()
        for form in (parts, lowered, parts.replace(" ", "") if len(parts) > _JOINED else ""):
            if form and form not in seen:
                seen.add(form)
                yield form


def roster_of(policy: Policy, records: Iterable[PostMortem] = (), root: Path | None = None) -> Roster:
    """The roster: the policy's people and, inside the house, everybody else who is known.

    With `records` the people of all post-mortems, with `root` those of CODEOWNERS, of git's authors and of
    `.mailmap`. The public build knows the policy's alone.
    """
    people = list(policy.people)
    known = {key: number for number, person in enumerate(people) for key in _keys(person)}
    vocabulary = {folding.fold(word) for word in policy.words}
    others: set[Somebody] = set()
    for record in records:
        others.update(_of_record(record))
    if root is not None:
        others.update(_of_repository(root))
    for person in sorted(others, key=lambda item: (item.names, item.handle, item.emails)):
        told = [*person.names, person.handle, *person.emails]
        if any(folding.fold(text) in vocabulary for text in told if text):
            continue
        numbers = [known[key] for key in _keys(person) if key in known]
        if numbers:
            mine = people[numbers[0]]
            people[numbers[0]] = replace(
                mine,
                names=tuple(dict.fromkeys((*mine.names, *person.names))),
                emails=tuple(dict.fromkeys((*mine.emails, *person.emails))),
                aliases=tuple(dict.fromkeys((*mine.aliases, *({person.handle} - {"", mine.handle})))),
                handle=mine.handle or person.handle,
            )
            number = numbers[0]
        else:
            number = len(people)
            people.append(person)
        for key in _keys(person):
            known.setdefault(key, number)
    return Roster(people)


def _keys(person: Somebody) -> list[str]:
    """What makes two entries the same person."""
    named = [f"name {folding.fold(name)}" for name in person.names if " " in name.strip()]
    handles = [f"handle {folding.fold(person.handle)}"] if person.handle else []
    return [*handles, *(f"email {folding.fold(address)}" for address in person.emails), *named]


def person_of(text: str, loosely: bool = True) -> Somebody | None:
    """Whom a field names: a handle, an address or a name; None where it names a team, or nobody.

    `loosely` takes a single word for a person, too.
    """
    text = re.sub(r"\s*\(.*?\)", "", text).strip(" \t*_`.,;")
    if not text or "/" in text:
        return None
    if match := re.fullmatch(r"(.*?)\s*<?([^\s<>@]+@[^\s<>@]+\.[^\s<>@]+)>?", text):
        return Somebody(names=(match[1].strip('"'),) if match[1].strip('"') else (), emails=(match[2],))
    if text.startswith("@"):
        return Somebody(handle=text[1:].split()[0]) if len(text) > 1 and not text[1:2].isspace() else None
    words = re.findall(r"[^\W_]+", text)
    if (
        not words
        or any(word.casefold() in words_in("teams.txt") for word in words)
        or any(word.isdigit() for word in words)
    ):
        return None
    if len(words) > 5 or (len(words) == 1 and not loosely):
        return None
    if len(words) == 1:
        return Somebody(handle=text) if text[:1].islower() else Somebody(names=(text,))
    return Somebody(names=(text,)) if any(word[:1].isupper() for word in words) else None


def _of_record(record: PostMortem) -> Iterator[Somebody]:
    fields = [record.owner, record.facilitator, *record.authors, *record.reviewers]
    fields += [person.who for person in record.participants]
    owners = [part for item in record.action_items for part in re.split(r"[,;&]|\band\b", item.owner)]
    for text in (*fields, *owners):
        if person := person_of(text):
            yield person


def _of_repository(root: Path) -> Iterator[Somebody]:
    for place in ("CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"):
        for line in _lines(root / place):
            for word in line.partition("#")[0].split()[1:]:
                if ("@" in word) and (person := person_of(word)):
                    yield person
    for line in _lines(root / ".mailmap"):
        names = [name.strip() for name in re.split(r"<[^>]*>", line.partition("#")[0]) if name.strip()]
        emails = re.findall(r"<([^>]+)>", line)
        if names or emails:
            yield Somebody(names=tuple(names), emails=tuple(email for email in emails if "@" in email))
    yield from _authors(root)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return []


_BOTS = re.compile(r"\[bot\]|\bbot\b|dependabot|renovate|github actions|^root$|^runner$|^ci$", re.I)
_NO_REPLY = re.compile(r"(?:\d+\+)?([^@]+)@users\.noreply\.github\.com\Z", re.I)


def _authors(root: Path) -> Iterator[Somebody]:
    """Git's authors and committers; none where there is no repository, or no git."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), "log", "--all", "--format=%an%x00%ae%n%cn%x00%ce"],
            capture_output=True,
            check=False,
            timeout=60,
        )
    except (OSError, subprocess.SubprocessError):
        return
    for line in sorted(set(done.stdout.decode("utf-8", "replace").split("\n"))):
        name, _, email = line.partition("\0")
        if not name.strip() or _BOTS.search(name) or email == "noreply@github.com":
            continue
        handle = match[1] if (match := _NO_REPLY.match(email)) else ""
        emails = (email,) if "@" in email and not handle else ()
        names = (name,) if person_of(name, loosely=True) else ()
        if names or emails or handle:
            yield Somebody(handle=handle, names=names, emails=emails)
