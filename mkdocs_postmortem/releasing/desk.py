"""The desk at which public versions are made: policy, roster and archive of one project, read once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading import Reader, discover
from mkdocs_postmortem.releasing import approvals, release
from mkdocs_postmortem.releasing.people import Roster, roster_of
from mkdocs_postmortem.releasing.policy import DEFAULT_FILE, SLUG, Policy, policy_of
from mkdocs_postmortem.releasing.projection import SLUG_RULE, project
from mkdocs_postmortem.releasing.release import Release
from mkdocs_postmortem.releasing.rules import Refusal, private
from mkdocs_postmortem.releasing.words import Detector, spelled
from mkdocs_postmortem.releasing.work import Projection
from mkdocs_postmortem.schemas import nearest
from mkdocs_postmortem.settings import ConfigError, Settings


@dataclass
class Desk:
    """Everything that public versions of one project are made from; inside the house only."""

    settings: Settings
    today: date

    @cached_property
    def policy(self) -> Policy:
        """What may leave. Raises `ConfigError` where its `approvals` ask for roles under a key that nothing has."""
        found = policy_of(self.settings.root)
        known = {"always", *self.settings.severity_names, *(kind.name for kind in self.settings.incident_types)}
        for key in found.approvals if found.path else ():
            if key in known:
                continue
            if key not in found.approval_places:
                raise ConfigError(
                    f"`approvals` is not set, and by itself asks for roles at `{key}`, which nothing here is called",
                    DEFAULT_FILE,
                    help=f"set it, for `always` and the most severe of {', '.join(self.settings.severity_names)}",
                )
            meant = nearest(key, known)
            raise ConfigError(
                "`approvals` has a key that is neither `always` nor a severity nor an incident type",
                DEFAULT_FILE,
                found.approval_places[key],
                f"is `{meant}` meant?" if meant else f"they are {', '.join(sorted(known))}",
            )
        return found

    @cached_property
    def records(self) -> dict[str, PostMortem]:
        """Every post-mortem by its path."""
        paths = discover(self.settings.folder_path) if self.settings.folder_path.is_dir() else []
        return {record.path: record for record in Reader(self.settings).read_once(paths)}

    @cached_property
    def roster(self) -> Roster:
        """Everybody who is known, from all sources."""
        return roster_of(self.policy, self.records.values(), self.settings.root)

    @cached_property
    def detector(self) -> Detector:
        """All rules about words."""
        return Detector(self.policy, self.roster)

    @cached_property
    def releases(self) -> dict[str, Release]:
        """Every release by its slug."""
        return {item.slug: item for item in release.discover(self.settings.root)}

    @cached_property
    def public(self) -> dict[str, str]:
        """The slug of each post-mortem that has a public version, by its path.

        Whether that is approved is the build's affair, which drops links to what is not on the site: so an approval
        that lapses there lapses nothing here.
        """
        return {record.path: slug for record in self.records.values() if (slug := slug_of(record)) in self.releases}

    def state(self, item: Release) -> approvals.State:
        """Whether a release may be published, as far as approvals go."""
        return approvals.state(item, self.policy, self.roster, self.today)

    def called(self, path: str) -> str:
        """A document as messages may name it: where others read along by its slug, or else by its number.

        `new` makes a file's name of the internal title, which need not hold a name to tell too much.
        """
        if private() or path not in self.records:
            return path
        slug = slug_of(self.records[path])
        if SLUG.match(slug) and self.asked[slug] == 1 and not self.detector.find(spelled(slug), links=False):
            return f"the post-mortem of {slug}"
        number = [*self.records].index(path) + 1
        return f"post-mortem {number} of {self.settings.folder}/, by path"

    def record(self, path: Path) -> PostMortem:
        """The post-mortem of a file. Raises `ConfigError` where the file is none."""
        name = self.settings.relative(path)
        if name not in self.records:
            if not path.exists():
                raise ConfigError(f"{path}: there is no such file", help="look at the path")
            raise ConfigError(
                f"{path} is no post-mortem of this project", help=f"post-mortems are below {self.settings.folder}"
            )
        return self.records[name]

    @cached_property
    def wanted(self) -> list[PostMortem]:
        """The post-mortems that say that something of them is public."""
        return [record for record in self.records.values() if record.document.front.get("external")]

    @property
    def unreadable(self) -> list[PostMortem]:
        """The files that cannot be read as post-mortems, so that nobody knows what of them is public."""
        return [record for record in self.records.values() if record.document.unreadable]

    @cached_property
    def asked(self) -> Counter[str]:
        """How many post-mortems ask for each slug."""
        return Counter(slug_of(record) for record in self.wanted)

    def project(self, record: PostMortem) -> Projection:
        """The public version of a post-mortem, or why there is none."""
        found = project(record, self.policy, self.detector, self.settings, public=self.public, today=self.today)
        if found.slug and self.asked[found.slug] > 1:
            span = record.place(("external", "slug"))
            line = span.line if span else 1
            message = "another post-mortem has the same slug"
            found.refusals.add(Refusal(SLUG_RULE, record.path, line, message, "give one of them another slug"))
        return found


def slug_of(record: PostMortem) -> str:
    """The slug that a post-mortem asks for; empty where it asks for none."""
    external = record.document.front.get("external")
    return str(external.get("slug") or "") if isinstance(external, dict) else ""
