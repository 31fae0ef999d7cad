"""A built site as a person visits it: a server that knows nothing else, and a browser that reaches nothing else."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which a folder is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser for which no other machine exists, so that what it asks of one fails and is seen."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as play:
        try:
            browser = play.chromium.launch(
                executable_path=CHROMIUM,
                args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
            )
        except playwright.Error as error:
            pytest.skip(f"no Chromium: {error}")
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """A page in the browser, with everything it asked for and complained of."""

    def __init__(self, browser: Any, address: str) -> None:
        self.address = address
        self.complaints: list[str] = []
        self.requests: list[str] = []
        context = browser.new_context()
        self.page = context.new_page()
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        context.on("response", self._answered)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("console", self._said)
        self.page.on("dialog", self._asked)
        self.context = context

    def _answered(self, response: Any) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.status}: {response.url}")

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text}")

    def _asked(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def go(self, path: str) -> Any:
        """Open a page of the site and wait until it is quiet."""
        self.page.goto(f"{self.address}/{path}", wait_until="networkidle")
        return self.page

    def close(self) -> None:
        self.context.close()

    @property
    def elsewhere(self) -> list[str]:
        """Requests to other machines."""
        return [url for url in self.requests if not url.startswith((f"{self.address}/", "data:", "blob:"))]


def violations(page: Any, within: str = "") -> list[dict[str, Any]]:
    """What axe finds against a page, or against a part of it."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    context = {"include": [[within]]} if within else None
    found: list[dict[str, Any]] = (
        axe.Axe().run(page, context=context, options={"resultTypes": ["violations"]}).response["violations"]
    )
    return found
