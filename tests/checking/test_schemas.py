"""The schemas: valid, explained, with examples that hold; and nothing is ever fetched over a network."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mkdocs_postmortem import schemas
from mkdocs_postmortem.checking.schema import effective_schema
from mkdocs_postmortem.settings import ConfigError, Settings, load

from .support import BASE, NAME, check, codes, findings, overlay, project

OURS = {"$ref": "https://mkdocs-postmortem.github.io/schema/postmortem.schema.json"}
both = pytest.mark.parametrize("name", schemas.NAMES)


def properties(schema: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Every property that a schema describes, wherever it stands; conditions are not descriptions."""
    if isinstance(schema, list):
        for item in schema:
            yield from properties(item, path)
    if not isinstance(schema, dict):
        return
    for key, value in schema.items():
        if key in ("properties", "$defs"):
            for name, item in value.items():
                yield (*path, name), item
                yield from properties(item, (*path, name))
        elif key not in ("if", "then", "else", "examples", "default", "enum", "const"):
            yield from properties(value, path)


@both
def test_a_schema_is_a_json_schema_of_2020_12(name: str) -> None:
    schema = schemas.load(name)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"{schemas.BASE}{name}.schema.json"
    Draft202012Validator.check_schema(schema)


@both
def test_every_property_says_what_it_means_and_shows_one(name: str) -> None:
    for path, schema in properties(schemas.load(name)):
        assert schema.get("description", "").strip(), path
        assert schema.get("examples"), path


@both
def test_every_example_and_default_fits_its_own_schema(name: str) -> None:
    whole = schemas.load(name)
    seen = 0
    for path, schema in [((), whole), *properties(whole)]:
        judge = schemas.validator({"$defs": whole["$defs"], **schema, "$id": "urn:example"})
        for example in [*schema.get("examples", ()), *([schema["default"]] if "default" in schema else [])]:
            assert schemas.explain(example, judge) == [], (path, example)
            seen += 1
    assert seen > 15


@both
def test_references_stay_inside_the_schema(name: str) -> None:
    def references(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            for key, item in value.items():
                if key == "$ref":
                    yield item
                yield from references(item)
        elif isinstance(value, list):
            for item in value:
                yield from references(item)

    assert all(reference.startswith("#/") for reference in references(schemas.load(name)))


def test_the_schema_knows_every_section_and_column_that_settings_may_name() -> None:
    from mkdocs_postmortem import vocabulary

    schema = schemas.load("settings")["properties"]
    assert set(schemas.load("settings")["$defs"]["section"]["enum"]) == set(vocabulary.SECTIONS)
    assert set(schema["columns"]["properties"]) == set(vocabulary.COLUMNS)


def test_an_unknown_schema_has_no_text() -> None:
    with pytest.raises(KeyError):
        schemas.read("../secrets")


# -- the fast library says the same as the one that explains -------------------------------------

FACTS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["P1", "draft", "published", "x", "", "@a"]),
    st.sampled_from(["2026-11-03T10:02Z", "2026-02-30T10:02Z", "2026-11-03", "2028-02-29", "10:02"]),
    st.lists(st.sampled_from(["a", "b", "", 1, None]), max_size=3),
    st.fixed_dictionaries({}, optional={"who": st.just("@a"), "held_at": st.just("2026-11-03T10:02Z")}),
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(sorted(schemas.load("postmortem")["properties"])), FACTS, max_size=6))
def test_quick_and_slow_validation_agree(data: dict[str, Any]) -> None:
    pytest.importorskip("jsonschema_rs")
    schema = effective_schema(Settings(root=Path("/nowhere")))
    assert _quick(json.dumps(schema))(data) == (schemas.explain(data, _slow(json.dumps(schema))) == [])


_KNOWN: dict[str, Any] = {}


def _quick(schema: str) -> Any:
    return _KNOWN.setdefault("quick", schemas.quick_validator(json.loads(schema)))


def _slow(schema: str) -> Any:
    return _KNOWN.setdefault("slow", schemas.validator(json.loads(schema)))


# -- nothing is fetched --------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that has a schema to give, and what it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", asked
        running.shutdown()
        thread.join()


def judge_with(root: Path, schema: object, document: str = BASE) -> list[str]:
    (root / "team.schema.json").write_text(schema if isinstance(schema, str) else json.dumps(schema))
    return codes(check(project(root, {NAME: document}, {"schema": "team.schema.json"})).findings)


WAYS = {
    "a reference": lambda url: {"allOf": [OURS, {"$ref": f"{url}/a.json"}]},
    "a reference inside a property": lambda url: {**OURS, "properties": {"title": {"$ref": f"{url}/a.json"}}},
    "a dynamic reference": lambda url: {**OURS, "properties": {"title": {"$dynamicRef": f"{url}/a.json#b"}}},
    "an ID that references are relative to": lambda url: {
        "$id": f"{url}/team.json", "allOf": [OURS], "properties": {"title": {"$ref": "a.json"}},
    },
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_reference_to_the_network_is_an_error_and_no_request(
    way: str, tmp_path: Path, server: tuple[str, list[str]]
) -> None:
    url, asked = server
    with pytest.raises(ConfigError, match="never fetched over the network"):
        judge_with(tmp_path, WAYS[way](url))
    assert asked == []


def test_a_metaschema_elsewhere_is_not_fetched_either(tmp_path: Path, server: tuple[str, list[str]]) -> None:
    url, asked = server
    assert judge_with(tmp_path, {**OURS, "$schema": f"{url}/meta.json"}) == []
    assert asked == []


@pytest.mark.parametrize("reference", ["file:///etc/passwd", "other.json", "../other.json", "/etc/passwd"])
def test_a_reference_to_a_file_is_an_error(reference: str, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(ConfigError, match="is not here"):
        judge_with(tmp_path, {**OURS, "properties": {"title": {"$ref": reference}}})


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ("{", "is not JSON"),
        ("[]", "holds no object"),
        ({"type": "banana"}, "is no JSON Schema"),
        ({"properties": []}, "is no JSON Schema"),
        ({**OURS, "properties": {"a": {"pattern": "("}}}, "is no JSON Schema"),
        ({**OURS, "properties": {"title": {"$ref": "#/$defs/nowhere"}}}, "is not here"),
    ],
)
def test_a_schema_that_cannot_be_used_is_told_with_its_file(schema: object, says: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=says) as told:
        judge_with(tmp_path, schema)
    assert str(told.value).startswith("team.schema.json")


def test_a_schema_out_of_the_project_is_refused(tmp_path: Path) -> None:
    (tmp_path / "team.schema.json").write_text("{}")
    inside = tmp_path / "project"
    inside.mkdir()
    for path in ("../team.schema.json", "link.json"):
        if path == "link.json":
            (inside / path).symlink_to("../team.schema.json")
        with pytest.raises(ConfigError, match="leads out of the project"):
            project(inside, {NAME: BASE}, {"schema": path})


def test_a_team_s_schema_may_be_cautious_and_clever(tmp_path: Path) -> None:
    schema = {
        "$id": "https://acme.example/pm.json",
        **OURS,
        "$defs": {"tier": {"enum": ["gold", "silver"]}},
        "properties": {"customer_tier": {"$ref": "#/$defs/tier"}},
        "dependentRequired": {"customer_tier": ["services"]},
    }
    assert judge_with(tmp_path, schema) == []
    assert judge_with(tmp_path, schema, overlay("customer_tier: tin\n", "yaml")) == ["PM113"]
    assert judge_with(tmp_path, schema, overlay("customer_tier: gold\n", "yaml")) == []


def test_without_a_schema_of_the_team_its_keys_are_unknown(tmp_path: Path) -> None:
    assert codes(findings(tmp_path, overlay("customer_tier: gold\n", "yaml"))) == ["PM105"]


@pytest.mark.parametrize(
    ("process", "said"),
    [
        ({"time_zone": "Europe/Nowhere"}, "there is no time zone `Europe/Nowhere`"),
        ({"time_zone": "Europe"}, "there is no time zone `Europe`"),
        ({"severities": {"P9": {"publish": "none"}}}, "there is no severity `P9`"),
        ({"holidays": ["2026-02-30"]}, "day is out of range for month"),
        ({"deadlines": {"publish": "soon"}}, "publish"),
        ({"preset": "google"}, "preset"),
        ({"weekend": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]}, "weekend"),
    ],
)
def test_a_process_that_cannot_be_is_one_message(process: dict[str, object], said: str, tmp_path: Path) -> None:
    path = tmp_path / "postmortem.yml"
    path.write_text(yaml.safe_dump({"process": process}), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert "postmortem.yml" in str(caught.value)
    assert said in str(caught.value)
