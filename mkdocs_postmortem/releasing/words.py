"""Everything that judges words: people, denied and replaced terms, hosts, secrets, contacts, strange letters.

One detector serves the projection, the build and the gate, so that what is refused in one is
refused in all. What it says never holds what it found.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from functools import lru_cache, partial
from itertools import accumulate
from typing import NamedTuple
from urllib.parse import urlsplit

import ahocorasick

from mkdocs_postmortem.releasing import accounts, decodings, folding, secrets
from mkdocs_postmortem.releasing.lists import words_in
from mkdocs_postmortem.releasing.names import UMLAUTS
from mkdocs_postmortem.releasing.people import Roster
from mkdocs_postmortem.releasing.policy import Policy, pattern
from mkdocs_postmortem.releasing.rules import REFUSED, REVIEW, RULES, Refusal, Refusals, declare
from mkdocs_postmortem.releasing.sieve import Sieve
from mkdocs_postmortem.releasing.sightings import AMBIGUOUS, UNLISTED

PERSON = declare(
    "PM720",
    "person",
    "People have no names in public words, in no form that a name takes.",
    "say what they were: their role, or `the engineer on call`; or write `[[the name|the role]]`",
)
AMBIGUOUS_NAME = declare(
    "PM721",
    "ambiguous-name",
    "A word that may be a name is decided by the policy: two people share it, or it is an ordinary word.",
    "in redaction.yml list it under one person's `aliases`, or under `ignore` of everybody who has it; or write "
    "`[[the word|other words]]`",
)
DENIED = declare(
    "PM722",
    "denied-term",
    "What `deny` lists in redaction.yml never leaves.",
    "write `[[the words|other words]]`, or leave them out with `::: internal`",
)
TERM = declare(
    "PM723",
    "unreplaced-term",
    "A word that `terms` replaces stands where it could not be replaced: in an identifier, an address or a title.",
    "write `[[the identifier|a public one]]`",
)
INTERNAL_HOST = declare(
    "PM724",
    "internal-host",
    "Names of internal hosts tell how the house is built.",
    "write what it is: `[[db1.corp.example.com|the primary database]]`",
)
SECRET = declare(
    "PM725",
    "secret",
    "Keys, tokens and passwords never leave; once they were written down, they must be replaced, too.",
    "take it out of the post-mortem, and revoke it",
)
EMAIL = declare(
    "PM726",
    "email-address",
    "An e-mail address is somebody's; a public one is listed.",
    "leave it out, or list a public address under `words` in redaction.yml",
)
PHONE = declare(
    "PM727",
    "phone-number",
    "A telephone number is somebody's; a public one is listed.",
    "leave it out, or list a public number under `words` in redaction.yml",
)
PRIVATE_ADDRESS = declare(
    "PM728",
    "private-address",
    "Addresses of private networks tell how the house is built.",
    "write what stands there: `[[10.0.3.7|the cache]]`; of a version that looks like one, `[[10.2.3.4|10.2.3]]`",
)
STRANGE = declare(
    "PM729",
    "strange-characters",
    "Characters that are not seen, or that look like others, hide words from whoever approves them.",
    "type the word anew with plain letters",
)
HOST = declare(
    "PM730",
    "unlisted-host",
    "Public words point to hosts that `hosts` lists in redaction.yml, and to no others.",
    "leave the address out, or list its host under `hosts` in redaction.yml",
)
UNKNOWN_HANDLE = declare(
    "PM731",
    "unknown-handle",
    "An `@handle` that nobody on the roster has may be somebody's.",
    "look whether it is a person: then put them on the roster; else list it under `words` in redaction.yml",
)
UNKNOWN_NAME = declare(
    "PM732",
    "possible-name",
    "Two words with capital letters that nobody knows may be a name; so may initials, and a word a letter off one.",
    "look whether it is a person: then put them on the roster; else list it under `words` in redaction.yml",
)
PUBLIC_ADDRESS = declare(
    "PM733",
    "public-address",
    "An IP address of the open network may be a customer's, or one of ours.",
    "look whether it may be public; else write what stands there",
)

ACCOUNT = declare(
    "PM734",
    "account-number",
    "The number of a payment card, of a bank account or of social security is somebody's.",
    "leave it out, or write `[[the number|a customer's card]]`",
)


_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_OTHER_KIND = "an address of a kind that public words do not have"
_OTHER_MEND = "leave it out, or write `[[the address|what it is]]`"


class Hit(NamedTuple):
    """Something that a rule found in a text; `start` and `end` in characters of it."""

    start: int
    end: int
    code: str
    message: str
    help: str
    level: str = REFUSED
    lines: str = ""
    """What to copy where `help` says; as secret as what was found."""


_INTERNAL_ENDINGS = ("internal", "intranet", "corp", "lan", "svc", "cluster.local", "home.arpa")
"""Top-level names that are never public ones (RFC 8375, RFC 9476, and use)."""
_COMMON_ENDINGS = frozenset({"com", "net", "org", "io", "dev", "co", "cloud", "app"})
_JOINED_AS_HOST = re.compile(r"\A[^\s.]*[-_·][^\s.]*\Z|\A\w+(?:\W{0,3}dot\W{0,3}\w+)+\Z")
"""Labels of a host with other signs than dots between them."""
_HOSTNAME = re.compile(r"(?<![\w-])[\w-]{1,63}(?:\.[\w-]{1,63})+", re.A)
_SHARE = re.compile(r"(?<![\\:])\\{2,4}[A-Za-z0-9][\w.-]{1,62}\\{1,2}[A-Za-z0-9][\w$.-]*")
"""A folder that a server of Windows shares."""
_WRAPPED = re.compile(r"(?<=\S)\n(?=\S)")
"""The end of a line within a paragraph, which is shown as a space."""
_URL = re.compile(r":/{1,3}[^\s<>\"'`|)\]}]|(?<![\w/:])//[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.I)
_URL_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,20}\Z", re.I)
_URL_REST = re.compile(r"(?::?//\[[0-9a-f:.]+\])?+[^\s<>\"'`|)\]}]*", re.I)
_ITSELF = re.compile(r"::1(?::\d{1,5})?\Z|\[::1\]")
_SCHEMES = re.compile(
    r"(?<![\w.-])(?:mailto|tel|sms|slack|javascript|data|file|vbscript|ftp|ssh|git)\s?:(?=[^\s:,;])", re.I
)
_AT = re.compile(
    r"(?:@| @ | ?(?:\(at\)|\[at\]|\{at\}|<at>) ?)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,24}?(?![A-Za-z0-9])"
    r"| at [\w-]{1,63}(?: dot [\w-]{1,63}){1,4}\b"
    r"| ?(?:\(at\)|\[at\]) ?[\w-]{1,63}(?: ?(?:\(dot\)|\[dot\]) ?[\w-]{1,63}){1,4}\b",
    re.I,
)
"""An e-mail address from its `@` on, however that is written."""
_REPOSITORIES = ("git", "hg", "svn")
_PATH_AFTER = re.compile(r":[\w~.-]+/[\w.-]")
"""What makes the address of a repository of `git@github.com`, which is nobody's e-mail."""
_BEFORE_AT = re.compile(r"[\w.+%-]{1,64}\Z")
_PHONE = re.compile(
    r"(?<![\w+])\+(?:\d{1,3}[ .()-]{0,2}(?:\d{1,4}[ .()/-]{1,2}){1,5}\d{2,9}|\d{8,14}|\d{1,4}\n *\d[\d ]{5,12}\d)(?!\d)"
    r"|(?<![\w.:/+-])(?:00[1-9]\d{8,13}|\(\d{3}\) ?\d{3}-\d{4}|\d{3}[-.]\d{3}[-.]\d{4}"
    r"|(?:call|phone|dial) \d[\d ()/-]{6,14}\d)(?![\w-])",
    re.A,
)
_IPV4 = re.compile(
    r"(?<!\d)(?<!\d\.)(?:(?:\d{1,4}\.){3}\d{1,4}(?!\d|\.\d)|\bip-\d{1,3}(?:-\d{1,3}){3}(?![\d-])"
    r"|(?<=[a-z]-)(?:10-\d{1,3}|192-168|172-[123]\d)(?:-\d{1,3}){2}(?![\d-])"
    r"|(?<![\w-])(?:10-\d{1,3}|192-168|172-[123]\d)(?:-\d{1,3}){2}(?![\w-])"
    r"|(?<![^\W_])(?:10_\d{1,3}|192_168|172_[123]\d)(?:_\d{1,3}){2}(?![^\W_]|_\d)"
    r"|(?:10|192\.168|172\.[123]\d)(?:\.\d{1,3}){1,2}\.[xX*](?:\.[xX*])?(?!\w|\.\d))",
    re.A,
)
_IPV6 = re.compile(r"(?<![\w:.])(?=[0-9a-f:]*:[0-9a-f]*:)[0-9a-f:]{4,39}(?:%\w+)?(?![0-9a-z]|:[0-9a-f:])", re.I | re.A)
_VERSION_BEFORE = re.compile(r"(?:\bv|version|release|build|chrome|driver)[\s/-]?\Z", re.I)
_HANDLE = re.compile(r"(?<![\w@./])@[A-Za-z][\w-]{1,38}")
_NAME = re.compile(
    r"(?<![\w'’])(?=(([A-Z][a-zà-ÿ]+)(?: [A-Z]\.)?[ ](?:(?:de|da|van|von|der|la|del|bin|al) ){0,2}"
    r"([A-Z][a-zà-ÿ]+(?:-[A-Z][a-zà-ÿ]+)?))(?!\w))"
)
_SPLIT_SIGNS = r"(?:[*`~\\^=\[]|__|\](?:\([^()\s]*\))?)"
_BETWEEN = "\n\nqzxjq\n\n"
"""Keeps texts apart that are read at once: a word that no name and no term goes across."""
_SPLIT_WORD = re.compile(rf"(?<=\w){_SPLIT_SIGNS}+(?=\w)")
_SHOWN_SIGN = r"[*`~\\\[\]]|__|(?:^|[^0-9A-Za-z])_|_(?:$|[^0-9A-Za-z])"
_SHOWN = re.compile(r"[*`~\\]+|__+|(?<![^\W_])_|_(?![^\W_])|!?\[|\](?:\([^()\s]*\))?")
"""Marks that are not shown, wherever they stand."""
_MAY_BE_SHOWN = re.compile(r"[*`~\\\[\]_]")
"""What a line holds where `_SHOWN` may find something: a look that takes less time."""


_FOOTNOTE = re.compile(
    "[\u01c0-\u01c3\u02b0-\u02b8\u02e0-\u02e4\u1d2c-\u1d6a\u1d78\u1d9b-\u1dbf\u2070-\u209c\u00b2\u00b3\u00b9\u2c7c\u2c7d]"
)
"""Small raised and lowered letters and digits, which belong to no word, and strokes that are letters."""


class Detector:
    """All rules about words, for one policy and one roster; made once, used for every text."""

    def __init__(self, policy: Policy, roster: Roster) -> None:
        self.policy = policy
        self.roster = roster
        self.known = {folding.fold(word) for word in policy.words}
        known_words = {part for word in policy.words for part in re.findall(r"\w+", word)}
        self._not_names = words_in("known.txt") | known_words
        self._patterns = [pattern(item) for item in policy.deny if item.startswith("re:")]
        self._terms = ahocorasick.Automaton()
        for item in policy.deny:
            if not item.startswith("re:"):
                self._literal(item, DENIED)
        for item in policy.terms:
            self._literal(item, TERM)
        hosts = [host.removeprefix("*.").lower().strip(".") for host in policy.internal_hosts]
        self._hosts = tuple(dict.fromkeys((*hosts, *_INTERNAL_ENDINGS)))
        self._listed_hosts = frozenset(host for host in hosts if "." in host)
        self._bare_hosts = frozenset(host for host in hosts if "." not in host and "-" in host)
        for host in self._listed_hosts:
            self._slug(host)
        if len(self._terms):
            self._terms.make_automaton()
        reverse = [".".join(reversed(host.split("."))) for host in self._listed_hosts]
        named = [*self._bare_hosts, *reverse, *(host if "." in host else f".{host}" for host in self._hosts)]
        known = [f"(?i:{re.escape(name)})" if name.isascii() else "" for name in sorted(named)]
        self._hosts_sieve = Sieve([_SHARE], loose=known)

    def _literal(self, item: str, code: str) -> None:
        spellings = (item, item.lower(), item.upper(), item.title(), item.translate(UMLAUTS))
        for words in dict.fromkeys(
            folding.split(spelling).text.strip()
            for written in spellings
            for folded in [folding.fold_case(written)]
            for spelling in (folded, folded.casefold(), folded.replace("'", ""), folded.casefold().replace("'", ""))
        ):
            if not words:
                continue
            joined = words.replace(" ", "")
            # A longer word that begins with a denied one is denied, too: falcons, falconctl.
            end = " " if code == TERM or len(joined) < 5 else ""
            for spelling in {words, joined}:
                self._terms.add_word(f" {spelling}{end}", (len(spelling), code, False))
                for plural in (f"{spelling}s", f"{spelling}es") if end else ():
                    if not self._terms.exists(f" {plural} "):
                        self._terms.add_word(f" {plural} ", (len(plural), code, True))

    def _slug(self, host: str) -> None:
        """A listed host as it is written where no dot may stand: `db1-corp-example-com`, `corp(dot)example(dot)com`."""
        labels = re.findall(r"[a-z0-9]+", folding.fold(host))
        if len(labels) > 2 or labels[-1] in _COMMON_ENDINGS:
            for sign in (" ", " dot "):
                words = folding.split(sign.join(labels)).text.strip()
                self._terms.add_word(f" {words} ", (len(words), INTERNAL_HOST, False))

    def find(self, text: str, links: bool = True) -> list[Hit]:
        """Everything that is refused in a text, from left to right; without `links` but for its addresses.

        The text is read as it stands, with its letters folded, and as it is shown, without the marks of markdown.
        """
        hits = [*self._unfolded(text), *self._refused(text, links)]
        known = {(hit.start, hit.code) for hit in hits}
        for variant, places, folded in _readings(text):
            more = [*(() if folded else self._unfolded(variant)), *self._refused(variant, links)]
            at = places() if more else ()
            for hit in more:
                start, end = at[hit.start], at[hit.end - 1] + 1
                if (start, hit.code) not in known:
                    known.add((start, hit.code))
                    hits.append(hit._replace(start=start, end=end))
        told = {place for hit in hits for place in range(hit.start, hit.end)} if len(text) < _LONG else set()
        hits += [hit for hit in self._respelled(text) if hit.start not in told and (hit.start, hit.code) not in known]
        return sorted(hit for hit in hits if folding.fold(text[hit.start : hit.end].strip()) not in self.known)

    def clean(self, texts: Iterable[str], *, links: bool = True, hints: bool = False) -> bool:
        """Whether `find`, and with `hints` that as well, gives nothing for any of some short texts, read at once.

        Where that cannot be told so, it is not said of them: each is to be read by itself then.
        """
        if self._patterns:  # which may begin or end with a text
            return False
        text = _BETWEEN.join(texts)
        return not self.find(text, links) and not (hints and self.hints(text))

    def hints(self, prose: str) -> list[Hit]:
        """What a reviewer is asked to look at: handles and names that nobody knows, public addresses.

        `prose` has no code in it; there `@Override` is an annotation.
        """
        hits = []
        sieves = _sieves()
        for match in _HANDLE.finditer(prose) if sieves.handles.passes(prose) else ():
            if folding.fold(match[0]) not in self.known and not self.roster.find(match[0]):
                message = "an `@handle` that nobody on the roster has"
                hits.append(Hit(*match.span(), UNKNOWN_HANDLE, message, _mend(UNKNOWN_HANDLE), REVIEW))
        for match in _NAME.finditer(prose) if sieves.names.passes(prose) else ():
            whole, first, last = match.groups()
            if first in self._not_names or last in self._not_names or folding.fold(whole) in self.known:
                continue
            message = "two words with capital letters that may be a name"
            hits.append(Hit(*match.span(1), UNKNOWN_NAME, message, _mend(UNKNOWN_NAME), REVIEW))
        for start, end, message in self.roster.doubtful(prose):
            if folding.fold(prose[start:end]) not in self.known:
                hits.append(Hit(start, end, UNKNOWN_NAME, message, _mend(UNKNOWN_NAME), REVIEW))
        for start, end, address in _addresses(prose) if sieves.addresses.passes(prose) else ():
            if _VERSION_BEFORE.search(prose, max(0, start - 12), start):
                continue
            if (
                address.is_global
                and address not in _SHARED
                and str(address) not in ("1.1.1.1", "8.8.8.8", "8.8.4.4", "9.9.9.9")
            ):
                message = "an IP address of the open network"
                hits.append(Hit(start, end, PUBLIC_ADDRESS, message, _mend(PUBLIC_ADDRESS), REVIEW))
        return sorted(hits)

    def _unfolded(self, text: str) -> Iterator[Hit]:
        """By the rules that fold what they are given, or are about what folding takes away."""
        yield from self._people(text)
        yield from self._listed(text)
        yield from self._strange(text)

    def _respelled(self, text: str) -> Iterator[Hit]:
        """People and terms in words whose letters are of two cases, that are parted, have digits, or are spelled out.

        `zHANG` and `wombatRonic` are no words of two parts, `wombat-` at the end of a line goes on in the next,
        and `w0mbat`, `wom(bat)` and `w o m b a t` are read all the same.
        """
        respelled = _in_one_case(text)
        if respelled != text:
            yield from self._people(respelled)
            yield from self._listed(respelled)
        if not len(self._terms):
            return
        lettered = _WITH_DIGITS.sub(_lettered, respelled) if _WITH_DIGITS.search(text) else respelled
        if lettered != respelled:
            yield from (hit for hit in self._listed(lettered) if hit.end - hit.start > _SHORT_TERM)
        if _PARTED.search(text):
            whole, places = _without(_PARTED, lettered)
            for hit in self._listed(whole):
                yield hit._replace(start=places[hit.start], end=places[hit.end - 1] + 1)
        if _ENCLOSED.search(text):
            whole, places = _without(_ENCLOSED, text)
            for hit in self._people(whole):
                yield hit._replace(start=places[hit.start], end=places[hit.end - 1] + 1)
        if _SPELLED.search(text):
            whole, places = _without(_BETWEEN_LETTERS, text)
            for hit in (*self._people(whole), *self._listed(whole)):
                if hit.end - hit.start >= _SHORT_TERM:
                    yield hit._replace(start=places[hit.start], end=places[hit.end - 1] + 1)

    def _refused(self, text: str, links: bool) -> Iterator[Hit]:
        """By the rules that read a text as it is."""
        sieves = _sieves()
        yield from self._patterned(text)
        if self._hosts_sieve.passes(text):
            yield from self._internal_hosts(text)
        if links and sieves.links.passes(text):
            yield from self._links(text)
        yield from self._secrets(text)
        if sieves.contacts.passes(text):
            yield from self._contacts(text)
        if sieves.accounts.passes(text):
            for start, end in accounts.find(text):
                yield Hit(start, end, ACCOUNT, "the number of an account", _mend(ACCOUNT))
        if sieves.addresses.passes(text):
            yield from self._private_addresses(text)

    def _people(self, text: str) -> Iterator[Hit]:
        for mention in self.roster.find(text):
            code, message, help = PERSON, "a person is named", _mend(PERSON)
            if mention.who == AMBIGUOUS:
                message = "a word that is a name of several people, or an ordinary word, too"
                code, help = AMBIGUOUS_NAME, _mend(AMBIGUOUS_NAME)
            if mention.why is not None:
                message, help = mention.why
            lines = self.roster.entry(mention.who) if mention.why is UNLISTED else ""
            yield Hit(mention.start, mention.end, code, message, help, lines=lines)

    def _listed(self, text: str) -> Iterator[Hit]:
        if len(self._terms):
            _, words = folding.taken_apart(text)
            hits = [(at, value) for at, value in self._terms.iter(words.text)]
            if hits:
                numbers = words.numbers
                places = folding.places(text)
                for at, (length, code, plural) in hits:
                    begin = at - length + (0 if words.text[at] == " " else 1)
                    number = numbers[begin]
                    final = number + words.text.count(" ", begin, begin + length)
                    start, end = places[words.spans[number][0]], places[words.spans[final][1] - 1] + 1
                    if plural and not text[start].isupper():
                        continue  # `stripes` are no firm
                    if code == INTERNAL_HOST:
                        if _JOINED_AS_HOST.search(folding.fold_case(text[start:end])):
                            yield Hit(start, end, code, "the name of an internal host", _mend(code))
                        continue
                    message = "a term that is never to leave" if code == DENIED else "a term that is to be replaced"
                    yield Hit(start, end, code, message, _mend(code))

    def _patterned(self, text: str) -> Iterator[Hit]:
        if not self._patterns:
            return
        told = set()
        for variant in dict.fromkeys((text, _WRAPPED.sub(" ", text))):
            for expression in filter(None, self._patterns):
                for match in expression.finditer(variant):
                    start, end = match.span()
                    if end > start and start not in told:
                        told.add(start)
                        yield Hit(start, end, DENIED, "what a pattern of `deny` describes", _mend(DENIED))

    def _internal_hosts(self, text: str) -> Iterator[Hit]:
        if "." in text:
            for match in _HOSTNAME.finditer(text):
                host = folding.fold(match[0]).strip("-.")
                for ending in self._hosts:
                    if self._is_of(host, ending):
                        yield Hit(*match.span(), INTERNAL_HOST, "the name of an internal host", _mend(INTERNAL_HOST))
                        break
        for match in _SHARE.finditer(text):
            yield Hit(*match.span(), INTERNAL_HOST, "the name of an internal host", _mend(INTERNAL_HOST))
        for host in self._bare_hosts:
            for match in re.finditer(rf"(?<![\w-]){re.escape(host)}(?![\w-])", text, re.I):
                yield Hit(*match.span(), INTERNAL_HOST, "the name of an internal host", _mend(INTERNAL_HOST))

    def _is_of(self, host: str, ending: str) -> bool:
        """Whether a host is of a domain; of one that the policy lists, wherever its name stands in another."""
        if host.endswith(ending) and (len(host) == len(ending) or host[-len(ending) - 1] == "."):
            return True
        if f".{ending}-" in host:  # orders.internal-based
            return True
        if ending not in self._listed_hosts:
            return False
        reverse = ".".join(reversed(ending.split(".")))
        return any(
            name in host and re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", host)
            for name in (ending, reverse)
        )

    def _links(self, text: str) -> Iterator[Hit]:
        if ":" not in text and "//" not in text:
            return
        for start, end in _urls(text):
            try:
                url = urlsplit(text[start:end].rstrip(".,;:!?*_"))
                # The machine itself, also without its brackets, which are taken for marks.
                host = "::1" if _ITSELF.match(url.netloc) else url.hostname or ""
            except ValueError:  # a bracket of which no address comes
                url, host = urlsplit(""), ""
            if url.scheme not in ("http", "https", "") and host not in _LOOPBACK:
                yield Hit(start, end, HOST, _OTHER_KIND, _OTHER_MEND)
            elif not self.policy.is_public_host(host):
                yield Hit(start, end, HOST, "an address whose host is not listed", _mend(HOST))
        for match in _SCHEMES.finditer(text):
            yield Hit(*match.span(), HOST, _OTHER_KIND, _OTHER_MEND)

    def _secrets(self, text: str) -> Iterator[Hit]:
        for start, end in secrets.find(text):
            yield Hit(start, end, SECRET, "what looks like a key, a token or a password", _mend(SECRET))

    def _contacts(self, text: str) -> Iterator[Hit]:
        for match in _AT.finditer(text):
            if before := _BEFORE_AT.search(text, max(0, match.start() - 64), match.start()):
                if before[0] in _REPOSITORIES and _PATH_AFTER.match(text, match.end()):
                    if not self.policy.is_public_host(match[0][1:]):
                        message = "an address whose host is not listed"
                        yield Hit(before.start(), match.end(), HOST, message, _mend(HOST))
                    continue
                yield Hit(before.start(), match.end(), EMAIL, "an e-mail address", _mend(EMAIL))
        for match in _PHONE.finditer(text):
            if 8 <= sum(char.isdigit() for char in match[0]) <= 15:
                yield Hit(*match.span(), PHONE, "what looks like a telephone number", _mend(PHONE))

    def _private_addresses(self, text: str) -> Iterator[Hit]:
        for start, end, address in _addresses(text):
            if (address.is_private or address in _SHARED) and not (
                address.is_loopback or address.is_unspecified or _documented(address)
            ):
                message = "an address of a private network"
                yield Hit(start, end, PRIVATE_ADDRESS, message, _mend(PRIVATE_ADDRESS))

    def _strange(self, text: str) -> Iterator[Hit]:
        if not _suspect(text):
            return
        for match in _ODD.finditer(text):
            at, char = match.start(), match[0]
            if _OVER.match(char) or (folding.unseen(char) and not (char in "\u200d\ufe0f" and _beside_emoji(text, at))):
                yield Hit(at, at + 1, STRANGE, "a character that is not seen", _mend(STRANGE))
            elif _mingled(text, at):
                yield Hit(at, at + 1, STRANGE, "a character that does not belong into a word", _mend(STRANGE))
        foreign = list(_FOREIGN.finditer(text))
        # Of a script that is really written here, words may well have only letters that look like ours: "хост".
        written = {_script(char) for match in foreign for char in match[0] if not folding.look_alike(char)}
        for match in foreign:
            if _disguised(match[0]) and not {_script(char) for char in match[0]} <= written - {"LATIN"}:
                yield Hit(*match.span(), STRANGE, "letters that look like others", _mend(STRANGE))


class _Sieves(NamedTuple):
    """A sieve for each rule that has expressions of its own."""

    links: Sieve
    contacts: Sieve
    accounts: Sieve
    addresses: Sieve
    divided: Sieve
    marked: Sieve
    handles: Sieve
    names: Sieve


_LETTER, _DIGIT = r"[\w\x80-\xff]", r"[0-9\x80-\xff]"


@lru_cache(maxsize=1)
def _sieves() -> _Sieves:
    addresses = (
        rf"(?:{_DIGIT}{{1,4}}\.){{3}}{_DIGIT}",
        r":[0-9A-Fa-f]*:",
        rf"[a-zA-Z\x80-\xff].{{0,3}}-{_DIGIT}{{1,3}}-{_DIGIT}{{1,3}}-",
        rf"1{_DIGIT}{{1,2}}(?:-{_DIGIT}{{1,3}}-|_{_DIGIT}{{1,3}}_){_DIGIT}{{1,3}}[_-]{_DIGIT}",
        rf"1{_DIGIT}{{1,2}}(?:\.{_DIGIT}{{1,3}}){{1,3}}\.[xX*]",
    )
    return _Sieves(
        links=Sieve([_URL, _SCHEMES]),
        contacts=Sieve([_AT, _PHONE]),
        accounts=Sieve([accounts.IBAN, accounts.SOCIAL_SECURITY], loose=[accounts.CARD_SIGN]),
        addresses=Sieve(loose=addresses),
        divided=Sieve(loose=[f"{_LETTER}{_SPLIT_SIGNS}+{_LETTER}"]),
        marked=Sieve(loose=[_SHOWN_SIGN]),
        handles=Sieve([_HANDLE]),
        names=Sieve(loose=[
            r"[A-Z][a-z\x80-\xff]+(?: [A-Z]\.)?[ ](?:(?:de|da|van|von|der|la|del|bin|al) ){0,2}[A-Z][a-z\x80-\xff]"
        ]),
    )  # fmt: skip


def _urls(text: str) -> Iterator[tuple[int, int]]:
    """Where addresses with a host stand."""
    for match in _URL.finditer(text):
        start = match.start()
        if text[start] == ":":
            scheme = _URL_SCHEME.search(text, max(0, start - 21), start)
            if scheme is None:
                continue
            start = scheme.start()
        rest = _URL_REST.match(text, match.start())
        yield start, rest.end() if rest else match.end()


def spelled(name: str) -> str:
    """A file's name as it may be read: whole, by its parts, and each without its ending."""
    parts = name.split("/")
    return "\n".join(dict.fromkeys((name, *parts, *(part.rpartition(".")[0] for part in parts if "." in part))))


def _mend(code: str) -> str:
    return RULES[code].mend


def _readings(text: str) -> Iterator[tuple[str, Callable[[], Sequence[int]], bool]]:
    """Other readings of a text: each with the place in it that every character has, and whether it is folded."""
    sieves = _sieves()
    folded = folding.fold_case(text)
    if folded != text:
        yield folded, partial(folding.places, text), True
    for there, sign, marks in (
        (sieves.divided.passes, _SPLIT_WORD, _SPLIT_WORD),
        (sieves.marked.passes, _MAY_BE_SHOWN, _SHOWN),
        (_FOOTNOTE.search, _FOOTNOTE, _FOOTNOTE),
    ):
        if there(text):
            lines = [line for line in text.split("\n") if sign.search(line) and marks.search(line)]
            shown = "\n".join(marks.sub("", line) for line in lines)
            yield shown, partial(_places_without, marks, text), False
            folded = folding.fold_case(shown)
            if folded != shown:
                yield folded, partial(_places_folded, marks, text, shown), True


_LONG = 100_000
"""Characters of a text in which places that were told are not remembered one by one: they are told twice, at worst."""
_SHORT_TERM = 4
"""Letters of a term that letters and digits of a hash may come to by chance."""
_TWO_CASES = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]")
_RUN = re.compile(r"[^\W\d_]+")
_WITH_DIGITS = re.compile(r"(?<![\w@./#-])[^\W\d_]+\d\w*(?![@/-])")
_ENCLOSED = re.compile(
    r"(?<=[^\W\d_])[()\[\]{}\"“”„«»‹›]{1,2}(?=[^\W\d_])|(?<![^\W_])[(\[{\"“„«‹](?=[^\W\d_]{1,40}[)\]}\"”»›][^\W\d_])"
)
"""A bracket or a quotation mark within a word."""
_PARTED = re.compile(
    r"(?<=[^\W\d_])(?:[-\u2010\u2011]\n?[ \t]{0,8}|[_()\[\]{}\"'“”„«»‹›|/+]{1,3})(?=[^\W\d_])"
    r"|(?<![^\W_])[(\[{\"'“”„«‹](?=[^\W\d_]{1,40}[)\]}\"'“”»›][^\W\d_])"
)
"""What parts a word: a hyphen, at the end of a line as well, an underscore, a bracket or a quotation mark."""
_SPELLED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .·•-]){3,60}[^\W\d_](?![^\W_])")
"""A word in single letters."""
_BETWEEN_LETTERS = re.compile(r"(?<=(?<![^\W_])[^\W\d_])[ .·•-](?=[^\W\d_](?![^\W_]))")


def _in_one_case(text: str) -> str:
    """A text with words that change their case inside as words with a capital: `zHANG`, `OKafor`, `wombatRonic`."""
    return _RUN.sub(_capitalised, text) if _TWO_CASES.search(folding.fold_case(text)) else text


def _capitalised(match: re.Match[str]) -> str:
    word = match[0]
    plain = word.capitalize()
    return word if word in (plain, word.lower(), word.upper()) or len(plain) != len(word) else plain


def _lettered(match: re.Match[str]) -> str:
    return match[0].translate(folding.LETTERS_FOR)


def _without(marks: re.Pattern[str], text: str) -> tuple[str, list[int]]:
    """A text without some marks, and the place of each character that is left."""
    kept: list[str] = []
    places: list[int] = []
    last = 0
    for match in marks.finditer(text):
        kept.append(text[last : match.start()])
        places += range(last, match.start())
        last = match.end()
    return "".join([*kept, text[last:]]), [*places, *range(last, len(text))]


def _places_without(marks: re.Pattern[str], text: str) -> list[int]:
    """The place of each character of the lines that have such marks, once these are taken out."""
    places: list[int] = []
    begin = 0
    for line in text.split("\n"):
        last = 0
        for match in marks.finditer(line):
            places += range(begin + last, begin + match.start())
            last = match.end()
        if last:
            places += range(begin + last, begin + len(line) + 1)
        begin += len(line) + 1
    return places


def _places_folded(marks: re.Pattern[str], text: str, shown: str) -> list[int]:
    places = _places_without(marks, text)
    return [places[at] for at in folding.places(shown)[:-1]]


def _addresses(text: str) -> Iterator[tuple[int, int, ipaddress.IPv4Address | ipaddress.IPv6Address]]:
    for match in _IPV6.finditer(text):
        with suppress(ValueError):
            yield (*match.span(), ipaddress.ip_address(match[0].partition("%")[0]))
    for match in _IPV4.finditer(text):
        # Also as machines are called, with zeros in front, and with a part left open.
        parts = [int(part) if part.isdigit() else 0 for part in re.split(r"[._-]", match[0].lower().lstrip("ip-"))]
        with suppress(ValueError):
            yield (*match.span(), ipaddress.ip_address(".".join(map(str, parts))))


_ODD = re.compile(r"[^\x20-\x7e\n\t\r\u00a1-\u00ac\u00ae-\u024f]")
_FOREIGN = re.compile(r"[^\W\d_]*[^\x00-\u024f\W\d_][^\W\d_]*")
"""Words with letters beyond Latin ones."""
_DOCUMENTATION = [
    ipaddress.ip_network(net)
    for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "0.0.0.0/8", "255.255.255.255/32")
]


_SHARED = ipaddress.ip_network("100.64.0.0/10")
"""Between providers and their customers (RFC 6598): not of the open network, and not called private either."""

_USUAL = bytes((*range(32, 127), 9, 10, 13))


def _suspect(text: str) -> bool:
    """Whether a text has characters that are not seen, or letters beyond Latin ones."""
    rest = {*text.encode("utf-8", "surrogatepass").translate(None, _USUAL).decode("utf-8", "surrogatepass")}
    return any(
        (char > "\u024f" and (char.isalnum() or unicodedata.category(char) in ("Mc", "Me", "Mn", "Sm", "So")))
        or folding.unseen(char)
        or _OVER.match(char)
        for char in rest
    )


def _documented(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(address in net for net in _DOCUMENTATION if net.version == address.version)


_OVER = re.compile("[\u0305\u0332\u0333\u0335-\u0338\u033f\u0347\u20d0-\u20e2\u20e4-\u20f0]")
"""Marks over and under letters that belong to no alphabet."""


def _script(char: str) -> str:
    """The script of a letter, by the first word of its name."""
    return unicodedata.name(char, "").partition(" ")[0]


def _beside_emoji(text: str, at: int) -> bool:
    around = text[max(0, at - 2) : at] + text[at + 1 : at + 2]
    if text[at + 1 : at + 2] == "\u20e3":  # a key's cap
        return True
    return any(unicodedata.category(char) in ("So", "Sk") or char in "\ufe0f❤" for char in around)


_COMBINED = frozenset({
    "LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN", "HEBREW", "ARABIC", "THAI", "LAO", "KHMER", "MYANMAR",
    "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "TAMIL",
    "TELUGU", "KANNADA", "MALAYALAM", "SINHALA", "ETHIOPIC", "MODIFIER",
    "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO", "MICRO", "FEMININE", "MASCULINE",
})  # fmt: skip
"""Scripts of living languages, whose endings and particles may follow a Latin word with nothing between."""


def _mingled(text: str, at: int) -> bool:
    """Whether a sign beside Latin letters, within one word, is of no script that is written so."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    char = text[at]
    category = unicodedata.category(char)
    first, second = _is_latin(before), _is_latin(after)
    if not (first or second):
        return False
    if category in ("Mc", "Me", "Mn"):
        return first and not unicodedata.name(char, "").startswith("COMBINING")
    if category in ("Nd", "Nl"):
        return not unicodedata.normalize("NFKC", char).isascii()
    if category[0] == "L":
        return _script(char) not in _COMBINED and not unicodedata.normalize("NFKC", char).isascii()
    if category in ("Sm", "So"):
        shown = folding.fold_case(char)
        return (first and second and shown.isalpha()) or (len(shown) > 2 and shown[1:-1].isalpha() and shown[0] == "(")
    return False


def _is_latin(char: str) -> bool:
    return char.isalpha() and (char.isascii() or _script(char) == "LATIN")


def _disguised(word: str) -> bool:
    """Latin letters together with such that only look like them, or nothing but look-alikes."""
    odd = [char for char in word if folding.look_alike(char)]
    if not odd:
        return False
    if any(unicodedata.normalize("NFKC", char).isascii() for char in odd):
        return True
    latin = any("LATIN" in unicodedata.name(char, "") for char in word)
    return latin or len(odd) == len(word) > 2


def judge(
    text: str,
    path: str,
    detector: Detector,
    refusals: Refusals,
    *,
    first_line: int = 1,
    lines: Sequence[int] | None = None,
    release: str = "",
    today: date,
) -> bool:
    """Tell what is refused in a text, by line, but for what the policy accepts; True where nothing was found at all.

    The text is read through every decoding as well, as the gate will read it: what it would stop is said
    before anybody approves it. `lines` gives for each line of the text its line in the file, where they differ.
    """
    hits = found(text, detector)
    tell(hits, text, path, detector.policy, refusals, first_line, lines, release, today)
    return not hits


def found(text: str, detector: Detector) -> list[Hit]:
    """What is refused in a text, as it stands and through every decoding."""
    hits = detector.find(text)
    hits += _coded(text, detector, hits)
    hits += _short(text, detector, hits)
    return hits


def _coded(text: str, detector: Detector, known: Sequence[Hit]) -> list[Hit]:
    """What a text says only once it is decoded, each at the line that says it."""
    codes = {hit.code for hit in known}
    told = {(hit.start, hit.code) for hit in known}
    found: list[Hit] = []
    lines: dict[tuple[str, str], tuple[int, int]] | None = None
    for view in _views(text):
        for hit in detector.find(view.text, links=False):
            if hit.code in (STRANGE, AMBIGUOUS_NAME, PHONE, TERM):
                continue  # what is decoded is often no language at all
            kind = view.kind.removeprefix("plain, ")
            if hit.code in codes and set(kind.split(", ")) <= _MARKUP:
                continue  # it was found where it stands
            lines = _coded_lines(text, detector) if lines is None else lines
            begin, end = lines.get((view.kind, hit.code), (0, len(text.partition("\n")[0])))
            if (begin, hit.code) not in told:
                told.add((begin, hit.code))
                found.append(hit._replace(start=begin, end=end, message=f"{hit.message} ({kind})"))
    return found


def _short(text: str, detector: Detector, known: Sequence[Hit]) -> list[Hit]:
    """Words in codes that are too short to be looked for in all that is built: `b2thZm9y`."""
    coded = list(decodings.short(text))
    found: list[Hit] = []
    if coded:
        begins = [0, *accumulate(len(plain) + 2 for _, plain in coded)]
        for hit in detector.find("\n\n".join(plain for _, plain in coded), links=False):
            if hit.code not in (STRANGE, AMBIGUOUS_NAME, PHONE):
                run = coded[bisect_right(begins, hit.start) - 1][0]
                start = text.index(run)
                if any(other.code == hit.code and other.start <= start < other.end for other in known):
                    continue  # told of this line already
                end = start + len(run)
                found.append(hit._replace(start=start, end=end, message=f"{hit.message} (encoded)"))
    return found


_MARKUP = {"tags as spaces", "without tags", "without marks", "without comments", "entities"}


def _views(text: str) -> list[decodings.View]:
    try:
        return [view for view in decodings.views(text.encode("utf-8", "surrogatepass"), "") if view.kind != "plain"]
    except decodings.TooMuchError:
        return []


def _coded_lines(text: str, detector: Detector) -> dict[tuple[str, str], tuple[int, int]]:
    """For each kind of decoding and rule, start and end of the first line that says it when it is decoded alone."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    begin = 0
    for line in text.split("\n"):
        for view in _views(line):
            for hit in detector.find(view.text, links=False):
                found.setdefault((view.kind, hit.code), (begin, begin + len(line)))
        begin += len(line) + 1
    return found


def tell(
    hits: Sequence[Hit],
    text: str,
    path: str,
    policy: Policy,
    refusals: Refusals,
    first_line: int,
    lines: Sequence[int] | None,
    release: str,
    today: date,
) -> None:
    """Hits as refusals, by line and column, but for what the policy accepts."""
    for hit in hits:
        value = text[hit.start : hit.end]
        if policy.accepts(hit.code, value, release, today):
            continue
        row = text.count("\n", 0, hit.start)
        column = hit.start - (text.rfind("\n", 0, hit.start) + 1)
        refusals.add(
            Refusal(
                hit.code,
                path,
                lines[row] if lines is not None else first_line + row,
                hit.message,
                hit.help,
                column + 1,
                column + 1 + hit.end - hit.start,
                value,
                hit.level,
                hit.lines,
            )
        )
