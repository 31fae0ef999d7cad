"""What a post-mortem's page shows below its words: related incidents, repeats, and what may be related."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from mkdocs_postmortem.measuring.candidates import Candidate
from mkdocs_postmortem.measuring.patterns import Repeat, Standing, standing
from mkdocs_postmortem.model import ActionItem, PostMortem
from mkdocs_postmortem.views import render
from mkdocs_postmortem.views.rows import STATUS_LABELS, action_of, anchor, named, owners
from mkdocs_postmortem.views.site import Site
from mkdocs_postmortem.views.text import clean, count

SHOWN = 5
"""Post-mortems that repeat one, on its page; the patterns page has them all."""
_WITH_ITEMS = 3
"""Repeats of which the page names the action items; of more it says how many there were."""


def related(record: PostMortem, site: Site) -> str:
    """Related incidents as HTML for the end of the page; empty where there are none.

    Named are those that the post-mortem refers to, those that refer to it, those that it repeats
    and those that repeat it. What had become of the earlier one's action items is told as a fact.
    Below stand post-mortems that may be related and that nobody linked.
    """
    source = site.src_uri(record)
    others: dict[str, dict[str, Any]] = {}
    for name in dict.fromkeys(record.related):
        other = site.by_id.get(name)
        if other is None:
            others[name] = {**_NOTHING, "id": clean(name)}
        elif other is not record:
            others[other.path] = _linked(record, other, site, source)
    for other in site.referred_by.get(record.id, ()):
        if other is not record and other.path not in others:
            others[other.path] = {**_linked(record, other, site, source), "refers": True}
    repeated = told = 0
    for repeat in site.repeats_of.get(record.path, ()):
        back = repeat.later is record
        other = repeat.earlier if back else repeat.later
        repeated += not back
        if other.path not in others and not back and repeated > SHOWN:
            continue
        known = others.setdefault(other.path, _named(other, site, source))
        told += 1
        left = _left(repeat.standing, repeat.earlier, repeat.later, back, site, source, told <= _WITH_ITEMS)
        known.update(reason=_reason(repeat, back), **left)
    suggestions = [_suggested(item, record, site, source) for item in site.suggestions_of.get(record.path, ())]
    if not others and not suggestions:
        return ""
    listed = sorted(others.values(), key=lambda other: str(other["day"]), reverse=True)
    page = site.address(site.page("patterns"), source) if suggestions or repeated > SHOWN else ""
    return render.html("related", others=listed, suggestions=suggestions, patterns=page, more=max(0, repeated - SHOWN))


_NOTHING: dict[str, Any] = {
    "title": "", "address": "", "day": "", "severity": "", "severity_class": "",
    "refers": False, "reason": "", "fact": "", "items": (),
}  # fmt: skip


def _named(other: PostMortem, site: Site, source: str) -> dict[str, Any]:
    """Another post-mortem as lists name it."""
    return {**_NOTHING, **named(other, site, source)}


def _linked(record: PostMortem, other: PostMortem, site: Site, source: str) -> dict[str, Any]:
    """A linked one: of an earlier one the page also tells which items were certainly open."""
    opened = Standing(standing(other, record).open)
    return {**_named(other, site, source), **_left(opened, other, record, True, site, source)}


def _reason(repeat: Repeat, back: bool) -> str:
    """Why one is taken for a repeat of the other, in words."""
    parts = [
        f"the {noun if len(names) == 1 else noun + 's'} {listed(names)}"
        for noun, names in (("service", repeat.shared_services), ("cause", repeat.shared_causes))
        if names
    ]
    shares = f"both have {' and '.join(parts)}" if parts else "the one names the other as related"
    return f"{'This incident repeats it' if back else 'It repeats this incident'}: {shares}."


def _left(
    left: Standing, earlier: PostMortem, later: PostMortem, back: bool, site: Site, source: str, named: bool = True
) -> dict[str, Any]:
    """What had become of the earlier one's items when the later one started; `named` lists them.

    As seen from the later one's page (`back`), or from the earlier one's own.
    """
    if not left.unfinished:
        return {"fact": "", "items": ()}
    own = not back
    address = "" if own else site.address(site.src_uri(earlier), source)
    items = [*((item, _since(item)) for item in left.open), *((item, _unverified(item)) for item in left.unverified)]
    return {
        "fact": fact(left, earlier, later, *(("it", "this post-mortem’s") if own else ("this incident", "its"))),
        "items": [
            {
                "action": action_of(item),
                "owners": ", ".join(owners(item)),
                "address": f"{address}#{quote(anchor(earlier, item))}",
                "now": now,
            }
            for item, now in (items if named else ())
        ],
    }


def fact(left: Standing, earlier: PostMortem, later: PostMortem, who: str = "it", whose: str = "its") -> str:
    """What had become of an incident's action items when a later one started, in one sentence without blame."""
    opened, unverified = len(left.open), len(left.unverified)
    items = f"{whose} {count(len(earlier.action_items), 'action item')}"
    parts = []
    if opened:
        parts.append(f"{opened} of {items} {'was' if opened == 1 else 'were'} open")
    if unverified:
        of = "" if opened else f" of {items}"
        verb = "was" if unverified == 1 else "were"
        parts.append(f"{unverified}{of} {verb} {'done but not verified' if left.certain else 'not verified'}")
    day = f" on {later.day.isoformat()}" if later.day else ""
    return f"When {who} started{day}, {' and '.join(parts)}"


def _since(item: ActionItem) -> str:
    """What became of an open item since, in words."""
    if item.is_open:
        return "still open"
    label = STATUS_LABELS[item.status].lower()
    return f"{label} since {item.completed.isoformat()}" if item.completed else label


def _unverified(item: ActionItem) -> str:
    day = f"done since {item.completed.isoformat()}" if item.completed else "done, without a day"
    return f"{day}, not verified"


def _suggested(item: Candidate, record: PostMortem, site: Site, source: str) -> dict[str, Any]:
    other = item.earlier if item.later is record else item.later
    return {**_named(other, site, source), "why": why(item)}


def why(item: Candidate) -> str:
    """Why two post-mortems may be related, in words."""
    parts = [
        f"the {noun if len(names) == 1 else noun + 's'} {listed(names)}"
        for noun, names in (("service", item.shared_services), ("cause", item.shared_causes))
        if names
    ]
    return " and ".join([*parts, f"words such as {listed(item.words)}"])


def listed(names: Iterable[str], most: int = 4) -> str:
    """Names in a sentence: `a`, `a and b`, `a, b and 3 more`."""
    shown: Sequence[str] = [text for name in names if (text := clean(name))]
    if len(shown) > most:
        shown = [*shown[: most - 1], f"{len(shown) - most + 1} more"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
