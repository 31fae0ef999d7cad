"""Who is known inside the house besides the policy's people: from post-mortems, CODEOWNERS, git and `.mailmap`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading import git
from mkdocs_postmortem.releasing import folding
from mkdocs_postmortem.releasing.lists import words_in
from mkdocs_postmortem.releasing.names import ordinary
from mkdocs_postmortem.releasing.policy import Somebody
from mkdocs_postmortem.vocabulary import UNKNOWN

_TEAM = re.compile(r"@[\w-]+/[\w-]+")
"""A team as GitHub names it."""
_NOBODY = words_in("nobody.txt")
"""Who is nobody in a field that asks for a person."""


def person_of(text: str) -> Somebody | None:
    """Whom a field names: a handle, an address or a name; None where it names a team, or nobody."""
    text = re.sub(r"\s*\(.*?\)", "", text).strip(" \t*_`.,;")
    if len(text) < 2 or "/" in text or folding.fold(text) in _NOBODY:
        return None
    if text.startswith("@") and {*re.split(r"[\W_]+", text.casefold())} & words_in("teams.txt"):
        return None
    if re.match(r"(?:[^\s@]*\+)?(?:no|do-?not)-?reply@", text, re.I):
        return None
    if match := re.fullmatch(r"(.*?)\s*<?([^\s<>@]+@[^\s<>@]+\.[^\s<>@]+)>?", text):
        return Somebody(names=(match[1].strip('"'),) if match[1].strip('"') else (), emails=(match[2],))
    if text.startswith("@"):
        return None if text[1].isspace() else Somebody(handle=text[1:].split()[0])
    if re.fullmatch(r"[^\W\d_]+(?:[._-][^\W\d_]+)+", text) and (name := _name_in(text)):
        return Somebody(handle=text, names=(name,))
    words = re.findall(r"[^\W_]+", text)
    if (
        not words
        or any(word.casefold() in words_in("teams.txt") for word in words)
        or any(word.isdigit() for word in words)
    ):
        return None
    if len(words) > 5:
        return None
    if len(words) == 1:
        return Somebody(handle=text) if text[:1].islower() else Somebody(names=(text,))
    return Somebody(names=(text,)) if any(word[:1].isupper() for word in words) else None


AND = re.compile(r"\s*[,;/&+|]\s*|\s+(?:and|und|et|y|e|og|en)\s+", re.I)
"""Between the names of several people."""


def is_nobody(name: str) -> bool:
    """Whether what stands for a person is nobody's name: nothing, a placeholder, `someone`."""
    told = folding.fold(name.strip())
    return told in UNKNOWN or told in _NOBODY


def named(authors: Sequence[str]) -> tuple[str, ...]:
    """Of what names authors, what names a person: no placeholder, and no team."""
    return tuple(
        name
        for name in authors
        if not is_nobody(name)
        and not _TEAM.fullmatch(name.strip())
        and any(person_of(part) for part in (name, *AND.split(name)) if not is_nobody(part))
    )


def persons_of(text: str) -> Iterator[Somebody]:
    """Everybody whom a field names, beside what else it says of them: `Ann Lee, SRE`, `Ann Lee / Joe Doe`."""
    parts = [part for part in _BETWEEN.split(text) if part.strip()]
    whole = [part for part in parts if " " in part.strip() and person_of(part) is not None]
    if len(parts) > 1 and whole:
        for part in parts:
            if (part in whole or part.strip().startswith("@")) and (person := person_of(part)):
                yield _with_names(person)
    elif person := person_of(text):
        yield _with_names(person)


_BETWEEN = re.compile(r"\s*[,:;/|&+]\s*|\s+[-–—]\s+|\s+(?:and|und|et|y|og|en)\s+", re.I)
"""Between a person and what else a field says."""


def _with_names(person: Somebody) -> Somebody:
    """Somebody with the names that their account, or their address, is made of: `zoe.lee`, `@zoe-lee`."""
    if any(" " in name.strip() for name in person.names):
        return person
    told = (person.handle, *person.names, *(address.partition("@")[0] for address in person.emails))
    return replace(person, names=tuple(dict.fromkeys((*person.names, *filter(None, map(_name_in, told))))))


def _name_in(account: str) -> str:
    parts = re.split(r"[._-]+", account.partition("+")[0])
    if not 2 <= len(parts) <= 4 or not all(part.isalpha() and len(part) > 1 for part in parts):
        return ""
    lowered = {part.casefold() for part in parts}
    if lowered & (words_in("teams.txt") | words_in("machines.txt")) or lowered <= ordinary():
        return ""
    return " ".join(part.capitalize() for part in parts)


def of_record(record: PostMortem) -> Iterator[Somebody]:
    """Everybody whom a post-mortem names in its fields and as the owner of an action item."""
    fields = [record.owner, record.facilitator, *record.authors, *record.reviewers]
    fields += [person.who for person in record.participants]
    owners = [part for item in record.action_items for part in re.split(r"[,;&]|\band\b", item.owner)]
    for text in (*fields, *owners):
        yield from persons_of(text)


def of_repository(root: Path) -> Iterator[Somebody]:
    """Everybody whom CODEOWNERS, `.mailmap` and git's history name; service accounts are nobody."""
    for place in ("CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"):
        for line in _lines(root / place):
            for word in line.partition("#")[0].split()[1:]:
                if "@" in word and (person := person_of(word)) and not _is_service(person.handle):
                    yield _with_names(person)
    for line in _lines(root / ".mailmap"):
        names = [name.strip() for name in re.split(r"<[^>]*>", line.partition("#")[0]) if name.strip()]
        emails = re.findall(r"<([^>]+)>", line)
        if (names or emails) and not any(_is_service(name) for name in names):
            yield Somebody(names=tuple(names), emails=tuple(email for email in emails if "@" in email))
    yield from _authors(root)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return []


_NO_REPLY = re.compile(r"(?:\d+\+)?([^@]+)@users\.noreply\.github\.com\Z", re.I)


def _is_service(name: str) -> bool:
    """Whether an account is a machine's: a word of its name says so, or all are words of the trade."""
    words = {word.casefold() for word in re.findall(r"[^\W\d_]+", name)}
    if words & words_in("machines.txt"):
        return True
    trade = words_in("services.txt") | words_in("teams.txt") | (words_in("common.txt") - words_in("ordinary.txt"))
    return bool(words) and words <= trade


_TRAILERS = "".join(
    f"%(trailers:key={key},valueonly)" for key in ("Co-authored-by", "Signed-off-by", "Reviewed-by", "Reported-by")
)


def _authors(root: Path) -> Iterator[Somebody]:
    """Git's authors and committers; none where there is no repository, or no git."""
    try:
        with git.output(root, "log", "--all", f"--format=%an%x00%ae%n%cn%x00%ce%n{_TRAILERS}") as out:
            told = out.read().decode("utf-8", "replace")
    except git.GitError:
        return
    for line in sorted(set(told.split("\n"))):
        name, _, email = line.partition("\0")
        if not email and (match := re.fullmatch(r"(.*?)\s*<([^<>]*)>", line.strip())):
            name, email = match[1], match[2]  # of a trailer
        if not name.strip() or _is_service(name):
            continue
        handle = match[1] if (match := _NO_REPLY.match(email)) else ""
        service = _is_service(email.partition("@")[0])
        emails = (email,) if "@" in email and not handle and not service else ()
        names = (name,) if person_of(name) else ()
        if names or emails or handle:
            yield _with_names(Somebody(handle=handle, names=names, emails=emails))
