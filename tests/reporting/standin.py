"""Loopback stand-ins for the APIs of GitHub and GitLab: each request must be one that their description has.

What they answer is held to the same description, so that they cannot teach us what is not so.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

import jsonschema

from tests.reporting.openapi.gitlab import DESCRIPTION

GITHUB = json.loads((Path(__file__).parent / "openapi" / "github.json").read_text(encoding="utf-8"))
NOW = "2026-11-23T12:00:00Z"
TOKEN = "secret-token"


class Fault(NamedTuple):
    """What is answered instead, once, to the next request by this method."""

    method: str
    status: int
    headers: Mapping[str, str] = {}
    message: str = "Something is wrong"
    carried_out: bool = False
    """The request is carried out all the same."""


class Operation(NamedTuple):
    method: str
    pattern: re.Pattern[str]
    facts: dict[str, Any]


class Standin:
    """One API: its comments, the requests that came, and what was wrong with them."""

    prefix = ""
    authorization: tuple[str, str]

    def __init__(self, description: dict[str, Any]) -> None:
        self.description = description
        self.notes: dict[int, dict[str, Any]] = {}
        self.next_id = 1
        self.wrong: list[str] = []
        self.requests: list[str] = []
        self.faults: list[Fault] = []
        self.address = ""
        self.operations = [
            Operation(
                method.upper(), re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path)) + "$"), facts
            )
            for path, methods in description["paths"].items()
            for method, facts in methods.items()
        ]

    # what the tests arrange and look at

    def add(self, body: str, mine: bool = True, **facts: Any) -> int:
        """A comment that is there already."""
        self.notes[self.next_id] = {"body": body, "mine": mine, **facts}
        self.next_id += 1
        return self.next_id - 1

    def fill(self, count: int) -> None:
        for n in range(count):
            self.add(f"Comment {n}", mine=False)

    def count(self, method: str) -> int:
        return sum(request.startswith(f"{method} ") for request in self.requests)

    @property
    def bodies(self) -> list[str]:
        """Our comments, as they are now."""
        return [note["body"] for note in self.notes.values() if note["mine"]]

    # the server

    def answer(self, method: str, target: str, headers: Any, data: bytes) -> tuple[int, Mapping[str, str], Any]:
        parts = urlsplit(target)
        self.requests.append(f"{method} {target}")
        name, value = self.authorization
        if headers.get(name) != value:
            self.wrong.append(f"{method} {target}: {name} is {headers.get(name)!r}")
        if not (headers.get("User-Agent") or "").startswith("mkdocs-postmortem/"):
            self.wrong.append("no User-Agent")
        found = self._operation(method, parts.path)
        if found is None:
            self.wrong.append(f"there is no {method} {parts.path}")
            return 404, {}, {"message": "Not Found"}
        operation, path = found
        query = dict(parse_qsl(parts.query))
        payload = self._judged(operation, path, query, headers, data)
        fault = next((item for item in self.faults if item.method == method), None)
        if fault is not None:
            self.faults.remove(fault)
            if fault.carried_out:
                self.carry_out(operation.facts["operationId"], path, query, payload)
            return fault.status, fault.headers, {"message": fault.message}
        status, result = self.carry_out(operation.facts["operationId"], path, query, payload)
        self._true(operation, status, result)
        return status, {}, result

    def _operation(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        for operation in self.operations:
            match = operation.pattern.fullmatch(path.removeprefix(self.prefix))
            if match and operation.method == method and path.startswith(self.prefix):
                return operation, {key: unquote(value) for key, value in match.groupdict().items()}
        return None

    def _judged(
        self, operation: Operation, path: Mapping[str, str], query: Mapping[str, str], headers: Any, data: bytes
    ) -> dict[str, Any]:
        described = [self._resolved(item) for item in operation.facts["parameters"]]
        for place, given in (("path", path), ("query", query)):
            known = {item["name"]: item for item in described if item["in"] == place}
            self.wrong += [f"no parameter {name} in {place}" for name in given.keys() - known.keys()]
            for name, item in known.items():
                if name in given:
                    schema = self._schema(item["schema"])
                    value = int(given[name]) if schema.get("type") == "integer" else given[name]
                    self._fits(value, schema, f"{place} {name}")
                elif item.get("required"):
                    self.wrong.append(f"{name} is missing")
        if "requestBody" not in operation.facts:
            if data:
                self.wrong.append(f"{operation.method} has no body")
            return {}
        if headers.get("Content-Type") != "application/json":
            self.wrong.append(f"Content-Type is {headers.get('Content-Type')}")
        payload = json.loads(data)
        self._fits(payload, operation.facts["requestBody"]["content"]["application/json"]["schema"], "body")
        return payload

    def _true(self, operation: Operation, status: int, result: Any) -> None:
        responses = operation.facts["responses"]
        if str(status) not in responses:
            self.wrong.append(f"no answer {status} is described")
            return
        content = self._resolved(responses[str(status)]).get("content")
        if content is None:
            assert result is None
            return
        self._fits(result, content["application/json"]["schema"], f"answer {status}")

    def _fits(self, value: Any, schema: dict[str, Any], what: str) -> None:
        whole = {**self._schema(schema), "components": self._schema(self.description.get("components", {}))}
        validator = jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker())
        self.wrong += [f"{what}: {error.json_path} {error.message}" for error in validator.iter_errors(value)]

    def _schema(self, schema: Any) -> Any:
        """A schema of OpenAPI 3.0 as JSON Schema: `nullable` is a kind of its own there."""
        if isinstance(schema, list):
            return [self._schema(item) for item in schema]
        if not isinstance(schema, dict):
            return schema
        plain = {key: self._schema(item) for key, item in schema.items() if key not in ("nullable", "discriminator")}
        return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain

    def _resolved(self, item: dict[str, Any]) -> dict[str, Any]:
        if "$ref" not in item:
            return item
        found: Any = self.description
        for part in item["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return found

    def carry_out(
        self, operation: str, path: Mapping[str, str], query: Mapping[str, str], payload: Mapping[str, Any]
    ) -> tuple[int, Any]:
        raise NotImplementedError

    def page(self, query: Mapping[str, str], usual: int) -> list[int]:
        size, number = int(query.get("per_page", usual)), int(query.get("page", 1))
        return list(self.notes)[(number - 1) * size : number * size]


class GitHub(Standin):
    """`github-actions[bot]` writes here, as a workflow's token does; with `user` somebody's own."""

    authorization = ("Authorization", f"Bearer {TOKEN}")

    def __init__(self) -> None:
        super().__init__(GITHUB)
        self.user = ""
        self.may_write = True

    def environment(self, number: int | None = 7) -> dict[str, str | None]:
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.address,
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_REPOSITORY": "acme/wiki",
            "GITHUB_REF": f"refs/pull/{number}/merge" if number else "refs/heads/main",
            "GITHUB_SHA": "ab" * 20,
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_EVENT_PATH": None,
            "no_proxy": "127.0.0.1",
        }

    def carry_out(
        self, operation: str, path: Mapping[str, str], query: Mapping[str, str], payload: Mapping[str, Any]
    ) -> tuple[int, Any]:
        if operation == "users/get-authenticated":
            if not self.user:
                return 403, {"message": "Resource not accessible by integration"}
            return 200, {**self._person(self.user, "User"), **self._profile()}
        if (path["owner"], path["repo"], path.get("issue_number", "7")) != ("acme", "wiki", "7"):
            return 404, {"message": "Not Found"}
        if operation == "issues/list-comments":
            return 200, [self._note(id) for id in self.page(query, 30)]
        if not self.may_write:
            return 403, {"message": "Resource not accessible by integration"}
        if operation == "issues/create-comment":
            return 201, self._note(self.add(payload["body"]))
        id = int(path["comment_id"])
        if operation == "issues/delete-comment":
            del self.notes[id]
            return 204, None
        self.notes[id]["body"] = payload["body"]
        return 200, self._note(id)

    def _true(self, operation: Operation, status: int, result: Any) -> None:
        if status not in (403, 404):  # which the description leaves out for some operations
            super()._true(operation, status, result)

    def _note(self, id: int) -> dict[str, Any]:
        note = self.notes[id]
        mine = (self.user or "github-actions[bot]", "User" if self.user else "Bot")
        address = f"https://github.example/comments/{id}"
        return {
            "id": id, "node_id": str(id), "html_url": address, "issue_url": address, "url": address,
            "created_at": NOW, "updated_at": NOW, "author_association": "NONE", "body": note["body"],
            "user": self._person(*mine) if note["mine"] else self._person("mallory", note.get("type", "User")),
        }  # fmt: skip

    def _person(self, login: str, kind: str) -> dict[str, Any]:
        addresses = (
            "avatar_url", "events_url", "followers_url", "following_url", "gists_url", "html_url", "organizations_url",
            "received_events_url", "repos_url", "starred_url", "subscriptions_url", "url",
        )  # fmt: skip
        return {
            **dict.fromkeys(addresses, "https://github.example/x"), "login": login, "type": kind, "id": 1,
            "node_id": "x", "gravatar_id": "", "site_admin": False,
        }  # fmt: skip

    def _profile(self) -> dict[str, Any]:
        nothing = dict.fromkeys(("bio", "blog", "company", "email", "hireable", "location", "name"))
        counts = dict.fromkeys(("followers", "following", "public_gists", "public_repos"), 0)
        return {**nothing, "blog": "", **counts, "created_at": NOW, "updated_at": NOW, "user_view_type": "public"}


class GitLab(Standin):
    prefix = "/api/v4"
    authorization = ("Private-Token", TOKEN)

    def __init__(self) -> None:
        super().__init__(DESCRIPTION)

    def environment(self, number: int | None = 7) -> dict[str, str | None]:
        return {
            "GITLAB_CI": "true",
            "CI_API_V4_URL": f"{self.address}/api/v4",
            "CI_PROJECT_ID": "42",
            "CI_PROJECT_URL": "https://gitlab.example/acme/wiki",
            "CI_COMMIT_SHA": "ab" * 20,
            "CI_MERGE_REQUEST_IID": str(number) if number else None,
            "GITLAB_TOKEN": TOKEN,
            "GITHUB_ACTIONS": None,
            "no_proxy": "127.0.0.1",
        }

    def carry_out(
        self, operation: str, path: Mapping[str, str], query: Mapping[str, str], payload: Mapping[str, Any]
    ) -> tuple[int, Any]:
        if operation == "user":
            return 200, self._person(True)
        if operation == "list":
            assert query["sort"] == "asc"
            return 200, [self._note(id) for id in self.page(query, 20)]
        if operation == "create":
            return 201, self._note(self.add(payload["body"]))
        id = int(path["note_id"])
        if operation == "delete":
            del self.notes[id]
            return 204, None
        self.notes[id]["body"] = payload["body"]
        return 200, self._note(id)

    def _note(self, id: int) -> dict[str, Any]:
        note = self.notes[id]
        return {
            "id": id, "body": note["body"], "author": self._person(note["mine"]), "created_at": NOW, "updated_at": NOW,
            "system": note.get("system", False), "noteable_type": "MergeRequest", "noteable_iid": 7,
        }  # fmt: skip

    def _person(self, mine: bool) -> dict[str, Any]:
        return {"id": 1 if mine else 2, "username": "x", "name": "X", "state": "active"}


@contextmanager
def serving(standin: Standin) -> Iterator[None]:
    """The stand-in answers on a port of the loopback interface; at the end nothing may have been wrong."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                status, headers, result = standin.answer(self.command, self.path, self.headers, data)
            except Exception as error:
                standin.wrong.append(f"{self.command} {self.path}: {error!r}")
                status, headers, result = 500, {}, None
            body = b"" if result is None else json.dumps(result).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    standin.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    if standin.wrong:
        raise AssertionError(standin.wrong)
