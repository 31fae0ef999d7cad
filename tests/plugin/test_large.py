"""A large archive is read, checked and drawn by a process beside the build: the site is the same to the byte."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from mkdocs_postmortem import parallel
from tests.plugin.support import Site, site

EXAMPLES = Path(__file__).parents[2] / "docs" / "postmortems"
ODD = """
docs/
    postmortems/
        bare.md
            # Only a title

            **Severity:** P2
            **Services Impacted:** checkout, search
            **Date:** 2026-03-04

            Nothing else is known.
        unknown-facts.md
            severity: ~
            started_at: someday
            services: []
        front-items.md
            action_items: [{action: Say it in front matter, owner: "@li", status: open}]
            related: [bare, nobody]
        hostile.md
            title: "<img src=x onerror=alert(1)> \\"quoted\\""
            services: ["<b>bold</b>", "a|b"]
            causes: ["=cmd()", "javascript:alert(1)"]
        empty.md
            ---
            ---
        repeated.md
            related: [front-items]
            started_at: 2026-11-20T10:02Z
            detected_at: 2026-11-20T10:03Z
            resolved_at: 2026-11-20T10:09Z
"""


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The example archive with odd ones beside it, errors told as warnings; any archive counts as large."""
    made = site(tmp_path, ODD)
    shutil.copytree(EXAMPLES, tmp_path / "docs" / "postmortems" / "examples")
    codes = ("PM101", "PM102", "PM105", "PM106", "PM107", "PM108", "PM109", "PM110", "PM111", "PM112", "PM403")
    made.write("postmortem.yml", "rules:\n" + "".join(f"  {code}: warning\n" for code in codes))
    monkeypatch.setattr(parallel, "FEWEST", 1)
    monkeypatch.setattr(parallel, "_processors", lambda: 2)
    monkeypatch.setattr(parallel.threading, "active_count", lambda: 1)
    return made


def built(made: Site) -> dict[str, bytes]:
    """Every file of the built site."""
    shutil.rmtree(made.built, ignore_errors=True)
    shutil.rmtree(made.root / ".cache", ignore_errors=True)
    done = made.build()
    assert done.code == 0, done.said
    files = {
        path.relative_to(made.built).as_posix(): path.read_bytes()
        for path in sorted(made.built.rglob("*"))
        if path.is_file()
    }
    files["what was said"] = "\n".join(line for line in done.said.splitlines() if "PM" in line).encode()
    return files


def in_place(made: Site, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The same site, built by one process."""
    with monkeypatch.context() as patch:
        patch.setattr(parallel, "FEWEST", 1_000_000)
        return built(made)


def differences(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """Names of files that are not alike."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def test_the_site_is_the_same_to_the_byte(made: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    tally = made.root / "tally"  # builds are processes of their own
    take = parallel.Ahead.take

    def counted(self: parallel.Ahead[object]) -> object:
        with tally.open("a") as file:
            file.write("here " if self.child is None else "beside ")
        return take(self)

    with monkeypatch.context() as patch:
        patch.setattr(parallel.Ahead, "take", counted)
        beside = built(made)
    assert set(tally.read_text().split()) == {"beside"}
    assert differences(beside, in_place(made, monkeypatch)) == []
    assert b"hostile.md" in beside["what was said"]


def test_where_no_process_can_be_forked_everything_is_done_here(made: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "_processors", lambda: 1)
    alone = built(made)
    monkeypatch.setattr(parallel, "_processors", lambda: 2)
    assert differences(alone, built(made)) == []


@pytest.mark.parametrize("last", [0, 1, 2])
def test_a_process_that_is_killed_is_done_without(made: Site, monkeypatch: pytest.MonkeyPatch, last: int) -> None:
    parent = os.getpid()
    each = parallel._send_each

    def dying(work, sender):  # type: ignore[no-untyped-def]
        def some() -> Iterator[object]:
            for number, item in enumerate(work()):
                if number == last and os.getpid() != parent:
                    sender.close()
                    os.kill(os.getpid(), signal.SIGKILL)
                yield item

        each(some, sender)

    with monkeypatch.context() as patch:
        patch.setattr(parallel, "_send_each", dying)
        lost = built(made)
    assert differences(lost, in_place(made, monkeypatch)) == []


def test_a_schema_that_cannot_be_used_is_one_message(made: Site) -> None:
    made.write("postmortem.yml", "schema: ours.json\n")
    made.write("ours.json", '{"$ref": "https://example.com/nowhere.json"}')
    done = made.build()
    assert done.code == 1
    assert "Traceback" not in done.said
    assert "ours.json" in done.said
