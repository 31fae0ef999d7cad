"""Each of the 113 channels by its number: which tests hold it, and tests of those that are no place for a word."""

from __future__ import annotations

import getpass
import gzip
import importlib
import os
import re
import socket
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from tests.plugin.support import ENVIRONMENT
from tests.releasing.support import BODY, CANARY, FRONT, THEME, House, body_of, document, projected, section
from tests.releasing.test_channels import CHANNELS, picture, saved
from tests.releasing.test_matrix import BODIES, ELSEWHERE, FACTS, NAMES, OCTETS, TEXTS

ROWS = 113
INSIDE = "test_noninterference.test_sites_of_houses_that_differ_inside_are_the_same_bytes"
NAMED = {
    3: "test_matrix.TestInside.test_nothing_of_what_is_not_read_comes_out",
    4: "test_faults.test_serving_shows_what_is_pending_under_a_banner_and_a_build_never_does",
    9: "test_matrix.TestInside.test_nothing_of_what_is_not_read_comes_out",
    10: "test_matrix.TestInside.test_nothing_of_what_is_not_read_comes_out",
    11: "test_matrix.TestInside.test_nothing_of_what_is_not_read_comes_out",
    21: "test_rows.test_21_a_late_edit_of_what_is_not_public_changes_no_byte",
    57: INSIDE, 58: INSIDE, 59: INSIDE, 60: INSIDE, 61: INSIDE, 62: INSIDE, 63: INSIDE, 64: INSIDE, 65: INSIDE,
    66: "test_rows.test_66_75_numbers_have_no_gaps",
    68: "test_projection.test_letters_follow_the_first_mention_in_public_words_alone",
    69: "test_rows.test_69_letters_begin_anew_in_each_document",
    70: "test_noninterference.test_renaming_people_and_shuffling_the_roster_changes_nothing",
    71: "test_projection.test_a_name_that_two_people_share_is_refused",
    76: "test_rows.test_76_clock_times_of_the_facts_stay_and_those_of_the_prose_are_the_reviewers",
    77: "test_rows.test_77_that_a_build_failed_is_named_as_not_promised",
    91: "test_rows.test_91_names_of_files_are_made_from_public_words_and_a_counter",
    92: "test_rows.test_92_packages_say_nothing_of_the_build",
    93: "test_rows.test_93_no_path_user_or_host_of_the_machine_is_in_any_byte",
    94: "test_channels.Test.test_channel",
    102: "test_channels.Test.test_channel",
    107: "test_channels.Test.test_channel",
    108: "test_rows.test_108_no_connection_is_tried",
    109: "test_rows.test_109_previews_of_the_wiki_are_named_as_not_promised",
    110: "test_rows.test_110_a_refused_build_leaves_no_site_where_none_was",
    111: "test_channels.Test.test_channel",
    112: "test_rows.test_112_no_digest_is_published",
}  # fmt: skip
"""Rows that have a test of their own, beside or instead of channels by that number."""


def numbers(channel: str) -> set[int]:
    """The rows that a channel's name begins with: `66, 75 numbers with gaps`."""
    match = re.match(r"\d+(?:, \d+)*", channel)
    return {int(number) for number in match[0].split(", ")} if match else set()


def test_every_row_has_a_test() -> None:
    places = {
        "one test a channel": CHANNELS,
        "times every coding, in post-mortems": {**BODIES, **FACTS, **ELSEWHERE},
        "times every coding, in files of the site": {**TEXTS, **OCTETS, **NAMES},
    }
    held: dict[int, list[str]] = {row: [] for row in range(1, ROWS + 1)}
    for what, channels in places.items():
        for channel in channels:
            for row in numbers(channel):
                held[row].append(what)
    for row, name in NAMED.items():
        held[row].append(name)
    print()
    for row, tests in held.items():
        print(f"{row:4} {'; '.join(dict.fromkeys(tests))}")
    assert [row for row, tests in held.items() if not tests] == []
    assert len(held) == ROWS


@pytest.mark.parametrize("name", sorted(set(NAMED.values())))
def test_the_tests_that_are_named_are_there(name: str) -> None:
    module, _, path = name.partition(".")
    place: Any = importlib.import_module(f"tests.releasing.{module}")
    for part in path.split("."):
        place = getattr(place, part)
    assert callable(place)


def commit(house: House, day: str) -> None:
    """Commit everything of a house on a day."""
    env = {**os.environ, "GIT_AUTHOR_DATE": f"{day}T12:00:00Z", "GIT_COMMITTER_DATE": f"{day}T12:00:00Z"}
    (house.root / ".gitignore").write_text("site/\n.cache/\n", encoding="utf-8")
    for call in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=x", "-c", "user.email=x@y.z", "commit", "-qm", "x", "--allow-empty"],
    ):
        subprocess.run(["git", *call], cwd=house.root, env=env, check=True)


def test_21_a_late_edit_of_what_is_not_public_changes_no_byte(tmp_path: Path) -> None:
    house = House(tmp_path, section("::: internal\nThe first guess.\n:::\n\nwords"))
    assert house.publish().published
    commit(house, "2026-11-23")
    before = house.site()
    changed = section("::: internal\nQuite another guess, in many more words.\n:::\n\nwords")
    house.write("docs/postmortems/checkout.md", document(changed, reviewers=["@sam"], tags=["late"]))
    commit(house, "2026-12-24")
    assert house.redact().code == 0
    commit(house, "2026-12-25")
    outcome = house.build_public(SOURCE_DATE_EPOCH="1798200000")
    assert outcome.published
    assert outcome.files == before


def test_66_75_numbers_have_no_gaps() -> None:
    found = body_of(projected(section("1. one\n::: internal\n2. two\n:::\n3. three\n4. four")))
    assert "1. one\n2. three\n3. four\n" in found


def test_69_letters_begin_anew_in_each_document(tmp_path: Path) -> None:
    house = House(tmp_path, section("Quill acted, then María."))
    other = {**FRONT["external"], "slug": "other-errors"}
    house.write("docs/postmortems/other.md", document(section("María acted."), id="PM-2", external=other))
    assert house.redact().code == 0
    for slug, said in (
        ("checkout-errors", "Engineer A acted, then Engineer B."),
        ("other-errors", "Engineer A acted."),
    ):
        assert said in (house.root / f"external/releases/{slug}/index.md").read_text(encoding="utf-8")


def test_76_clock_times_of_the_facts_stay_and_those_of_the_prose_are_the_reviewers(tmp_path: Path) -> None:
    house = House(
        tmp_path, section("It began at 23:51."), started_at="2026-11-03T10:02Z", detected_at="2026-11-03T10:09Z"
    )
    outcome = house.publish()
    assert outcome.published
    own = {name: data for name, data in outcome.files.items() if not name.startswith(THEME)}
    assert [name for name, data in own.items() if b"10:02" in data or b"10:09" in data or b"10:49" in data] == []
    assert any(b"23:51" in data for data in own.values())
    manual = Path(__file__).parents[2] / "docs/public"
    assert "**Exact times**" in (manual / "threat-model.md").read_text(encoding="utf-8")
    assert "exact times" in (manual / "approving.md").read_text(encoding="utf-8")


def _not_promised() -> str:
    page = Path(__file__).parents[2] / "docs/public/threat-model.md"
    return page.read_text(encoding="utf-8").partition("## Not promised")[2]


def test_77_that_a_build_failed_is_named_as_not_promised() -> None:
    assert "**That a build failed.**" in _not_promised()


def drawn(colour: str, text: str) -> bytes:
    """A picture with a text beside its pixels."""
    import io

    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", text)
    out = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG", pnginfo=info)
    return out.getvalue()


def test_91_names_of_files_are_made_from_public_words_and_a_counter(tmp_path: Path) -> None:
    sites = []
    for number, (name, data) in enumerate(
        (("a.png", drawn("red", "x")), (f"{CANARY}.png", drawn("red", CANARY)), ("b.png", drawn("blue", "x")))
    ):
        house = House(tmp_path / str(number))
        picture(house, data, name)
        outcome = house.publish()
        assert outcome.published, outcome.said
        sites.append(outcome.files)
    assert sites[0] == sites[1]  # what is beside the pixels, and what the picture is called inside, changes nothing
    assert sites[0].keys() == sites[2].keys()  # nor do pixels change a name
    assert "postmortems/checkout-errors/checkout-errors-1.png" in sites[0]


def test_92_packages_say_nothing_of_the_build(tmp_path: Path) -> None:
    packed = []
    for number, now in enumerate(("1795435200", "1798200000")):
        house = House(tmp_path / str(number))
        assert house.redact().code == 0
        house.approve()
        outcome = house.build_public(SOURCE_DATE_EPOCH=now)
        assert outcome.published
        packed.append({name: data for name, data in outcome.files.items() if data[:2] == b"\x1f\x8b"})
    assert list(packed[0]) == ["sitemap.xml.gz"]
    assert packed[0] == packed[1]
    data = packed[0]["sitemap.xml.gz"]
    flags, moment = data[3], struct.unpack("<I", data[4:8])[0]
    assert moment % 86400 == 0  # a day, which the site tells anyway
    if flags & 8:
        assert data[10:].partition(b"\0")[0] == b"sitemap.xml"
    assert b"<urlset" in gzip.decompress(data)


def test_93_no_path_user_or_host_of_the_machine_is_in_any_byte(tmp_path: Path) -> None:
    outcome = House(tmp_path / "a-house-of-its-own").publish()
    assert outcome.published
    told = [str(tmp_path), "a-house-of-its-own", sys.prefix, tmp_path.name]
    told += [word for word in (getpass.getuser(), socket.gethostname()) if len(word) > 4]
    for name, data in outcome.files.items():
        assert [word for word in told if word.encode() in data] == [], name


GUARD = """
import os, socket

def refuse(what):
    def tried(*arguments, **named):
        with open(os.environ["TRIED"], "a") as file:
            file.write(f"{what} {arguments[-1:]}\\n")
        raise OSError("the network is cut")
    return tried

for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, refuse(name))
for name in ("getaddrinfo", "gethostbyname", "create_connection"):
    setattr(socket, name, refuse(name))
"""


def test_108_no_connection_is_tried(tmp_path: Path) -> None:
    """Everything that makes a public site, with the network cut: it works, and nobody asks for a connection."""
    house = House(tmp_path, section("The key was [[ghp_0123456789abcdefghijABCDEFGHIJ012345|taken back]]."))
    house.write("guard/sitecustomize.py", GUARD)
    house.configure(theme={"name": "material", "font": False})
    assert house.publish().published
    tried = house.root / "tried"
    env = {**os.environ, **ENVIRONMENT, "PYTHONPATH": str(house.root / "guard"), "TRIED": str(tried), "CI": "1"}

    def run(*arguments: str) -> int:
        return subprocess.run(
            [sys.executable, *arguments], cwd=house.root, env=env, capture_output=True, check=False
        ).returncode

    assert run("-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9')") != 0
    assert tried.exists()
    tried.unlink()
    assert run("-m", "mkdocs_postmortem", "redact") == 0
    assert run("-m", "mkdocs", "build", "--strict", "-f", "mkdocs.external.yml") == 0
    assert run("-m", "mkdocs_postmortem", "verify", "site") == 0
    house.write("docs/postmortems/checkout.md", document(section("key ghp_0123456789abcdefghijABCDEFGHIJ012345")))
    assert run("-m", "mkdocs_postmortem", "redact") == 1
    assert not tried.exists()


def test_109_previews_of_the_wiki_are_named_as_not_promised() -> None:
    assert "**Preview builds of the internal wiki**" in _not_promised()


def test_110_a_refused_build_leaves_no_site_where_none_was(tmp_path: Path) -> None:
    house = House(tmp_path, BODY)
    house.write("external/docs/more.md", "# More\n\nby Maria García\n")
    outcome = house.publish()
    assert outcome.done[-1].code != 0
    assert "PM907" in outcome.said
    assert not house.built.exists()
    assert [path.name for path in house.root.iterdir() if path.name.startswith(".site")] == []


def test_112_no_digest_is_published(tmp_path: Path) -> None:
    house = House(tmp_path)
    picture(house, saved("PNG"))
    outcome = house.publish()
    assert outcome.published
    record = (house.root / "external/releases/checkout-errors/release.yml").read_text(encoding="utf-8")
    digest = re.search(r"sha256:([0-9a-f]{64})", record)
    assert digest is not None
    for name, data in outcome.files.items():
        assert digest[1].encode() not in data, name
        if name.endswith((".html", ".xml", ".json")) and not name.startswith(THEME):
            assert re.search(rb"\b[0-9a-f]{40,}\b", data) is None, name
