"""What the tests of import share: one way to import a text, and to judge what came out."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path

from mkdocs_postmortem.checking import Finding, check_records
from mkdocs_postmortem.importing import batch, writing
from mkdocs_postmortem.importing.batch import Importer, Result, Work
from mkdocs_postmortem.importing.found import Draft
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading import Reader
from mkdocs_postmortem.settings import Settings

TODAY = date(2026, 11, 23)
SETTINGS = Settings(root=Path("/nowhere"))
IMPORTER = Importer(SETTINGS, TODAY)

_HEADING = re.compile(r"^(?:#{1,6} .*|.*\n(?:=+|-+))$", re.M)
_RULE = re.compile(r"^ *\|?(?: *:?-+:? *\|?)+ *$", re.M)
_HEADER = re.compile(r"^.*\|.*\n(?= *\|?(?: *:?-+:? *\|)+)", re.M)
_NUMBER = re.compile(r"^ *\d{1,9}[.)](?= )", re.M)
_FRONT = re.compile(r"\A---\n.*?\n---\n", re.S)


def imported(text: str, name: str = "incident.md", importer: Importer = IMPORTER) -> tuple[Draft, str]:
    """The draft of a document, and the file it becomes."""
    draft = importer.draft(text, name)
    return draft, text if draft.ours else writing.write(draft)


def record(text: str, name: str = "incident.md", settings: Settings = SETTINGS) -> PostMortem:
    """What is read from a file."""
    return Reader(settings).read_bytes(text.encode("utf-8", "surrogatepass"), f"docs/postmortems/{name}")


def errors(text: str, name: str = "incident.md", settings: Settings = SETTINGS) -> list[str]:
    """The errors that `check` finds in a file."""
    return [str(finding) for finding in faults(text, name, settings)]


def faults(text: str, name: str = "incident.md", settings: Settings = SETTINGS) -> list[Finding]:
    """The errors that `check` finds in a file, one by one."""
    found = check_records([record(text, name, settings)], settings, TODAY).findings
    return [finding for finding in found if finding.severity == "error"]


def words(text: str) -> Counter[str]:
    """Words as anybody would count them: apart from headings, heads and rules of tables, and the numbers of lists."""
    plain = _NUMBER.sub("", _RULE.sub("", _HEADING.sub("", _HEADER.sub("", text))))
    return Counter(bare for word in re.findall(r"\w+", plain) if (bare := word.strip("_")))


def body(text: str) -> str:
    """A file without its front matter."""
    return _FRONT.sub("", text, count=1)


def work(path: Path, folder: Path) -> Work:
    """A file to import into a folder."""
    return batch.plan([path], folder)[0]


def result(path: Path, folder: Path, importer: Importer = IMPORTER) -> Result:
    """What becomes of a file."""
    return importer(work(path, folder))[0]
