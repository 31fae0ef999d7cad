"""Who approved which words, and whether that is enough: recomputed each time, never remembered."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from mkdocs_postmortem.dates import parse_date, parse_stamp
from mkdocs_postmortem.releasing import folding
from mkdocs_postmortem.releasing.acquaintances import AND, is_nobody, named
from mkdocs_postmortem.releasing.people import Roster, roster_of
from mkdocs_postmortem.releasing.policy import Policy, policy_of
from mkdocs_postmortem.releasing.release import FOLDER, Approval, Info, Release, discover
from mkdocs_postmortem.releasing.rules import RULES, Refusal, declare
from mkdocs_postmortem.settings import ConfigError

MISSING = declare(
    "PM810",
    "approval-missing",
    "Every role that the policy asks for approves the exact public words.",
    "ask somebody with that role to run `mkdocs-postmortem approve`",
)
STALE = declare(
    "PM811",
    "approval-stale",
    "An approval is for exact words: one public word changed, and it has lapsed.",
    "look at what changed, and approve it anew",
)
BY_AUTHOR = declare(
    "PM812",
    "approval-by-author",
    "Nobody approves their own post-mortem.",
    "ask somebody who did not write it",
)
FORGED = declare(
    "PM813",
    "approval-forged",
    "Where the policy lists signers, an approval counts if its signature is theirs and is for what the release says: "
    "its words, severity, type, remediation and authors.",
    "approve with `--sign KEY`, with a key that the allowed-signers file lists for that person",
)
NOT_REMEDIATED = declare(
    "PM814",
    "not-remediated",
    "A security incident is published once the day of its remediation is over, in UTC.",
    "write `external: {remediated_at: …}` in the post-mortem when it is, and run redact again the day after",
)
UNCONFIRMED = declare(
    "PM815",
    "checklist-incomplete",
    "An approval confirms the lines of the review checklist that belong to its role.",
    "approve again with `mkdocs-postmortem approve`",
)
CHANGED = declare(
    "PM816",
    "release-changed",
    "What a release holds is what redact wrote; its digest says so.",
    "change the post-mortem, not the release, and run `mkdocs-postmortem redact`",
)

REGARDED = declare(
    "PM817",
    "approval-for-another-severity",
    "An approval is given for an incident of one severity and type, which decide who must approve.",
    "look whether the new severity or type is right, and approve it anew",
)
NOBODYS = declare(
    "PM818",
    "no-authors",
    "A release says who wrote its post-mortem, or nobody could be told from its approvers.",
    "write `authors:` in the post-mortem, and run redact again",
)
TO_COME = declare(
    "PM819",
    "approval-to-come",
    "An approval counts from the day that it carries.",
    "approve it again with `mkdocs-postmortem approve`, without a later day in --as-of",
)

CHECKLIST: dict[str, tuple[str, str]] = {
    "internal-information": ("communications", "Internal-only information is removed"),
    "names": ("communications", "Names of individuals are removed"),
    "legal": ("legal", "Legal has reviewed it"),
    "technical-accuracy": ("technical", "It is technically accurate"),
    "competitive-sensitivity": ("communications", "Nothing in it is competitively sensitive"),
    "executive": ("executive", "The CEO or CTO approves of it"),
    "pictures": ("communications", "Somebody looked at every pixel of its pictures"),
}
"""The review before publishing of `process.md`: by key the role that confirms it, and what is confirmed."""

NAMESPACE = "mkdocs-postmortem"
"""Of signatures, so that a signature for something else is none for this."""


@dataclass
class State:
    """Whether a release may be published."""

    name: str
    """`approved`, `pending`, `lapsed` or `retracted`."""
    missing: tuple[str, ...] = ()
    """Roles that have not approved these words."""
    reasons: list[Refusal] = field(default_factory=list)
    last: date | None = None
    """The day of the approval that completed the set, or of the retraction."""


def confirmed_by(role: str, release: Release) -> tuple[str, ...]:
    """The lines of the checklist that a role confirms for a release."""
    return tuple(
        key for key, (whose, _) in CHECKLIST.items() if whose == role and (key != "pictures" or release.assets)
    )


def state(release: Release, policy: Policy, roster: Roster, today: date) -> State:
    """What the approvals of a release are worth for the words that it holds now."""
    info = release.info
    where = f"{FOLDER}/{release.slug}/release.yml"
    reasons: list[Refusal] = []

    def reason(code: str, message: str) -> None:
        reasons.append(Refusal(code, where, 0, message, RULES[code].mend))

    if info.retracted is not None:
        return State("retracted", last=_day(info.retracted["at"]))
    current = release.digest
    required = policy.required_roles(info.severity, info.incident_type)
    signed = _Signatures(policy)
    lapsed: dict[str, tuple[str, str]] = {}
    given: dict[str, str] = {}
    if not named(info.authors):
        reason(NOBODYS, "it names no author, so nobody can be told from who wrote it")
    for item in info.approvals:
        if item.digest != current:
            lapsed[item.role] = (STALE, f"the {item.role} approval is for other words than these")
        elif (item.severity, item.incident_type) != (info.severity, info.incident_type):
            what = "severity" if item.severity != info.severity else "type of the incident"
            lapsed[item.role] = (REGARDED, f"the {what} changed since the {item.role} approval")
        elif item.at > today.isoformat():
            lapsed[item.role] = (TO_COME, f"the {item.role} approval is of a day that is to come")
        elif is_nobody(item.by):
            lapsed[item.role] = (MISSING, f"the {item.role} approval is nobody's")
        elif is_author(item.by, info.authors, roster):
            reason(BY_AUTHOR, f"the {item.role} approval is by an author of the post-mortem")
        elif not signed.holds(info, item):
            reason(FORGED, f"the {item.role} approval has no signature that holds")
        elif set(confirmed_by(item.role, release)) - set(item.confirms):
            reason(UNCONFIRMED, f"the {item.role} approval leaves lines of the checklist unconfirmed")
        elif item.role not in given or item.at < given[item.role]:
            given[item.role] = item.at
    missing = tuple(role for role in required if role not in given)
    if not given and not missing:
        reason(MISSING, "nobody has approved it: a policy without roles publishes nothing")
    if current != info.digest:
        reason(CHANGED, "the public words or pictures are not those that redact wrote")
    for role in missing:
        reason(*lapsed.get(role, (MISSING, f"the {role} approval is missing")))
    if info.incident_type == "security" and not _over(info.remediated_at, today):
        reason(NOT_REMEDIATED, "it is a security incident, and no day is over on which it was remediated")
    if not reasons or (not missing and all(item.code in (BY_AUTHOR, UNCONFIRMED, FORGED) for item in reasons)):
        last = max((given[role] for role in required), default=max(given.values(), default=""))
        return State("approved", last=_day(last))
    gone = any(item.code in (STALE, CHANGED, REGARDED) for item in reasons)
    return State("lapsed" if gone else "pending", missing, reasons)


def states(root: Path, today: date) -> dict[str, State]:
    """The state of every release of a project, by its slug. Raises `ConfigError` where the policy cannot be read."""
    policy = policy_of(root)
    roster = roster_of(policy)
    found = {}
    for item in discover(root):
        told = state(item, policy, roster, today)
        found[item.slug] = State("pending", reasons=item.problems.refused) if item.problems.refused else told
    return found


def told(found: State) -> str:
    """A state in a few words, for the pages of the house."""
    day = f" since {found.last.isoformat()}" if found.last else ""
    if found.name == "approved":
        return f"approved{day}"
    if found.name == "retracted":
        return f"retracted{day}"
    missing = f", to be approved by {', '.join(found.missing)}" if found.missing else ""
    codes = {reason.code for reason in found.reasons}
    why = next((reason.message for reason in found.reasons if reason.code not in (MISSING, STALE, REGARDED)), "")
    changed = "words" if codes & {STALE, CHANGED} else "severity or type"
    begin = f"lapsed: its {changed} changed" if found.name == "lapsed" else "pending"
    return f"{begin}{missing}{f' ({why})' if why else ''}"


def is_author(by: str, authors: Sequence[str], roster: Roster) -> bool:
    """Whether somebody is one of the authors, under whatever name.

    Of people who are not on the roster, one whose names, initials or address may be an author's is one.
    """
    mine = {mention.who for mention in roster.find(by) if mention.who >= 0}
    if any(mention.who in mine for name in authors for mention in roster.find(name)):
        return True
    spelled = _spelled(by)
    each = [part for name in authors for part in (name, *AND.split(name), *re.findall(r"\(([^()]*)\)", name))]
    owned = {mention.who for name in authors for mention in roster.find(name) if mention.who >= 0}
    each += [name for who in owned for name in (*roster.people[who].names, *roster.people[who].aliases)]
    return any(_may_be_the_same(one, other) for one in spelled for name in each for other in _spelled(name))


@lru_cache(maxsize=1024)
def _spelled(name: str) -> tuple[tuple[str, ...], ...]:
    """A name as its words, without what is told in brackets; of an address what stands before the `@`."""
    outside = re.sub(r"<[^>]*>|\([^)]*\)", " ", name)
    accounts = re.findall(r"([^\s<>@]+)@[^\s<>@]+", name)
    found = []
    for text in (re.sub(r"\S+@\S+", " ", outside), *accounts):
        words = folding.split(folding.fold_case(text)).text.split()
        if words:
            found.append(tuple(words))
        if len(whole := folding.letters(folding.fold(text))) > 1:
            found.append((whole,))
    return tuple(dict.fromkeys(found))


def _may_be_the_same(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether all words of one name are words of the other, or their first letters; or both are written as one."""
    short, long = sorted((one, other), key=len)
    if all(any(word == known or _is_initial(word, known) for known in long) for word in short):
        return any(len(word) > 1 or not word.isascii() for word in short)
    if len(short) > 1:
        return False
    first, last = long[0], long[-1]
    initials = "".join(word[0] for word in long)
    written = {first + last, last + first, first[0] + last, last + first[0], first + last[0], last[0] + first}
    return len(long) > 1 and short[0] in written | {initials, initials[::-1], "".join(long)}


def _is_initial(word: str, other: str) -> bool:
    return (len(word) == 1 and other.startswith(word)) or (len(other) == 1 and word.startswith(other))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _over(stamp: str, today: date) -> bool:
    """Whether a stamp is on a day that is over, in UTC, when `today` begins."""
    moment = parse_stamp(stamp)
    if moment is not None:
        return moment.date() < today
    day = parse_date(stamp) if len(stamp) == len("2026-11-23") else None
    return day is not None and day < today


def statement(info: Info, item: Approval) -> bytes:
    """What a signature signs: who approves what in which role, and all that decides who had to.

    A value a line, quoted, so that no value can pass for another line.
    """
    values = {
        "slug": info.slug,
        "digest": item.digest,
        "role": item.role,
        "by": item.by,
        "at": item.at,
        "severity": item.severity,
        "incident_type": item.incident_type,
        "remediated_at": info.remediated_at,
        "authors": list(info.authors),
        "confirms": list(item.confirms),
    }
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items()).encode(
        "utf-8", "surrogatepass"
    )


class _Signatures:
    """Verifies signatures with ssh-keygen; without signers in the policy none is asked for."""

    def __init__(self, policy: Policy) -> None:
        self.signers = policy.signers

    def holds(self, info: Info, item: Approval) -> bool:
        if self.signers is None:
            return True
        if not item.signature:
            return False
        with tempfile.TemporaryDirectory(prefix="mkdocs-postmortem-") as folder:
            path = Path(folder, "signature")
            path.write_text(item.signature.strip() + "\n", encoding="utf-8")
            call = ["-Y", "verify", "-f", str(self.signers), "-I", item.by, "-n", NAMESPACE, "-s", str(path)]
            return _keygen(call, statement(info, item)).returncode == 0


def sign(key: Path, said: bytes) -> str:
    """A signature by a private key, or one that ssh-agent holds. Raises `ConfigError` where that fails."""
    if not key.is_file():
        raise ConfigError("there is no key file of that name", help="give the key that your signers file lists")
    done = _keygen(["-Y", "sign", "-f", str(key), "-n", NAMESPACE], said)
    if done.returncode != 0:
        raise ConfigError("ssh-keygen could not sign with that key", help="try `ssh-keygen -Y sign` with it by hand")
    return done.stdout.decode()


def _keygen(call: list[str], data: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["ssh-keygen", *call],
            input=data,
            capture_output=True,
            check=False,
            timeout=60,
        )
    except FileNotFoundError:
        raise ConfigError("signatures need ssh-keygen, which is not here", help="install OpenSSH's client") from None
    except subprocess.TimeoutExpired:
        raise ConfigError("ssh-keygen did not answer", help="unlock the key first: ssh-add") from None


def approve(
    release: Release, policy: Policy, roster: Roster, role: str, by: str, today: date, key: Path | None = None
) -> Approval:
    """Record an approval of the words as they are now; an earlier one of that role is replaced.

    Raises `ConfigError`, and keeps what was, where the role is none that is asked for, the release was
    taken back or names no author, the person wrote the post-mortem, or the signature does not hold.
    """
    info = release.info
    required = policy.required_roles(info.severity, info.incident_type)
    known = dict.fromkeys((*required, *(item for roles in policy.approvals.values() for item in roles)))
    if role not in known:
        raise ConfigError(f"`{role}` is no role of the policy", help=f"roles are {', '.join(known)}")
    if info.retracted is not None:
        raise ConfigError(
            f"`{release.slug}` was retracted", help=f"`mkdocs-postmortem retract {release.slug} --undo` comes first"
        )
    if is_nobody(by) or not by.isprintable():
        raise ConfigError("an approval is somebody's", help="say who with --by")
    if not named(info.authors):
        raise ConfigError(
            "the post-mortem names no author, so nobody can be told from who wrote it", help=RULES[NOBODYS].mend
        )
    if is_author(by, info.authors, roster):
        raise ConfigError("an author does not approve their own post-mortem", help=RULES[BY_AUTHOR].mend)
    if policy.signers is not None and key is None:
        raise ConfigError("the policy asks for signed approvals", help="add --sign with the file of your key")
    confirms = confirmed_by(role, release)
    item = Approval(role, by, today.isoformat(), release.digest, confirms, info.severity, info.incident_type)
    if key is not None:
        item = replace(item, signature=sign(key, statement(info, item)))
        if not _Signatures(policy).holds(info, item):
            raise ConfigError(
                f"the policy's signers do not list that key for `{by}`: nothing was written",
                help="sign with the key that the file lists for you, and name yourself with --by as it does",
            )
    others = tuple(other for other in info.approvals if other.role != role)
    order = list(known)
    approvals = sorted((*others, item), key=lambda one: order.index(one.role) if one.role in order else len(order))
    release.info = replace(info, approvals=tuple(approvals))
    return item
