"""What editors are given: completions of front matter, schemas by file, tasks that mark the lines."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from mkdocs_postmortem import schemas
from mkdocs_postmortem.scaffold import writing

# `path:line:column: severity PM101 message`, as `check` prints it for people; and not a line of a document
# below it, which begins with its number and could hold the same words.
_LINE = r"^(?!\d+ \| )(\S.*?):(\d+):(\d+): (error|warning|info) (PM\d{3}) (.*)$"
# GitHub's runner knows no notes.
_GRAVE = _LINE.replace("|info", "")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}")


def snippets(schema: Mapping[str, Any]) -> str:
    """Snippets of VS Code for markdown: every key of front matter, with the values that it may have.

    VS Code's YAML support does not look into markdown; these complete there without an extension.
    """
    found = {
        name: {
            "scope": "markdown",
            "prefix": name,
            "body": [f"{name}: {_value(facts)}"],
            "description": facts["description"],
        }
        for name, facts in schema["properties"].items()
    }
    return _json(found)


def _value(facts: Mapping[str, Any]) -> str:
    """What may stand behind a key: a choice where there is one, else an example to be overwritten."""
    if "enum" in facts or facts.get("type") == "boolean":
        choices = [writing.scalar(str(item)) for item in facts["enum"]] if "enum" in facts else ["true", "false"]
        return f"${{1|{','.join(_escaped(item, '|,') for item in choices)}|}}"
    example = facts["examples"][0]
    if not isinstance(example, str):
        flow = yaml.safe_dump(example, default_flow_style=True, sort_keys=False, width=1 << 20, allow_unicode=True)
        example = flow.strip()
    elif not _MOMENT.match(example):  # moments stay as people write them: our reader takes them as text
        example = writing.scalar(example)
    return f"${{1:{_escaped(example)}}}"


def _escaped(text: str, more: str = "") -> str:
    return "".join(f"\\{char}" if char in "\\$}" + more else char for char in text)


def settings(folder: str, schemas_in: str) -> str:
    """Settings of a VS Code workspace: the schema of each of our files, and completion as one types.

    `folder` has the post-mortems, `schemas_in` the schemas; both are paths below the root.

    Post-mortems are named as well, for extensions that let YAML's language server see front matter.
    """
    names = {
        "settings": ["postmortem.yml"],
        "redaction": ["redaction.yml"],
        "incidents": ["incidents.yml"],
        "release": ["external/releases/*/release.yml"],
        "postmortem": [f"{folder}/**/*.md", f"{folder}/**/*.md.*.yml", f"{folder}/**/*.md.*.yaml"],
    }
    return _json(
        {
            "yaml.schemas": {f"./{schemas_in}/{name}.schema.json": patterns for name, patterns in names.items()},
            "[markdown]": {"editor.quickSuggestions": {"other": "on"}, "editor.snippetSuggestions": "top"},
        }
    )


def tasks() -> str:
    """Tasks of a VS Code workspace that check, and mark the lines of what they find."""
    matcher = {
        "owner": "mkdocs-postmortem",
        "source": "mkdocs-postmortem",
        "fileLocation": ["relative", "${workspaceFolder}"],
        "pattern": {"regexp": _LINE, "file": 1, "line": 2, "column": 3, "severity": 4, "code": 5, "message": 6},
    }
    calls = {
        "Check this post-mortem": ["check", "${file}"],
        "Check the post-mortems that this branch changes": ["check", "--changed"],
        "Check all post-mortems": ["check"],
    }
    return _json(
        {
            "version": "2.0.0",
            "tasks": [
                {
                    "label": label,
                    "type": "process",
                    "command": "mkdocs-postmortem",
                    "args": arguments,
                    "group": "test",
                    "presentation": {"reveal": "silent", "clear": True},
                    "problemMatcher": matcher,
                }
                for label, arguments in calls.items()
            ],
        }
    )


def problem_matcher() -> str:
    """A problem matcher of GitHub Actions, for logs in the text form: `::add-matcher::FILE` switches it on."""
    pattern = {"regexp": _GRAVE, "file": 1, "line": 2, "column": 3, "severity": 4, "code": 5, "message": 6}
    return _json({"problemMatcher": [{"owner": "mkdocs-postmortem", "pattern": [pattern]}]})


def copies(schema: Mapping[str, Any]) -> dict[str, str]:
    """The schemas by name, that of a post-mortem as it holds in the project."""
    return {name: _json(schema) if name == "postmortem" else schemas.read(name) for name in schemas.NAMES}


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
