"""Whatever happens while the public site is built, the site in place is the old one, whole."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from mkdocs_postmortem.releasing import approvals, gate, publish, release, site, staging, words
from tests.plugin.support import ENVIRONMENT
from tests.releasing.support import House, document, section


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a house with a site in place, and words that would change it; for copies only."""
    made = House(tmp_path_factory.mktemp("published"))
    assert made.publish().published
    made.write("docs/postmortems/checkout.md", document(section("Other words.")))
    assert made.redact().code == 0
    made.approve()
    return made.root


@pytest.fixture
def house(tmp_path: Path, published: Path) -> House:
    """A house with a site in place, and words that would change it."""
    shutil.copytree(published, tmp_path, symlinks=True, dirs_exist_ok=True)
    return House.standing(tmp_path)


def beside(house: House) -> list[str]:
    return sorted(path.name for path in house.root.iterdir() if path.name.startswith(".site") and path.is_dir())


STAGES = [
    (release, "discover"),
    (approvals, "state"),
    (words.Detector, "find"),
    (site, "pages"),
    (site, "feed"),
    (publish, "sources_of"),
    (gate.Watch, "inspect"),
    (staging.Staging, "__init__"),
    (staging.Staging, "publish"),
    (staging, "_exchange"),
    (publish.PublicBuild, "expect"),
    (publish.PublicBuild, "files"),
]


@pytest.mark.parametrize("fault", [RuntimeError, OSError, KeyboardInterrupt, MemoryError])
@pytest.mark.parametrize(("place", "name"), STAGES, ids=[name for _, name in STAGES])
def test_a_fault_at_any_stage_leaves_the_old_site(
    house: House, monkeypatch: pytest.MonkeyPatch, place: object, name: str, fault: type[BaseException]
) -> None:
    old = house.site()

    def fails(*_: object, **__: object) -> None:
        raise fault("injected")

    monkeypatch.setattr(place, name, fails)
    assert house.build_public().done[-1].code != 0
    assert house.site() == old
    if fault is KeyboardInterrupt:  # which may come between any two steps; what the others leave behind is less
        monkeypatch.undo()
        assert house.build_public().done[-1].code == 0
        assert house.site() != old
    assert beside(house) == []


def test_the_full_disk_leaves_the_old_site(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    old = house.site()
    import mkdocs.utils

    written = mkdocs.utils.write_file
    count = [0]

    def full(content: bytes, path: str) -> None:
        count[0] += 1
        if count[0] > 2:
            raise OSError(28, "No space left on device", path)
        written(content, path)

    monkeypatch.setattr(mkdocs.utils, "write_file", full)
    assert house.build_public().done[-1].code != 0
    assert house.site() == old
    assert beside(house) == []


BUILD = f"{sys.executable} -m mkdocs build -q -f mkdocs.external.yml"
SMALL = """
set -eu
mount -t tmpfs -o size=64m tmpfs disk
cp -a site disk/site
free=$(df -k --output=avail disk | tail -1)
head -c $(((free - 120) * 1024)) /dev/zero > disk/filler
{build} && exit 9
cp -a disk/site seen
ls -A disk > left
rm disk/filler
{build}
cp -a disk/site after
ls -A disk > left-after
"""
"""A build onto a disk that gets full, and one after somebody made room."""


def private_mount(folder: Path) -> list[str]:
    """How a file system can be mounted here for one command alone; empty where it cannot."""
    for call in (["unshare", "-m"], ["unshare", "-rm"]):
        try:
            done = subprocess.run(
                [*call, "mount", "-t", "tmpfs", "tmpfs", str(folder)], capture_output=True, check=False
            )
        except FileNotFoundError:
            return []
        if done.returncode == 0:
            return call
    return []


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_disk_that_is_really_full_leaves_the_old_site_and_nothing_beside_it(house: House) -> None:
    """On a small file system of its own, where the machine lets one be mounted; else with a limit of the file size."""
    old = house.site()
    env = {**os.environ, **ENVIRONMENT, "CI": "1"}
    disk = house.root / "disk"
    disk.mkdir()
    call = private_mount(disk)
    if call:
        print("\na full disk: a tmpfs in a mount namespace of its own")
        house.configure(site_dir="disk/site")
        house.write("mkdocs.external.yml", yaml.safe_dump(house.config))
        script = SMALL.format(build=BUILD)
        done = subprocess.run([*call, "sh", "-c", script], cwd=house.root, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        assert contents(house.root / "seen") == old
        assert (house.root / "left").read_text(encoding="utf-8").split() == ["filler", "site"]
        assert contents(house.root / "after") not in ({}, old)
        assert (house.root / "left-after").read_text(encoding="utf-8").split() == ["site"]
        return
    print("\na full disk: a limit of the size of files (no file system can be mounted here)")
    no_file_may_grow(house, old)


def test_files_that_cannot_grow_leave_the_old_site(house: House) -> None:
    """The other way to run out of room, which every machine has."""
    no_file_may_grow(house, house.site())


def no_file_may_grow(house: House, old: dict[str, bytes]) -> None:
    """Build where no file may be larger than 4 KB, and then where it may."""
    limited = f"trap '' XFSZ; ulimit -f 8; exec {BUILD}"
    env = {**os.environ, **ENVIRONMENT}
    assert subprocess.run(["sh", "-c", limited], cwd=house.root, env=env, capture_output=True).returncode != 0
    assert house.site() == old
    assert house.build_public().done[-1].code == 0
    assert house.site() != old
    assert beside(house) == []


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_killed_build_leaves_the_old_site_or_the_new_one_whole(house: House, how: signal.Signals) -> None:
    old = house.site()
    seen = []
    chance = random.Random(4711)
    for _ in range(6):
        process = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "build", "-q", "-f", "mkdocs.external.yml"],
            cwd=house.root,
            env={**os.environ, **ENVIRONMENT},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.2, 1.0))
        process.send_signal(how)
        process.wait()
        seen.append(house.site())
    assert house.build_public().done[-1].code == 0
    new = house.site()
    assert new != old
    assert all(found in (old, new) for found in seen)
    assert beside(house) == []


def test_two_builds_at_once_are_one_and_a_message(house: House) -> None:
    made = staging.Staging(house.root / "site")
    done = house.build_public().done[-1]
    assert done.code != 0
    assert "another build of `site` is under way" in done.said
    made.drop()
    assert house.build_public().done[-1].code == 0


def test_without_an_exchange_in_one_step_an_interruption_is_mended_at_the_next_start(house: House) -> None:
    old = house.site()
    (house.root / "site").rename(house.root / ".site.before")
    staging.Staging(house.root / "site").drop()
    assert house.site() == old


def everything(house: House) -> dict[str, bytes]:
    return {
        path.relative_to(house.root).as_posix(): path.read_bytes()
        for path in sorted(house.root.rglob("*"))
        if path.is_file() and not path.relative_to(house.root).is_relative_to("site")
    }


@pytest.mark.parametrize(
    "place",
    [
        *(".", "..", "docs", "docs/postmortems", "docs/postmortems/site", ".git", ".git/site", ".github", "external"),
        *("external/releases", "external/docs", "external/site", "external/releases/checkout-errors", "link", "notes"),
        *("pictures", "edited"),
    ],
)
def test_a_place_that_holds_anything_but_a_built_site_is_never_replaced(house: House, place: str) -> None:
    for name in (".git/config", ".github/workflows/x.yml", "notes/x.md", "pictures/a.png", "edited/sub/page.md"):
        house.write(name, "mine")
    house.write("edited/index.html", "mine")
    (house.root / "link").symlink_to(house.root / "notes")
    house.configure(site_dir=place)
    house.write("mkdocs.external.yml", "")
    house.build_public()  # writes the configuration
    before = everything(house)
    done = house.build_public().done[-1]
    assert done.code != 0
    assert "would be replaced whole" in done.said or "site_dir" in done.said
    assert "Traceback" not in done.said
    assert everything(house) == before
    assert beside(house) == []


def test_an_empty_folder_and_a_site_that_was_built_are_replaced(house: House) -> None:
    house.configure(site_dir="public/site")
    (house.root / "public/site").mkdir(parents=True)
    assert house.build_public().published
    assert house.build_public().published


def test_a_file_in_the_place_of_the_site_is_left_and_what_an_earlier_build_left_is_removed(house: House) -> None:
    house.configure(site_dir="public")
    house.write("public", "mine")
    for _ in range(2):
        done = house.build_public().done[-1]
        assert (done.code != 0, "is a file" in done.said) == (True, True)
        assert (house.root / "public").read_text() == "mine"
        assert not list(house.root.glob(".public*"))
    (house.root / "public").unlink()
    house.write(".public.building-file", "left by an older version")
    house.write(".public.building-killed/x.html", "left by a kill")
    assert house.build_public().published
    assert not list(house.root.glob(".public*"))


def test_a_site_that_is_a_repository_is_not_replaced(house: House) -> None:
    (house.root / "site" / ".git").mkdir()
    done = house.build_public().done[-1]
    assert done.code != 0
    assert "is a repository" in done.said


def test_what_is_refused_leaves_the_old_site(house: House) -> None:
    old = house.site()
    house.write("external/docs/more.md", "# More\n\nby Maria García\n")
    assert house.build_public().done[-1].code != 0
    assert house.site() == old


def test_warnings_of_a_strict_build_leave_the_old_site(house: House) -> None:
    old = house.site()
    house.write("external/docs/more.md", "# More\n\nsee [this](nowhere.md)\n")
    assert house.build_public("--strict").done[-1].code != 0
    assert house.site() == old


def test_without_the_plugin_no_release_is_published(house: House) -> None:
    shutil.rmtree(house.root / "site")
    house.configure(plugins=["search"])
    outcome = house.build_public()
    assert outcome.done[-1].code == 0
    assert outcome.holds("Other words") == outcome.holds("eighth") == []


def test_serving_shows_what_is_pending_under_a_banner_and_a_build_never_does(tmp_path: Path) -> None:
    from datetime import date

    made = House(tmp_path)
    assert made.redact().code == 0
    preview = publish.PublicSite(tmp_path, date(2026, 11, 23), preview=True)
    preview.open()
    pages = preview.pages(with_feed=False)
    assert "not approved yet, and is in no build" in pages["postmortems/checkout-errors/index.md"]
    assert "nobody has approved yet" in pages["postmortems/index.md"]
    assert not made.build_public().published


def test_releases_without_a_policy_stop_the_build(house: House) -> None:
    old = house.site()
    (house.root / "redaction.yml").unlink()
    done = house.build_public().done[-1]
    assert done.code != 0
    assert "redaction.yml: PM830 is not there" in done.said
    assert house.site() == old
