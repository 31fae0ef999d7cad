"""The YAML language server that editors have, as a program that these tests talk to."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
NODE = HERE.parents[1] / "build" / "node"
"""Where `make node` installs it."""
SERVER = NODE / "node_modules" / "yaml-language-server" / "bin" / "yaml-language-server"
PATIENCE = 60.0


def installed() -> Path:
    """The server, installed where it is not yet. Without Node.js these tests are skipped, but never in CI."""
    if not SERVER.exists():
        npm = shutil.which("npm")
        if npm is None:
            if os.environ.get("TESTED_IN_CI"):
                pytest.fail("the tests of the editor set-up need Node.js and npm")
            pytest.skip("needs Node.js and npm")
        NODE.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, NODE / name)
        subprocess.run([npm, "ci", "--silent", "--no-audit", "--no-fund"], cwd=NODE, check=True)
    return SERVER


class LanguageServer:
    """A server that was told a workspace's folder and settings."""

    def __init__(self, program: Path, root: Path, settings: dict[str, Any]) -> None:
        self.root = root
        self.settings = settings
        self.process = subprocess.Popen(
            ["node", str(program), "--stdio"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._count = 0
        self._open: set[str] = set()
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._found: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.ask(
            "initialize",
            processId=None,
            rootUri=root.as_uri(),
            workspaceFolders=[{"uri": root.as_uri(), "name": root.name}],
            capabilities={
                "workspace": {"configuration": True},
                "textDocument": {"completion": {"completionItem": {"snippetSupport": True}}},
            },
        )
        self._tell("initialized")
        self._tell("workspace/didChangeConfiguration", settings=settings)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()

    def open(self, path: str, text: str) -> list[dict[str, Any]]:
        """Open a document that is not open yet, and have what is found in it."""
        uri = (self.root / path).as_uri()
        assert uri not in self._open
        self._open.add(uri)
        self._tell("textDocument/didOpen", textDocument={"uri": uri, "languageId": "yaml", "version": 1, "text": text})
        while (found := self._found.get(timeout=PATIENCE))["uri"] != uri:
            pass  # of one that was opened before
        diagnostics: list[dict[str, Any]] = found["diagnostics"]
        return diagnostics

    def complete(self, path: str, line: int, character: int) -> list[str]:
        """What is offered at a place of a document that is open."""
        answer = self.ask(
            "textDocument/completion",
            textDocument={"uri": (self.root / path).as_uri()},
            position={"line": line, "character": character},
        )
        items = answer["items"] if isinstance(answer, dict) else answer
        return [item["label"] for item in items]

    def hover(self, path: str, line: int, character: int) -> str:
        answer = self.ask(
            "textDocument/hover",
            textDocument={"uri": (self.root / path).as_uri()},
            position={"line": line, "character": character},
        )
        text: str = answer["contents"]["value"]
        return text

    def ask(self, method: str, **parameters: Any) -> Any:
        self._count += 1
        self._send({"id": self._count, "method": method, "params": parameters})
        answer = self._answers.get(timeout=PATIENCE)
        assert answer["id"] == self._count
        return answer["result"]

    def _tell(self, method: str, **parameters: Any) -> None:
        self._send({"method": method, "params": parameters})

    def _send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(data) + data)
        self.process.stdin.flush()

    def _read(self) -> None:
        out = self.process.stdout
        assert out is not None
        while True:
            length = 0
            while (line := out.readline().strip()) or not length:
                if not line:
                    return
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            message = json.loads(out.read(length))
            if message.get("method") == "workspace/configuration":
                wanted = [self.settings.get(item.get("section")) for item in message["params"]["items"]]
                self._send({"id": message["id"], "result": wanted})
            elif "method" in message and "id" in message:
                self._send({"id": message["id"], "result": None})
            elif message.get("method") == "textDocument/publishDiagnostics":
                self._found.put(message["params"])
            elif "method" not in message:
                self._answers.put(message)
