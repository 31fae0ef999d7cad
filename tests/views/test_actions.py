"""The action-items pages."""

from __future__ import annotations

from datetime import date

import pytest

from mkdocs_postmortem.views import actions
from mkdocs_postmortem.views.rows import NONE, anchor, bucket_keys, bucket_labels, owners
from mkdocs_postmortem.views.site import Page
from tests.views.examples import CHECKOUT, EARLIER
from tests.views.support import Html, by_uri, golden, record, site, with_facts
from tests.views.test_archive import PATHS, drawn


@pytest.fixture(scope="module")
def pages() -> dict[str, Page]:
    records = [record(text, path) for text, path in zip((CHECKOUT, EARLIER), PATHS, strict=False)]
    return by_uri(actions.pages(site(*records)))  # type: ignore[return-value]


def items(*rows: str) -> str:
    table = "\n".join(rows)
    return (
        "# Incident\n\n## Action Items\n\n| Action | Owner | Priority | Due | Status | Completed |\n"
        f"|---|---|---|---|---|---|\n{table}\n"
    )


def page_of(*rows: str, as_of: date = date(2026, 11, 23)) -> dict[str, Page]:
    facts = "title: Incident\nid: PM-1\nresolved_at: 2026-10-01T10:00Z"
    return by_uri(actions.pages(site(with_facts(facts, items(*rows)), as_of=as_of)))  # type: ignore[return-value]


def test_the_front_page_as_a_whole(pages: dict[str, Page]) -> None:
    golden("action-items.md", drawn(pages["postmortems/action-items/index.md"]))


def test_there_is_a_page_for_each_division_and_one_for_what_is_closed(pages: dict[str, Page]) -> None:
    names = ("index", "by-owner", "by-service", "by-priority", "by-category", "closed")
    assert list(pages) == [f"postmortems/action-items/{name}.md" for name in names]
    assert [page.title for page in pages.values() if page.in_navigation] == ["Action items"]


def test_the_most_overdue_comes_first_then_what_is_due_next_then_what_has_no_date() -> None:
    page = page_of(
        "| none | @a | P0 | | Open | |",
        "| next | @a | P2 | 2026-12-01 | Open | |",
        "| late | @a | P2 | 2026-11-20 | Open | |",
        "| latest | @a | P2 | 2026-01-20 | In progress | |",
        "| done | @a | P0 | 2026-01-01 | Done | |",
    )["postmortems/action-items/index.md"]
    html = page.slots["open"]
    assert sorted(("none", "next", "late", "latest"), key=lambda name: html.index(f">{name}<")) == [
        "latest",
        "late",
        "next",
        "none",
    ]
    assert ">done<" not in html
    assert "3 days overdue" in html


@pytest.mark.parametrize(
    ("statuses", "rate", "verdict"),
    [
        (("Done", "Verified", "Verified", "Verified", "Open"), "80 %", "target of 80 % met"),
        (("Done", "Done", "Open", "Open", "Won't do: no"), "50 %", "target of 80 % missed"),
        (("Done", "Open", "Won't do: no"), "50 %", "target of 80 %: too few to judge"),
        (("Verified", *["Open"] * 400), "1 %", "target of 80 % missed"),
        (("Open", *["Done"] * 400), "99 %", "target of 80 % met"),
    ],
)
def test_the_completion_rate_is_that_of_the_metrics(statuses: tuple[str, ...], rate: str, verdict: str) -> None:
    rows = [f"| Item {n} | @a | P1 | 2026-11-01 | {status} | |" for n, status in enumerate(statuses)]
    rows += ["| Today | @a | P1 | 2026-11-23 | Open | |", "| Whenever | @a | P1 | | Open | |"]
    html = Html(page_of(*rows)["postmortems/action-items/index.md"].slots["numbers"])
    assert rate in html.text
    assert verdict in html.text
    wanted = sum(not status.startswith("Won't") for status in statuses)
    assert f"of {wanted} whose due date is past; 1 without one left out; won’t do does not count" in html.text


def test_where_nothing_has_a_due_date_the_completion_rate_has_no_data() -> None:
    html = Html(page_of("| One | @a | P1 | | Done | |")["postmortems/action-items/index.md"].slots["numbers"])
    assert "no data" in html.text
    assert "0 done or verified, of 0 whose due date is past; 1 without one left out" in html.text


def test_done_is_not_shown_as_verified() -> None:
    closed = page_of("| One | @a | P1 | | Done | |", "| Two | @a | P1 | | Verified | |")[
        "postmortems/action-items/closed.md"
    ]
    assert "1 verified, 1 done but not verified, 0 won’t do" in closed.markdown
    assert Html(closed.slots["closed"]).text.count("not verified") == 1


def test_the_feed_tells_what_happened_in_the_last_thirty_days() -> None:
    page = page_of(
        "| finished | @a | P1 | | Done | 2026-11-20 |",
        "| finished long ago | @a | P1 | | Done | 2026-10-20 |",
        "| fell due | @a | P1 | 2026-11-21 | Open | |",
        "| fell due long ago | @a | P1 | 2026-10-01 | Open | |",
    )["postmortems/action-items/index.md"]
    feed = Html(page.slots["changes"]).text
    assert "2026-11-20 Completed finished" in " ".join(feed.split())
    assert "2026-11-22 Became overdue fell due" in " ".join(feed.split())
    assert "long ago" not in feed


def test_numbers_lead_to_lists_without_scripts_and_to_filters_with_them(pages: dict[str, Page]) -> None:
    html = Html(pages["postmortems/action-items/index.md"].slots["breakdown"])
    links = [attributes for tag, attributes in html.tags if tag == "a" and "data-pm-href" in attributes]
    link = links_to(links, "owner-wei")
    assert (link["href"], link["data-pm-href"]) == ("by-owner/#owner-wei", "?owner=%40wei")
    by_owner = pages["postmortems/action-items/by-owner.md"].markdown
    assert '<span id="owner-wei" class="pm-anchor"></span>\n\n## &#64;wei' in by_owner


def links_to(links: list[dict[str, str | None]], part: str) -> dict[str, str | None]:
    return next(link for link in links if (link["href"] or "").endswith(part))


def test_an_action_leads_to_its_row_in_the_post_mortem(pages: dict[str, Page]) -> None:
    addresses = Html(pages["postmortems/action-items/index.md"].slots["open"]).addresses()
    assert "../2026/checkout/#A1" in addresses
    addresses = Html(pages["postmortems/action-items/by-owner.md"].slots["owner-wei"]).addresses()
    assert "../../2026/checkout/#A1" in addresses


def test_tickets_are_linked_where_that_is_safe(pages: dict[str, Page]) -> None:
    addresses = Html(pages["postmortems/action-items/index.md"].slots["open"]).addresses()
    assert "https://tickets.example.com/412" in addresses
    assert "https://tickets.example.com/PAY-7" in addresses
    assert not any(address.startswith("javascript") for address in addresses)


def test_markdown_in_an_action_is_reduced_to_its_words(pages: dict[str, Page]) -> None:
    text = Html(pages["postmortems/action-items/index.md"].slots["open"]).text
    assert "Validate config.yml in CI" in text
    assert "Roll out in steps" in text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("@maria", ("@maria",)),
        ("@maria, @wei", ("@maria", "@wei")),
        ("@maria and @wei", ("@maria", "@wei")),
        ("Search and Ranking", ("Search and Ranking",)),
        ("", ()),
    ],
)
def test_an_item_may_have_several_owners(written: str, expected: tuple[str, ...]) -> None:
    (item,) = with_facts("title: x", items(f"| Do | {written} | P1 | | Open | |")).action_items
    assert owners(item) == expected


def test_nobody_is_an_owner_too() -> None:
    pages = page_of("| Do it | | P1 | | Open | |")
    assert "## Nobody" in pages["postmortems/action-items/by-owner.md"].markdown
    assert NONE in str(Html(pages["postmortems/action-items/index.md"].slots["open"]).tags)


def test_ages_are_grouped_as_the_settings_say() -> None:
    assert bucket_labels((14, 30, 90)) == ["0–14", "15–30", "31–90", "over 90"]
    assert bucket_keys((14, 30, 90)) == ["0-14", "15-30", "31-90", "91-"]
    assert bucket_labels(()) == ["0 and over"]


def test_a_key_stays_while_rows_are_reordered_and_added() -> None:
    rows = ["| One | @a | P1 | | Open | |", "| Two | @a | P1 | | Open | |", "| Three | @a | P1 | | Open | |"]
    before = with_facts("title: x\nid: PM-1", items(*rows))
    after = with_facts("title: x\nid: PM-1", items("| New | @b | P0 | | Open | |", *reversed(rows)))
    anchors = {item.action: anchor(before, item) for item in before.action_items}
    assert {item.action: anchor(after, item) for item in after.action_items if item.action != "New"} == anchors


@pytest.mark.parametrize("own", ["impact", "1", "__search", "<b>", "ä ö", "A-1", "A1.2"])
def test_an_anchor_is_safe_and_no_heading_of_the_page(own: str) -> None:
    body = f"# x\n\n## Action Items\n\n| ID | Action | Status |\n|---|---|---|\n| {own} | Do | Open |\n"
    document = with_facts("title: x\nid: PM-1.2", body)
    made = anchor(document, document.action_items[0])
    assert made.startswith("action-") or own.startswith("A")
    assert not set(made) & set(" <>\"'&#/?")
