"""`feed.xml`: valid by RFC 4287, under names and dates that do not depend on the build."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from datetime import date
from typing import Any

import feedparser
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from mkdocs_postmortem import atom
from mkdocs_postmortem.exporting import feed_xml
from mkdocs_postmortem.exporting.feed import MOST
from mkdocs_postmortem.model import PostMortem
from tests.exporting.test_calendar import PUBLISHED, ROW, TEXTS, archive, incident, quoted
from tests.views.support import record

ADDRESS = "https://wiki.example.com/"
DONE = "| Mend it | @wei | P0 | 2026-11-01 | Done | 2026-11-18 |"
LATE = "| Late | @wei | P0 | 2026-11-20 | Open | |"


def feed(*documents: PostMortem, **kwargs: Any) -> Any:
    """The feed as an independent parser reads it; one that is not well formed is an error."""
    found = feedparser.parse(feed_xml(archive(*documents, **kwargs)).encode())
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == "atom10"
    return found


def told(*documents: PostMortem, **kwargs: Any) -> list[tuple[str, str]]:
    return [(entry.updated, entry.title) for entry in feed(*documents, **kwargs).entries]


def test_it_tells_of_what_was_published_closed_and_fell_overdue_the_latest_first() -> None:
    assert told(incident(ROW, DONE, LATE, facts=PUBLISHED)) == [
        ("2026-11-21T00:00:00Z", "Overdue: Late"),
        ("2026-11-18T00:00:00Z", "Done: Mend it"),
        ("2026-11-16T10:00:00Z", "Checkout failed"),
        ("2026-11-02T00:00:00Z", "Overdue: Mend it"),
    ]


def test_what_happened_on_a_day_that_nobody_states_is_not_in_it() -> None:
    assert told(incident("| x | @a | P1 | 2026-11-01 | Done | |", facts="")) == []
    assert feed(incident()).feed.updated == atom.NEVER


def test_what_is_still_to_come_is_not_in_it() -> None:
    soon = incident("| x | @a | P1 | 2026-11-22 | Done | 2026-11-30 |", facts="published_at: 2026-11-24T10:00Z")
    assert told(soon) == [("2026-11-23T00:00:00Z", "Overdue: x")]


def test_dates_and_names_are_those_of_the_documents_on_every_day() -> None:
    document = incident(DONE, LATE, facts=PUBLISHED)
    assert feed_xml(archive(document)) == feed_xml(archive(document, as_of=date(2027, 6, 1)))


def test_names_stay_over_edits_and_say_nothing() -> None:
    before = {entry.title: entry.id for entry in feed(incident(ROW, LATE, facts=PUBLISHED)).entries}
    edited = incident(LATE.replace("@wei", "@li").replace("P0", "P2"), ROW, facts=PUBLISHED, title="Another title")
    after = {entry.title: entry.id for entry in feed(edited).entries}
    assert after["Overdue: Late"] == before["Overdue: Late"]
    assert after["Another title"] == before["Checkout failed"]
    assert all(name.startswith("urn:uuid:") for name in before.values())


def test_no_name_stands_twice() -> None:
    twins = [incident(LATE, DONE, facts=PUBLISHED, path=f"docs/postmortems/{name}.md") for name in ("a", "b")]
    names = [entry.id for entry in feed(*twins).entries]
    assert len(names) == len(set(names)) == 8


def test_addresses_are_whole_where_the_site_has_one_and_relative_to_the_feed_where_not() -> None:
    document = incident(LATE, facts=PUBLISHED)
    whole = feed(document, site_url=ADDRESS)
    assert whole.feed.link == f"{ADDRESS}postmortems/"
    assert [link.href for link in whole.feed.links if link.rel == "self"] == [f"{ADDRESS}postmortems/feed.xml"]
    assert all(entry.link.startswith(f"{ADDRESS}postmortems/PM-1/") for entry in whole.entries)
    own = feed_xml(archive(document))
    assert 'rel="self" href="feed.xml"' in own
    assert all("#" not in entry.link or entry.link.startswith("PM-1/#") for entry in feed(document).entries)


def test_it_holds_the_latest_hundred() -> None:
    rows = [f"| Item {n} | @a | P1 | 2026-{n % 10 + 1:02}-01 | Open | |" for n in range(MOST + 20)]
    found = told(incident(*rows))
    assert len(found) == MOST
    assert min(found)[0] >= "2026-02"


@given(TEXTS, TEXTS)
@hypothesis_settings(max_examples=60, deadline=None)
def test_any_text_stays_text(title: str, action: str) -> None:
    document = record(
        f"---\nid: PM-1\ntitle: {quoted(title)}\nstatus: published\nstarted_at: 2026-11-01T10:00Z\n{PUBLISHED}\n"
        f"action_items: [{{action: {quoted(action)}, owner: {quoted(title)}, due: 2026-11-10}}]\n---\n\nWords.\n"
    )
    if document.problems or document.document.problems:
        return
    root = ElementTree.fromstring(feed_xml(archive(document)))
    names = {element.tag.removeprefix(f"{{{atom.NAMESPACE}}}") for element in root.iter()}
    assert names <= {"feed", "title", "id", "updated", "link", "author", "name", "entry", "summary", "category"}
    assert all(element.text for element in root.iter(f"{{{atom.NAMESPACE}}}title"))


def test_what_xml_cannot_hold_is_left_out() -> None:
    entry = atom.Entry("urn:x:1", "a\x00b\ud800c\ufffe", "x/\x01", atom.NEVER, "\x0b")
    text = atom.feed("T\x1f", "urn:x:0", [entry], updated=atom.NEVER, home="./", own="feed.xml", author="A")
    root = ElementTree.fromstring(text)
    assert root.findtext(f"{{{atom.NAMESPACE}}}entry/{{{atom.NAMESPACE}}}title") == "abc"
