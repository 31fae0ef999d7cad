"""The gate: every byte that was built is read, and what nobody can explain does not pass.

Known secrets are looked for through every decoding; unknown ones are found by containment: every
word of the site is one of the releases, of the site's own pages, of its configuration or of the theme.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from mkdocs_postmortem import parallel
from mkdocs_postmortem.releasing import decodings, folding, words
from mkdocs_postmortem.releasing.articles import TAG, article_text, hides_words
from mkdocs_postmortem.releasing.expected import Expectation, Explained, explained
from mkdocs_postmortem.releasing.images import sha256
from mkdocs_postmortem.releasing.indexed import parts, texts_of, unexplained
from mkdocs_postmortem.releasing.policy import Policy
from mkdocs_postmortem.releasing.rules import RULES, Refusal, Refusals, declare
from mkdocs_postmortem.releasing.sieve import linear, one_byte

UNEXPECTED = declare(
    "PM900",
    "unexpected-file",
    "The site holds the files that this build writes, and no other.",
    "build into an empty folder; a file that an allowed plugin writes is listed under `files` in redaction.yml",
)
MISSING_FILE = declare(
    "PM901",
    "missing-file",
    "Every file that the site is to have is there.",
    "build the site anew",
)
CHANGED_FILE = declare(
    "PM902",
    "changed-file",
    "Files of the theme, pictures and attachments are byte for byte what was installed, approved or listed.",
    "remove what rewrites files after the build; a picture or attachment that was looked at is listed under "
    "`attachments` in redaction.yml by its SHA-256",
)
UNEXPLAINED = declare(
    "PM903",
    "unexplained-word",
    "Every word of the site is explained by the releases, the site's own pages, its configuration or the theme.",
    "run it by hand, on a terminal, to see the words; find what writes them; what an override or an allowed plugin "
    "writes is listed under `words` in redaction.yml",
)
UNLIKE = declare(
    "PM904",
    "render-parity",
    "A page shows the words of its release, all of them, in their order, and no others.",
    "remove the plugin, the extension or the override that changes pages",
)
SITE_LINK = declare(
    "PM905",
    "site-link",
    "The site points to itself, to listed hosts and where its own pages and the theme point; it loads nothing from "
    "elsewhere.",
    "list the host under `hosts` in redaction.yml, or remove the link; of a theme switch off what it loads: "
    "`font: false`, `highlightjs: false`",
)
UNREADABLE_FILE = declare(
    "PM906",
    "unreadable-file",
    "A file that cannot be read to its end is not published.",
    "remove it; archives and media are listed under `attachments` in redaction.yml by their SHA-256",
)
SITE_WORDS = declare(
    "PM907",
    "site-words",
    "People, denied terms, internal hosts, secrets and contacts are in no byte of the site, however they are written.",
    "mend the source that the words come from, and build again",
)

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".ico", ".avif")
_AS_IT_IS = ("plain", "plain, gzip")
"""Readings of a text as it was written."""
_UNDONE = ("entities", "percent", "percent, percent", "escapes", "CSS escapes", "quoted-printable")
"""Readings in which words are words: what they say is to be explained, too."""
_NUMBERS = r"[MmLlHhVvCcSsQqTtAaZzEe0-9 ,.\s+-]*"
_SVG_NUMBERS = re.compile(rf"""(\s(?:d|points|viewBox|transform)=)(?:"{_NUMBERS}"|'{_NUMBERS}')""")
_ADDRESS = re.compile(
    r"""\b(href|src|action|srcset|data|poster|content|xlink:href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.I
)
_ADDRESS_SIGN = r"(?i:href|src|action|srcset|data|poster|content|xlink:href)[\s\x80-\xff]*="
_CSS_SIGN = r"(?i:url\(|@import)"
"""Where `_ADDRESS` and `_CSS_ADDRESS` may find something."""
_CSS_ADDRESS = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])([^"')\s]+)""", re.I)
_LOADED = re.compile(
    r"<(?:script|img|iframe|object|embed|source|video|audio|track|input|link\b(?=[^>]*\brel=[\"']?(?:stylesheet|preload|modulepreload|preconnect|dns-prefetch|manifest|icon)))\b[^>]*",
    re.I,
)


class Early(NamedTuple):
    """What was judged while the host still wrote."""

    pages: dict[str, tuple[str, Refusals]]
    """Of each page the SHA-256 of what was read, and what is refused of it."""
    seen: dict[str, set[str]]
    told_already: set[tuple[str, str, str]]
    articles: dict[str, str]
    """What pages show, as `_Gate.articles` has it."""


NOTHING = Early({}, {}, set(), {})


def inspect(site: Path, expected: Expectation, policy: Policy, detector: words.Detector, today: date) -> Refusals:
    """Read every file of a built site; what it gives back is empty where the site may be published.

    Never raises for what a site may hold. Messages name file and rule, never the words.
    """
    return _Gate(site, expected, policy, detector, today, explained(expected, policy)).run(NOTHING)


class Watch:
    """The gate of a site that is being written: a process beside judges pages while the host renders others."""

    def __init__(
        self, site: Path, expected: Expectation, policy: Policy, detector: words.Detector, today: date
    ) -> None:
        self._made = partial(_Gate, site, expected, policy, detector, today)
        self._over = parallel.signal_between()
        self._names = [*expected.pages]
        early = partial(self.early, expected, policy)
        self._beside = parallel.Beside(early, len(self._names) >= parallel.FEWEST)

    def early(self, expected: Expectation, policy: Policy) -> tuple[Explained, Early]:
        """What may stand in the site, and what is refused of its pages while they are written."""
        found = explained(expected, policy)
        return found, self._made(found).early(self._names, self._over)

    def inspect(self) -> Refusals:
        """What is refused of the whole site, now that it is written: what was judged before counts only if
        all of its bytes are still the same.
        """
        self._over.set()
        found, early = self._beside.result()
        return self._made(found).run(early)

    def drop(self) -> None:
        """Nobody will ask any more."""
        self._beside.drop()


_MOST_OF_A_STRANGER = 50_000
"""Bytes of a file that nobody expects up to which its words are judged, too."""
_READ_BY_PEOPLE = (".html", ".htm", ".xml", ".json", ".txt", ".md")


class _Gate:
    def __init__(
        self,
        site: Path,
        expected: Expectation,
        policy: Policy,
        detector: words.Detector,
        today: date,
        explained: Explained,
    ) -> None:
        self.site = site
        self.expected = expected
        self.policy = policy
        self.detector = detector
        self.today = today
        self.refusals = Refusals()
        self.seen: dict[str, set[str]] = {"read": {*expected.judged}}
        """Lines that were judged already: most lines of a page are on every page."""
        self.told_already: set[tuple[str, str, str]] = set()
        self.articles: dict[str, str] = {}
        """What the articles of pages show that were read, by the pages' names: a word, a space, a word."""
        self.known, self.theme, self.hosts = explained
        self.names = {name.partition("/")[0] for name in (*expected.pages, *expected.same, *expected.optional)}
        self.files = frozenset(expected.others | expected.optional | {*policy.files})

    def refuse(self, code: str, name: str, message: str, line: int = 0, value: str = "") -> None:
        self.refusals.add(Refusal(code, name, line, message, RULES[code].mend, value=value))

    def run(self, early: Early) -> Refusals:
        if not self.unchanged(early):
            early = NOTHING  # its lines would not be judged again, and what was refused of them is of other bytes
        for kind, lines in early.seen.items():
            self.seen.setdefault(kind, set()).update(lines)
        self.told_already.update(early.told_already)
        self.articles.update(early.articles)
        return self.all(early)

    def all(self, early: Early) -> Refusals:
        """What is refused of every file that there is, and of those that there should be."""
        found = set()
        for name, path in _walk(self.site):
            found.add(name)
            try:
                mode = os.lstat(path).st_mode
                if stat.S_ISLNK(mode) or not stat.S_ISREG(mode):
                    what = "is a folder with nothing in it" if stat.S_ISDIR(mode) else "is a link or a device"
                    self.refuse(UNEXPECTED, self.told(name), f"{what}, and no plain file")
                    continue
                data = path.read_bytes()
            except OSError:
                self.refuse(UNREADABLE_FILE, self.told(name), "cannot be read")
                continue
            known = early.pages.get(name)
            if known is not None:
                self.refusals.extend(known[1])
            else:
                self.judge_file(name, data)
        wanted = {*self.expected.pages, *self.expected.same, *self.expected.assets, *self.expected.others}
        for name in sorted(wanted - found):
            self.refuse(MISSING_FILE, self.told(name), "is not in the site")
        return self.refusals

    def unchanged(self, early: Early) -> bool:
        """Whether every page that was judged early is there, byte for byte what was read."""
        return all(
            (data := _content(self.site / name)) is not None and sha256(data) == digest
            for name, (digest, _) in early.pages.items()
        )

    def early(self, names: Sequence[str], over: parallel.Signal) -> Early:
        """Judge each page once the next one is there, until everything is written."""
        pages = {}
        for name, following in pairwise(names):
            while not over.is_set() and not (self.site / following).exists():
                over.wait(0.003)
            if over.is_set():
                break
            try:
                data = (self.site / name).read_bytes()
            except OSError:
                continue
            self.refusals = Refusals()
            self.judge_file(name, data)
            pages[name] = (sha256(data), self.refusals)
        self.refusals = Refusals()
        seen = {kind: lines - self.expected.judged for kind, lines in self.seen.items()}
        return Early(pages, seen, self.told_already, self.articles)

    def judge_file(self, name: str, data: bytes) -> None:
        self.name(name)
        self.file(name, data)

    def told(self, name: str) -> str:
        """A file's name as a message may say it: without what nobody expects, and what may not be said."""
        expected = self.expected
        if name in expected.same and name not in expected.own:
            return name
        known = name in self.files or any(name in group for group in (expected.pages, expected.same, expected.assets))
        if known and next(self.in_name(name), None) is None:
            return name
        return "/".join(
            part if folding.pieces(part) <= self.known and next(self.in_name(part), None) is None else "…"
            for part in name.split("/")
        )

    def in_name(self, name: str) -> Iterator[words.Hit]:
        """What is refused in a name, in any reading of it."""
        texts = [words.spelled(name), name]
        try:
            texts += [view.text for view in decodings.views(name.encode("utf-8", "surrogateescape"), "")]
        except decodings.TooMuchError:
            yield words.Hit(0, len(name), words.STRANGE, "what unpacks to more than it may", "")
        texts = [*dict.fromkeys(texts)]
        for text in texts if not self.detector.clean(texts, links=False) else ():
            yield from self.detector.find(text, links=False)

    def name(self, name: str) -> None:
        """What a file is called is public, too."""
        if name in self.expected.same and name not in self.expected.own:
            return
        messages = {
            f"its name holds {hit.message} [{hit.code}]": None
            for hit in self.in_name(name)
            if hit.code not in (words.TERM, words.PHONE, words.AMBIGUOUS_NAME)
        }
        for message in messages:
            self.refuse(SITE_WORDS, self.told(name), message, value=name)

    def file(self, name: str, data: bytes) -> None:
        expected = self.expected
        if name in expected.assets:
            if data != expected.assets[name]:
                self.refuse(CHANGED_FILE, name, "is not what was approved")
                self.words(name, data)
            elif not name.endswith(_PICTURES):
                self.words(name, data, contained=False)
            return
        if name in expected.perhaps and data == _content(expected.perhaps[name]):
            return
        if name in expected.same:
            if data != _content(expected.same[name]):
                self.refuse(CHANGED_FILE, name, "is not what is installed, or what the site's sources hold")
            elif name not in expected.own:
                return
            elif self.is_attachment(name):
                self.attachment(name, data)
                return
            self.words(name, data)
            return
        if name not in expected.pages and name not in self.files and not _fits(name, self.policy.files):
            message = "is a file that nobody expects"
            if len(data) > _MOST_OF_A_STRANGER and not name.endswith(_READ_BY_PEOPLE):
                # It is refused whatever it holds; to read a theme of half a megabyte takes a minute.
                self.refuse(UNEXPECTED, self.told(name), f"{message}, and too large to read further")
                return
            self.refuse(UNEXPECTED, self.told(name), message)
        self.words(name, data)
        shown = expected.pages.get(name)
        if shown is not None:
            self.parity(name, data, shown())

    def is_attachment(self, name: str) -> bool:
        return (
            not name.lower().endswith((".html", ".xml", ".json", ".txt", ".js", ".css"))
            and "." in name.rpartition("/")[2]
        )

    def attachment(self, name: str, data: bytes) -> None:
        from mkdocs_postmortem.releasing.images import UncleanError, clean

        if sha256(data) in self.policy.attachments:
            self.words(name, data, contained=False)
            return
        try:
            if name.lower().endswith(".png") and clean(data) == data:
                return
        except UncleanError:
            pass
        message = f"is a picture or an attachment that the policy does not list (its SHA-256 is {sha256(data)})"
        self.refuse(CHANGED_FILE, self.told(name), message)

    def words(self, name: str, data: bytes, contained: bool = True) -> None:
        """Judge every reading of a file, a line that is on many pages once."""
        if not name.endswith(".json"):
            page = name.endswith((".html", ".xml")) and b"\0" not in data
            source = self.fresh(data.decode("utf-8", "replace")).encode() if page else data
            self.readings(name, source, contained, page)
            return
        first, *others = parts([*unexplained(texts_of(data), self.articles)])
        beside = [parallel.Beside(partial(self.apart, name, part, contained)) for part in others]
        try:
            self.texts(name, first, contained)
            for other in beside:
                known = {*self.refusals.items}
                for item in other.result().items:
                    if item not in known:
                        self.refusals.add(item)
        finally:
            for other in beside:
                other.drop()

    def apart(self, name: str, texts: Sequence[str], contained: bool) -> Refusals:
        """What is refused of some texts of a file, by itself."""
        kept, self.refusals = self.refusals, Refusals()
        try:
            self.texts(name, texts, contained)
            return self.refusals
        finally:
            self.refusals = kept

    def texts(self, name: str, texts: Sequence[str], contained: bool) -> None:
        """Judge every reading of texts that were taken out of a file's JSON."""
        source = self.fresh("\n".join(texts)).encode("utf-8", "replace")
        self.readings(name, source, contained, taken=True)

    def readings(self, name: str, source: bytes, contained: bool, taken: bool) -> None:
        """Judge every reading of some bytes; `taken`, where of what stands between tags other readings tell."""
        try:
            # JSON was taken apart already.
            found = list(decodings.views(source, name.removesuffix(".json")))
            if contained and source and not any(view.kind in _AS_IT_IS for view in found):
                self.refuse(UNREADABLE_FILE, self.told(name), "is no text, and the policy does not list it")
            for number, view in enumerate(found):
                # Of a page the markup here, and its text as the reading without tags has it.
                apart = number == 0 and taken and "<" in view.text
                text = "\n".join(TAG.findall(view.text)) if apart else view.text
                text = self.fresh(text, "read")
                self.judge(name, view.kind, text, plain=number == 0 and view.kind in _AS_IT_IS)
                if view.kind in _AS_IT_IS:
                    self.links(name, view.text)
                    if contained:
                        self.contained(name, view.text)
                elif contained and _undone(view.kind):
                    self.contained(name, view.text)
        except decodings.TooMuchError as error:
            self.refuse(UNREADABLE_FILE, self.told(name), str(error))

    def fresh(self, text: str, kind: str = "") -> str:
        """The lines of a text that no other file had, or of this kind of reading none."""
        seen = self.seen.setdefault(kind, set())
        lines = [line for line in dict.fromkeys(text.split("\n")) if line not in seen]
        seen.update(lines)
        text = "\n".join(lines)
        return _SVG_NUMBERS.sub(r"\1", text) if "<" in text else text

    def judge(self, name: str, kind: str, text: str, plain: bool) -> None:
        for hit in self.detector.find(text, links=False):  # links are judged by themselves
            if hit.code == words.STRANGE and not plain:
                continue  # escapes write what a page does not
            value = text[hit.start : hit.end]
            if hit.code in (words.AMBIGUOUS_NAME, words.TERM, words.PHONE) and folding.word_set(value) <= self.theme:
                continue
            if hit.code == words.AMBIGUOUS_NAME and not plain:
                continue
            if hit.code == words.PHONE and not plain:
                continue
            accepted = any(self.policy.accepts(code, value, "", self.today) for code in (hit.code, SITE_WORDS))
            if accepted or self.policy.accepts_somewhere(hit.code, value, self.today):
                continue
            if (name, hit.code, value) in self.told_already:
                continue
            self.told_already.add((name, hit.code, value))
            how = "" if plain else f" ({kind.removeprefix('plain, ')})"
            self.refuse(SITE_WORDS, self.told(name), f"holds {hit.message}{how} [{hit.code}]", value=value)

    def contained(self, name: str, text: str) -> None:
        """Every word is explained by somebody."""
        text = _SVG_NUMBERS.sub(r"\1", text)
        plain = unquote(decodings.unescape(text)) if "&" in text or "%" in text else text
        if "\\u" in plain:  # a script's own text, in its own escapes
            plain = decodings.escapes(plain)
        unknown = [
            word
            for word in sorted(folding.pieces(plain) - self.known)
            if not (word.isdigit() and len(word) < 4) and len(word) > 1
        ]
        if unknown:
            count = len(unknown)
            noun = "word that nobody" if count == 1 else "words that nobody"
            self.refuse(UNEXPLAINED, self.told(name), f"holds {count} {noun} can explain", value=" ".join(unknown[:20]))

    def links(self, name: str, text: str) -> None:
        if name.endswith((".css", ".html")) and _where(_CSS_SIGN).search(one_byte(text)):
            for match in _CSS_ADDRESS.finditer(text):
                self.address(name, match[1], loads=True)
        if not name.endswith((".html", ".xml", ".svg")):
            return
        loaded = [match.span() for match in _LOADED.finditer(text)]
        for sign in _where(_ADDRESS_SIGN).finditer(one_byte(text)):
            found = _ADDRESS.match(text, sign.start())
            if found is None:
                continue
            target = decodings.unescape(found[2] or found[3] or found[4] or "")
            if found[1].lower() == "content" and not re.match(r"\s*(?:\d+\s*;\s*url=|https?:|//)", target, re.I):
                continue
            if found[1].lower() == "data" and "://" not in target:
                continue
            loads = any(start <= found.start() < end for start, end in loaded) or found[1].lower() in (
                "src",
                "srcset",
                "poster",
            )
            self.address(name, re.sub(r"(?i)^\s*\d+\s*;\s*url=", "", target), loads)

    def address(self, name: str, target: str, loads: bool) -> None:
        squeezed = re.sub(r"[\s\x00-\x1f]", "", target)
        try:
            url = urlsplit(squeezed)
            host = (url.hostname or "").rstrip(".")
        except ValueError:
            self.refuse(SITE_LINK, self.told(name), "has an address that cannot be read", value=target)
            return
        if (
            url.scheme
            and url.scheme not in ("http", "https")
            and not (url.scheme == "data" and loads and squeezed.startswith("data:image/"))
        ):
            if url.scheme == "mailto" and folding.fold(url.path) in self.detector.known:
                return
            self.refuse(
                SITE_LINK, self.told(name), "has an address of a kind that a public site does not have", value=target
            )
        elif host and self.policy.is_public_host(host):
            return
        elif host in self.names and squeezed.startswith("//"):
            return  # a theme that is asked for the root of the site writes one slash too many
        elif loads and host and host != urlsplit(self.expected.site_url).hostname:
            self.refuse(SITE_LINK, self.told(name), "loads something from a host that is not listed", value=target)
        elif host and host not in self.hosts:
            self.refuse(SITE_LINK, self.told(name), "points to a host that is not listed", value=target)

    def parity(self, name: str, data: bytes, wanted: str) -> None:
        """The article shows the words of its release, all, in order, and no others.

        Marks in the middle of a word divide it in one and not in the other: compared are the letters.
        """
        page = data.decode("utf-8", "replace")
        shown = article_text(page)
        if shown is None:
            self.refuse(UNLIKE, name, "has no article in which its words could stand")
            return
        if hides_words(page):
            self.refuse(UNLIKE, name, "has words in its article that are hidden or struck out")
        self.articles[name] = f" {' '.join(shown.split())} "
        there, meant = folding.letters(shown), folding.letters(wanted)
        if there != meant:
            both = zip(there, meant, strict=False)
            at = next((n for n, (a, b) in enumerate(both) if a != b), min(len(there), len(meant)))
            value = there[max(0, at - 20) : at + 20]
            self.refuse(UNLIKE, name, "does not show the words of its release, all, in their order", value=value)


def _undone(kind: str) -> bool:
    """Whether a reading says words: of a file, of what is packed into it, or of the name that the package gives it."""
    for start in ("plain, gzip's file name", "plain, gzip", "plain"):
        if kind.startswith(start):
            return kind == "plain, gzip's file name" or kind.removeprefix(start).strip(", ") in _UNDONE
    return False


def _walk(site: Path) -> Iterator[tuple[str, Path]]:
    """Every file below a folder, whatever its name, links not followed; and folders that hold nothing."""
    for folder, folders, names in os.walk(site):
        folders.sort()
        linked = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        if not names and not folders and folder != str(site):
            yield Path(folder).relative_to(site).as_posix(), Path(folder)
        for name in sorted((*names, *linked)):
            path = Path(folder, name)
            yield path.relative_to(site).as_posix(), path


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _fits(name: str, patterns: Iterable[str]) -> bool:
    from fnmatch import fnmatchcase

    return any(fnmatchcase(name, pattern) for pattern in patterns)


@lru_cache(maxsize=4)
def _where(expression: str) -> Any:
    return linear(expression)
