"""Prints what speed and memory are measured by: ratios of paired runs, on generated post-mortems.

python benchmarks/run.py [check|language|import|build|serve|memory|public|history ...] [--runs 3] [--count 1000]
    [--large]
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from generate import archive

BIN = Path(sys.executable).parent
ENVIRONMENT = {
    **os.environ,
    "NO_MKDOCS_2_WARNING": "1",
    "DISABLE_MKDOCS_2_WARNING": "true",
    "SOURCE_DATE_EPOCH": "1795392000",
}

MATERIAL = """site_name: Benchmark
site_url: https://example.com/
docs_dir: {docs}
site_dir: {site}
theme: {{name: material, font: false}}
nav: [index.md]
{extra}
plugins:
  - search
{plugins}
markdown_extensions: [tables, admonition, pymdownx.superfences, pymdownx.tasklist]
"""


def run(*command: object, check: bool = True) -> float:
    """Seconds that a process takes, start-up included."""
    begin = time.perf_counter()
    done = subprocess.run([str(part) for part in command], env=ENVIRONMENT, capture_output=True, text=True)
    took = time.perf_counter() - begin
    if check and done.returncode:
        sys.exit(f"{command}: exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return took


def paired(runs: int, *measures: Callable[[], float]) -> list[float]:
    """Medians of each measure, taken in turn, so that what the machine does meanwhile hits all."""
    taken: list[list[float]] = [[] for _ in measures]
    for _ in range(runs):
        for measure, times in zip(measures, taken, strict=True):
            times.append(measure())
    return [statistics.median(times) for times in taken]


def ratios(runs: int, ours: Callable[[], float], theirs: Callable[[], float]) -> tuple[float, float, float]:
    """Median of the ratios of paired runs, and the medians of both."""
    pairs = [(ours(), theirs()) for _ in range(runs)]
    return (
        statistics.median(a / b for a, b in pairs),
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
    )


def say(name: str, value: float, limit: float, detail: str = "") -> None:
    """One line of the result."""
    mark = "met   " if value <= limit else "MISSED"
    print(f"{mark}  {value:6.3f}  (at most {limit})  {name}  {detail}", flush=True)


def project(root: Path, count: int) -> Path:
    """A project with `count` post-mortems and an index page."""
    root.mkdir(parents=True, exist_ok=True)
    archive(root / "docs" / "postmortems", count)
    (root / "docs" / "index.md").write_text("# Home\n", encoding="utf-8")
    return root


def configured(root: Path, name: str, plugins: str = "", extra: str = "", docs: str = "docs") -> Path:
    """A MkDocs configuration in a project."""
    path = root / f"{name}.yml"
    path.write_text(
        MATERIAL.format(docs=docs, site=root / f"site-{name}", plugins=plugins, extra=extra), encoding="utf-8"
    )
    return path


def build(config: Path) -> float:
    """One `mkdocs build`, quietly, from an empty site folder and without anything remembered."""
    root = config.parent
    shutil.rmtree(root / f"site-{config.stem}", ignore_errors=True)
    shutil.rmtree(root / ".cache", ignore_errors=True)
    return run(BIN / "mkdocs", "build", "-q", "-f", config)


def bench_build(root: Path, runs: int, count: int, large: bool) -> None:
    """`mkdocs build` with the plugin against the same pages without it, the blog plugin, and itself."""
    base = project(root / "build", count)
    ours = configured(base, "ours", "  - postmortem")
    plain = configured(base, "plain", extra="not_in_nav: /postmortems/")
    ratio, mine, other = ratios(runs, lambda: build(ours), lambda: build(plain))
    say(f"build of {count} with the plugin / without it", ratio, 1.12, f"({mine:.1f} s / {other:.1f} s)")
    blog = root / "blog"
    shutil.copytree(base / "docs" / "postmortems", blog / "docs" / "blog" / "posts")
    (blog / "docs" / "blog" / "index.md").write_text("# Blog\n", encoding="utf-8")
    (blog / "docs" / "index.md").write_text("# Home\n", encoding="utf-8")
    for path in (blog / "docs" / "blog" / "posts").rglob("*.md"):
        text = path.read_text(encoding="utf-8")
        lines = [line for line in text.split("\n") if not line.startswith(("authors:", "status:"))]
        path.write_text("\n".join(lines), encoding="utf-8")
    posts = configured(blog, "posts", "  - blog")
    ratio, mine, other = ratios(max(1, runs // 3), lambda: build(ours), lambda: build(posts))
    say(f"build of {count} with the plugin / Material's blog", ratio, 0.4, f"({mine:.1f} s / {other:.1f} s)")
    if large:
        many = configured(project(root / "many", 5 * count), "ours", "  - postmortem")
        ratio, mine, other = ratios(max(1, runs // 3), lambda: build(many), lambda: build(ours))
        say(f"build of {5 * count} / of {count}", ratio, 5.5, f"({mine:.1f} s / {other:.1f} s)")


def bench_check(root: Path, runs: int, count: int, large: bool) -> None:
    """`check` with all rules against `check-jsonschema` on the front matter alone; warm; ten times as many."""
    base = project(root / "check", count)
    fronts = root / "fronts"
    fronts.mkdir()
    for n, path in enumerate(sorted((base / "docs" / "postmortems").rglob("*.md"))):
        front = path.read_text(encoding="utf-8").split("---\n")[1]
        # YAML knows dates, JSON Schema does not: check-jsonschema is given what a schema can judge.
        (fronts / f"{n:05}.yml").write_text(front, encoding="utf-8")
    schema = root / "schema.json"
    printed = subprocess.run(
        [BIN / "mkdocs-postmortem", "schema"], capture_output=True, text=True, check=True, cwd=base
    )
    loaded = json.loads(printed.stdout)
    loaded["properties"].pop("external")
    schema.write_text(json.dumps(loaded), encoding="utf-8")
    (base / "postmortem.yml").write_text("postmortems: docs/postmortems\n", encoding="utf-8")

    def cold() -> float:
        shutil.rmtree(base / ".cache", ignore_errors=True)
        return run(BIN / "mkdocs-postmortem", "check", "-q", "--config", base / "postmortem.yml")

    def warm() -> float:
        return run(BIN / "mkdocs-postmortem", "check", "-q", "--config", base / "postmortem.yml")

    def other() -> float:
        files = sorted(fronts.iterdir())
        return run(BIN / "check-jsonschema", "--schemafile", schema, *files, check=False)

    first, again, theirs = paired(runs, cold, warm, other)
    say(f"check of {count} / check-jsonschema", first / theirs, 0.5, f"({first:.2f} s / {theirs:.2f} s)")
    say(f"check of {count}, nothing changed / cold", again / first, 0.2, f"({again:.2f} s / {first:.2f} s)")
    if large:
        many = project(root / "many-checked", 10 * count)
        (many / "postmortem.yml").write_text("postmortems: docs/postmortems\n", encoding="utf-8")

        def ten() -> float:
            shutil.rmtree(many / ".cache", ignore_errors=True)
            return run(BIN / "mkdocs-postmortem", "check", "-q", "--config", many / "postmortem.yml")

        ratio, mine, one = ratios(max(1, runs // 2), ten, cold)
        say(f"check of {10 * count} / of {count}", ratio, 11, f"({mine:.1f} s / {one:.2f} s)")


MEMORY = """
import resource, sys
from pathlib import Path
from mkdocs_postmortem import settings
from mkdocs_postmortem.reading import Reader, discover
found = Reader(settings.load(Path(sys.argv[1]))).read_all(discover(Path(sys.argv[2])))
print(len(found), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def bench_memory(root: Path, runs: int, count: int, large: bool) -> None:
    """Memory of records held at once: what 5 times as many need more, for each of them."""
    peaks = []
    for n in (count, 5 * count):
        base = project(root / f"memory-{n}", n)
        config = base / "postmortem.yml"
        config.write_text("postmortems: docs/postmortems\n", encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-c", MEMORY, str(config), str(base / "docs")], capture_output=True, text=True, check=True
        )
        peaks.append(int(done.stdout.split()[1]))
    each = (peaks[1] - peaks[0]) / (4 * count)
    say(
        "KB of memory a record", each, 40, f"({peaks[0] // 1024} MB for {count}, {peaks[1] // 1024} MB for {5 * count})"
    )


SERVE = """
import sys, time, logging
from pathlib import Path
from mkdocs.config import load_config
from mkdocs.commands.build import build
config_file, changed = sys.argv[1], Path(sys.argv[2])
logging.disable(logging.CRITICAL)
def one(first=False):
    config = load_config(config_file, site_dir=sys.argv[3])
    if first:
        config.plugins.on_startup(command="serve", dirty=False)
    else:
        pass
    begin = time.perf_counter()
    build(config, serve_url="http://127.0.0.1:8000/")
    return time.perf_counter() - begin
one(True)
times = []
for n in range(int(sys.argv[4])):
    changed.write_text(changed.read_text() + f"\\nOne more line, {n}.\\n")
    times.append(one())
print(sorted(times)[len(times) // 2])
"""


def bench_serve(root: Path, runs: int, count: int, large: bool) -> None:
    """A rebuild under `serve` after one file changed, with the plugin and without."""
    base = project(root / "serve", count)
    changed = sorted((base / "docs" / "postmortems").rglob("*.md"))[0]
    ours = configured(base, "ours", "  - postmortem")
    plain = configured(base, "plain", extra="not_in_nav: /postmortems/")

    def rebuild(config: Path) -> float:
        done = subprocess.run(
            [sys.executable, "-c", SERVE, str(config), str(changed), str(base / "served"), "3"],
            capture_output=True, text=True, env=ENVIRONMENT,
        )  # fmt: skip
        if done.returncode:
            sys.exit(done.stderr[-2000:])
        return float(done.stdout.strip().split("\n")[-1])

    ratio, mine, other = ratios(runs, lambda: rebuild(ours), lambda: rebuild(plain))
    say("rebuild under serve, one file changed / without the plugin", ratio, 1.05, f"({mine:.1f} s / {other:.1f} s)")


PUBLIC_POLICY = """sections: [Executive Summary, Impact, Timeline, Root Cause Analysis, Lessons Learned]
facts: [date, severity, services, duration]
people:
{people}
"""


def public_house(root: Path, count: int, people: int) -> tuple[Path, Path]:
    """A project with `count` approved releases and that many people; its two configurations: ours, and plain."""
    import yaml

    from mkdocs_postmortem import settings as project_settings
    from mkdocs_postmortem.releasing import approvals, release
    from mkdocs_postmortem.releasing.desk import Desk

    base = project(root, count)
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = [
        f"Q{letters[n % 26]}v{letters[n // 26 % 26]}rn Zh{letters[n // 676 % 26]}w{letters[n % 26]}k"
        for n in range(people)
    ]
    roster = "\n".join(f"  - {{handle: zz{n}q, names: [{name}]}}" for n, name in enumerate(names))
    (base / "redaction.yml").write_text(PUBLIC_POLICY.format(people=roster), encoding="utf-8")
    (base / "postmortem.yml").write_text("postmortems: docs/postmortems\n", encoding="utf-8")
    for n, path in enumerate(sorted((base / "docs" / "postmortems").rglob("*.md"))):
        _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
        facts = {**yaml.safe_load(front), "external": {
            "slug": f"incident-{letters[n // 26 % 26]}{letters[n % 26]}", "title": "An incident",
            "sections": ["Executive Summary", "Impact", "Timeline", "Root Cause Analysis", "Lessons Learned"],
        }}  # fmt: skip
        if facts.get("incident_type") == "security":
            facts["external"]["remediated_at"] = "2026-11-20"  # else it is not published, and costs nothing
        path.write_text(f"---\n{yaml.safe_dump(facts)}---\n{body}", encoding="utf-8")
    run_in(base, "redact")
    settings = project_settings.load(base / "postmortem.yml")
    desk = Desk(settings, project_settings.as_of_date("2026-11-23"))
    for item in desk.releases.values():
        for role in desk.policy.required_roles(item.info.severity, item.info.incident_type) or ("technical",):
            approvals.approve(item, desk.policy, desk.roster, role, "Benchmark", desk.today)
        release.save(item, base)
    published = [item for item in Desk(settings, desk.today).releases.values() if item.info.approvals]
    assert len(published) == count, f"only {len(published)} of {count} releases are approved"
    (base / "external" / "docs").mkdir(parents=True)
    (base / "external" / "docs" / "index.md").write_text("# Home\n", encoding="utf-8")
    ours = configured(base, "ours", "  - postmortem: {audience: external}", docs="external/docs")
    run_in(base, "generate", "--audience", "external", "--out", "plain-docs")
    return ours, configured(base, "plain", docs="plain-docs")


def run_in(folder: Path, *arguments: object) -> float:
    """Seconds of a command of ours in a folder."""
    here = Path.cwd()
    os.chdir(folder)
    try:
        return run(BIN / "mkdocs-postmortem", *arguments)
    finally:
        os.chdir(here)


def bench_public(root: Path, runs: int, count: int, large: bool) -> None:
    """What projecting and gating releases costs, against what MkDocs takes to build their pages."""
    few = 300
    ours, plain = public_house(root / "public", few, 10)

    def projected_and_gated() -> float:
        return run_in(ours.parent, "redact", "--check") + max(0.001, build(ours) - build(plain))

    ratio, mine, other = ratios(runs, projected_and_gated, lambda: build(plain))
    say(f"{few} releases projected and gated / built by MkDocs", ratio, 1.0, f"({mine:.1f} s / {other:.1f} s)")
    crowd, _ = public_house(root / "crowd", few, 10_000)

    def both(config: Path) -> float:
        return run_in(config.parent, "redact", "--check") + build(config)

    ratio, mine, other = ratios(runs, lambda: both(crowd), lambda: both(ours))
    say("the same with a roster of 10,000 / of 10", ratio, 2.0, f"({mine:.1f} s / {other:.1f} s)")


def repository(root: Path, count: int) -> Path:
    """A project with `count` post-mortems, each written, reviewed and published in four or six commits."""
    base = project(root, count)
    run("git", "init", "-q", "-b", "main", base)
    events = []
    for n, path in enumerate(sorted((base / "docs" / "postmortems").rglob("*.md"))):
        name, text = path.relative_to(base).as_posix(), path.read_text(encoding="utf-8")
        draft = text.replace("status: published", "status: draft").replace("status: review", "status: draft")
        begin = 1_600_000_000 + n * 72_000
        events += [(begin, name, draft[: len(draft) // 2] + "\n"), (begin + 80_000, name, f"{draft}\nMore.\n")]
        events += [(begin + 200_000, name, draft.replace("status: draft", "status: review"))]
        events += [(begin + 500_000, name, text.replace("status: review", "status: published"))]
        if n % 3 == 0:
            events += [(begin + 900_000, name, f"{text}\nLater.\n"), (begin + 910_000, name, text)]
    stream = bytearray(b"commit refs/heads/main\ncommitter A <a@example.com> 1599999999 +0000\ndata 1\nx")
    stream += b"M 100644 inline docs/index.md\ndata 7\n# Home\n\n"
    for when, name, text in sorted(events):
        data = text.encode()
        stream += f"commit refs/heads/main\ncommitter A <a@example.com> {when} +0000\ndata 1\nx".encode()
        stream += f"M 100644 inline {name}\ndata {len(data)}\n".encode() + data + b"\n\n"
    subprocess.run(["git", "-C", base, "fast-import", "--quiet"], input=bytes(stream), check=True)
    run("git", "-C", base, "reset", "-q", "--hard")
    # `fast-import` packs in a hurry, and `gc` keeps what is packed. Commits made one by one and then packed by `gc`
    # are as small as this makes them: half of that.
    run("git", "-C", base, "repack", "-q", "-a", "-d", "-f")
    return base


def bench_history(root: Path, runs: int, count: int, large: bool) -> None:
    """Git as evidence for every post-mortem, against one plain `git log --name-status`.

    For the first time every version that is not in the working tree is unpacked, which takes git alone
    (`cat-file --batch`) as long as that log; neither `log -p`, `log -G` nor `grep` over the versions is cheaper.
    Both run beside each other: on one processor, or where others work, their times add up.
    """
    from mkdocs_postmortem.reading.archive import discover
    from mkdocs_postmortem.reading.history import read_history
    from mkdocs_postmortem.settings import Settings

    settings = Settings(root=repository(root / "history", count).resolve())

    texts = [path.read_text(encoding="utf-8") for path in discover(settings.folder_path)]  # a build has read them
    commits = int(subprocess.check_output(["git", "-C", settings.root, "rev-list", "--count", "HEAD"]))

    def ours() -> float:
        begin = time.perf_counter()
        if len(read_history(settings, texts).files) != count:
            sys.exit("the history of some files was not found")
        return time.perf_counter() - begin

    def cold() -> float:
        shutil.rmtree(settings.cache_path, ignore_errors=True)
        return ours()

    def plain() -> float:
        return run("git", "-C", settings.root, "log", "--name-status")

    first, again, theirs = paired(2 * runs + 1, cold, ours, plain)
    say(
        f"git evidence for {count} files in {commits} commits / git log --name-status",
        again / theirs,
        1.5,
        f"({again:.3f} s / {theirs:.3f} s)",
    )
    say("the same, every version read for the first time", first / theirs, 1.5, f"({first:.3f} s / {theirs:.3f} s)")


SHAPES = Path(__file__).parents[1] / "tests" / "importing" / "golden"
"""Documents of every shape that import reads."""
SENTENCES = Path(__file__).parent.parent / "tests" / "checking" / "language" / "tuning.yml"
JUDGES_PROSE = (
    *(f"PM{n}" for n in range(501, 505)), *(f"PM{n}" for n in range(511, 518)), *(f"PM{n}" for n in range(414, 419)),
)  # fmt: skip


def bench_language(root: Path, runs: int, count: int, large: bool) -> None:
    """`check` with the rules that judge prose against the same without them; one file from a cold start."""
    import random

    import yaml

    base = project(root / "language", count)
    kinds = yaml.safe_load(SENTENCES.read_text(encoding="utf-8"))
    blaming = [line for kind in ("blame", "counterfactual", "hindsight") for line in kinds[kind].split("\n")]
    random_ = random.Random(1)
    paths = sorted((base / "docs" / "postmortems").rglob("*.md"))
    for path in paths:  # one sentence that blames, and nine that come close
        text = path.read_text(encoding="utf-8")
        lines = [random_.choice(blaming), *(random_.choice(kinds["clean"].split("\n")) for _ in range(9))]
        more = " ".join(lines)
        path.write_text(text.replace("### What Happened\n", f"### What Happened\n\n{more}\n", 1), encoding="utf-8")
    every, without = base / "postmortem.yml", base / "without.yml"
    every.write_text("postmortems: docs/postmortems\n", encoding="utf-8")
    off = ", ".join(f'{code}: "off"' for code in JUDGES_PROSE)
    without.write_text(f"postmortems: docs/postmortems\nrules: {{{off}}}\n", encoding="utf-8")

    def cold(config: Path, *paths: Path) -> float:
        shutil.rmtree(base / ".cache", ignore_errors=True)
        return run(BIN / "mkdocs-postmortem", "check", "-q", "--config", config, *paths, check=False)

    ratio, mine, other = ratios(runs, lambda: cold(every), lambda: cold(without))
    say(f"check of {count} with the rules for prose / without", ratio, 2.0, f"({mine:.2f} s / {other:.2f} s)")
    alone = statistics.median(cold(every, paths[0]) for _ in range(runs))
    say("seconds that one file takes from a cold start", alone, 0.4)
    changed = statistics.median(saved(base, every, paths[0]) for _ in range(2 * runs + 1))
    say(f"seconds of `check --changed` after one of {count} files was saved", changed, 0.4)


def saved(base: Path, config: Path, path: Path) -> float:
    """Seconds of `check --changed` from a cold start, one file being different from the last commit."""
    if not (base / ".git").exists():
        run("git", "init", "-q", base)
        run("git", "-C", base, "add", "--all")
        run("git", "-C", base, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "a")
    path.write_text(path.read_text(encoding="utf-8") + "\nOne more line.\n", encoding="utf-8")
    shutil.rmtree(base / ".cache", ignore_errors=True)
    return run_in(base, "check", "-q", "--changed", "--config", config)


def bench_import(root: Path, runs: int, count: int, large: bool) -> None:
    """`import` of documents in all the shapes of its golden cases against `check` on what came of them; growth."""
    base = project(root / "import", 1)
    (base / "postmortem.yml").write_text("postmortems: docs/postmortems\n", encoding="utf-8")
    cases = [
        path.read_text(encoding="utf-8")
        for path in sorted(SHAPES.glob("*/*.md"))
        if path.name != "expected.md" and path.parent.name not in ("broken", "hostile")
    ]
    # A document as long as those that people keep: its prose, several times over.
    prose = "\n\nThe queue was full, and nothing was synced until its workers had been restarted by hand.\n" * 40

    def sources(name: str, number: int) -> Path:
        folder = base / name
        folder.mkdir()
        for n in range(number):
            text = re.sub(
                r"\b(?:[A-Z]{2,4}-(?:\d{4}-)?\d+|pm\.[\w.-]+\d)\b", rf"\g<0>{n:05}", cases[n % len(cases)]
            )  # no two of one ID
            (folder / f"{n:05}.md").write_text(text + prose, encoding="utf-8")
        return folder

    def imported(folder: Path) -> float:
        shutil.rmtree(base / "docs" / "postmortems", ignore_errors=True)
        return run(BIN / "mkdocs-postmortem", "import", folder, "--config", base / "postmortem.yml")

    def checked() -> float:
        shutil.rmtree(base / ".cache", ignore_errors=True)
        return run(BIN / "mkdocs-postmortem", "check", "-q", "--config", base / "postmortem.yml", check=False)

    some = sources("some", count)
    ratio, mine, other = ratios(runs, lambda: imported(some), checked)
    say(f"import of {count} / check of what came of them", ratio, 10, f"({mine:.2f} s / {other:.2f} s)")
    if large:
        many = sources("many", 5 * count)
        ratio, mine, other = ratios(max(1, runs // 3), lambda: imported(many), lambda: imported(some))
        say(f"import of {5 * count} / of {count}", ratio, 5.5, f"({mine:.2f} s / {other:.2f} s)")


BENCHES = {
    "history": bench_history,
    "check": bench_check,
    "language": bench_language,
    "import": bench_import,
    "memory": bench_memory,
    "serve": bench_serve,
    "build": bench_build,
    "public": bench_public,
}


def main() -> None:
    """Run the benchmarks that are named, else all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHES, []], help="which to run; default: all")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--large", action="store_true", help="also five and ten times as many")
    given = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        for name in given.names or BENCHES:
            BENCHES[name](Path(folder) / name, given.runs, given.count, given.large)
            shutil.rmtree(Path(folder) / name, ignore_errors=True)


if __name__ == "__main__":
    main()
