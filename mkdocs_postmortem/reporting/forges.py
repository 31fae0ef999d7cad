"""Where a change is discussed: a pull request on GitHub, a merge request on GitLab, as their CI tells of it."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar
from urllib.parse import quote

from mkdocs_postmortem.reporting.requests import AnswerError, Client, RefusedError
from mkdocs_postmortem.settings import ConfigError

FORGES = ("github", "gitlab")
_Kind = TypeVar("_Kind")
_PAGE = 100
_PAGES = 100
"""Pages of comments that are looked through."""


class Note(NamedTuple):
    """A comment that is there."""

    id: int
    body: str
    mine: bool
    """Written by the account that we write as: no other's is ever changed."""


class Forge(Protocol):
    """A change under discussion: its comments, and where its files can be read."""

    limit: int
    """Characters that a comment may have."""
    client: Client

    def notes(self) -> Iterator[Note]:
        """All comments, the oldest first."""

    def create(self, body: str) -> None:
        """Write a new comment."""

    def update(self, note: int, body: str) -> None:
        """Write a comment anew."""

    def delete(self, note: int) -> None:
        """Remove a comment."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Addresses of lines of files, as they were in one commit."""

    base: str = ""
    commit: str = ""

    def __call__(self, path: str, line: int) -> str:
        """The address of a line, by the file's path in the repository; empty where the commit is not known."""
        if not self.base or not re.fullmatch(r"[0-9a-f]{7,64}", self.commit):
            return ""
        return f"{self.base}/{self.commit}/{quote(os.fsencode(path))}#L{line}"


class Place(NamedTuple):
    """Where a comment goes, or why there is no place for one."""

    forge: Forge | None
    link: Lines
    why: str = ""


class GitHub:
    """A pull request: its comments are those of the issue of the same number."""

    limit = 65_536

    def __init__(self, client: Client, repository: str, number: int) -> None:
        self.client = client
        self.comments = f"/repos/{repository}/issues/{number}/comments"
        self.comment = f"/repos/{repository}/issues/comments/"

    def notes(self) -> Iterator[Note]:
        """All comments; ours are those of the token's user, or of a bot where a token has none."""
        me = None
        with suppress(RefusedError):  # a workflow's own token is that of an app, which is no user
            me = _fact(self.client.get("/user").data, "login", str)
        for item in _pages(self.client, self.comments):
            user = item.get("user")
            mine = isinstance(user, dict) and (user.get("login") == me if me else user.get("type") == "Bot")
            yield Note(_fact(item, "id", int), str(item.get("body") or ""), mine)

    def create(self, body: str) -> None:
        """Write a new comment."""
        self.client.send("POST", self.comments, {"body": body})

    def update(self, note: int, body: str) -> None:
        """Write a comment anew."""
        self.client.send("PATCH", f"{self.comment}{note}", {"body": body})

    def delete(self, note: int) -> None:
        """Remove a comment."""
        self.client.send("DELETE", f"{self.comment}{note}")


class GitLab:
    """A merge request and its notes."""

    limit = 1_000_000

    def __init__(self, client: Client, project: str, number: int) -> None:
        self.client = client
        self.path = f"/projects/{quote(project, safe='')}/merge_requests/{number}/notes"

    def notes(self) -> Iterator[Note]:
        """All notes of people and bots, without those of the system."""
        me = _fact(self.client.get("/user").data, "id", int)
        for item in _pages(self.client, self.path, sort="asc", order_by="created_at"):
            author = item.get("author")
            mine = isinstance(author, dict) and author.get("id") == me
            if not item.get("system"):
                yield Note(_fact(item, "id", int), str(item.get("body") or ""), mine)

    def create(self, body: str) -> None:
        """Write a new note."""
        self.client.send("POST", self.path, {"body": body})

    def update(self, note: int, body: str) -> None:
        """Write a note anew."""
        self.client.send("PUT", f"{self.path}/{note}", {"body": body})

    def delete(self, note: int) -> None:
        """Remove a note."""
        self.client.send("DELETE", f"{self.path}/{note}")


def _fact(data: Any, key: str, kind: type[_Kind]) -> _Kind:
    """One value of an answer. Raises `AnswerError` where it is not there."""
    value = data.get(key) if isinstance(data, dict) else None
    if not isinstance(value, kind):
        raise AnswerError(f"an answer without `{key}` is not what was asked for")
    return value


def _pages(client: Client, path: str, **query: object) -> Iterator[dict[str, Any]]:
    for page in range(1, _PAGES + 1):
        found = client.get(path, **query, per_page=_PAGE, page=page).data
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            raise AnswerError("the list of comments is not what was asked for")
        yield from found
        if len(found) < _PAGE:
            return


def _no_token(token: str, mend: str) -> str:
    """Why this is nothing to write with; empty where it may be."""
    if not token:
        return f"there is no token to write with: {mend}"
    return "" if re.fullmatch(r"[!-~]+", token) else "the token has characters in it that no token has"


def forge_of(
    name: str | None, environment: Mapping[str, str], number: int | None, sleep: Callable[[float], object] = time.sleep
) -> Place:
    """The change that this CI job is about, from the variables that GitHub Actions or GitLab CI sets.

    Raises `ConfigError` where it runs in neither and `name` does not say which is meant, or where
    a variable holds what it cannot.
    """
    name = name or ("github" if "GITHUB_ACTIONS" in environment else "gitlab" if "GITLAB_CI" in environment else None)
    if name is None:
        raise ConfigError(
            "this is no job of GitHub Actions or GitLab CI", help="name the place: --on github or --on gitlab"
        )
    return (_github if name == "github" else _gitlab)(environment, number, sleep)


def _github(environment: Mapping[str, str], number: int | None, sleep: Callable[[float], object]) -> Place:
    repository = environment.get("GITHUB_REPOSITORY", "")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository, re.ASCII):
        raise ConfigError(f"GITHUB_REPOSITORY is `{repository}`", help="set it to owner/name")
    request = _event(environment).get("pull_request") or {}
    server = environment.get("GITHUB_SERVER_URL") or "https://github.com"
    head = (request.get("head") or {}).get("sha") or environment.get("GITHUB_SHA", "")
    link = Lines(f"{server}/{repository}/blob", head)
    match = re.fullmatch(r"refs/pull/(\d+)/\w+", environment.get("GITHUB_REF", ""))
    number = number or request.get("number") or (int(match[1]) if match else None)
    if number is None:
        return Place(None, link, "this job is not about a pull request")
    token = (environment.get("GITHUB_TOKEN") or environment.get("GH_TOKEN") or "").strip()
    if why := _no_token(token, "give the step `GITHUB_TOKEN: ${{ github.token }}`"):
        return Place(None, link, why)
    headers = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    client = Client(environment.get("GITHUB_API_URL") or "https://api.github.com", headers, sleep)
    return Place(GitHub(client, repository, int(number)), link)


def _event(environment: Mapping[str, str]) -> dict[str, Any]:
    """What started the workflow; nothing where that cannot be read."""
    try:
        found = json.loads(Path(environment["GITHUB_EVENT_PATH"]).read_bytes())
    except (KeyError, OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _gitlab(environment: Mapping[str, str], number: int | None, sleep: Callable[[float], object]) -> Place:
    project = environment.get("CI_PROJECT_ID", "")
    head = environment.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or environment.get("CI_COMMIT_SHA", "")
    address = environment.get("CI_PROJECT_URL", "")
    link = Lines(f"{address}/-/blob" if address else "", head)
    given = environment.get("CI_MERGE_REQUEST_IID", "")
    number = number or (int(given) if given.isdecimal() else None)
    if number is None:
        return Place(None, link, "this job is not about a merge request")
    if not project:
        raise ConfigError("CI_PROJECT_ID is not set", help="set it to the number or path of the project")
    token = environment.get("GITLAB_TOKEN", "").strip()
    mend = "a job's own may not; put a project access token with the scope `api` into the variable GITLAB_TOKEN"
    if why := _no_token(token, mend):
        return Place(None, link, why)
    client = Client(environment.get("CI_API_V4_URL") or "https://gitlab.com/api/v4", {"PRIVATE-TOKEN": token}, sleep)
    return Place(GitLab(client, project, number), link)
