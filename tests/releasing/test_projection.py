"""What leaves of a post-mortem: sections, markers, people, terms and links, and the words that come out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mkdocs_postmortem.settings import ConfigError
from tests.releasing.support import BODY, FRONT, POLICY, House, body_of, codes, policy_of, projected, record_of, section


def test_only_listed_sections_leave_in_the_order_of_the_document() -> None:
    assert body_of(projected()) == (
        "## Executive Summary\n\nEvery eighth order failed for 47 minutes.\n\n## Impact\n\nCustomers had to try again.\n"  # noqa: E501
    )


def test_front_matter_is_the_public_title_and_the_facts_that_the_policy_lists() -> None:
    found = projected()
    assert found.words.startswith(
        '---\ntitle: "Checkout errors"\ndate: "2026-11-03"\nseverity: "P1"\nservices: ["checkout"]\n'
        'duration: "47 minutes"\n---\n\n## '
    )
    assert projected(policy={"facts": []}).words.startswith('---\ntitle: "Checkout errors"\n---\n\n## ')


@pytest.mark.parametrize(
    ("written", "public"),
    [
        ("Maria García López deployed it.", "Engineer A deployed it."),
        ("It was deployed by @maria, then @maria left.", "It was deployed by Engineer A, then Engineer A left."),
        ("García López, Maria's deploy", "Engineer A's deploy"),
        ("M. García saw it.", "Engineer A saw it."),
        ("MARIA GARCIA saw it.", "Engineer A saw it."),
        ("Mari saw it.", "Engineer A saw it."),
        ("Mail maria@example.com for it.", "Mail Engineer A for it."),
        ("maria@laptop restarted it.", "Engineer A restarted it."),
        ("Wei Zhang rolled back.", "The incident commander rolled back."),
        ("Then Wei Zhang rolled back.", "Then the incident commander rolled back."),
        ("The incident commander, Wei Zhang, rolled back.", "The incident commander, rolled back."),
        ("The incident commander Wei rolled back.", "The incident commander rolled back."),
        ("Maria called Wei; Wei called Maria.", "Engineer A called the incident commander; the incident commander called Engineer A."),  # noqa: E501
        ("Quill paged Maria.", "Engineer A paged Engineer B."),
        ("`user=maria-garcia` said `Maria`", None),
        ("By Maria\nGarcía, at noon.", "By Engineer A\n, at noon."),
        ("| Time | Event |\n|---|---|\n| 10:02 | Wei acts |", "| Time | Event |\n|---|---|\n| 10:02 | The incident commander acts |"),  # noqa: E501
    ],
)  # fmt: skip
def test_people_become_what_they_were(written: str, public: str | None) -> None:
    found = projected(section(written))
    if public is None:
        assert codes(found) == ["PM720"]
    else:
        assert body_of(found).split("## Impact\n\n")[1] == f"{public}\n"


def test_letters_follow_the_first_mention_in_public_words_alone() -> None:
    inside = section("::: internal\nMaria came first.\n:::\n\nQuill acted, then Maria.")
    assert "Engineer A acted, then Engineer B." in body_of(projected(inside))


def test_two_people_with_one_role_are_told_apart_by_letters() -> None:
    roles = [{"who": "@wzhang", "role": "responder"}, {"who": "@maria", "role": "Responder"}]
    assert "Engineer A and Engineer B" in body_of(projected(section("Wei and Maria acted."), participants=roles))


def test_a_name_that_is_an_ordinary_word_is_refused_until_it_is_decided() -> None:
    assert codes(projected(section("Mark saw it."))) == ["PM721"]
    people = [{"names": ["Mark Quill"], "ignore": ["Mark"]}]
    assert "Mark saw it." in body_of(projected(section("Mark saw it."), policy={"people": people}))
    people = [{"names": ["Mark Quill"], "aliases": ["Mark"]}]
    assert "Engineer A saw it." in body_of(projected(section("Mark saw it."), policy={"people": people}))


def test_a_name_that_two_people_share_is_refused() -> None:
    people = [{"names": ["Ana Ruiz"]}, {"names": ["Ana Bell"]}]
    assert codes(projected(section("Ana saw it."), policy={"people": people})) == ["PM721"]
    assert "Engineer A saw it." in body_of(projected(section("Ana Ruiz saw it."), policy={"people": people}))


def test_people_of_every_post_mortem_are_known() -> None:
    other = record_of("---\ntitle: Other\nowner: Hedwig Sonnenschein\n---\n\n# Other\n", "docs/postmortems/other.md")
    assert codes(projected(section("Sonnenschein saw it."), others=[other])) == ["PM720"]
    assert "Engineer A saw it." in body_of(projected(section("Sonnenschein saw it."), owner="Hedwig Sonnenschein"))


@pytest.mark.parametrize(
    ("written", "public"),
    [
        ("a\n\n::: internal\nsecret\n:::\n\nb", "a\n\nb"),
        ("a\n::: internal\nsecret\n\n```\nx\n```\n:::\nb", "a\nb"),
        ("the [[orders-db-7|orders database]] failed", "the orders database failed"),
        ("we [[secretly |]]stopped", "we stopped"),
        ("| A | B |\n|---|---|\n| [[x\\|y]] | z |", "| A | B |\n|---|---|\n| y | z |"),
        ("`[[stripe_key|payment_key]]` expired", "`payment_key` expired"),
        ("1. one\n::: internal\n2. two\n:::\n3. three", "1. one\n2. three"),
        ("Stripe failed, Stripe's API too.", "Our payment provider failed, our payment provider's API too."),
        ("see [here](https://status.example.com/1)", "see [here](https://status.example.com/1)"),
        ("see [here](https://wiki.example.org/secret)", "see here"),
        ("see [the other](other.md)", "see [the other](../search-outage/index.md)"),
    ],
)  # fmt: skip
def test_marked_and_replaced_words(written: str, public: str) -> None:
    known = {"docs/postmortems/other.md": "search-outage"}
    assert body_of(projected(section(written), public=known)).split("## Impact\n\n")[1] == f"{public}\n"


REFUSED = {
    "PM700": section("a <b>bold</b> word"),
    "PM701": section("a &amp; b"),
    "PM702": section('--8<-- "file.md"'),
    "PM703": section("a note[^1]\n\n[^1]: secret"),
    "PM704": section("words {: .hidden data-x=secret }"),
    "PM705": section('!!! note "title"'),
    "PM706": section("text\n\n    indented"),
    "PM707": section("```\nnever closed"),
    "PM708": section("###### Deep"),
    "PM709": section("::: INTERNAL\nsecret"),
    "PM710": section('[text](https://status.example.com "title")'),
    "PM711": section("text\n- item"),
    "PM712": BODY + "\n- a list\n## Heading in the list's paragraph\n\n<div>\n\n## Hidden\n\n</div>\n",
    "PM720": section("the host maria-laptop"),
    "PM721": section("Mark saw it"),
    "PM722": section("it was Project Falcon"),
    "PM723": section("the stripe_webhook failed"),
    "PM724": section("db1.corp.example.com failed"),
    "PM725": section("the key AKIAIOSFODNN7EXAMPLE leaked"),
    "PM726": section("mail somebody@example.org"),
    "PM727": section("call +49 151 23456789"),
    "PM728": section("on 10.0.3.7"),
    "PM734": section("the card 4111 1111 1111 1111"),
    "PM729": section("a\u200bb"),
    "PM730": section("see https://grafana.example.org/d/1"),
    "PM752": BODY + "\n## Impact\n\nAgain.\n",
    "PM753": section("::: internal\nsecret"),
    "PM754": section("see [other](secret-incident.md)"),
    "PM755": section("![graph](graph.png)"),
    "PM756": section("::: internal\nCustomers had to try again.\n:::"),
}
"""A body that each rule refuses."""


@pytest.mark.parametrize("code", REFUSED)
def test_what_cannot_be_judged_is_refused_with_what_to_write_instead(code: str) -> None:
    found = projected(REFUSED[code])
    assert code in codes(found)
    assert found.words == ""
    assert all(item.line > 1 and item.help for item in found.refusals.refused)


FACTS_REFUSED: dict[str, dict[str, Any]] = {
    "PM750": {"external": None},
    "PM751": {"external": {**FRONT["external"], "slug": "PM 2026"}},
    "PM752": {"external": {**FRONT["external"], "sections": ["Action Items"]}},
    "PM758": {"external": {**FRONT["external"], "title": "<img src=x>"}},
    "PM760": {"incident_type": "security incident"},
    "PM759": {"body": section("Wei saw it."), "participants": [{"who": "@wzhang", "role": "x | y"}]},
}


@pytest.mark.parametrize("code", FACTS_REFUSED)
def test_front_matter_that_says_too_little_or_too_much_is_refused(code: str) -> None:
    found = projected(**FACTS_REFUSED[code])
    assert codes(found) == [code]
    assert found.words == ""


def test_a_slug_with_the_internal_id_is_refused() -> None:
    external = {**FRONT["external"], "slug": "pm-2026-014-checkout"}
    assert codes(projected(external=external)) == ["PM751"]


def test_an_unreadable_file_is_refused() -> None:
    assert codes(projected(text="---\ntitle: [\n---\n\n# X\n")) == ["PM757"]


@pytest.mark.parametrize(
    "marker",
    ["::: Internal", "\u02d0\u02d0\u02d0 internal", ":::internal", "::: internal ::", ":: internal", "::::",
     " ::: internal", "- ::: internal",
     "<!--internal-->", "[[secret]]", "[[secret|public", "[secret||public]]", "::: secret"],
)  # fmt: skip
def test_whatever_is_close_to_a_marker_is_refused(marker: str) -> None:
    assert projected(section(f"words\n\n{marker}\nsecret\n")).words == ""


@pytest.mark.parametrize("block", ["::: internal\n=====\n:::", "::: internal\nsecret\n\n:::\n-----"])
def test_an_internal_block_whose_ends_are_underlined_is_refused(block: str) -> None:
    assert "PM753" in codes(projected(section(f"Before.\n\n{block}\n\nAfter.")))


@pytest.mark.parametrize(
    "secret", [":::\n## Secret", ":::\n\nsecret", "one\n:::\n\n## Secret\n\nsecret", "```\n:::\n```\nsecret"]
)
def test_an_end_of_a_block_among_its_words_is_refused(secret: str) -> None:
    """The block would end there, and what stands below in it would be public, or take public words with it."""
    assert "PM753" in codes(projected(section(f"Before.\n\n::: internal\n{secret}\n:::\n\nAfter.")))


@pytest.mark.parametrize("marker", ["[[x|## Secret]]", "[[## Secret|x]]", "[[x|###### y]]"])
def test_a_marker_that_makes_a_heading_is_refused(marker: str) -> None:
    assert "PM753" in codes(projected(section(f"Text here.\n\n{marker}\n\nMore words.")))


def test_a_marker_may_stand_for_the_number_of_a_ticket() -> None:
    assert projected(section("[[#123|A ticket]] tells more.")).refusals.refused == []


@pytest.mark.parametrize("slug", ["6d617269616c6f70657a", "bWFyaWFsb3Blei1sb3Blei1tYXJpYQ"])
def test_a_slug_that_is_a_name_in_a_code_is_refused(slug: str) -> None:
    """The gate would stop the whole build by it."""
    found = projected(external={**FRONT["external"], "slug": slug.lower() if slug.islower() else slug})
    assert found.words == ""


@pytest.mark.parametrize("where", ["text\n\n:::", "```\n:::\n```"])
def test_an_end_without_a_beginning_is_refused_in_sections_that_are_not_public_too(where: str) -> None:
    assert "PM753" in codes(projected(BODY.replace("## Action Items", f"## Action Items\n\n{where}", 1)))


def test_an_internal_block_that_swallows_a_heading_is_refused() -> None:
    body = BODY.replace("## Impact", "::: internal\n\n## Impact").replace("## Action Items", ":::\n\n## Action Items")
    assert "PM753" in codes(projected(body))


def test_nobody_knows_a_handle_or_a_name_and_the_reviewer_is_asked() -> None:
    found = projected(section("Then Aloysius Pemberton asked @pemb, on 8.7.6.5."))
    assert [item.code for item in found.refusals.for_review] == ["PM732", "PM731", "PM733"]
    assert found.words


def test_messages_never_hold_what_they_refuse() -> None:
    for body in REFUSED.values():
        for item in projected(body).refusals:
            for word in ("maria", "falcon", "AKIA", "corp.example", "somebody", "10.0.3.7", "grafana", "secret"):
                assert word not in f"{item.message} {item.help}".replace("`[[10.0.3.7|", "").replace(
                    "db1.corp.example.com", ""
                ), item


def test_what_is_accepted_with_a_reason_passes_until_it_expires() -> None:
    item = {"rule": "PM728", "text": "10.0.3.7", "reason": "documentation"}
    assert codes(projected(REFUSED["PM728"], policy={"accept": [item]})) == []
    assert codes(projected(REFUSED["PM728"], policy={"accept": [{**item, "expires": "2026-11-22"}]})) == ["PM728"]
    assert codes(projected(REFUSED["PM728"], policy={"accept": [{**item, "release": "another"}]})) == ["PM728"]
    assert codes(projected(REFUSED["PM728"], policy={"accept": [{**item, "text": "10.0.3.8"}]})) == ["PM728"]


def test_facts_that_are_not_on_the_projects_scale_stay_inside() -> None:
    assert "severity" not in projected(severity="Zyxquartz").words
    found = projected(incident_type="Zyxquartz", policy={"facts": ["incident_type"]})
    assert "incident_type" not in found.words


def test_a_picture_outside_the_project_is_refused() -> None:
    external = {**FRONT["external"], "images": ["../../../a.png"]}
    assert codes(projected(section("![x](../../../a.png)"), external=external)) == ["PM755"]


BROKEN: dict[str, Any] = {
    "terms": {
        "Falcon": "our project", "Blue": "a colour", "db": "a database", "Mark": "a currency", "Initech": "a customer",
        "Initech Bank": "a bank", "Project Osprey": "the other project", "Osprey": "a bird", "Zhang Motors": "a maker",
    },
    "deny": ["Project Falcon", "Wei Bridge", "Maria DB", "orders db seven", "Blue Wei", "Zhang Boats", "Osprey"],
    "people": [
        {"names": ["Wei Zhang"]}, {"names": ["Maria García"]}, {"names": ["Mark Queue"], "ignore": ["Mark", "Queue"]},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Project Falcon did.", "PM722"),
        ("Project\nFalcon did.", "PM722"),
        ("Then the Wei Bridge fell.", "PM722"),
        ("Then Wei Zhang Boats came.", "PM722"),
        ("Then orders db seven came.", "PM722"),
        ("Then orders `db` seven came.", "PM722"),
        ("Then Maria DB came.", "PM722"),
        ("Then Initech\nBank came.", "PM723"),
        ("Then Mark\nQueue came, and M. Blue Wei.", "PM722"),
    ],
)
def test_what_is_replaced_breaks_nothing_that_is_refused_as_a_whole(text: str, code: str) -> None:
    assert code in codes(projected(section(text), policy=BROKEN))


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("Then Mark Queue came.", "Then Engineer A came."),
        ("Then Mark fell.", "Then a currency fell."),
        ("Then Zhang Motors came.", "Then a maker came."),
        ("Then Wei Zhang drove.", "Then Engineer A drove."),
        ("Then Project Osprey ended.", "Then the other project ended."),
        ("Then Initech Bank came.", "Then a bank came."),
        ("Then Falcon and Blue fell.", "Then our project and a colour fell."),
        ("Falcon fell, said Wei Zhang.", "Our project fell, said Engineer A."),
    ],
)
def test_of_terms_and_names_the_longer_is_replaced(text: str, public: str) -> None:
    assert body_of(projected(section(text), policy=BROKEN, participants=[])).split("## Impact\n\n")[1].strip() == public


@pytest.mark.parametrize("term", ["", "   ", "##", "*", "--"])
def test_a_term_without_letters_is_a_mistake_of_the_policy(term: str) -> None:
    with pytest.raises(ConfigError, match="no letter and no digit"):
        policy_of({**POLICY, "terms": {term: "x"}})


@pytest.mark.parametrize("new", ["a\nb", "a\u200bb", "a\tb"])
def test_what_replaces_a_term_is_one_line(new: str) -> None:
    with pytest.raises(ConfigError, match="one line of plain words"):
        policy_of({**POLICY, "terms": {"Acme": new}})


def test_what_replaces_a_term_is_judged_as_it_stands_at_the_beginning_of_a_sentence() -> None:
    found = projected(section("Acme did it."), policy={"terms": {"Acme": "sk_live_4eC39HqLyjWDarjtT1zdp7dc"}})
    assert codes(found) == ["PM725"]


@pytest.mark.parametrize("value", ["[[secretsvc|public svc]]", "a|b", "`a`", "<b>a</b>", "*a*", "::: a"])
def test_a_public_fact_is_plain_words(value: str) -> None:
    assert codes(projected(policy={"facts": ["services"]}, services=[value])) == ["PM709"]


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("<!-- postmortem: accept PM501 quoted from the chat -->\nIt broke.", "It broke."),
        ("It broke. <!-- postmortem: accept PM501 quoted -->", "It broke."),
        ("The bucket `arn:aws:s3:::bucket/x` was full.", "The bucket `arn:aws:s3:::bucket/x` was full."),
        ("```\narn:aws:s3:::bucket/x\n```", "```\narn:aws:s3:::bucket/x\n```"),
    ],
)
def test_comments_for_check_stay_at_home_and_names_of_resources_are_no_markers(text: str, public: str) -> None:
    assert body_of(projected(section(text))).split("## Impact\n\n")[1].strip() == public


@pytest.mark.parametrize(
    "text", ["<!-- postmortem: accept PM501 a", "<!-- postmortem: accept <!-- x -->", "<!-- note -->"]
)
def test_other_comments_are_refused(text: str) -> None:
    assert "PM700" in codes(projected(section(text)))


@pytest.mark.parametrize("text", ["a ::: b", ":::x", "x :::", "> ::: internal", "||| internal", "--- internal only"])
def test_what_is_close_to_a_marker_is_refused(text: str) -> None:
    assert "PM709" in codes(projected(section(text)))


@pytest.mark.parametrize(
    "text",
    ["It was slow (internal: ask us).", "### Internal notes\n\nWords.", "**Internal:** words",
     "Words [internal only] here.",
     "Do not publish: words", "> Private note: words", "Words, not for publication.", "_Confidential:_ words"],
)  # fmt: skip
def test_words_that_say_that_they_are_internal_are_refused(text: str) -> None:
    assert "PM709" in codes(projected(section(text)))


@pytest.mark.parametrize(
    "text",
    ["The internal tooling failed; the API is internal only.", "### Internal tooling\n\nWords.",
     "500 (internal server error)",
     "Private networks were fine: all of them.", "HTTP 500: internal: no", "We published it (not the private key)."],
)  # fmt: skip
def test_words_of_internal_things_are_let_be(text: str) -> None:
    assert "PM709" not in codes(projected(section(text)))


def test_services_say_nothing_side_by_side_that_none_of_them_may() -> None:
    policy = {"facts": ["services"], "deny": ["Project Falcon"]}
    assert codes(projected(policy=policy, services=["Project", "Falcon"])) == ["PM722"]
    assert not codes(projected(policy=policy, services=["Falcon", "Project"]))


def test_what_the_policy_lists_is_for_the_writer_alone() -> None:
    found = projected(
        policy={"sections": ["Impact", "Zorkmid Cause"]}, external={**FRONT["external"], "sections": ["Other"]}
    )
    told = [item for item in found.refusals.refused if item.code == "PM752"]
    assert told
    assert not any("Zorkmid" in str(item) for item in told)
    assert "Zorkmid Cause" in told[0].lines


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("incident_type", "security incident"),
        ("incident_type", "Security Breach"),
        ("incident_type", ["security"]),
        ("incident_type", "security, deployment"),
        ("incident_type", "vulnerability"),
        ("incident_type", ""),
        ("severity", "P0/P1"),
        ("severity", "Sev0"),
        ("severity", ["P0"]),
        ("severity", ""),
    ],
)
def test_whoever_has_to_approve_can_be_told(key: str, value: object) -> None:
    assert "PM760" in codes(projected(**{key: value}))


@pytest.mark.parametrize(("written", "severity", "kind"), [(("P0", "Security."), "P0", "security")])
def test_of_a_severity_and_a_type_in_usual_spellings(written: tuple[str, str], severity: str, kind: str) -> None:
    external = {**FRONT["external"], "remediated_at": "2026-11-10"}
    found = projected(severity=written[0], incident_type=written[1], external=external)
    assert (codes(found), found.severity, found.incident_type) == ([], severity, kind)


@pytest.mark.parametrize("text", ["See PM-2026-015.", "See pm-2026-015 there.", "See PM 2026-014.", "See PM_2026_099."])
def test_internal_ids_are_pointed_out(text: str) -> None:
    found = projected(section(text), id="PM-2026-014")
    assert [item.code for item in found.refusals.for_review] == ["PM735"]


@pytest.mark.parametrize("text", ["At 10 PM 2026 began.", "HTTP-502 and RFC-9110", "PM-2026-015x"])
def test_what_is_built_otherwise_is_no_id(text: str) -> None:
    found = projected(section(text), id="PM-2026-014")
    assert "PM735" not in [item.code for item in found.refusals.for_review]


@pytest.mark.parametrize(
    ("denied", "text"),
    [
        ("Sam's Club", "Sams Club"),
        ("Sam's Club", "SAMS CLUB"),
        ("Sam's Club", "sams-club"),
        ("Sam's Club", "Samʼs Club"),
        ("O’Reilly Media", "oreilly media"),
        ("O’Reilly Media", "OʼReilly Media"),
        ("O’Reilly Media", "OReillyMedia"),
        ("Σοφία", "σοφια"),
        ("Σοφία", "ΣΟΦΙΑ"),
        ("مشروع الصقر", "مشـروع الصقر"),
        ("Zürich", "Zuerich"),
        ("Zürich", "ZUERICH"),
        ("東京 支社", "東京・支社"),
    ],
)
def test_denied_words_in_other_spellings(denied: str, text: str) -> None:
    assert "PM722" in codes(projected(section(f"Then {text} fell."), policy={"deny": [denied]}))


@pytest.mark.parametrize(
    ("heading", "policy", "code"),
    [
        ("The DB’seven", {"deny": ["dbseven"]}, "PM722"),
        ("The DB's end", {"deny": ["dbs"]}, "PM722"),
        ("The `db`seven", {"deny": ["dbseven"]}, "PM722"),
    ],
)
def test_the_address_of_a_heading_is_judged_with_it(heading: str, policy: dict[str, Any], code: str) -> None:
    assert code in codes(projected(section(f"### {heading}\n\nWords."), policy=policy))


def test_what_is_accepted_is_accepted_in_the_address_of_its_heading() -> None:
    item = {"rule": "PM722", "text": "Project Falcon", "reason": "it was announced"}
    found = projected(
        section("### Project Falcon fell\n\nWords."), policy={"deny": ["Project Falcon"], "accept": [item]}
    )
    assert codes(found) == []
    policy = {"people": [{"names": ["Wei Zhang"]}], "words": ["Wei River"]}
    assert codes(projected(section("### The Wei River\n\nWords."), policy=policy)) == []


@pytest.mark.parametrize("heading", ["### Summary", "### Overview", "### TL;DR:", "### Customer impact", "### Effects"])
def test_a_part_of_a_section_may_be_called_like_one(heading: str) -> None:
    assert "Words." in body_of(projected(section(f"Before.\n\n{heading}\n\nWords.")))


def test_a_part_of_what_is_not_public_is_no_section() -> None:
    body = BODY.replace("Nothing here is public.", "### Customer Impact\n\nSecret.")
    assert "Secret" not in body_of(projected(body))
    assert codes(projected(body.replace("### Customer Impact", "### Impact"))) == ["PM752"]
    assert codes(projected(body.replace("## Impact\n\nCustomers", "## Effects\n\nCustomers"))) == ["PM752"]


def test_aliases_of_the_settings_do_not_widen_the_policy(tmp_path: Path) -> None:
    for sections, code in ((["Impact"], 1), (["Impact", "Interna"], 0)):
        house = House(tmp_path / str(code), BODY.replace("## Impact", "## Interna"), {"sections": sections},
                      external={**FRONT["external"], "sections": ["Impact"]})  # fmt: skip
        house.write("postmortem.yml", "sections: {impact: [Interna]}\n")
        done = house.redact()
        assert done.code == code
        assert ("PM752" in done.said) == bool(code)
        assert (house.root / "external/releases/checkout-errors/index.md").exists() == (not code)


def test_a_word_that_nobody_can_review_is_refused_before_it_is_taken_apart() -> None:
    found = projected(section(f"Then {'aB3' * 40_000} came."))
    assert codes(found) == ["PM757"]
    assert found.words == ""


@pytest.mark.parametrize("text", ["Run `stripe charge` again.", "```\nstripe charge\n```"])
def test_a_term_in_code_is_refused_as_a_name_there_is(text: str) -> None:
    assert codes(projected(section(text))) == ["PM723"]
    assert "gateway charge" in body_of(projected(section(text.replace("stripe", "[[stripe|gateway]]"))))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("```\ncode\n````\n\nMore.", "PM707"),  # closed for one parser, open for the other
        ("Some `code`:\n\n``` a `b` ``` is no fence.", ""),
        ("````\n```\n## No heading\n```\n````\n\nMore.", ""),
    ],
)
def test_a_fence_is_one_to_every_parser(text: str, code: str) -> None:
    assert (codes(projected(section(text))) or [""])[0] == code
