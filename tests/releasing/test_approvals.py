"""Approvals: who may give them, what they are worth, and when they lapse."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mkdocs_postmortem.releasing import acquaintances, approvals
from mkdocs_postmortem.releasing.people import Roster, roster_of
from mkdocs_postmortem.releasing.policy import Somebody
from mkdocs_postmortem.releasing.release import Approval, Info, Release, digest, read, render
from mkdocs_postmortem.settings import ConfigError
from tests.releasing.support import BODY, DAY, FRONT, POLICY, House, document, policy_of, projected, section

WORDS = '---\ntitle: "Checkout errors"\n---\n\n## Impact\n\nWords.\n'


def release(policy: dict[str, Any] | None = None, **info: Any) -> Release:
    """An approved release of a deployment, with these facts."""
    del policy
    found = Release("checkout-errors", Path("/nowhere"), words=WORDS)
    current = found.digest
    kind = (info.get("severity", "P1"), info.get("incident_type", "deployment"))
    facts: dict[str, Any] = {
        "slug": "checkout-errors", "digest": current, "severity": "P1", "incident_type": "deployment",
        "authors": ("@maria",),
        "approvals": tuple(
            Approval(role, f"The {role} lead", "2026-11-20", current, approvals.confirmed_by(role, found), *kind)
            for role in ("technical", "communications", "legal", "executive")
        ),
    }  # fmt: skip
    found.info = Info(**{**facts, **info})
    return found


def state_of(item: Release, policy: dict[str, Any] | None = None) -> approvals.State:
    """What the approvals are worth under the tests' policy."""
    rules = policy_of({**POLICY, **(policy or {})})
    return approvals.state(item, rules, roster_of(rules), DAY)


def without(role: str, **info: Any) -> Release:
    item = release(**info)
    item.info = replace(item.info, approvals=tuple(one for one in item.info.approvals if one.role != role))
    return item


def changed(role: str, **values: Any) -> Release:
    item = release()
    item.info = replace(
        item.info, approvals=tuple(replace(one, **values) if one.role == role else one for one in item.info.approvals)
    )
    return item


def edited() -> Release:
    item = release()
    item.words = WORDS.replace("Words.", "Other words.")
    return item


REFUSED: dict[str, Release] = {
    "PM810": without("technical"),
    "PM811": edited(),
    "PM812": changed("technical", by="Maria García López"),
    "PM814": release(incident_type="security"),
    "PM815": changed("communications", confirms=("names",)),
    "PM816": edited(),
    "PM817": changed("technical", severity="P0"),
    "PM818": release(authors=()),
    "PM819": changed("technical", at="2026-11-24"),
}
"""A release that each rule keeps from being published; PM813 needs keys, and has tests below."""


def test_a_release_with_all_approvals_is_approved_since_the_last() -> None:
    found = state_of(changed("technical", at="2026-11-22"))
    assert (found.name, found.missing, str(found.last)) == ("approved", (), "2026-11-22")


@pytest.mark.parametrize("code", REFUSED)
def test_each_way_of_not_being_approved_has_its_own_message(code: str) -> None:
    found = state_of(REFUSED[code])
    assert found.name in ("pending", "lapsed")
    assert code in [reason.code for reason in found.reasons]
    assert all(reason.help for reason in found.reasons)


@pytest.mark.parametrize(
    ("role", "info", "needed"),
    [
        ("technical", {}, True),
        ("communications", {}, True),
        ("legal", {}, False),
        ("legal", {"incident_type": "security", "remediated_at": "2026-11-10T10:00Z"}, True),
        ("executive", {}, False),
        ("executive", {"severity": "P0"}, True),
    ],
)  # fmt: skip
def test_roles_follow_severity_and_type(role: str, info: dict[str, str], needed: bool) -> None:
    assert (state_of(without(role, **info)).name == "approved") is not needed


def test_a_security_incident_needs_a_remediation_that_is_over() -> None:
    security = {"incident_type": "security"}
    assert state_of(release(**security, remediated_at="2026-11-10T10:00Z")).name == "approved"
    assert state_of(release(**security, remediated_at="2026-11-24T10:00Z")).name == "pending"
    assert state_of(release(**security, remediated_at="soon")).name == "pending"


@pytest.mark.parametrize(
    ("stamp", "published"),
    [
        ("2026-11-22T23:59:59Z", True),
        ("2026-11-22", True),
        ("2026-11-23T00:30+01:00", True),
        ("2026-11-23", False),
        ("2026-11-23T00:00Z", False),
        ("2026-11-23T23:00Z", False),
        ("2026-11-22T23:00-02:00", False),
        ("2026-11-22T23:00", False),
        ("2026-11-22T23:00-99:99", False),
        ("9999-12-31T23:59-23:59", False),
        ("", False),
    ],
)
def test_a_remediation_counts_once_its_day_is_over_in_utc(stamp: str, published: bool) -> None:
    found = state_of(release(incident_type="security", remediated_at=stamp))
    assert (found.name == "approved") is published
    assert ("PM814" in [reason.code for reason in found.reasons]) is not published


@pytest.mark.parametrize(
    ("info", "message"),
    [
        ({"severity": "P2"}, "the severity changed since the technical approval"),
        ({"severity": ""}, "the severity changed since the technical approval"),
        ({"incident_type": "process"}, "the type of the incident changed since the technical approval"),
        ({"authors": ()}, "it names no author"),
    ],
)
def test_an_approval_stands_while_severity_and_type_are_what_they_were(info: dict[str, Any], message: str) -> None:
    item = release(severity="P0", incident_type="security", remediated_at="2026-11-10T10:00Z")
    assert state_of(item).name == "approved"
    item.info = replace(item.info, **info)
    found = state_of(item)
    assert found.name in ("lapsed", "pending")
    assert message in "\n".join(reason.message for reason in found.reasons)
    assert "words" not in approvals.told(found)


def test_an_approval_counts_from_its_day_on() -> None:
    rules = policy_of(POLICY)
    item = changed("technical", at="2031-01-01")
    assert approvals.state(item, rules, roster_of(rules), DAY).name == "pending"
    assert approvals.state(item, rules, roster_of(rules), date(2031, 1, 1)).name == "approved"


def test_without_an_author_nobody_can_approve() -> None:
    rules = policy_of(POLICY)
    with pytest.raises(ConfigError, match="names no author"):
        approvals.approve(release(authors=()), rules, roster_of(rules), "technical", "Ana", DAY)


@pytest.mark.parametrize(
    "who", ["@maria", "maria", "Maria García López", "García López, Maria", "maria@example.com", "M. García"]
)
def test_an_author_is_known_by_every_name(who: str) -> None:
    rules = policy_of(POLICY)
    with pytest.raises(ConfigError, match="own post-mortem"):
        approvals.approve(release(), rules, roster_of(rules), "technical", who, DAY)


@pytest.mark.parametrize(
    ("role", "by", "message"), [("boss", "Ana", "no role of the policy"), ("technical", " ", "somebody's")]
)
def test_approvals_that_cannot_be(role: str, by: str, message: str) -> None:
    rules = policy_of(POLICY)
    with pytest.raises(ConfigError, match=message):
        approvals.approve(release(), rules, roster_of(rules), role, by, DAY)


def test_the_digest_tells_every_bundle_apart() -> None:
    bundles = [
        ("a", "b", {}),
        ("ab", "", {}),
        ("a", "b", {"x": b"y"}),
        ("a", "b", {"xy": b""}),
        ("a", "bx", {"": b"y"}),
    ]
    assert len({digest(slug, words, assets) for slug, words, assets in bundles}) == len(bundles)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    item = release(
        retracted={"at": "2026-11-22", "by": 'A "B" C', "reason": "x: y # z"}, remediated_at="2026-11-10T10:00Z"
    )
    folder = tmp_path / "external/releases/checkout-errors"
    folder.mkdir(parents=True)
    (folder / "index.md").write_text(WORDS)
    (folder / "release.yml").write_text(render(item.info))
    again = read(folder, tmp_path)
    assert not again.problems.refused, list(again.problems)
    assert again.info == item.info


class TestInARepository:
    @pytest.mark.parametrize(
        ("old", "new", "code"),
        [
            ('\nseverity: "P0"', '\nseverity: "P2"', "PM817"),
            ('\nseverity: "P0"', "", "PM817"),
            ('\nincident_type: "security"', '\nincident_type: "deployment"', "PM817"),
            ('\nauthors: ["@maria"]', "", "PM818"),
            ('["@maria"]', "[]", "PM818"),
        ],
    )
    def test_nobody_is_spared_an_approval_by_an_edit_of_release_yml(
        self, tmp_path: Path, old: str, new: str, code: str
    ) -> None:
        house = House(
            tmp_path,
            policy={"facts": []},
            severity="P0",
            incident_type="security",
            external={**FRONT["external"], "remediated_at": "2026-11-10T10:00Z"},
        )
        house.redact()
        house.approve("checkout-errors", "technical", "communications", "legal", "executive")
        assert house.build_public().published
        site = house.site()
        path = tmp_path / "external/releases/checkout-errors/release.yml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        outcome = house.build_public()
        assert not outcome.published
        if code == "PM817":
            assert "changed since the technical approval" in outcome.said
        else:
            assert "names no author" in outcome.said
        assert site != house.site()
        assert house.redact("--check").code == 1

    def test_public_words_and_record_agree_about_severity(self, tmp_path: Path) -> None:
        house = House(tmp_path)
        house.publish()
        path = tmp_path / "external/releases/checkout-errors/release.yml"
        path.write_text(path.read_text().replace('severity: "P1"', 'severity: "P2"'))  # the approvals' as well
        done = house.build_public().done[-1]
        assert done.code != 0
        assert "release.yml:4:1: PM802 has another severity than the public words" in done.said

    def test_a_retraction_stays_when_its_lines_are_deleted(self, tmp_path: Path) -> None:
        house = House(tmp_path)
        house.publish()
        house.run("retract", "checkout-errors", "--by", "Ana", "--reason", "named a customer")
        path = tmp_path / "external/releases/checkout-errors/release.yml"
        kept = [line for line in path.read_text().split("\n") if not line.startswith(("retracted", "  "))]
        path.write_text("\n".join(kept))
        assert not house.build_public().published

    def test_retracting_twice_and_undoing_what_was_never_done_change_nothing(self, tmp_path: Path) -> None:
        house = House(tmp_path)
        house.publish()
        path = tmp_path / "external/releases/checkout-errors/release.yml"
        approved = path.read_bytes()
        done = house.run("retract", "checkout-errors", "--undo")
        assert (done.code, "is not retracted" in done.said, path.read_bytes()) == (2, True, approved)
        day = {"SOURCE_DATE_EPOCH": "1795392000"}  # 2026-11-23
        assert house.run("retract", "checkout-errors", "--by", "Ana", "--reason", "first", **day).code == 0
        first = path.read_bytes()
        done = house.run("retract", "checkout-errors", "--by", "Eve", "--reason", "second")
        assert (done.code, "already, on 2026-11-23 by Ana" in done.said) == (2, True)
        done = house.run("approve", "checkout-errors", "--role", "technical", "--by", "Ana")
        assert (done.code, "was retracted" in done.said, path.read_bytes()) == (2, True, first)

    def test_public_words_lapse_approvals_and_internal_ones_do_not(self, tmp_path: Path) -> None:
        house = House(tmp_path)
        assert house.publish().published
        house.write(
            "docs/postmortems/checkout.md", document(BODY.replace("Nothing here", "Nothing at all"), title="Other")
        )
        assert "current" in house.redact().said
        assert house.build_public().published
        house.write("docs/postmortems/checkout.md", document(section("Customers tried again.")))
        assert house.redact("--check").code == 1
        assert "have lapsed" in house.redact().said
        assert not house.build_public().published

    def test_a_release_that_no_post_mortem_asks_for_is_told(self, tmp_path: Path) -> None:
        house = House(tmp_path)
        house.publish()
        assert house.redact("--check").code == 0
        house.write("docs/postmortems/checkout.md", document(external=None))
        done = house.redact("--check")
        assert (done.code, "no post-mortem asks for it" in done.said) == (1, True)
        house.run("retract", "checkout-errors", "--by", "Ana")
        assert house.redact("--check").code == 0

    def test_a_release_edited_by_hand_is_not_published(self, tmp_path: Path) -> None:
        house = House(tmp_path)
        house.publish()
        path = tmp_path / "external/releases/checkout-errors/index.md"
        path.write_text(path.read_text().replace("Every eighth", "Every ninth"))
        assert house.run("approve", "checkout-errors", "--role", "technical", "--by", "Ana").code == 2
        assert not house.build_public().published

    def test_severity_that_rises_asks_for_more(self, tmp_path: Path) -> None:
        house = House(tmp_path)
        house.publish()
        house.write("docs/postmortems/checkout.md", document(severity="P0"))
        house.redact()
        outcome = house.build_public()
        assert not outcome.published
        assert "the executive approval is missing" in outcome.said

    def test_approve_prints_the_words_and_what_is_confirmed(self, tmp_path: Path) -> None:
        house = House(tmp_path)
        house.redact()
        done = house.run("approve", "checkout-errors", "--role", "technical", "--by", "Ana")
        assert "Every eighth order failed" in done.out
        assert "[x] It is technically accurate" in done.out
        assert "Still to be approved by: communications" in done.out

    def test_a_new_name_on_the_roster_stops_an_old_release_without_lapsing_it(self, tmp_path: Path) -> None:
        house = House(tmp_path, section("Then Quill came."), policy={"people": []})
        assert house.publish().published
        old = house.site()
        House.__init__(House.__new__(House), tmp_path)  # the policy of the other tests, with Mark Quill in it
        house.write("docs/postmortems/checkout.md", document(section("Then Quill came.")))
        outcome = house.build_public()
        assert "PM720" in outcome.said
        assert house.site() == old

    def test_a_retracted_release_leaves_a_page_that_says_so(self, tmp_path: Path) -> None:
        house = House(tmp_path)
        house.publish()
        assert house.run("retract", "checkout-errors", "--by", "Ana", "--reason", "named a customer").code == 0
        outcome = house.build_public()
        page = outcome.files["postmortems/checkout-errors/index.html"].decode()
        assert "no longer published" in page
        assert outcome.holds("eighth") == outcome.holds("named a customer") == []
        assert b"checkout-errors" not in outcome.files["postmortems/feed.xml"]
        assert house.run("retract", "checkout-errors", "--undo").code == 0
        assert not house.build_public().published


class TestSignatures:
    @pytest.fixture
    def house(self, tmp_path: Path) -> House:
        house = House(tmp_path, policy={"signers": "signers", "facts": []})
        for name in ("ana", "eve"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(tmp_path / name)], check=True
            )
        key = (tmp_path / "ana.pub").read_text().split()
        house.write("signers", f'ana@example.org namespaces="mkdocs-postmortem" {key[0]} {key[1]}\n')
        house.redact()
        return house

    def approve(self, house: House, key: str, by: str = "ana@example.org") -> None:
        for role in ("technical", "communications"):
            done = house.run("approve", "checkout-errors", "--role", role, "--by", by, "--sign", key)
            assert done.code == 0, done.said

    def test_by_a_listed_key_hold(self, house: House) -> None:
        self.approve(house, "ana")
        outcome = house.build_public()
        assert outcome.published, outcome.said

    def test_are_asked_for(self, house: House) -> None:
        done = house.run("approve", "checkout-errors", "--role", "technical", "--by", "Ana")
        assert (done.code, "asks for signed approvals" in done.said) == (2, True)

    def test_by_a_key_that_is_not_listed_are_refused_at_once_and_what_was_stays(self, house: House) -> None:
        self.approve(house, "ana")
        path = house.root / "external/releases/checkout-errors/release.yml"
        before = path.read_bytes()
        for key, by in (("eve", "ana@example.org"), ("ana", "somebody@example.org")):
            done = house.run("approve", "checkout-errors", "--role", "technical", "--by", by, "--sign", key)
            assert (done.code, "do not list that key" in done.said) == (2, True)
            assert path.read_bytes() == before
        assert house.build_public().published

    @pytest.mark.parametrize(
        "forgery",
        ["another key", "another person", "another day", "none", "another role", "severity", "authors", "remediation"],
    )
    def test_that_are_forged_are_told_from_those_that_are_missing(self, house: House, forgery: str) -> None:
        listed = (house.root / "signers").read_text()
        if forgery == "another key":
            house.write("signers", listed.replace(listed.split()[3], (house.root / "eve.pub").read_text().split()[1]))
        self.approve(house, "eve" if forgery == "another key" else "ana", "ana@example.org")
        house.write("signers", listed)
        path = house.root / "external/releases/checkout-errors/release.yml"
        text = path.read_text()
        changes: dict[str, Callable[[str], str]] = {
            "another key": str,
            "another person": lambda text: text.replace("ana@example.org", "eve@example.org"),
            "another day": lambda text: text.replace("at: \"2026", "at: \"2025"),
            "severity": lambda text: text.replace('severity: "P1"', 'severity: "P2"'),
            "authors": lambda text: text.replace('["@maria"]', '["@wzhang"]'),
            "remediation": lambda text: text.replace("authors:", 'remediated_at: "2026-11-01T10:00Z"\nauthors:'),
            "none": lambda text: "\n".join(
                line for line in text.split("\n") if not line.startswith("      ") and "signature" not in line
            ),
            "another role": lambda text: text.replace('"technical"', '"executive"').replace(
                '"communications"', '"technical"'
            ).replace('"executive"', '"communications"'),
        }  # fmt: skip
        changed = changes[forgery](text)
        assert (changed == text) is (forgery == "another key")
        path.write_text(changed)
        outcome = house.build_public()
        assert not outcome.published
        assert "has no signature that holds" in outcome.said


def test_front_matter_of_the_tests_is_of_a_post_mortem_that_passes() -> None:
    assert FRONT["external"]["slug"] == "checkout-errors"


def test_a_policy_without_roles_publishes_nothing() -> None:
    item = release()
    item.info = replace(item.info, approvals=())
    assert state_of(item, {"approvals": {}}).name == "pending"


@pytest.mark.parametrize(
    "authors",
    [
        ["TBD"],
        ["?"],
        ["n/a"],
        ["unknown"],
        ["-"],
        ["the team"],
        ["@"],
        ["Platform team"],
        ["TBD, ?"],
        [""],
        ["someone"],
        ["Nobody"],
        ["me"],
        ["author"],
        ["anonymous"],
        ["various"],
        ["xxx"],
        ["@sre-team"],
        ["@example/sre"],
        ["noreply@github.com"],
        ["A."],
    ],
)
def test_a_placeholder_is_no_author(authors: list[str]) -> None:
    found = projected(authors=authors, owner="")
    assert found.authors == ()
    assert acquaintances.named(authors) == ()


def test_people_beside_placeholders_are_authors() -> None:
    assert projected(authors=["TBD", "Joe Doe"], owner="Platform team").authors == ("Joe Doe",)


SAME = [
    ("Joe Doe", ["joe", "Joe", "doe", "jdoe", "joed", "joe.d", "doej", "jd", "JD", "j.doe", "Doe, Joe", "joe-doe"]),
    (
        "Joe Doe",
        ["joe.doe@example.com", "Joe D.", "Joe <joe@example.com>", "JOE DOE", "joe_doe", "@jdoe", "J. Doe (SRE)"],
    ),
    ("Bob", ["bob@x.com", "Bob Jones", "bob", "BOB", "@bob"]),
    ("@tom", ["tom@x.com", "Tom Smith", "tom", "@Tom"]),
    ("@joe.doe", ["joe", "jdoe", "doe", "Joe Doe", "doe, joe"]),
    ("joe.doe@x.com", ["joe", "Doe", "jdoe", "joe.doe@other.com", "Joe Doe"]),
    ("李明", ["明", "李", "李明"]),
    ("Zoë Müller", ["zoe", "Muller", "zoë müller", "zmuller"]),
    ("Tom, Ann", ["Tom", "Ann", "ann smith"]),
    ("Maria and Tom", ["Tom", "Maria"]),
    ("Kim / Zed", ["Kim", "Zed"]),
    ("García, Maria", ["Maria", "Maria García"]),
    ("Tom (with Ann Lee)", ["Ann", "Ann Lee", "Tom"]),
]


@pytest.mark.parametrize(("author", "by"), [(author, by) for author, others in SAME for by in others])
def test_an_author_is_one_under_any_name(author: str, by: str) -> None:
    assert approvals.is_author(by, [author], Roster([]))


@pytest.mark.parametrize(
    ("author", "by"),
    [
        ("Joe Doe", "Joe Smith"),
        ("Joe Doe", "Jane Doe"),
        ("Joe Doe", "Ann"),
        ("Joe Doe", "legal@example.com"),
        ("@joe.doe", "@jane.roe"),
        ("Tom, Ann", "Maria"),
        ("李明", "王小明"),
        ("Maria García", "Maria Silva"),
    ],
)
def test_others_are_none(author: str, by: str) -> None:
    assert not approvals.is_author(by, [author], Roster([]))


@pytest.mark.parametrize("by", ["MGL", "mgl", "LGM", "Mari L.", "maria@example.com", "López, Maria G.", "M. G. López"])
def test_somebody_on_the_roster_is_an_author_under_any_of_their_names(by: str) -> None:
    person = Somebody("maria", ("Maria García López",), ("Mari",), ("maria@example.com",))
    assert approvals.is_author(by, ["@maria"], Roster([person]))


@pytest.mark.parametrize("by", ["TBD", "?", "n/a", "someone", "Nobody"])
def test_an_approval_is_somebodys(by: str) -> None:
    found = release()
    approvals_by = tuple(replace(item, by=by) if item.role == "technical" else item for item in found.info.approvals)
    found.info = replace(found.info, approvals=approvals_by)
    policy = policy_of(POLICY)
    told = approvals.state(found, policy, roster_of(policy), DAY)
    assert told.missing == ("technical",)
    with pytest.raises(ConfigError, match="somebody's"):
        approvals.approve(found, policy, roster_of(policy), "technical", by, DAY)
