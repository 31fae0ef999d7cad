"""Whatever stands in a post-mortem, a release or a site: an answer, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mkdocs_postmortem.releasing import decodings
from mkdocs_postmortem.releasing.release import read
from tests.releasing.support import BODY, CANARY, FRONT, House, codes, document, projected, section
from tests.releasing.test_noninterference import anything, hostile, words

lines = st.lists(st.one_of(hostile, words, anything), max_size=12).map("\n".join)
usual = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@usual
@given(lines)
def test_any_public_section_is_projected_or_refused(text: str) -> None:
    found = projected(section(text))
    assert bool(found.words) is not bool(codes(found))
    again = projected(section(text))
    assert again.words == found.words


@usual
@given(lines)
def test_any_file_is_projected_or_refused(text: str) -> None:
    projected(text=text)
    projected(text=f"---\nexternal: {{slug: a, title: b, sections: [Impact]}}\n---\n{text}")


@usual
@given(st.one_of(st.none(), anything, st.lists(anything), st.integers(), st.dictionaries(anything, anything)))
def test_any_external_is_projected_or_refused(value: object) -> None:
    projected(external=value)
    projected(external={**FRONT["external"], "slug": value})
    projected(external={**FRONT["external"], "title": value})
    projected(external={**FRONT["external"], "sections": value})
    projected(external={**FRONT["external"], "images": value}, body=section("![a](b.png)"))


@usual
@given(st.binary(max_size=300), st.binary(max_size=300))
def test_any_release_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, one: bytes, other: bytes) -> None:
    root = tmp_path_factory.mktemp("release")
    folder = root / "external/releases/a"
    folder.mkdir(parents=True)
    (folder / "index.md").write_bytes(one)
    (folder / "release.yml").write_bytes(other)
    assert read(folder, root).problems.refused


@usual
@given(st.binary(max_size=400), st.sampled_from(["a.html", "a.json", "a.xml", "a.png", "a"]))
def test_any_bytes_are_read(data: bytes, name: str) -> None:
    for start in (b"", b"\x1f\x8b\x08", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"\x78\x9c"):
        try:
            list(decodings.views(start + data, name))
        except decodings.TooMuchError:
            continue


SWALLOWED = {
    "an indented heading": BODY.replace("## Action Items", " ## Action Items"),
    "a heading in a list": BODY.replace("## Action Items", "- x\n- ## Action Items"),
    "a heading in a quotation": BODY.replace("## Action Items", "> ## Action Items"),
    "a heading in a comment": BODY.replace("## Action Items", "<!--\n## Action Items\n-->"),
    "a heading in HTML": BODY.replace("## Action Items", "<div>\n## Action Items\n</div>"),
    "a heading after an open fence": BODY.replace("## Action Items", "```\n## Action Items"),
    "a heading after a fence in a list": BODY.replace("## Action Items", "- ```\n## Action Items"),
    "a heading after a mixed fence": BODY.replace("## Action Items", "~~~\n```\n## Action Items\n```"),
    "a heading after a line separator": BODY.replace("\n## Action Items", "\u2028## Action Items"),
    "a heading after a form feed": BODY.replace("\n## Action Items", "\x0c## Action Items"),
    "a heading after a carriage return": BODY.replace("\n\n## Action Items", "\r## Action Items"),
}


@pytest.mark.parametrize("name", SWALLOWED)
def test_what_stands_below_a_heading_that_is_none_does_not_leave(name: str) -> None:
    found = projected(SWALLOWED[name].replace("Nothing here is public.", CANARY))
    assert CANARY not in found.words


@pytest.mark.parametrize("text", ["\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_other_line_ends_and_a_mark_at_the_beginning_change_nothing(text: str, mark: str) -> None:
    plain = projected(section("a\n\n::: internal\nsecret\n:::\n\nb"))
    other = projected(text=mark + document(section("a\n\n::: internal\nsecret\n:::\n\nb")).replace("\n", text))
    assert other.words in (plain.words, "")
    assert "secret" not in other.words


@pytest.mark.parametrize(
    "name", ["redaction.yml", "mkdocs.external.yml", "external/releases/checkout-errors/index.md", "postmortem.yml"]
)
@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"[", b"a: &x [*x]", b"\0" * 100, b"- 1\n" * 10, b"{" * 5000])
def test_broken_files_are_one_message(tmp_path: Path, name: str, data: bytes) -> None:
    house = House(tmp_path)
    house.publish()
    old = house.site()
    house.write(name, data)
    approve = "approve checkout-errors --role technical --by Ana"
    for line in ("redact", "redact --check", "verify site", "retract checkout-errors --by x", approve):
        arguments = line.split()
        done = house.run(*arguments, CI="1")
        assert done.code in (0, 1, 2)
        assert "Traceback" not in done.said, arguments
    if name != "mkdocs.external.yml":
        done = house.build("-f", "mkdocs.external.yml", CI="1")
        assert "Traceback" not in done.said
        assert done.code == 0 or house.site() == old


def test_a_folder_that_cannot_be_written_is_one_message(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.write("external/releases", "a file where the folder should be")
    done = house.redact()
    assert done.code == 2
    assert "cannot be written" in done.said
