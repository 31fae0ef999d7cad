"""The field's words: canonical names of sections, columns and states, and what else they are called.

Aliases are compared after `fold`: case, emphasis, numbering, punctuation and a closing
parenthesis do not matter. `*` in an alias stands for any words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple


class SectionName(NamedTuple):
    """A section of the template: its title, other titles it goes by, and where it belongs."""

    title: str
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    """The section it is only recognised in; None for anywhere."""


SECTIONS: dict[str, SectionName] = {
    "executive_summary": SectionName("Executive Summary", ("summary", "incident summary", "overview", "tl;dr", "tldr")),
    "impact": SectionName("Impact", ("customer impact", "user impact", "impact and severity")),
    "timeline": SectionName("Timeline", ("timeline of events", "incident timeline", "detailed timeline", "chronology")),
    "root_cause_analysis": SectionName(
        "Root Cause Analysis",
        ("root cause", "root causes", "root cause(s)", "cause", "causes", "rca", "fault", "analysis"),
    ),
    "what_happened": SectionName("What Happened", ("what happened?",)),
    "why_it_happened": SectionName("Why It Happened", ("why did it happen", "contributing factors")),
    "why_not_detected": SectionName(
        "Why It Wasn't Detected Sooner",
        ("why it was not detected sooner", "why wasn't it detected sooner", "detection gaps"),
    ),
    "why_it_took": SectionName(
        "Why It Took [X] Time to Resolve",
        ("why it took * to resolve", "why did it take * to resolve", "why it took so long*"),
    ),
    "detection_and_response": SectionName("Detection and Response", ("detection & response", "response and detection")),
    "how_detected": SectionName(
        "How We Detected It", ("detection", "how it was detected", "how was it detected", "identified")
    ),
    "response_actions": SectionName(
        "Response Actions",
        ("response", "resolution", "recovery", "resolution and recovery", "mitigation"),
    ),
    "worked_well": SectionName(
        "What Worked Well", ("what went well", "went well", "what went well?", "things that went well")
    ),
    "could_improve": SectionName(
        "What Could Be Improved",
        (
            "what went wrong",
            "what went poorly",
            "what didn't go so well",
            "what could be better",
            "what could have gone better",
            "went wrong",
        ),
    ),
    "got_lucky": SectionName("Where We Got Lucky", ("we got lucky", "got lucky")),
    "action_items": SectionName(
        "Action Items",
        (
            "action item",
            "actions",
            "follow-up actions",
            "follow-ups",
            "follow ups",
            "corrective actions",
            "review actions",
            "remediation",
            "remediation items",
            "next steps",
        ),
    ),
    "prevent": SectionName("Prevent Recurrence", ("prevent", "prevention", "preventive actions"), "action_items"),
    "detect": SectionName(
        "Improve Detection", ("detect", "detection", "monitoring", "detection improvements"), "action_items"
    ),
    "respond": SectionName(
        "Improve Response",
        ("respond", "response", "mitigate", "mitigation", "response improvements"),
        "action_items",
    ),
    "process": SectionName(
        "Process Improvements", ("process", "process improvement", "process changes"), "action_items"
    ),
    "lessons_learned": SectionName(
        "Lessons Learned", ("lessons learnt", "lessons", "what we learned", "learnings", "lessons learned *")
    ),
    "technical_lessons": SectionName("Technical Lessons", ("technical",), "lessons_learned"),
    "process_lessons": SectionName("Process Lessons", ("process",), "lessons_learned"),
    "communication_lessons": SectionName("Communication Lessons", ("communication",), "lessons_learned"),
    "supporting_information": SectionName("Supporting Information", ("supporting materials", "appendix")),
    "logs": SectionName("Logs", (), "supporting_information"),
    "metrics": SectionName("Metrics", ("graphs",), "supporting_information"),
    "related_incidents": SectionName("Related Incidents", ("similar incidents",), "supporting_information"),
    "references": SectionName("References", ("links",), "supporting_information"),
    "five_whys": SectionName("Appendix: 5 Whys Analysis", ("5 whys analysis", "5 whys", "five whys", "the five whys")),
}
"""Section names of the template in `process.md`, and those of the SRE template and its relatives."""

REQUIRED_SECTIONS = {
    "review": (
        "executive_summary",
        "impact",
        "timeline",
        "root_cause_analysis",
        "action_items",
    ),
    "published": (
        "executive_summary",
        "impact",
        "timeline",
        "root_cause_analysis",
        "detection_and_response",
        "action_items",
        "lessons_learned",
    ),
}
"""Sections a document must have by its state; a draft may be unfinished."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "time": (
        "timestamp",
        "when",
        "date",
        "date/time",
        "date / time",
        "time (utc)",
        "date time",
        "datetime",
        "utc",
        "at",
        "時刻",
        "日時",
        "時間",
        "zeit",
        "uhrzeit",
        "hora",
        "horário",
        "data/hora",
        "fecha/hora",
        "heure",
    ),
    "event": (
        "note",
        "notes",
        "what",
        "description",
        "what happened",
        "details",
        "activity",
        "entry",
        "イベント",
        "内容",
        "出来事",
        "ereignis",
        "evento",
        "événement",
    ),
    "action": (
        "action item",
        "ai",
        "item",
        "task",
        "what",
        "description",
        "todo",
        "summary",
        "follow-up",
        "アクション",
        "対応",
        "maßnahme",
        "acción",
        "accion",
        "ação",
    ),
    "owner": (
        "who",
        "assignee",
        "assigned to",
        "responsible",
        "owners",
        "dri",
        "owner(s)",
        "担当",
        "担当者",
        "verantwortlich",
        "responsable",
        "responsável",
    ),
    "priority": ("prio", "severity", "importance", "優先度", "priorität", "priorité", "prioridad", "prioridade"),
    "due": (
        "due date",
        "deadline",
        "target date",
        "due by",
        "resolve by",
        "eta",
        "by when",
        "when",
        "target",
        "期限",
        "frist",
        "fällig",
        "fällig bis",
        "fällig am",
        "échéance",
        "fecha límite",
        "fecha limite",
        "prazo",
    ),
    "status": (
        "state",
        "progress",
        "done",
        "done?",
        "complete?",
        "completed?",
        "ステータス",
        "状態",
        "状況",
        "statut",
        "estado",
    ),
    "ticket": ("issue", "bug", "bug #", "work item", "jira", "link", "tracking", "issue #", "ticket #"),
    "completed": ("completed on", "done on", "completion date", "closed", "finished", "completed date"),
    "id": ("#", "no", "no.", "nr", "action id", "ref"),
    "type": ("category", "kind", "カテゴリ", "種別"),
}
"""Columns of the timeline and of the action-item tables."""

STATUSES: dict[str, tuple[str, ...]] = {
    "open": (
        "todo",
        "to do",
        "outstanding",
        "new",
        "not started",
        "planned",
        "pending",
        "backlog",
        "⬜",
        "deferred",
        "deferred *",
        "postponed",
        "postponed *",
        "on hold",
        "on hold *",
        "paused",
        "未着手",
        "未対応",
        "no",
        "not yet",
        "offen",
        "geplant",
        "nein",
    ),
    "in progress": (
        "in_progress",
        "in-progress",
        "wip",
        "started",
        "doing",
        "ongoing",
        "active",
        "in review",
        "blocked",
        "blocked *",
        "対応中",
        "進行中",
        "in arbeit",
    ),
    "done": (
        "completed",
        "complete",
        "closed",
        "resolved",
        "fixed",
        "finished",
        "merged",
        "x",
        "✅",
        "✔",
        "完了",
        "完了済み",
        "対応済み",
        "yes",
        "erledigt",
        "abgeschlossen",
        "ja",
    ),
    "verified": ("done and verified", "verified done", "confirmed"),
    "won't do": (
        "won’t do",
        "wont do",
        "wont_do",
        "wontfix",
        "won't fix",
        "won’t fix",
        "cancelled",
        "canceled",
        "abandoned",
        "not doing",
        "not_doing",
        "declined",
        "rejected",
        "dropped",
    ),
}
"""What became of an action item, and how trackers call the same."""

PRIORITIES: dict[str, tuple[str, ...]] = {
    "P0": ("must", "critical", "must have", "must-have"),
    "P1": ("should", "high", "should have", "should-have"),
    "P2": ("nice-to-have", "nice to have", "medium", "could", "low"),
}
"""Priorities of action items (not severities of incidents)."""

DOCUMENT_STATE_ALIASES: dict[str, tuple[str, ...]] = {
    "draft": ("wip", "in progress", "work in progress", "preliminary"),
    "review": ("in review", "reviewed", "in-review", "under review"),
    "published": ("final", "closed", "completed", "complete", "accepted", "done", "public"),
}
"""How the state of the document is called elsewhere."""

CATEGORY_ALIASES: dict[str, tuple[str, ...]] = {
    "prevent": ("prevention", "prevent recurrence", "preventive"),
    "detect": ("detection", "improve detection", "monitoring"),
    "respond": ("response", "improve response", "mitigate", "mitigation", "repair"),
    "process": ("process improvements", "process improvement", "document", "documentation", "other"),
}

KEY_ALIASES = {
    "incident_id": "id", "reference": "id", "name": "title", "sev": "severity", "incident_severity": "severity",
    "state": "status", "type": "incident_type", "category": "incident_type", "author": "authors",
    "reviewer": "reviewers", "attendees": "participants", "involved": "participants",
    "service": "services", "services_affected": "services", "affected": "services",
    "affected_services": "services", "impacted_services": "services", "cause": "causes",
    "root_cause": "causes", "keywords": "tags", "labels": "tags", "start_time": "started_at",
    "starttime": "started_at", "start": "started_at", "started": "started_at", "incident_start": "started_at",
    "impact_start": "started_at", "detected": "detected_at", "detect_time": "detected_at",
    "acknowledged": "acknowledged_at", "ack": "acknowledged_at", "responded_at": "acknowledged_at",
    "mitigated": "mitigated_at", "stable_at": "mitigated_at", "repaired": "mitigated_at",
    "resolved": "resolved_at", "end_time": "resolved_at", "endtime": "resolved_at", "ended_at": "resolved_at",
    "closed_at": "resolved_at", "detected_by": "detection_method", "related_incidents": "related",
    "follow_ups": "action_items", "corrective_actions": "action_items", "actions": "action_items",
    "users": "users_affected", "complaints": "customer_complaints", "due_date": "due", "deadline": "due",
    "issue": "ticket", "done_at": "completed", "completed_at": "completed", "description": "action",
    "task": "action", "title": "action", "assignee": "owner", "what": "event", "at": "time",
}  # fmt: skip
"""How keys of front matter are called elsewhere: those of the record, and those inside its lists and maps."""

DETECTION_LABELS: dict[str, tuple[str, ...]] = {
    "monitoring": ("automated monitoring/alerting", "automated*", "monitoring*", "alert*"),
    "user-report": ("user report*", "customer report*"),
    "manual": ("manual discovery", "manual*"),
    "third-party": ("third-party notification", "third party*", "third-party*"),
    "other": ("other*",),
}
"""The five boxes under "Detection Method" in the template."""

UNKNOWN = frozenset({"", "?", "??", "???", "n/a", "na", "tbc", "tbd", "-", "–", "—", "unknown", "none", "null"})
"""How writers say that they do not know: never a zero, never a date."""

# Every class stops at the sign that begins the next match, so that no text takes more than one pass.
_MARKUP = re.compile(r"[*_`]{1,3}|~~|!\[|\[(?=[^\[\]]*\]\()|\]\([^()\]]*\)|</?[a-zA-Z][^<>]*>")
_NUMBERED = re.compile(r"^(?:\d+(?:\.\d+)*[.)]\s+|[^\w\s(\[\"'#]+\s*)")
_TAIL = re.compile(r"\s*\([^()]*\)\s*$")


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """A heading or header cell as it is compared: markup, numbering, emoji and case removed."""
    text = unicodedata.normalize("NFKC", _MARKUP.sub("", text)).replace("’", "'").strip()
    text = _NUMBERED.sub("", text)
    text = text.strip(" :#.–—-\t").casefold()
    return " ".join(text.split())


@lru_cache(maxsize=8192)
def fold_short(text: str) -> str:
    """`fold`, without the parenthesis at its end: "Timeline (All times UTC)" is "timeline"."""
    folded = fold(text)
    return _TAIL.sub("", folded) or folded


class Lookup:
    """Finds the canonical name for a name that was written, through aliases and wildcards."""

    def __init__(self, names: dict[str, tuple[str, ...]]) -> None:
        self.exact: dict[str, str] = {}
        self.patterns: list[tuple[re.Pattern[str], str]] = []
        self.headers: dict[tuple[str, ...], tuple[tuple[str, ...], tuple[str | None, ...]]] = {}
        """Headers of tables seen before with the names of their columns: most tables share theirs."""
        for canonical in names:
            self.exact.setdefault(fold(canonical) or canonical, canonical)
        for canonical, aliases in names.items():
            for alias in aliases:
                if "*" in alias:
                    parts = [re.escape(fold(part)) for part in alias.split("*")]
                    pattern = r"\s*.*?\s*".join(parts)
                    self.patterns.append((re.compile(pattern + r"\Z"), canonical))
                else:
                    self.exact.setdefault(fold(alias) or alias, canonical)

    def __call__(self, written: str) -> str | None:
        """The canonical name, or None where nothing is called that."""
        for name in (fold(written), fold_short(written)):
            found = self.exact.get(name)
            if found is not None:
                return found
            for pattern, canonical in self.patterns:
                if pattern.match(name):
                    return canonical
        stripped = written.strip()
        return self.exact.get(stripped)
