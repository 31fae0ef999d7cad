"""How each tool calls things in its exports. Field names are those of the tools' public clients and documentation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Actions:
    """Where a tool keeps action items, and what it calls their parts; paths below each item."""

    each: str
    action: tuple[str, ...]
    more: str = ""
    """A longer text that belongs to the action."""
    owner: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    due: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    ticket: tuple[str, ...] = ()
    completed: tuple[str, ...] = ()
    id: tuple[str, ...] = ()
    kind: str = ""
    """For lists of mixed kinds: the item's `type` has to be this."""


@dataclass(frozen=True, slots=True)
class Events:
    """Where a tool keeps what happened when; paths below each entry."""

    each: str
    time: tuple[str, ...]
    event: tuple[str, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool's export: how it is told from others, and where its facts, times, words and items stand."""

    name: str
    marks: tuple[str, ...]
    """Paths of which one has to be there: no other tool has them."""
    title: tuple[str, ...]
    roots: tuple[tuple[str | int, ...], ...] = ((),)
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Our field to theirs: single texts."""
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Our field to theirs: lists of texts."""
    impact: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Our fields of the impact to theirs: single texts or numbers."""
    stamps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    named_stamps: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = ()
    """Lists of times that say by a name what each is: the list, its name, its time."""
    marked_times: Mapping[str, str] = field(default_factory=dict)
    """Times that our front matter has no field for, with the words they get in the timeline."""
    durations: Mapping[str, str] = field(default_factory=dict)
    """Durations in seconds, with our field for them; what means something else by that name stays in the rest."""
    prose: tuple[tuple[str, str, str], ...] = ()
    """Longer texts: our section, the heading of its own (empty for none), their path."""
    roles: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = ()
    """People: the list or object, the path of the role, the path of the name."""
    people: Mapping[str, str] = field(default_factory=dict)
    """People with one role each: their path, the role."""
    relations: Mapping[str, str] = field(default_factory=dict)
    """Relationships of JSON:API that name a person, with the role."""
    actions: tuple[Actions, ...] = ()
    events: tuple[Events, ...] = ()
    answers: tuple[tuple[str, str, str], ...] = ()
    """Questions with their answers: the list, the question, the answer."""


STAMP_NAMES: Mapping[str, str] = {
    "started": "started_at", "impact started": "started_at", "impact start": "started_at", "start": "started_at",
    "detected": "detected_at", "first detected": "detected_at",
    "acknowledged": "acknowledged_at", "responded": "acknowledged_at",
    "mitigated": "mitigated_at", "fixed": "mitigated_at", "stable": "mitigated_at", "impact ended": "mitigated_at",
    "impact end": "mitigated_at", "repaired": "mitigated_at",
    "resolved": "resolved_at",
}  # fmt: skip
"""What milestones and named times are called, without a closing "at"."""

_USER = ("name", "full_name", "email", "handle", "slack_user_id")


def _of(prefix: str, names: tuple[str, ...] = _USER) -> tuple[str, ...]:
    return tuple(f"{prefix}.{name}" for name in names)


_API = ((), ("data", "attributes"), ("attributes",), ("incident",), ("incident", "data", "attributes"),
        ("incident", "attributes"), ("data",))  # fmt: skip

OPSGENIE = Tool(
    name="Opsgenie",
    marks=("postmortemId", "executiveSummary", "rootIncident.tinyId"),
    roots=((), ("data",)),
    title=("title", "rootIncident.message"),
    facts={"severity": ("severity", "rootIncident.priority"), "owner": ("owner.name",)},
    lists={
        "services": ("affectedServices[].name", "affectedServices[]"),
        "tags": ("rootIncident.tags[]", "tags[]"),
        "related": ("relatedIncidents[].tinyId",),
    },
    stamps={
        "started_at": ("startTime",),
        "acknowledged_at": ("respondTime",),
        "mitigated_at": ("endTime",),
        "resolved_at": ("resolveTime",),
    },
    prose=(("executive_summary", "", "executiveSummary"), ("", "Post-mortem", "content")),
    roles=(("responders[]", (), ("name", "fullName")),),
    actions=(
        Actions(
            "jiraIssues[]",
            action=("summary", "title", "key"),
            owner=("assignee.name", "assignee"),
            priority=("priority.name", "priority"),
            status=("status.name", "status"),
            ticket=("key", "url", "link"),
            id=(),
        ),
    ),
)

ROOTLY = Tool(
    name="Rootly",
    marks=("sequential_id", "retrospective_progress_status", "mitigation_message", "incident_post_mortem_id"),
    roots=_API,
    title=("title", "name"),
    facts={
        "severity": (
            "severity.data.attributes.name",
            "severity.attributes.name",
            "severity.name",
            "severity.slug",
            "severity",
        )
    },
    lists={
        "services": ("services[].name", "services.data[].attributes.name", "services[].attributes.name"),
        "causes": ("causes[].name", "causes.data[].attributes.name"),
        "tags": (
            "incident_types[].name",
            "incident_types.data[].attributes.name",
            "functionalities[].name",
            "environments[].name",
        ),
    },
    stamps={name: (name,) for name in ("started_at", "detected_at", "acknowledged_at", "mitigated_at", "resolved_at")},
    marked_times={"cancelled_at": "cancelled", "closed_at": "closed"},
    prose=(
        ("executive_summary", "", "summary"),
        ("response_actions", "Mitigation", "mitigation_message"),
        ("response_actions", "Resolution", "resolution_message"),
        ("", "Retrospective", "content"),
        ("", "Retrospective", "post_mortem.content"),
        ("", "Retrospective", "post_mortem.data.attributes.content"),
    ),
    roles=(
        ("roles[]", ("incident_role.name", "name"), ("user.full_name", "user.name", "user.email")),
        ("incident_role_assignments[]", ("incident_role.name",), ("user.full_name", "user.name")),
    ),
    people={"user.data.attributes.full_name": "reporter", "user.full_name": "reporter"},
    relations={"user": "reporter"},
    actions=tuple(
        Actions(
            f"{each}",
            action=tuple(prefix + name for name in ("summary", "title")),
            more=prefix + "description",
            owner=tuple(
                prefix + name
                for name in ("assigned_to.full_name", "assigned_to.name", "assigned_to.email",
                             "assigned_to.data.attributes.full_name")
            ),
            priority=(prefix + "priority",),
            due=(prefix + "due_date",),
            status=(prefix + "status",),
            ticket=(prefix + "jira_issue_key", prefix + "jira_issue_url", prefix + "url"),
            kind=kind,
        )
        for each, prefix, kind in (
            ("action_items[]", "", ""),
            ("action_items.data[]", "attributes.", ""),
            ("/included[]", "attributes.", "incident_action_items"),
        )
    ),
    events=(
        Events("events[]", time=("occurred_at", "created_at"), event=("event",)),
        Events("events.data[]", time=("attributes.occurred_at",), event=("attributes.event",)),
        Events("/included[]", time=("attributes.occurred_at",), event=("attributes.event",), kind="incident_events"),
    ),
)  # fmt: skip

DATADOG = Tool(
    name="Datadog",
    marks=("customer_impact_start", "customer_impacted", "customer_impact_scope", "time_to_internal_response"),
    roots=_API,
    title=("title",),
    facts={"severity": ("fields.severity.value", "severity")},
    lists={"services": ("fields.services.value[]", "services[]"), "tags": ("tags[]",)},
    stamps={
        "started_at": ("customer_impact_start",),
        "detected_at": ("detected",),
        "mitigated_at": ("customer_impact_end",),
        "resolved_at": ("resolved",),
    },
    marked_times={"declared": "declared", "created": "created", "archived": "archived"},
    durations={"time_to_detect": "time_to_detect", "time_to_repair": "time_to_mitigate"},
    prose=(
        ("executive_summary", "", "fields.summary.value"),
        ("impact", "", "customer_impact_scope"),
        ("why_it_happened", "", "fields.root_cause.value"),
    ),
    people={
        "commander.data.attributes.name": "incident commander",
        "commander_user.data.attributes.name": "incident commander",
        "declared_by.name": "declared by",
    },
    relations={"commander_user": "incident commander", "declared_by_user": "declared by"},
    actions=tuple(
        Actions(
            each,
            action=(prefix + "content",),
            owner=(prefix + "assignees[].name", prefix + "assignees[]"),
            due=(prefix + "due_date",),
            completed=(prefix + "completed",),
            kind=kind,
        )
        for each, prefix, kind in (
            ("todos[]", "", ""),
            ("todos.data[]", "attributes.", ""),
            ("/todos.data[]", "attributes.", ""),
            ("/included[]", "attributes.", "incident_todos"),
        )
    ),
    events=(
        Events("timeline[]", time=("display_time", "occurred_at", "created"), event=("content", "description")),
        Events("/included[]", time=("attributes.display_time", "attributes.created"),
               event=("attributes.content.content", "attributes.content"), kind="incident_timeline_cells"),
    ),
)  # fmt: skip

INCIDENT_IO = Tool(
    name="incident.io",
    marks=(
        "incident_timestamp_values",
        "incident_role_assignments",
        "incident_status.category",
        "custom_field_entries",
    ),
    roots=((), ("incident",), ("data",)),
    title=("name",),
    facts={"id": ("reference",), "severity": ("severity.name",)},
    lists={"tags": ("incident_type.name",)},
    named_stamps=(
        ("incident_timestamp_values[]", ("incident_timestamp.name", "name"), ("value.value", "value")),
        ("timestamps[]", ("name",), ("last_occurred_at", "value")),
    ),
    prose=(("executive_summary", "", "summary"), ("impact", "", "customer_impact")),
    roles=(("incident_role_assignments[]", ("role.name",), _of("assignee")),),
    people={"creator.user.name": "reporter"},
    actions=tuple(
        Actions(
            each,
            action=("title", "description"),
            more="description",
            owner=_of("assignee"),
            priority=("priority.name", "priority"),
            status=("status", "status.name"),
            ticket=("external_issue_reference.issue_permalink", "external_issue_reference.issue_name"),
            completed=("completed_at",),
        )
        for each in ("follow_ups[]", "/follow_ups[]", "actions[]", "/actions[]")
    ),
    events=(
        Events("incident_updates[]", time=("created_at",), event=("message",)),
        Events("/incident_updates[]", time=("created_at",), event=("message",)),
        Events("timeline[]", time=("timestamp", "created_at"), event=("description", "title", "message")),
    ),
)

FIREHYDRANT = Tool(
    name="FireHydrant",
    marks=("current_milestone", "customer_impact_summary", "milestones[].occurred_at", "lifecycle_phases[].milestones"),
    roots=((), ("incident",), ("data",)),
    title=("name",),
    facts={"severity": ("severity.slug", "severity")},
    lists={
        "services": ("services[].name", "services[]"),
        "tags": ("tag_list[]",),
        "related": ("related_incidents[].number",),
    },
    impact={"users_affected": ("customers_impacted",), "revenue": ("monetary_impact",)},
    stamps={"started_at": ("started_at",)},
    named_stamps=(
        ("milestones[]", ("type", "slug", "name"), ("occurred_at",)),
        ("lifecycle_phases[].milestones[]", ("slug", "type", "name"), ("occurred_at",)),
    ),
    prose=(
        ("executive_summary", "", "summary"),
        ("impact", "", "customer_impact_summary"),
        ("what_happened", "", "description"),
        ("lessons_learned", "", "lessons_learned"),
        ("lessons_learned", "", "lessons_learned[]"),
        ("why_it_happened", "", "contributing_factors[]"),
        ("why_it_happened", "", "contributing_factors[].summary"),
    ),
    roles=(("role_assignments[]", ("incident_role.name", "role.name"), ("user.name", "user.email")),),
    actions=tuple(
        Actions(
            each,
            action=("summary", "title", "description"),
            more="description",
            owner=("assignees[].name", "assignee.name", "assigned_to.name"),
            priority=("priority.slug", "priority"),
            due=("due_at", "due_date"),
            status=("state", "status"),
            ticket=("link.href_url", "attachments[].href_url", "url"),
            completed=("completed_at",),
        )
        for each in ("follow_ups[]", "/follow_ups[]", "action_items[]", "tickets[]", "/tickets[]", "incident_tickets[]")
    ),
    events=(
        Events("events[]", time=("occurred_at", "created_at"), event=("data.body", "body", "description")),
        Events("notes[]", time=("occurred_at", "created_at"), event=("body",)),
    ),
    answers=(
        ("questions[]", "title", "body"),
        ("/questions[]", "title", "body"),
        ("retrospective.fields[]", "label", "value"),
        ("fields[]", "label", "value"),
        ("retrospectives[].fields[]", "label", "value"),
    ),
)

DISPATCH = Tool(
    name="Dispatch",
    marks=("stable_at", "incident_priority", "incident_severity", "reported_at"),
    title=("title", "name"),
    facts={
        "id": ("name",),
        "severity": ("incident_severity.name", "incident_severity"),
        "owner": ("commander.individual.name", "commander.individual.email", "commander.name"),
    },
    lists={"tags": ("tags[].name",), "related": ("duplicates[].name",)},
    stamps={"mitigated_at": ("stable_at",)},
    marked_times={"reported_at": "reported", "closed_at": "closed"},
    prose=(("executive_summary", "", "description"), ("response_actions", "Resolution", "resolution")),
    people={
        "commander.individual.name": "incident commander",
        "reporter.individual.name": "reporter",
        "liaison.individual.name": "liaison",
        "scribe.individual.name": "scribe",
    },
    roles=(("participants[]", ("participant_roles[].role",), ("individual.name", "individual.email")),),
    actions=(
        Actions(
            "tasks[]",
            action=("description",),
            owner=("owner.individual.name", "assignees[].individual.name", "owner.individual.email"),
            priority=("priority",),
            due=("resolve_by",),
            status=("status",),
            ticket=("ticket.weblink", "ticket.resource_id", "weblink"),
            completed=("resolved_at",),
        ),
    ),
    events=(Events("events[]", time=("started_at", "ended_at"), event=("description",)),),
)

MORGUE = Tool(
    name="Morgue",
    marks=("why_surprised", "detecttime", "statustime", "meeting_notes_link"),
    roots=((), ("data",)),
    title=("title",),
    facts={
        "severity": ("severity",),
        "owner": ("contact",),
        "facilitator": ("facilitator",),
    },
    lists={
        "services": ("subsystem",),
        "tags": ("tags[].title", "tags[]", "tags", "problem_type", "impact_type", "incident_cause"),
    },
    stamps={"started_at": ("starttime",), "detected_at": ("detecttime",), "resolved_at": ("endtime",)},
    marked_times={"statustime": "status page updated"},
    prose=(
        ("executive_summary", "", "tldr"),
        ("what_happened", "", "summary"),
        ("why_not_detected", "Why we were surprised", "why_surprised"),
        ("references", "Meeting notes", "meeting_notes_link"),
    ),
    actions=(
        Actions(
            "jira[]",
            action=("summary", "key", ""),
            owner=("assignee",),
            status=("status",),
            ticket=("key", "ticket_url"),
        ),
    ),
    events=(Events("timeline[]", time=("time", "timestamp"), event=("event", "entry", "text")),),
)

TOOLS = (OPSGENIE, INCIDENT_IO, FIREHYDRANT, DATADOG, ROOTLY, DISPATCH, MORGUE)
"""In the order in which they are asked whether a record is theirs: those with the most telling names first."""
