"""What the desk's commands say and take, as somebody tried it who knew only the manual."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from mkdocs_postmortem.settings import ConfigError
from tests.releasing.support import FRONT, POLICY, House, codes, document, policy_of, projected, section


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(tmp_path)
    assert made.publish().published
    return made


def test_a_file_that_cannot_be_read_is_told_and_no_release_is_called_orphaned(house: House) -> None:
    house.write("docs/postmortems/checkout.md", "---\ncauses: [Maria zorblatt\nexternal: {slug: x}\n---\n")
    for arguments in ((), ("--check",)):
        done = house.redact(*arguments)
        assert done.code == 1
        assert "PM757" in done.said
        assert "nothing is public" not in done.said
        assert "retract" not in done.said


@pytest.mark.parametrize(
    ("external", "called"),
    [
        ({"slug": "other-errors"}, "the post-mortem of other-errors"),
        ({"slug": "other-errors", "sections": ["Timeline"]}, "the post-mortem of other-errors:"),
        ({"slug": "falcon-project-falcon"}, "post-mortem 1 of docs/postmortems/, by path:"),
        ({"slug": "Not an Address"}, "post-mortem 1 of docs/postmortems/, by path:"),
        ({"slug": "checkout-errors"}, "post-mortem 1 of docs/postmortems/, by path:"),
    ],
)
def test_where_others_read_along_a_document_is_called_by_its_slug_or_number(
    house: House, external: dict[str, object], called: str
) -> None:
    """`new` makes the name of a file of its internal title, and the folder may say as much."""
    name = "docs/postmortems/2026-11-03-acquisition of Initech, by Maria García, Project Falcon.md"
    house.write(name, document(id="other", external={**FRONT["external"], **external}))
    said = ""
    for arguments in (("--check",), (), ("--check",)):
        said += house.redact(*arguments).said
    assert called in said
    for word in ("acquisition", "García", "Falcon", "falcon", "Not an Address", "docs/postmortems/2026"):
        assert word not in said
    assert name in house.redact("--check", CI=None).said


def test_a_file_that_cannot_be_read_is_called_by_its_number(house: House) -> None:
    house.write("docs/postmortems/a-secret.md", "---\ntitle: [\n---\n")
    done = house.redact()
    assert "post-mortem 1 of docs/postmortems/, by path:1:1" in done.said
    assert "secret" not in done.said


@pytest.mark.parametrize(
    "name", [".DS_Store", "Thumbs.db", "desktop.ini", "thumbs.db", "._x", "checkout-errors/.DS_Store"]
)
def test_what_systems_leave_behind_is_neither_an_error_nor_published(house: House, name: str) -> None:
    house.write(f"external/releases/{name}", "Maria")
    outcome = house.build_public()
    assert outcome.published, outcome.said
    assert not [path for path in outcome.files if Path(name).name in path]


def test_what_systems_leave_behind_among_the_sites_own_pages_is_told_as_such(house: House) -> None:
    for name in ("Thumbs.db", "desktop.ini", "sub/.DS_Store"):
        house.write(f"external/docs/{name}", b"\xd0\xcfMaria")
    done = house.build_public().done[-1]
    assert done.code != 0
    assert "external/docs/Thumbs.db: PM831 is what systems leave in folders" in done.said
    assert "DS_Store" not in done.said
    for name in ("Thumbs.db", "desktop.ini"):
        (house.root / "external/docs" / name).unlink()
    assert house.build_public().published


def test_line_ends_of_windows_are_told_as_such(house: House) -> None:
    path = house.root / "external/releases/checkout-errors/index.md"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    done = house.build_public().done[-1]
    assert done.code != 0
    for told in (done, house.redact("--check")):
        assert "PM801 has the line ends of Windows" in told.said
        assert "let .gitattributes say" in told.said
        assert "run `mkdocs-postmortem redact" not in told.said


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main")
    call = ["git", *identity, *arguments]
    return subprocess.run(call, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("attributes", [True, False])
def test_a_clone_on_windows_has_the_approved_bytes_or_is_mended_as_it_is_told(house: House, attributes: bool) -> None:
    shutil.rmtree(house.root / "site")
    before = (house.root / "external/releases/checkout-errors/index.md").read_bytes()
    git(house.root, "init", "-q")
    if attributes:
        assert house.run("init").code == 0
    git(house.root, "add", "-A")
    git(house.root, "commit", "-qm", "x")
    git(house.root, "clone", "-q", "-c", "core.autocrlf=true", ".", "clone")
    clone = house.root / "clone"
    path = clone / "external/releases/checkout-errors/index.md"
    if not attributes:
        assert path.read_bytes() != before
        (clone / ".gitattributes").write_text("external/** -text\n")
        git(clone, "checkout", "--", "external/releases")
    assert path.read_bytes() == before


@pytest.mark.parametrize("slug", ["pm-2026-014", "checkout-2026-014", "pm2026014", "2026-014"])
def test_a_slug_does_not_hold_the_internal_id_however_it_is_joined(slug: str) -> None:
    assert "PM751" in codes(projected(external={**FRONT["external"], "slug": slug}))


@pytest.mark.parametrize(
    ("id", "slug"),
    [
        ("PM-2026-014", "2026-11-checkout"),
        ("2026-11-03-checkout-broke", "2026-11-03-errors"),
        ("PM-2026-11", "2026-11-checkout"),
        ("INC-502", "checkout-502"),
    ],
)
def test_a_slug_may_have_the_day_or_the_month(id: str, slug: str) -> None:
    assert codes(projected(id=id, external={**FRONT["external"], "slug": slug})) == []


@pytest.mark.parametrize("pattern", ["re:", "re:a*", "re:(?:x|)", r"re:\b", "re:$", r"re:falcon|\B"])
def test_a_pattern_that_denies_nothing_is_a_mistake(pattern: str) -> None:
    with pytest.raises(ConfigError, match="the empty text fits"):
        policy_of({**POLICY, "deny": [pattern]})


def test_a_control_that_is_not_there_is_a_mistake(house: House) -> None:
    done = house.run("verify", "site", "--control", "nosuch")
    assert done.code == 2
    assert "there is no folder `nosuch`" in done.said


def test_a_page_of_ours_names_the_file_that_has_its_address(house: House) -> None:
    house.write("external/docs/postmortems/index.md", "# Mine\n")
    assert "external/docs/postmortems/index.md" in house.build_public().said


@pytest.mark.parametrize("key", ["secruity", "Security", "p0", "allways"])
def test_roles_under_a_key_that_nothing_has_are_a_mistake(house: House, key: str) -> None:
    house.write("redaction.yml", yaml.safe_dump({**POLICY, "approvals": {"always": ["technical"], key: ["legal"]}}))
    done = house.redact("--check")
    assert done.code == 2
    assert "redaction.yml:" in done.said
    assert "`approvals` has a key that is neither" in done.said
    assert "` meant?" in done.said
    assert f"`{key}`" not in done.said
    assert house.run("approve", "checkout-errors", "--role", "technical", "--by", "Ana").code == 2
    assert house.run("retract", "checkout-errors", "--by", "Ana").code == 0, "taking back needs no policy"


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("allways", "always"),
        ("Always", "always"),
        ("p1", "P1"),
        ("deploymnet", "deployment"),
        ("Deploy-ment", "deployment"),
    ],
)
def test_a_build_that_knows_no_settings_sees_roles_under_a_key_that_is_nearly_what_releases_carry(
    house: House, key: str, meant: str
) -> None:
    old = house.site()
    roles = {"always": ["technical", "communications"], key: ["legal"]}
    house.write("redaction.yml", yaml.safe_dump({**POLICY, "approvals": roles}))
    done = house.build_public().done[-1]
    assert done.code != 0
    assert f"PM830 `approvals` has a key that is nearly `{meant}`" in done.said
    assert f"`{key}`" not in done.said
    assert house.site() == old


def test_keys_of_severities_and_types_that_no_release_has_are_no_mistake(house: House) -> None:
    keys = ("P0", "P2", "P3", "security", "data-loss", "process", "development", "SEV-1")
    approvals = {"always": ["technical", "communications"], **{key: ["legal"] for key in keys}}
    house.write("redaction.yml", yaml.safe_dump({**POLICY, "approvals": approvals}))
    assert house.build_public().published


def test_a_scale_of_ones_own_needs_approvals_of_ones_own(house: House) -> None:
    house.write("postmortem.yml", "severities: [SEV1, SEV2]\n")
    done = house.redact("--check")
    assert (done.code, "`approvals` is not set, and by itself asks for roles at `P0`" in done.said) == (2, True)


def second(house: House, text: str) -> None:
    """Another post-mortem, whose slug is `other-errors`, with these words in a public section."""
    external = {**FRONT["external"], "slug": "other-errors", "title": "Other errors"}
    house.write("docs/postmortems/other.md", document(section(text), id="other", external=external))


def test_a_link_to_a_release_that_leaves_the_site_becomes_its_text(house: House) -> None:
    second(house, "It was full.")
    assert house.redact().code == 0
    house.approve("other-errors")
    house.write(
        "docs/postmortems/checkout.md",
        document(section("See [what came](other.md), and `[x](../other-errors/index.md)`.")),
    )
    assert house.publish("--strict").published
    page = "postmortems/checkout-errors/index.html"
    assert b'href="../other-errors/"' in house.site()[page]
    second(house, "It was quite full.")
    assert house.redact().code == 0
    outcome = house.build_public("--strict")
    assert "its link to other-errors, which is not published, is plain text for now" in outcome.said
    assert "postmortems/other-errors/index.html" not in outcome.files
    assert b"See what came, and <code>[x](../other-errors/index.md)</code>." in outcome.files[page]
    assert outcome.done[-1].code == 0


def test_words_that_lapsed_leave_a_site_that_is_built_strictly(house: House) -> None:
    assert house.publish("--strict").published
    house.write("docs/postmortems/checkout.md", document(section("Customers had to try again, twice.")))
    assert house.redact().code == 0
    outcome = house.build_public("--strict")
    assert outcome.done[-1].code == 0
    assert not outcome.published
    assert "checkout-errors was public and leaves the site" in outcome.said


def test_a_slug_that_yaml_would_read_as_something_else_stays_a_slug(tmp_path: Path) -> None:
    for slug in ("404", "true", "no", "null", "1e3", "0b1"):
        house = House(tmp_path / slug, external={**FRONT["external"], "slug": slug})
        assert house.redact().code == 0
        house.approve(slug)
        outcome = house.build_public("--strict")
        assert f"postmortems/{slug}/index.html" in outcome.files, outcome.said


OWN_PAGES = [
    ("The [[secretword|public]] one.", "marks of what is internal"),
    ("::: internal\nsecretword\n:::", "marks of what is internal"),
    ("  :::: INTERNAL", "marks of what is internal"),
    ("---\ntitle: x\nexternal: {slug: x}\n---\n\nWords.", "front matter of a post-mortem"),
    ("---\ntitle: x\nparticipants: [Maria]\n---\n\nWords.", "front matter of a post-mortem"),
]


@pytest.mark.parametrize(("text", "told"), OWN_PAGES)
def test_what_was_not_written_to_be_public_is_no_page_of_the_public_site(house: House, text: str, told: str) -> None:
    house.write("external/docs/page.md", text)
    outcome = house.build_public()
    assert outcome.done[-1].code == 1
    assert told in outcome.said
    assert "secretword" not in outcome.said


@pytest.mark.parametrize(
    "text", ["`[[a|b]]` marks words.", "```\n::: internal\n[[a|b]]\n```", "---\ntitle: x\n---\n\nSee [[a]].", "a ::: b"]
)
def test_pages_that_tell_of_marks_are_pages(house: House, text: str) -> None:
    house.write("external/docs/page.md", text)
    outcome = house.build_public()
    assert "page/index.html" in outcome.files, outcome.said


def test_who_took_a_release_back_is_not_told_where_others_read_along(house: House) -> None:
    assert house.run("retract", "checkout-errors", "--by", "Zorkmid Quux").code == 0
    for env, told in (({"CI": "1"}, False), ({"CI": None}, True)):
        done = house.run("retract", "checkout-errors", "--by", "Ann", **env)
        assert done.code == 2
        assert ("Zorkmid" in done.said) == told


def test_generate_keeps_what_somebody_wrote_into_a_page_of_it(house: House) -> None:
    arguments = ("generate", "--audience", "external", "--out", "generated")
    assert house.run(*arguments).code == 0
    assert house.run(*arguments).code == 0
    page = house.root / "generated/postmortems/checkout-errors/index.md"
    page.write_text(page.read_text(encoding="utf-8") + "MY WORDS\n", encoding="utf-8")
    done = house.run(*arguments)
    assert done.code == 2
    assert "postmortems/checkout-errors/index.md` was changed since `generate` wrote it" in done.said
    assert "MY WORDS" in page.read_text(encoding="utf-8")
    page.unlink()
    assert house.run(*arguments).code == 0


@pytest.mark.parametrize("release", ["checkout-errors", ""])
def test_what_is_accepted_passes_the_gate_with_the_addresses_made_of_it(tmp_path: Path, release: str) -> None:
    item = {"rule": "PM722", "text": "Project Falcon", "reason": "it was announced", "release": release}
    external = {**FRONT["external"], "title": "Project Falcon outage"}
    policy = {
        "deny": ["Project Falcon"],
        "accept": [item],
        "people": [{"names": ["Wei Zhang"]}],
        "words": ["Wei River"],
    }
    body = section("### Project Falcon fell\n\nInto the river.\n\n### The Wei River\n\nIt was cold.")
    outcome = House(tmp_path, body, policy, external=external, participants=[]).publish("--strict")
    assert outcome.published, outcome.said


def test_what_is_accepted_for_a_release_is_not_accepted_elsewhere(house: House) -> None:
    item = {"rule": "PM722", "text": "Project Falcon", "reason": "it was announced", "release": "checkout-errors"}
    house.write("external/docs/own.md", "# Own\n\nProject Falcon is ours.\n")
    for accepted, code in ((item, 1), ({**item, "release": "no-such"}, 1), ({**item, "release": ""}, 0)):
        policy = {**POLICY, "deny": ["Project Falcon"], "accept": [accepted]}
        house.write("redaction.yml", yaml.safe_dump(policy))
        outcome = house.build_public()
        assert outcome.done[-1].code == code
        assert ("own/index.html" in outcome.files) == (code == 0)
        assert "Falcon" not in outcome.said
        shutil.rmtree(house.root / "generated", ignore_errors=True)
        assert house.run("generate", "--audience", "external", "--out", "generated").code == code


def test_signers_with_a_name_that_no_file_can_have_is_one_message(house: House) -> None:
    house.write("redaction.yml", yaml.safe_dump({**POLICY, "signers": "a" * 3000}))
    done = house.redact()
    assert done.code == 2
    assert "`signers` names no file" in done.said


def test_a_release_stays_current_when_one_that_it_links_to_lapses(house: House) -> None:
    second(house, "It was full.")
    assert house.redact().code == 0
    house.approve("other-errors")
    house.write("docs/postmortems/checkout.md", document(section("See [what came](other.md).")))
    assert house.publish("--strict").published
    second(house, "It was quite full.")
    for arguments in ((), (), ("--check",)):
        assert house.redact(*arguments).code == 0


def test_the_address_of_a_heading_explains_its_words(tmp_path: Path) -> None:
    outcome = House(tmp_path, section("### R&D's x\n\nWords.\n\n### It didn't\n\nWords.")).publish("--strict")
    assert outcome.published, outcome.said
