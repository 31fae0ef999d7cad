"""What one pass over history finds is what looking at each commit and each version by itself finds, in any history."""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from mkdocs_postmortem.reading import history as room
from mkdocs_postmortem.reading.history import FileHistory, read_history
from mkdocs_postmortem.settings import Settings

from .repository import FOLDER, PADDING, Repository

FORMS = {
    "---\nstatus: draft\n---\n": "draft",
    "---\ntitle: A\nstatus: 'In review'  # since Monday\n---\n": "review",
    "---\r\nstatus: published\r\n---\r\n": "published",
    "---\nstatus: published\ntitle: A\n---\n\n**Status:** draft\n": "published",
    "# A\n\n- **Status:** Final, action items in progress\n": "published",
    "# A\n\nNothing is said.\n": "draft",
}
"""Ways to begin a document, and the state that each tells."""

Tree = dict[str, str]


def _text(rng: random.Random, title: str) -> str:
    return f"{rng.choice(list(FORMS))}\n# {title}\n\n{PADDING.replace('what', title)}{rng.random()}\n"


def _state(text: str) -> str:
    return FORMS[max((begin for begin in FORMS if text.startswith(begin)), key=len)]


def _changed(rng: random.Random, tree: Tree, number: int) -> Tree:
    """The tree after one more commit."""
    tree = dict(tree)
    for step in range(rng.choice((1, 1, 1, 2, room.BULK + 2))):
        doing = rng.choice(("add", "edit", "edit", "edit", "move", "delete", "swap", "revert"))
        names = sorted(tree.keys() - {"README.md"})
        if doing == "add" or len(names) < 2:
            name = f"{FOLDER}/{rng.choice(('2025/', '2026/', ''))}{number}-{step}.md"
            tree[name] = _text(rng, f"Incident {number} {step}")
            continue
        name, other = rng.sample(names, 2)
        title = re.findall(r"(?m)^# (Incident .*)$", tree[name])[-1]
        if doing == "edit":
            tree[name] = _text(rng, title)
        elif doing == "move":
            moved = f"{rng.choice((FOLDER, 'incidents'))}/{rng.randrange(99)}.md"
            tree[moved] = tree.pop(name) + rng.choice(("", "Moved.\n"))
        elif doing == "delete":
            del tree[name]
        elif doing == "swap":
            tree[name], tree[other] = tree[other], tree[name]
        else:
            tree[other] = tree[name]
    return tree


def _built(rng: random.Random, root: Path) -> Repository:
    """A repository of some twenty commits on branches that meet again, its clocks in order or not."""
    repository = Repository(root)
    moments = [1_700_000_000 + 977 * n for n in range(60)]
    if rng.random() < 0.3:
        rng.shuffle(moments)
    trees: list[Tree] = [{"README.md": "# Home\n"} if rng.random() < 0.7 else _changed(rng, {}, 0)]
    stream = bytearray()
    heads = [0]
    for number in range(rng.randint(8, 22)):
        parents: list[int] = []
        if number:
            parents = [rng.choice(heads)]
            if len(heads) > 1 and rng.random() < 0.4:
                parents = rng.sample(heads, 2)
            tree = dict(trees[parents[0]])
            for parent in parents[1:]:
                tree |= {name: text for name, text in trees[parent].items() if rng.random() < 0.8}
            trees.append(_changed(rng, tree, number) if len(parents) == 1 or rng.random() < 0.3 else tree)
            heads = [head for head in heads if head not in parents or rng.random() < 0.3] + [number]
        made = moments[2 * number]
        lines = [f"commit refs/heads/b{number}", f"mark :{number + 1}"]
        lines += [f"author A <a@example.com> {made - rng.choice((0, 500, 90_000))} +0000"]
        lines += [f"committer A <a@example.com> {made} +0000", "data 1", "x"]
        lines += [f"{'merge' if n else 'from'} :{parent + 1}" for n, parent in enumerate(parents)]
        stream += "\n".join([*lines, "deleteall", ""]).encode()
        for name, text in trees[number].items():
            data = text.encode()
            stream += f"M 100644 inline {name}\ndata {len(data)}\n".encode() + data + b"\n"
    last = len(trees) - 1
    subprocess.run(["git", "-C", str(root), "fast-import", "--quiet"], input=bytes(stream), check=True)
    repository.git("checkout", "-q", "-B", "main", f"b{last}")
    if rng.random() < 0.5:
        repository.git("repack", "-q", "-a", "-d", "-f")
    return repository


class _Commit(NamedTuple):
    name: str
    written: int
    made: int
    parents: list[str]
    changes: list[tuple[str, list[str], str, str]]
    """Of each: which change, the names before, the name since, the content since."""


def _commits(repository: Repository) -> Iterator[_Commit]:
    """Every commit, asked for by itself."""
    for line in repository.git("log", "--topo-order", "--format=%H %at %ct %P").splitlines():
        name, written, made, *parents = line.split()
        diff = ("diff-tree", "-r", "-M", "-c", "--root", "--raw", "-z", "--no-commit-id", "--combined-all-paths")
        fields = repository.git("-c", "diff.renameLimit=400", *diff, name).split("\0")[:-1]
        changes = []
        while fields:
            facts = fields.pop(0)
            letters = facts.split()[-1]
            several = facts.count(":")
            moved = several > 1 or letters[0] in "RC"
            old = [fields.pop(0) for _ in range(several)]
            new = fields.pop(0) if moved else old[0]
            kind = letters[0] if set(letters) in ({"A"}, {"D"}) else "M"
            changes.append((kind, old, new, facts.split()[-2]))
        yield _Commit(name, int(written), int(made), parents, changes)


def by_hand(repository: Repository) -> dict[str, FileHistory]:
    """The history of each post-mortem, file by file and commit by commit."""
    commits = list(_commits(repository))
    children: dict[str, list[str]] = {}
    for commit in commits:
        for parent in commit.parents:
            children.setdefault(parent, []).append(commit.name)
    landed: dict[str, int] = {}
    main = commits[0].name
    for commit in commits:
        by_merge = [landed[child] for child in children.get(commit.name, [])]
        landed[commit.name] = commit.made if commit.name == main else min(by_merge)
        main = (commit.parents or [""])[0] if commit.name == main else main
    folder = repository.root / FOLDER
    paths = [path.relative_to(repository.root).as_posix() for path in sorted(folder.rglob("*.md"))]
    arrived: dict[str, list[str]] = {}
    versions: dict[str, list[tuple[_Commit, str]]] = {path: [] for path in paths}
    for path in paths:
        names: dict[str, set[str]] = {commits[0].name: {path}}
        for commit in commits:
            here = names.get(commit.name, set())
            before = set(here)
            for kind, old, new, content in commit.changes:
                if new not in here:
                    continue
                if kind != "M" or old != [new]:
                    before.discard(new)
                if kind != "D":
                    versions[path].append((commit, content))
                if kind == "A":
                    arrived.setdefault(commit.name, []).append(path)
            for kind, old, new, _ in commit.changes:
                if new in here and kind == "M":
                    before |= set(old)
            for parent in commit.parents:
                names.setdefault(parent, set()).update(before)
    found = {}
    for path in paths:
        if versions[path]:
            cut = any(
                path in arrived.get(commit.name, []) and (not commit.parents or len(arrived[commit.name]) > room.BULK)
                for commit, _ in versions[path]
            )
            found[path] = _told(repository, versions[path], landed, not cut)
    return found


def _told(
    repository: Repository, versions: list[tuple[_Commit, str]], landed: dict[str, int], whole: bool
) -> FileHistory:
    timed = []
    for commit, content in reversed(versions):
        try:
            blob = ("git", "-C", str(repository.root), "cat-file", "blob", content)
            state = _state(subprocess.run(blob, capture_output=True, check=True).stdout.decode())
        except subprocess.CalledProcessError:
            state = "draft"
        timed.append((landed[commit.name] if state == "published" else commit.made, state))
    timed.sort(key=lambda one: one[0])
    states = [one for n, one in enumerate(timed) if n == 0 or one[1] != timed[n - 1][1]]
    return FileHistory(
        datetime.fromtimestamp(min(commit.written for commit, _ in versions), UTC),
        tuple((datetime.fromtimestamp(when, UTC), state) for when, state in states),
        datetime.fromtimestamp(max(commit.made for commit, _ in versions), UTC),
        whole,
    )


@pytest.mark.parametrize("seed", range(12))
def test_one_pass_finds_what_is_found_by_hand(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    repository = _built(rng, tmp_path / "repository")
    settings = Settings(root=repository.root)
    expected = by_hand(repository)
    texts = [path.read_bytes().decode() for path in sorted((repository.root / FOLDER).rglob("*.md"))]
    rng.shuffle(texts)
    first = read_history(settings, texts[: len(texts) // 2])  # some were read, some stand otherwise in the tree
    assert first.known
    assert first.files == expected
    assert read_history(settings).files == expected  # what is remembered
    (settings.cache_path / "states").unlink(missing_ok=True)
    assert read_history(settings).files == expected  # every version is read


@pytest.mark.parametrize("seed", range(12, 16))
@pytest.mark.parametrize("how", ["--depth=4", "--filter=blob:none"])
def test_so_does_it_in_a_clone_that_lacks_a_part(seed: int, how: str, tmp_path: Path) -> None:
    origin = _built(random.Random(seed), tmp_path / "repository")
    origin.git("config", "uploadpack.allowFilter", "true")
    root = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", how, f"file://{origin.root}", str(root)], check=True, capture_output=True)
    clone = Repository.__new__(Repository)
    clone.root = root
    subprocess.run(["git", "-C", str(root), "config", "remote.origin.url", "file:///nowhere"], check=True)
    found = read_history(Settings(root=root))
    if how != "--depth=4" and not found.known:  # git did not tell renames, or versions, without what it lacks
        assert found.files == {}
        assert "partial clone" in found.note
        return
    assert found.files == by_hand(clone)
    assert found.known == (clone.git("rev-parse", "--is-shallow-repository") == "false")
