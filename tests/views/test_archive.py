"""The archive and its facet pages."""

from __future__ import annotations

import pytest

from mkdocs_postmortem import exporting
from mkdocs_postmortem.views import archive
from mkdocs_postmortem.views.pages import build
from mkdocs_postmortem.views.site import Page, slug, slugs
from tests.views.examples import CHECKOUT, EARLIER, UNDATED
from tests.views.support import Html, by_uri, golden, record, site, with_facts

PATHS = (
    "docs/postmortems/2026/checkout.md",
    "docs/postmortems/2026/payments.md",
    "docs/postmortems/draft.md",
)


@pytest.fixture(scope="module")
def pages() -> dict[str, Page]:
    records = [record(text, path) for text, path in zip((CHECKOUT, EARLIER, UNDATED), PATHS, strict=True)]
    return by_uri(archive.pages(site(*records)))  # type: ignore[return-value]


def drawn(page: Page) -> str:
    """A page as it will be read: its slots filled."""
    text = page.markdown
    for name, html in page.slots.items():
        text = text.replace(f"<!-- postmortem:{name} -->", html)
    return text


def test_the_archive_as_a_whole(pages: dict[str, Page]) -> None:
    golden("archive.md", drawn(pages["postmortems/index.md"]))


def test_there_is_a_page_for_each_value_of_each_facet(pages: dict[str, Page]) -> None:
    assert sorted(pages) == [
        "postmortems/cause/alert-gap.md",
        "postmortems/cause/missing-config-validation.md",
        "postmortems/index.md",
        "postmortems/service/checkout.md",
        "postmortems/service/payments.md",
        "postmortems/severity/p0.md",
        "postmortems/severity/p1.md",
        "postmortems/type/data-loss.md",
        "postmortems/type/deployment.md",
        "postmortems/year/2026.md",
    ]


def test_only_the_archive_is_in_the_navigation(pages: dict[str, Page]) -> None:
    assert [uri for uri, page in pages.items() if page.in_navigation] == ["postmortems/index.md"]


def test_no_generated_page_is_in_the_search_index(pages: dict[str, Page]) -> None:
    assert all("search: {exclude: true}" in page.markdown.split("---")[1] for page in pages.values())


def test_a_facet_page_lists_its_own_and_leads_back(pages: dict[str, Page]) -> None:
    page = pages["postmortems/service/checkout.md"]
    assert "[All post-mortems](../index.md)" in page.markdown
    assert Html(page.slots["archive"]).addresses() == ["../../2026/checkout/"]


def test_a_service_page_has_the_open_action_items_of_its_post_mortems(pages: dict[str, Page]) -> None:
    html = Html(pages["postmortems/service/checkout.md"].slots["open-actions"])
    assert "../../2026/checkout/#A1" in html.addresses()
    assert "data-owner" not in str(html.tags)  # a table that is not filtered carries no data for it


def test_every_table_has_a_caption_scopes_and_a_box_that_keys_can_scroll(pages: dict[str, Page]) -> None:
    html = Html(pages["postmortems/index.md"].slots["archive"])
    tags = dict(html.tags)
    assert tags["div"]["tabindex"] == "0"
    assert tags["div"]["role"] == "region"
    assert tags["div"]["aria-label"]
    assert "caption" in tags
    assert all("scope" in attributes for tag, attributes in html.tags if tag == "th")


def test_what_is_not_recorded_is_said_in_words(pages: dict[str, Page]) -> None:
    assert "not recorded" in Html(pages["postmortems/index.md"].slots["archive"]).text


def test_without_post_mortems_the_archive_says_how_to_begin() -> None:
    (page,) = archive.pages(site())
    assert "mkdocs-postmortem new" in page.markdown
    assert not page.slots


def test_no_two_pages_have_the_same_source() -> None:
    facts = "services: [a b, a-b, A.B, index, README, con, 支払い, 決済]\ncauses: [a b, a-b]\nseverity: P1"
    pages = build(site(with_facts(f"title: One\n{facts}\nstarted_at: 2026-01-01T10:00Z")))
    sources = [page.src_uri.casefold() for page in pages]
    assert len(sources) == len(set(sources))
    assert not any(
        source.endswith(("/service/index.md", "/service/readme.md", "/service/con.md")) for source in sources
    )


def test_a_name_keeps_its_address_while_others_come_and_go() -> None:
    assert slugs(["決済"])["決済"] == slugs(["決済", "支払い", "checkout"])["決済"]
    assert len(slug("x" * 500)) <= 80


def test_every_address_of_every_page_leads_to_a_page() -> None:
    records = [record(text, path) for text, path in zip((CHECKOUT, EARLIER, UNDATED), PATHS, strict=True)]
    whole = site(*records)
    pages = build(whole)
    from tests.views.support import url

    known = {url(page.src_uri) for page in pages} | {url(uri) for uri in whole.src_uris.values()}
    known |= {f"{whole.base}/{name}/" for name in exporting.files(whole)}
    import posixpath

    for page in pages:
        for html in page.slots.values():
            for address in Html(html).addresses():
                if address.startswith("https://"):
                    continue
                target = posixpath.normpath(posixpath.join(url(page.src_uri), address.split("#")[0])) + "/"
                assert target in known, (page.src_uri, address)
