"""What these tests share: a policy, a post-mortem with a public version, and a house that publishes it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading import Reader
from mkdocs_postmortem.releasing import decodings, folding
from mkdocs_postmortem.releasing.people import roster_of
from mkdocs_postmortem.releasing.policy import Policy
from mkdocs_postmortem.releasing.policy import load as load_policy
from mkdocs_postmortem.releasing.projection import project
from mkdocs_postmortem.releasing.words import Detector
from mkdocs_postmortem.releasing.work import Projection
from mkdocs_postmortem.settings import Settings
from tests.plugin.support import Done, Site

DAY = date(2026, 11, 23)
CANARY = "Zyxquartz"
"""A word that nobody writes: where it comes out, something leaked."""

POLICY: dict[str, Any] = {
    "sections": ["Executive Summary", "Impact", "Timeline", "Root Cause Analysis", "Lessons Learned"],
    "facts": ["date", "severity", "services", "duration"],
    "hosts": ["status.example.com"],
    "internal_hosts": ["corp.example.com"],
    "people": [
        {"handle": "maria", "names": ["Maria García López"], "aliases": ["Mari"], "emails": ["maria@example.com"]},
        {"handle": "wzhang", "names": ["Wei Zhang"]},
        {"handle": "mark", "names": ["Mark Quill"]},
    ],
    "terms": {"Stripe": "our payment provider"},
    "deny": ["Project Falcon", r"re:ACME-\d+"],
}

FRONT: dict[str, Any] = {
    "title": "Checkout broke",
    "id": "PM-2026-014",
    "status": "published",
    "severity": "P1",
    "incident_type": "deployment",
    "services": ["checkout"],
    "started_at": "2026-11-03T10:02Z",
    "detected_at": "2026-11-03T10:09Z",
    "resolved_at": "2026-11-03T10:49Z",
    "owner": "@maria",
    "authors": ["@maria"],
    "participants": [{"who": "@wzhang", "role": "incident commander"}],
    "external": {"slug": "checkout-errors", "title": "Checkout errors", "sections": ["Executive Summary", "Impact"]},
}

BODY = """# Checkout broke

## Executive Summary

Every eighth order failed for 47 minutes.

## Impact

Customers had to try again.

## Action Items

Nothing here is public.
"""

_FOLDER = Path(tempfile.mkdtemp(prefix="mkdocs-postmortem-tests-"))


def policy_of(values: Mapping[str, Any]) -> Policy:
    """A policy from plain data, by way of the file that it would be."""
    path = _FOLDER / f"redaction-{os.getpid()}.yml"
    path.write_text(yaml.safe_dump(dict(values), allow_unicode=True), encoding="utf-8")
    return load_policy(path, _FOLDER)


def document(body: str = BODY, **front: Any) -> str:
    """The text of a post-mortem with these facts in place of its own."""
    facts = {**FRONT, **front}
    return f"---\n{yaml.safe_dump(facts, allow_unicode=True, sort_keys=False)}---\n\n{body}"


def record_of(text: str, path: str = "docs/postmortems/checkout.md", root: Path = _FOLDER) -> PostMortem:
    """A post-mortem as it is read."""
    return Reader(Settings(root=root)).read_bytes(text.encode("utf-8"), path)


def section(text: str) -> str:
    """A body in which this stands in a public section."""
    return BODY.replace("Customers had to try again.", text)


def projected(
    body: str = BODY,
    *,
    policy: Mapping[str, Any] | None = None,
    public: Mapping[str, str] | None = None,
    others: Iterable[PostMortem] = (),
    text: str | None = None,
    **front: Any,
) -> Projection:
    """The projection of a post-mortem with this body and these facts, under the policy with these changes."""
    rules = policy_of({**POLICY, **(policy or {})})
    record = record_of(document(body, **front) if text is None else text)
    detector = Detector(rules, roster_of(rules, [record, *others]))
    return project(record, rules, detector, Settings(root=_FOLDER), public=public or {}, today=DAY)


def codes(found: Projection) -> list[str]:
    """The rules that refused something, in order, each once."""
    return list(dict.fromkeys(item.code for item in found.refusals.refused))


def body_of(found: Projection) -> str:
    """The public words without their front matter."""
    assert not codes(found), [str(item) for item in found.refusals.refused]
    return found.words.split("\n---\n\n", 1)[1]


CONFIG: dict[str, Any] = {
    "site_name": "Incidents",
    "site_url": "https://incidents.example.com/",
    "docs_dir": "external/docs",
    "site_dir": "site",
    "theme": {"name": "mkdocs", "highlightjs": False},
    "plugins": ["search", {"postmortem": {"audience": "external"}}],
}


THEME = ("css/", "js/", "img/", "webfonts/", "fonts/", "search/lunr", "search/worker", "search/main")
"""Files of the theme, whose many words would take long to be decoded in each of many tests."""


@dataclass
class Outcome:
    """What a house said, and what it published."""

    done: list[Done]
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """Everything that was printed."""
        return "\n".join(done.said for done in self.done)

    @property
    def published(self) -> bool:
        """Whether the post-mortem has a page of its own."""
        return "postmortems/checkout-errors/index.html" in self.files

    def holds(self, word: str = CANARY) -> list[str]:
        """Where a word can be read: files by name and decoding, `names` or `output`."""
        wanted = folding.fold(word)
        found = [
            f"{name} ({view.kind})"
            for name, data in self.files.items()
            if not name.startswith(THEME)  # compared with what is installed, below
            for view in decodings.views(data, name)
            if wanted in folding.fold(view.text)
        ]
        found += [name for name, data in self.files.items() if word.lower().encode() in data.lower() and not found]
        found += ["names" for name in self.files if wanted in folding.fold(name)]
        return found + (["output"] if wanted in folding.fold(self.said) else [])


class House(Site):
    """A repository with one post-mortem, its policy and its public site."""

    def __init__(self, root: Path, body: str = BODY, policy: Mapping[str, Any] | None = None, **front: Any) -> None:
        super().__init__(root)
        self.config: dict[str, Any] = dict(CONFIG)
        self.write("redaction.yml", yaml.safe_dump({**POLICY, **(policy or {})}, allow_unicode=True))
        self.write("docs/postmortems/checkout.md", document(body, **front))
        self.write("external/docs/index.md", "# Incidents\n\nWhat we learned.\n")
        self.write("mkdocs.yml", "site_name: Wiki\nplugins: [search, postmortem]\n")

    @classmethod
    def standing(cls, root: Path) -> House:
        """A house that is there already, with what was written into it since."""
        house = cls.__new__(cls)
        Site.__init__(house, root)
        house.config = dict(CONFIG)
        return house

    def configure(self, **values: Any) -> None:
        """Change the public site's configuration."""
        self.config.update(values)

    def redact(self, *arguments: str, **env: str | None) -> Done:
        """`redact` where others read along."""
        return self.run("redact", *arguments, **{"CI": "1", **env})

    def approve(self, slug: str = "checkout-errors", *roles: str) -> list[Done]:
        """Approvals by people who did not write it."""
        wanted = roles or ("technical", "communications")
        return [self.run("approve", slug, "--role", role, "--by", f"The {role} lead") for role in wanted]

    def publish(self, *options: str, **env: str | None) -> Outcome:
        """Redact, approve and build, as it is done where others read along."""
        done = [self.redact()]
        if done[0].code == 0:
            done += self.approve()
        return self.build_public(*options, before=done, **env)

    def build_public(self, *options: str, before: Iterable[Done] = (), **env: str | None) -> Outcome:
        """The public build alone."""
        self.write("mkdocs.external.yml", yaml.safe_dump(self.config, sort_keys=False))
        done = self.build("-f", "mkdocs.external.yml", *options, **{"CI": "1", **env})
        return Outcome([*before, done], self.site())

    def site(self) -> dict[str, bytes]:
        """What is published, by name."""
        built = self.root / str(self.config["site_dir"])
        return {
            path.relative_to(built).as_posix(): path.read_bytes() for path in sorted(built.rglob("*")) if path.is_file()
        }
