"""A language file as what sentences are judged with: its words, its patterns, what it says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from mkdocs_postmortem.checking.language.analysis import Analysis
from mkdocs_postmortem.checking.language.patterns import BREAKS, Pattern, PatternError, Words
from mkdocs_postmortem.checking.language.sharpness import Sharpness
from mkdocs_postmortem.settings import ConfigError, Settings, read_yaml

FOLDER = Path(__file__).parent

_SETS = (
    "determiners", "modifiers", "roles", "alone", "first", "first_before", "groups", "only_after_always", "never",
    "anyone", "we", "singular", "plural", "relative", "others", "outside_after", "prepositions",
    "subjects_after", "not_plural", "names",
)  # fmt: skip


@dataclass(frozen=True)
class People:
    """The words by which a language speaks of people; see `en.yml` for each list."""

    determiners: frozenset[str]
    modifiers: frozenset[str]
    roles: frozenset[str]
    alone: frozenset[str]
    first: frozenset[str]
    first_before: frozenset[str]
    groups: frozenset[str]
    only_after: Mapping[str, frozenset[str]]
    only_after_always: frozenset[str]
    never: frozenset[str]
    nobody: tuple[str, ...]
    anyone: frozenset[str]
    we: frozenset[str]
    singular: frozenset[str]
    plural: frozenset[str]
    relative: frozenset[str]
    others: frozenset[str]
    outside: Mapping[str, frozenset[str]]
    software: Mapping[str, frozenset[str]]
    outside_after: frozenset[str]
    prepositions: frozenset[str]
    subjects_after: frozenset[str]
    possessive: str
    conjunction: str
    plural_ending: str
    not_plural: frozenset[str]
    names: frozenset[str]

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word that may be somebody by itself, whatever stands around it."""
        nobody = frozenset(word.partition("_")[0] for word in self.nobody)
        return frozenset().union(
            self.roles, self.alone, self.first, self.anyone, self.we, self.singular, self.plural, self.relative, nobody
        )

    @cached_property
    def nouns(self) -> frozenset[str]:
        """The words that name somebody, whoever they belong to: roles, groups, customers, given names."""
        return self.roles | self.alone | self.others | self.names


@dataclass(frozen=True)
class WordingRule:
    """What one rule looks for in sentences, what excuses it, and what it says."""

    code: str
    say: str
    instead: str
    find: tuple[Pattern, ...]
    unless: tuple[Pattern, ...]
    unless_sentence: tuple[Pattern, ...]
    unless_explained: tuple[str, ...]
    questions: bool


@dataclass(frozen=True)
class Suggestion:
    """What to write instead where a sentence has one of these words."""

    words: tuple[str, ...]
    write: str


Sought = dict[str, list[tuple[str, Sequence[tuple[int, int, Pattern]]]]]
"""By a word, the phrase that it has to stand in, and patterns with the numbers of their rules and their own.

The phrase has a space on both sides, and is empty where the word is enough.
"""


class Lexicon:
    """A language: how it names people, what it says of failure, and what to write instead."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.language: str = data["language"]
        people = data["people"]
        self.people = People(
            **{name: frozenset(_list(people.get(name))) for name in _SETS},
            nobody=_list(people.get("nobody")),
            only_after={
                word: frozenset(_expanded(_list(given), people))
                for word, given in (people.get("only_after") or {}).items()
            },
            outside=_sets(people.get("outside")),
            software=_sets(people.get("software")),
            possessive=people.get("possessive", ""),
            conjunction=people.get("conjunction", ""),
            plural_ending=people.get("plural_ending", ""),
        )
        self.unfinished = frozenset(_list(data.get("unfinished")))
        """Words besides articles that nothing which is quoted ends on, where more words follow."""
        self.breaks = frozenset((*_list(people.get("breaks")), *BREAKS))
        words = Words(
            {name: _list(given) for name, given in (data.get("words") or {}).items()},
            {name: tuple(given) for name, given in (data.get("phrases") or {}).items()},
            sorted(self.breaks),
            _list(data.get("common")),
        )
        self.words = words
        self.explained = self._patterns(words.phrases.get("explained", ()))
        for item in data.get("rules") or ():
            missing = next((key for key in ("say", "instead", "find") if key not in item), None)
            if missing:
                raise PatternError(f"the rule {item['code']} has no `{missing}`")
        self.rules = tuple(
            WordingRule(
                code=item["code"],
                say=item["say"],
                instead=item["instead"],
                find=self._patterns(item["find"]),
                unless=self._patterns(item.get("unless", ())),
                unless_sentence=self._patterns(item.get("unless_sentence", ())),
                unless_explained=tuple(item.get("unless_explained", ())),
                questions=not item.get("not_questions", False),
            )
            for item in data.get("rules") or ()
        )
        self.suggestions = tuple(
            Suggestion(tuple(f" {'  '.join(word.split('_'))} " for word in _list(item["words"])), item["write"])
            for item in data.get("suggestions") or ()
        )
        self._sought: dict[tuple[frozenset[str], bool], Sought] = {}
        self.sharpness = Sharpness(data.get("actions") or {})
        self.analysis = Analysis(data.get("depth") or {})

    def _patterns(self, texts: Iterable[str]) -> tuple[Pattern, ...]:
        return tuple(Pattern(text, self.words) for text in texts)

    @cached_property
    def index(self) -> Mapping[str, Mapping[str, Sequence[tuple[int, int]]]]:
        """For each word by which patterns are found, and what stands with it: rules and places in them, by number."""
        index: dict[str, dict[str, list[tuple[int, int]]]] = {}
        for number, rule in enumerate(self.rules):
            for at, pattern in enumerate(rule.find):
                for anchor, word in pattern.keys.items():
                    index.setdefault(word, {}).setdefault(anchor, []).append((number, at))
        return index

    def sought(self, codes: frozenset[str], *, of_people: bool) -> Sought:
        """For each of those words what stands with it, and the patterns of some rules that are found by it.

        Without `of_people` those that cannot match where nobody is spoken of are left out.
        """
        known = self._sought.get((codes, of_people))
        if known is None:
            known = self._sought[codes, of_people] = {}
            for word, anchors in self.index.items():
                for anchor, items in anchors.items():
                    found = [
                        (rule, at, pattern)
                        for rule, at in items
                        if self.rules[rule].code in codes
                        and (not (pattern := self.rules[rule].find[at]).of_people or of_people)
                    ]
                    if found:
                        known.setdefault(word, []).append(("" if anchor == word else f" {anchor} ", found))
        return known

    @cached_property
    def somebody(self) -> frozenset[str]:
        """The words one of which is there where somebody is spoken of, handles apart."""
        people = self.people
        unsure = people.only_after_always | {word.partition("_")[0] for word in people.nobody if "_" in word}
        return (people.words - unsure) | people.names

    @cached_property
    def somebody_in_words(self) -> Mapping[str, Sequence[str]]:
        """The same for what is only somebody in several words, by the last of them."""
        people = self.people
        roles = (f"{before} {role}" for role in people.only_after_always for before in people.only_after.get(role, ()))
        found: dict[str, list[str]] = {}
        for phrase in (*(word.replace("_", " ") for word in people.nobody if "_" in word), *roles):
            found.setdefault(phrase.rpartition(" ")[2], []).append(phrase)
        return found


def _list(words: str | Sequence[str] | None) -> tuple[str, ...]:
    return tuple(words.split()) if isinstance(words, str) else tuple(words or ())


def _sets(lists: Mapping[str, str] | None) -> Mapping[str, frozenset[str]]:
    """Lists of words by a word."""
    return {word: frozenset(_list(given)) for word, given in (lists or {}).items()}


def _expanded(words: Iterable[str], people: Mapping[str, Any]) -> Iterable[str]:
    """Words, with `<modifiers>` as what it stands for."""
    for word in words:
        if word.startswith("<"):
            yield from _list(people.get(word.strip("<>")))
        else:
            yield word


def lexicon_of(settings: Settings) -> Lexicon:
    """The language of a project's post-mortems. Raises `ConfigError` for a file that cannot be used."""
    if settings.language == "en":
        return english()
    return _lexicon(settings.language, settings.root, settings.digest)


@lru_cache(maxsize=1)
def english() -> Lexicon:
    """English as it comes with us, without words of a team."""
    return Lexicon(builtin("en"))


@lru_cache(maxsize=4)
def _lexicon(language: str, root: Path, _digest: str) -> Lexicon:
    path = root / language
    data, places, _ = read_yaml(path, "language", name=language, help="look at `language:` in postmortem.yml")
    if data.get("extends"):
        data = merged(builtin(data["extends"]), data)
    for needed in ("language", "people", "rules"):
        if needed not in data:
            raise ConfigError(f"has no `{needed}`", language, help="write it, or begin with `extends: en`")
    try:
        lexicon = Lexicon(data)
        for rule in lexicon.rules:
            for pattern in (*rule.find, *rule.unless, *rule.unless_sentence):
                _ = pattern.compiled  # now, where it can be said
        return lexicon
    except PatternError as error:
        raise ConfigError(str(error), language, places.get(("rules",)), "docs/language.md tells how") from None


def builtin(language: str) -> dict[str, Any]:
    """The data of a language that comes with us."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded: dict[str, Any] = yaml.load((FOLDER / f"{language}.yml").read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
    return loaded


def merged(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """A language with what a team adds: lists grow, rules of the same code as well, texts are replaced."""
    result = dict(base)
    for key, value in more.items():
        known = result.get(key)
        if key == "rules" and known:
            result[key] = _merged_rules(known, value)
        elif isinstance(known, Mapping) and isinstance(value, Mapping):
            result[key] = merged(known, value)
        elif isinstance(known, list) and isinstance(value, list):
            result[key] = [*value, *known]
        elif isinstance(known, str) and isinstance(value, str) and " " in known and key not in ("say", "instead"):
            result[key] = f"{known} {value}"
        elif key != "extends":
            result[key] = value
    return result


def _merged_rules(known: Sequence[Mapping[str, Any]], more: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rules = {item["code"]: dict(item) for item in known}
    for item in more:
        rules[item["code"]] = merged(rules.get(item["code"], {}), item)
    return list(rules.values())
