"""GitLab's notes of merge requests, as its manual documents them, in the form of an OpenAPI description.

GitLab publishes its own description under a licence that this repository does not have; what stands
here are the documented names, kinds and limits of what we use: https://docs.gitlab.com/api/notes/ and
https://docs.gitlab.com/api/users/. They were compared with the published operations of the same paths
(`getApiV4ProjectsIdMergeRequestsNoteableIdNotes` and those that follow it).
"""

from __future__ import annotations

from typing import Any

_PROJECT = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
_REQUEST = {"name": "merge_request_iid", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
_NOTE_ID = {"name": "note_id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
_USER = {
    "type": "object",
    "required": ["id", "username", "name", "state"],
    "properties": {
        "id": {"type": "integer"},
        "username": {"type": "string"},
        "name": {"type": "string"},
        "state": {"type": "string"},
    },
}
_NOTE = {
    "type": "object",
    "required": ["id", "body", "author", "created_at", "updated_at", "system", "noteable_type"],
    "properties": {
        "id": {"type": "integer"},
        "body": {"type": "string"},
        "author": _USER,
        "created_at": {"type": "string", "format": "date-time"},
        "updated_at": {"type": "string", "format": "date-time"},
        "system": {"type": "boolean"},
        "noteable_type": {"type": "string", "enum": ["MergeRequest"]},
        "noteable_iid": {"type": "integer"},
    },
}
_BODY = {"type": "string", "maxLength": 1_000_000}


def _query(name: str, **schema: object) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema}


def _answer(schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": "Done", "content": {"application/json": {"schema": schema}}}


def _body(required: bool, **more: object) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {"body": _BODY, **more},
        "required": ["body"] if required else [],
        "additionalProperties": False,
    }
    return {"required": True, "content": {"application/json": {"schema": schema}}}


DESCRIPTION: dict[str, Any] = {
    "paths": {
        "/user": {"get": {"operationId": "user", "parameters": [], "responses": {"200": _answer(_USER)}}},
        "/projects/{id}/merge_requests/{merge_request_iid}/notes": {
            "get": {
                "operationId": "list",
                "parameters": [
                    _PROJECT,
                    _REQUEST,
                    _query("sort", type="string", enum=["asc", "desc"]),
                    _query("order_by", type="string", enum=["created_at", "updated_at"]),
                    _query("page", type="integer", minimum=1),
                    _query("per_page", type="integer", minimum=1, maximum=100),
                ],
                "responses": {"200": _answer({"type": "array", "items": _NOTE})},
            },
            "post": {
                "operationId": "create",
                "parameters": [_PROJECT, _REQUEST],
                "requestBody": _body(True, internal={"type": "boolean"}),
                "responses": {"201": _answer(_NOTE)},
            },
        },
        "/projects/{id}/merge_requests/{merge_request_iid}/notes/{note_id}": {
            "put": {
                "operationId": "update",
                "parameters": [_PROJECT, _REQUEST, _NOTE_ID],
                "requestBody": _body(False),
                "responses": {"200": _answer(_NOTE)},
            },
            "delete": {
                "operationId": "delete",
                "parameters": [_PROJECT, _REQUEST, _NOTE_ID],
                "responses": {"204": {"description": "Gone"}},
            },
        },
    }
}
