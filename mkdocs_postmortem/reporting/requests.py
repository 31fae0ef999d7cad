"""Requests to a JSON interface over HTTP: patient where it asks to wait, and never past the host that was meant."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from mkdocs_postmortem import __version__
from mkdocs_postmortem.settings import ConfigError

PATIENCE = 120.0
"""Seconds that are waited in all, where an answer asks for it; more is not worth a job's time."""
TRIES = 4
"""How often a request is sent before it is given up."""
_TIMEOUT = 20.0
_LARGEST = 16 * 1024 * 1024
"""Bytes of an answer that are read."""
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class AnswerError(Exception):
    """The interface does not answer as it should; the message says how."""


class RefusedError(AnswerError):
    """The interface does not let us do this."""


class UncertainError(AnswerError):
    """The request may have been carried out, or not: it was not sent again."""


class Answer(NamedTuple):
    """What came back."""

    data: Any
    headers: Message


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirection: the token would go with it."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Nowhere."""


class Client:
    """Sends requests below one address, with these headers on each."""

    def __init__(self, base: str, headers: Mapping[str, str], sleep: Callable[[float], object] = time.sleep) -> None:
        """Raises `ConfigError` where the token would travel readable for everybody."""
        parts = urlsplit(base)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ConfigError(f"`{base}` is no https address", help="look at the address of the API")
        self.base = base.rstrip("/")
        self.headers = {"User-Agent": f"mkdocs-postmortem/{__version__}", **headers}
        self.sleep = sleep
        self._left = PATIENCE
        self._opener = urllib.request.build_opener(_Stay)

    def get(self, path: str, **query: object) -> Answer:
        """Ask for something. Raises `AnswerError`."""
        return self.send("GET", f"{path}?{urlencode(query)}" if query else path)

    def send(self, method: str, path: str, payload: Mapping[str, object] | None = None) -> Answer:
        """Send a request, again where it did not count: 429, 5xx, a limit that was reached, no connection.

        A POST that may have counted is not repeated: `UncertainError`. Raises `RefusedError` where it is
        not allowed, `AnswerError` for anything else.
        """
        data = None if payload is None else json.dumps(payload).encode()
        headers = {**self.headers, **({"Content-Type": "application/json"} if data is not None else {})}
        request = urllib.request.Request(self.base + path, data, headers, method=method)  # noqa: S310 - judged above
        for attempt in range(1, TRIES + 1):
            try:
                with self._opener.open(request, timeout=_TIMEOUT) as answer:
                    return Answer(_parsed(answer.read(_LARGEST)), answer.headers)
            except urllib.error.HTTPError as error:
                with error:
                    said = _said(error)
                limited = error.code == 429 or (error.code == 403 and _limited(error.headers, said))
                if error.code < 500 and not limited:
                    kind = RefusedError if error.code in (401, 403, 404) else AnswerError
                    raise kind(f"{error.code} {said}") from None
                if error.code >= 500 and method == "POST":
                    raise UncertainError(f"{error.code} {said}") from None
                if attempt == TRIES:
                    raise AnswerError(f"{error.code} {said}, also after {TRIES} tries") from None
                self.wait(_asked(error.headers) or 2.0 ** (attempt - 1), f"{error.code} {said}")
            except (OSError, HTTPException, ValueError) as error:
                why = str(getattr(error, "reason", error)) or type(error).__name__
                if method == "POST":
                    raise UncertainError(f"no answer: {why}") from None
                if attempt == TRIES:
                    raise AnswerError(f"no answer: {why}") from None
                self.wait(2.0 ** (attempt - 1), why)
        raise AssertionError("the last try returns or raises")

    def wait(self, seconds: float, why: str) -> None:
        """Wait, where patience allows it. Raises `AnswerError` where it does not."""
        if seconds > self._left:
            raise AnswerError(f"{why}: it asks to wait {seconds:.0f} seconds")
        self._left -= seconds
        self.sleep(seconds)


def _parsed(data: bytes) -> Any:
    return json.loads(data) if data.strip() else None


def _said(error: urllib.error.HTTPError) -> str:
    """What an answer that is an error says of itself, on one line."""
    try:
        found = json.loads(error.read(65536))
        told = found.get("message") or found.get("error")
    except (ValueError, AttributeError, OSError, HTTPException):
        told = None
    return " ".join(str(told or error.reason).split())[:200]


def _limited(headers: Message, said: str) -> bool:
    """Whether a refusal means "later": GitHub says so with 403, too."""
    return "Retry-After" in headers or headers.get("X-RateLimit-Remaining") == "0" or "rate limit" in said.lower()


def _asked(headers: Message) -> float | None:
    """Seconds that an answer asks to wait: a number, a moment, or when a limit ends."""
    asked = headers.get("Retry-After", "").strip()
    now = datetime.now(UTC)
    try:
        if asked:
            wait = float(asked) if asked.isdigit() else (parsedate_to_datetime(asked) - now).total_seconds()
        elif headers.get("X-RateLimit-Remaining") == "0":
            wait = float(headers["X-RateLimit-Reset"]) - now.timestamp()
        else:
            return None
    except (TypeError, ValueError, KeyError, OverflowError):
        return None
    return max(wait, 0.5)
