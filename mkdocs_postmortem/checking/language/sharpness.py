"""Whether it can be told of an action item when it is done."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from mkdocs_postmortem.checking.language.analysis import suggested, suggestions
from mkdocs_postmortem.checking.language.patterns import words_of
from mkdocs_postmortem.checking.language.prose import blank

_DIGIT = re.compile(r"\d")
_LINK = re.compile(r"\[[^\[\]]*\][(\[]|https?://")
"""A link in the words of an item: to its ticket, mostly."""
_FEW = 2
_ENOUGH = 3
"""Words that are not general, with which an item that makes something better says what."""
_CLAUSE = re.compile(r"[,;.]\s+(?:(?:and|then|und|&)\s+){0,2}|\s(?:and|und)\s+(?:then\s+)?|\sthen\s|\s&\s")
_SEVERAL = 3
"""Verbs that make an item several."""
_ALARMING = 4
"""Words at the beginning of an item, one of which says that it is about an alert."""


class Sharpness:
    """Judges action items by the words that a language file lists under `actions`."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        def listed(name: str) -> frozenset[str]:
            given = data.get(name) or ()
            return frozenset(given.split() if isinstance(given, str) else given)

        self.open, self.loose, self.general = listed("open"), listed("loose"), listed("general")
        self.training, self.verbs = listed("training"), listed("verbs")
        self.adding = listed("adding")
        self.faint = self.general | listed("faint")
        self.alarms, self.more = listed("alarms"), listed("more")
        self.never, self.unmeasured = (
            tuple(f" {word.replace('_', ' ')} " for word in sorted(listed(name))) for name in ("never", "unmeasured")
        )
        self.known = bool(self.general)
        """Whether the language says anything about action items."""
        self.suggestions = suggestions(data)

    def is_vague(self, action: str, ticket: str = "") -> bool:
        """Whether nobody could say when this is done.

        A ticket makes an end of an item that names what it is about: `Improve monitoring` names nothing.
        """
        text = blank(action)
        words = words_of(text)
        if len("".join(words)) < 2 or not self.known:
            return False
        exact = "§" in text or _DIGIT.search(text) is not None
        joined = f" {' '.join(words)} "
        if not self._begin_never.isdisjoint(words) and any(phrase in joined for phrase in self.never):
            return not exact
        if (
            not exact
            and not self.alarms.isdisjoint(words[:_ALARMING])
            and any(said in joined for said in self.unmeasured)
        ):
            return True
        if exact or ((ticket or _LINK.search(action)) and not all(word in self._empty for word in words)):
            return False
        while len(words) > 1 and words[0].endswith("ly"):
            words = words[1:]  # "proactively monitor certificates"
        first = words[0].removesuffix("ing") if words[0] not in self.general else words[0]
        if words[0] in self.open or first in self.open:
            return True
        more = not self.more.isdisjoint(words)
        telling = sum(1 for word in words[1:] if word not in self._empty and word not in self.faint)
        if words[0] in self.loose and sum(1 for word in words[1:] if word not in self._empty) < _ENOUGH:
            return True
        if words[0] in self.verbs and words[0] not in self.adding:
            return more and not telling
        if words[0] not in self._empty and _NOTHING.issuperset(words[1:]):
            return False  # "Mend it": a verb that promises nothing else, of what stands elsewhere
        return telling < (_FEW if more else 1)

    @cached_property
    def _begin_never(self) -> frozenset[str]:
        return frozenset(phrase.split()[0] for phrase in self.never)

    @cached_property
    def _empty(self) -> frozenset[str]:
        return self.general | self.loose | self.open | self.adding

    def is_several(self, action: str) -> bool:
        """Whether one item holds what several people, or one at several times, would do."""
        if not self.verbs:
            return False
        parts = [words_of(part) for part in _CLAUSE.split(blank(action))]
        return sum(1 for words in parts if len(words) > 1 and words[0] in self.verbs) >= _SEVERAL

    def is_training(self, action: str) -> bool:
        """Whether the item asks people to know or to heed something, and changes nothing else."""
        return not self.training.isdisjoint(words_of(action)[:3])

    def suggestion(self, action: str) -> str:
        """What a sharp item in its place would say, in this one's own words."""
        write = suggested(self.suggestions, f" {' '.join(words_of(action))} ", earliest=True) or _SHARPER
        about = self.about(action)
        named = words_of(about)
        if _NOTHING.issuperset(named[:1]) or self._topics.get(write, frozenset()).issuperset(named):
            about = ""  # "Improve it" and "Improve monitoring" name nothing that could be quoted
        return write.replace("{about}", f"“{about}”") if about else _ABOUT.sub("", str(write))

    def about(self, action: str) -> str:
        """What an item is about: its words behind those that say that something will be done; empty for none."""
        text = " ".join(action[:_LOOKED_AT].split())
        verb = True
        if (spoken := _SPOKEN.match(text)) is not None:  # whom to speak with is not what about
            text, verb = spoken[1] or "", False
        while text:
            first, _, rest = text.partition(" ")
            word = first.strip(".,;:!").casefold()
            if word in _LEADING or word.endswith("ly"):
                verb = verb or word == "to"
            elif verb and (word in self._verbs or word.removesuffix("ing") in self.open):
                verb = False
            else:
                break
            text = rest
        text = text.rstrip(" .!")
        return text if len(text) <= _QUOTED else f"{text[: max(text.rfind(' ', 0, _QUOTED), 20)].rstrip(' ,;')} …"

    @cached_property
    def _topics(self) -> dict[str, frozenset[str]]:
        return {write: frozenset(" ".join(words).split()) for words, write in self.suggestions}

    @cached_property
    def _verbs(self) -> frozenset[str]:
        return self.open | self.loose | self.adding


_SHARPER = "say what will be there for {about} when it is done, and where one sees it"
_ABOUT = re.compile(r" (?:of|for|about) \{about\}")
_QUOTED = 60
"""Letters of an item that a mend quotes."""
_LOOKED_AT = 400
_SPOKEN = re.compile(
    r"(?:talk|speak|chat|discuss|align|sync|coordinate|follow|communicate|collaborate)(?:ing)?(?: up)? (?:to|with) "
    r"(?:(?:.*? )?(?:about|on|regarding) (.*)|.*)",
    re.I,
)
"""An item that asks to speak with somebody: what about, if it says so."""
_NOTHING = frozenset(
    ["it", "this", "that", "these", "those", "them", "things", "alert", "alerts", "warning", "warnings", "tbd"]
)
"""An item that is about no more than this, or that begins so, names nothing."""
_LEADING = frozenset(
    {
        "a", "an", "the", "our", "your", "their", "to", "into", "at", "out", "about", "on", "for", "up", "with", "be",
        "more", "most", "better", "eye", "if", "whether", "how", "when", "that", "sure", "should", "must", "have",
        "maybe", "we", "proactive",
    }
)  # fmt: skip
"""What stands before the verb, or between it and what it is about."""
