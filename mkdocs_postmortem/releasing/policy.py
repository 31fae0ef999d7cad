"""`redaction.yml`, typed: what may leave, what never may, and who decides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from mkdocs_postmortem import vocabulary
from mkdocs_postmortem.model import Span
from mkdocs_postmortem.releasing import folding
from mkdocs_postmortem.settings import ConfigError, SectionFinder, read_yaml

DEFAULT_FILE = "redaction.yml"

FACTS = ("date", "severity", "services", "duration", "incident_type")
"""Front-matter facts that a policy may make public."""

_FORBIDDEN_RULES = ("PM8",)
"""Rules about approvals: what they refuse is mended by approving, never by accepting."""


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person of the roster, by everything they are known as."""

    handle: str = ""
    """Without its `@`."""
    names: tuple[str, ...] = ()
    """Full names, given name first."""
    aliases: tuple[str, ...] = ()
    """Nicknames and whatever else means this person."""
    emails: tuple[str, ...] = ()
    role: str = ""
    """What public words call them where the post-mortem does not say: `the database team's lead`."""
    ignore: tuple[str, ...] = ()
    """Single tokens of the name that do not mean this person when they stand alone: `Will`, `Mark`."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A single occurrence that was looked at and argued: refused no more until it expires."""

    rule: str
    text: str
    reason: str
    release: str = ""
    """Slug of the one release it is for; empty for all."""
    expires: date | None = None

    def covers(self, rule: str, text: str, today: date) -> bool:
        """Whether it is for this: the text as it was written, or as the address that a heading makes of it."""
        return (
            self.rule == rule
            and (self.text == text or folding.anchor(self.text) == text)
            and (self.expires is None or today <= self.expires)
        )


@dataclass(frozen=True)
class Policy:
    """What a project decided about its public words; the defaults let nothing out."""

    path: Path | None = None
    sections: tuple[str, ...] = ()
    """Titles or names of sections that may be public, if the document lists them, too."""
    facts: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    """Hosts that public links may point to: exact, or `*.example.com`."""
    internal_hosts: tuple[str, ...] = ()
    """Hosts, with all below them, that never stand in public words."""
    people: tuple[Somebody, ...] = ()
    terms: Mapping[str, str] = field(default_factory=dict)
    """Words to be replaced in public words, with what replaces them."""
    deny: tuple[str, ...] = ()
    """What never leaves: literal words, matched folded; patterns begin with `re:`."""
    words: tuple[str, ...] = ()
    """The vocabulary: words and names (products, places) that are nobody's, though they look like it."""
    approvals: Mapping[str, tuple[str, ...]] = field(
        default_factory=lambda: {
            "always": ("technical", "communications"),
            "security": ("legal",),
            "P0": ("executive",),
        }
    )
    """Roles that must approve: `always`, and by incident type or severity."""
    approval_places: Mapping[str, Span] = field(default_factory=dict, compare=False)
    """Where the keys of `approvals` stand, if the file has any."""
    signers: Path | None = None
    """OpenSSH's allowed-signers file: with it, every approval must carry a signature."""
    plugins: tuple[str, ...] = ("search",)
    """Plugins that the public build may have beside ours."""
    overrides: tuple[str, ...] = ()
    """Theme overrides, extra styles and scripts, hooks: paths that the public build may have.

    A path may be bound to its content, `hook.py sha256:…`; that of a hook must be.
    """
    extra: tuple[str, ...] = ()
    """Keys of `extra:`, `repo_url` and `edit_uri`, where the public configuration may have them."""
    files: tuple[str, ...] = ()
    """Files that allowed plugins write into the site, as paths with `*`; they are read like all others."""
    attachments: tuple[str, ...] = ()
    """SHA-256 of files other than pictures (SVG, PDF) that may be released as they are."""
    accept: tuple[Acceptance, ...] = ()
    pattern: str = "Engineer"
    """What a person without a role is called, before the letter."""

    def lists_section(self, title: str) -> bool:
        """Whether a section with this title may be public; aliases of the project's settings widen nothing."""
        told = folding.fold(title).strip()
        listed = {key for name in self.sections for key in (_section_key(name), folding.fold(name).strip())}
        return bool({_section_key(title), told} & listed)

    def accepts(self, code: str, text: str, release: str, today: date) -> bool:
        """Whether somebody argued for this occurrence, and it still holds."""
        return any(item.covers(code, text, today) and item.release in ("", release) for item in self.accept)

    def accepts_somewhere(self, code: str, text: str, today: date) -> bool:
        """Whether a release's own acceptance covers it: its words stand on the page, in the index and in the feed."""
        return any(item.release and item.covers(code, text, today) for item in self.accept)

    def required_roles(self, severity: str, incident_type: str) -> tuple[str, ...]:
        """Roles whose approval a release of this severity and type needs, in the policy's order."""
        keys = ("always", incident_type, severity)
        return tuple(dict.fromkeys(role for key in keys if key for role in self.approvals.get(key, ())))

    def is_public_host(self, host: str) -> bool:
        """Whether public links may point to this host: it is listed, or nobody's (RFC 2606, RFC 6761)."""
        return any(_host(host, allowed) for allowed in (*self.hosts, *_NOBODY))


def _section_key(title: str) -> str:
    """The canonical name of a section, wherever no settings are known; else its words."""
    return _FIND_SECTION(title, ()) or folding.fold(title).strip()


_FIND_SECTION = SectionFinder(vocabulary.SECTIONS)


_NOBODY = (
    *("localhost", "*.localhost", "127.0.0.1", "::1"),
    *(f"{prefix}example.{end}" for prefix in ("", "www.") for end in ("com", "org", "net")),
)
"""Hosts that are kept for examples and for the machine itself."""


def _host(host: str, allowed: str) -> bool:
    host = host.lower().rstrip(".")
    if allowed.startswith("*."):
        return host.endswith(allowed[1:].lower())
    return host == allowed.lower()


SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
"""How a release's slug is written: lower-case letters, digits, single dashes."""


def load(path: Path | None, root: Path) -> Policy:
    """Read the policy; the strictest there is where the file is absent (`None`).

    Raises `ConfigError` with the place of the first mistake, and never with the value that is wrong:
    the file holds what must not stand in a log.
    """
    if path is None:
        return Policy()
    values, places, _ = read_yaml(path, "redaction", discreet=True)
    given: dict[str, Any] = {key: value for key, value in values.items() if value is not None}
    for key in (
        "sections",
        "facts",
        "hosts",
        "internal_hosts",
        "deny",
        "words",
        "plugins",
        "overrides",
        "extra",
        "files",
    ):
        if key in given:
            given[key] = tuple(given[key])
    given["attachments"] = tuple(given.get("attachments", ()))
    given["people"] = tuple(_somebody(item) for item in given.get("people", ()))
    given["accept"] = tuple(_acceptance(item) for item in given.get("accept", ()))
    if "approvals" in given:
        given["approvals"] = {key: tuple(roles or ()) for key, roles in given["approvals"].items()}
        given["approval_places"] = {key: places.get(("approvals", key), Span(1)) for key in given["approvals"]}
    if "signers" in given:
        given["signers"] = _signers(root, given["signers"], places.get(("signers",), Span(1)))
    for number, item in enumerate(given["accept"]):
        if item.rule.startswith(_FORBIDDEN_RULES):
            raise ConfigError(
                f"{item.rule} is about approvals, which nobody can accept away",
                path.name,
                places.get(("accept", number, "rule"), Span(1)),
                "let the release be approved",
            )
    policy = Policy(path=path, **given)
    _compile(policy, places, path.name)
    return policy


def _somebody(item: Mapping[str, Any]) -> Somebody:
    return Somebody(
        handle=str(item.get("handle") or "").removeprefix("@"),
        names=tuple(item.get("names") or ()),
        aliases=tuple(item.get("aliases") or ()),
        emails=tuple(item.get("emails") or ()),
        role=str(item.get("role") or ""),
        ignore=tuple(item.get("ignore") or ()),
    )


def _acceptance(item: Mapping[str, Any]) -> Acceptance:
    expires = item.get("expires")
    return Acceptance(
        rule=item["rule"],
        text=item["text"],
        reason=item["reason"],
        release=str(item.get("release") or ""),
        expires=date.fromisoformat(expires) if expires else None,
    )


def _signers(root: Path, name: str, span: Span) -> Path:
    path = root / name
    try:
        there = path.is_file() and not path.is_symlink()
    except OSError:  # a name that no file can have
        there = False
    if not there:
        raise ConfigError(
            "`signers` names no file", DEFAULT_FILE, span, "write the path of an allowed-signers file of ssh-keygen"
        )
    return path


def _compile(policy: Policy, places: Mapping[Any, Span], name: str) -> None:
    """Refuse patterns and terms that cannot be used, before anything is let out for want of them."""
    for term, new in policy.terms.items():
        place = places.get(("terms", term), Span(1))
        if not any(map(str.isalnum, term)):
            raise ConfigError("a term of `terms` has no letter and no digit", name, place, "write the words to replace")
        if not new.isprintable():
            raise ConfigError(
                "what replaces a term of `terms` is not one line of plain words", name, place, "write it on one line"
            )
    for number, item in enumerate(policy.deny):
        expression = pattern(item) if item.startswith("re:") else None
        if expression is not None and _fits_nothing(expression):
            raise ConfigError(
                f"`deny`, item {number + 1} is a pattern that the empty text fits",
                name,
                places.get(("deny", number), Span(1)),
                "write what is never to leave; a pattern of which every part may be absent denies nothing",
            )
        if item.startswith("re:") and expression is None:
            raise ConfigError(
                f"`deny`, item {number + 1} is no pattern that runs in linear time",
                name,
                places.get(("deny", number), Span(1)),
                "write it in RE2's syntax: no look-around, no back-references",
            )


_PROBES = ("", "a", " a 1_b-", "\n")


def _fits_nothing(expression: Any) -> bool:
    """Whether a pattern fits where there is no text: between any two characters, or in none."""
    return any(match.start() == match.end() for text in _PROBES for match in expression.finditer(text))


def nearly(key: str, known: Iterable[str]) -> str | None:
    """The name that a key was probably meant to be, where it is none of them: one slip of the keys away."""
    plain = re.sub(r"[\W_]+", "", key.casefold())
    for name in known:
        other = re.sub(r"[\W_]+", "", name.casefold())
        if plain == other or (_digits(plain) == _digits(other) and len(other) > 3 and _one_slip(plain, other)):
            return name
    return None


def _digits(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter was left out, added, mistaken, or two changed places."""
    if len(one) > len(other):
        one, other = other, one
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    rest, others = one[start:], other[start:]
    if len(one) == len(other):
        return rest[1:] == others[1:] or (rest[:2] == others[1::-1] and rest[2:] == others[2:])
    return len(other) - len(one) == 1 and rest == others[1:]


def pattern(item: str) -> Any | None:
    """A `re:` item of `deny` as a compiled pattern, whatever its case; None where it is none."""
    import re2  # takes a while to import

    options = re2.Options()
    options.log_errors = False  # it would print the pattern
    options.case_sensitive = False
    try:
        return re2.compile(f"(?m){item.removeprefix('re:')}", options)
    except re2.error:
        return None


def policy_of(root: Path) -> Policy:
    """The policy of a project; the strictest where it has none."""
    path = root / DEFAULT_FILE
    if path.is_symlink():
        raise ConfigError("is a link", DEFAULT_FILE, help="put the file itself there: it decides what leaves")
    return load(path if path.exists() else None, root)
