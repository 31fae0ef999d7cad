"""What facts and sections are called in the documents that teams bring: beside `vocabulary`, for import alone.

Names are those of the tools and templates of the field; a name that means different things in different
places stands for the more careful one.
"""

from __future__ import annotations

import re

from mkdocs_postmortem.vocabulary import Lookup, fold

FACTS: dict[str, tuple[str, ...]] = {
    "id": ("incident id", "incident_id", "reference", "incident number", "incident reference", "postmortem id", "pm id",
           "public_id", "postmortemid", "インシデントid"),
    "title": ("name", "incident title", "incident name", "report name", "タイトル"),
    "date": ("incident date", "date of incident", "date of the incident", "incident day", "occurred on", "datum",
             "fecha", "date de l'incident", "data do incidente", "data da ocorrência", "fecha del incidente",
             "data de ocorrência", "日付", "発生日", "日期", "事故日期"),
    "severity": ("sev", "incident severity", "incident_severity", "severity level", "sev level", "impact level",
                 "重大度",
                 "schweregrad", "gravité", "severidad", "incident priority", "incident_priority"),
    "status": ("state", "document status", "report status", "post-mortem status", "postmortem status", "ステータス"),
    "incident_type": ("incident type", "incident_type", "problem type", "problem_type", "incident category"),
    "owner": ("owner of review process", "postmortem owner", "post-mortem owner", "postmortem_owner", "pm owner",
              "contact", "review owner", "document owner", "verantwortlich",
              "responsable", "responsável", "担当者"),
    "authors": ("author", "author(s)", "created by", "written by", "prepared by", "作成者", "autor",
                "autores", "autor(es)", "auteur", "auteurs", "verfasser", "autoren"),
    "reviewers": ("reviewer", "reviewer(s)", "reviewed by", "approved by", "レビュアー"),
    "facilitator": ("moderator", "meeting facilitator"),
    "participants": ("attendees", "involved", "people involved", "responders", "participants", "incident responders",
                     "active participants"),
    "services": ("service", "services affected", "services_affected", "affected", "affected services",
                 "affected_services", "impacted services", "impacted_services", "services impacted", "affected systems",
                 "systems affected", "impacted systems", "affected components", "components affected", "subsystem",
                 "service(s) affected", "product", "影響サービス"),
    "tags": ("keywords", "labels", "categories", "tag", "category"),
    "causes": ("cause category", "root cause category", "incident_cause", "cause categories"),
    "started_at": ("start", "started", "start time", "start_time", "starttime", "start date", "incident start",
                   "incident_start", "incident started", "impact start", "impact started", "impact_start", "began at",
                   "customer_impact_start", "fault occurs", "fault occurred", "outage start", "outage started",
                   "outage begins", "outage began", "started at", "occurred at", "start of incident", "begin",
                   "start (utc)", "time of incident", "start at", "when", "time", "incident time", "outage time",
                   "発生日時", "发生时间", "开始时间", "beginn", "début", "inicio",
                   "início", "incident from", "date début", "date de début", "hora de inicio", "início do incidente"),
    "detected_at": ("detected", "detecttime", "detect_time", "detected at", "first detected", "fault detected",
                    "time detected", "detection date", "team aware", "team becomes aware", "became aware",
                    "incident detected", "detect at", "noticed", "discovered", "discovered at", "detection at",
                    "検知日時",
                    "发现时间"),
    "acknowledged_at": ("ack", "acknowledged", "acknowledged at", "acked", "acked at", "responded", "responded at",
                        "responded_at", "respondtime", "response started", "first response", "time acknowledged"),
    "declared_at": ("declared", "declared at", "incident declared", "incident_declared", "reported at",
                    "reported_at", "incident opened", "opened", "opened at"),
    "mitigated_at": ("mitigated", "mitigated at", "mitigate at", "stable", "stable at", "stable_at",
                     "repaired", "repaired at",
                     "repaired declared", "restored", "service restored", "impact end", "impact ended", "impact_end",
                     "customer_impact_end", "recovered", "recovered at", "time mitigated", "incident repaired"),
    "resolved_at": ("resolved", "resolved at", "end", "ended", "end time", "end_time", "endtime", "end date",
                    "incident end", "incident_end", "incident ended", "outage end", "outage ended", "outage ends",
                    "resolvetime", "end at", "resolve at", "resolve_time", "closed", "closed at", "closed_at",
                    "resolvedwhen", "ended at",
                    "time resolved", "incident resolved", "end of incident", "end (utc)", "fixed at", "復旧日時",
                    "恢复时间", "结束时间", "解決日", "解決日時",
                    "incident till", "incident until", "resolvido", "resuelto", "résolu",
                    "date résolution", "date de résolution", "resolvido em",
                    "hora de fin", "hora fin", "hora de fim", "fin del incidente",
                    "fim do incidente", "data de resolução", "fecha de resolución",
                    "ende", "fin", "fim"),
    "duration": ("incident duration", "total duration", "outage duration", "total downtime", "downtime", "total_down",
                 "length of outage", "outage length", "impact duration", "customer_impact_duration", "lasted",
                 "time to restore", "duration of impact", "duration of outage", "duration of incident", "dauer",
                 "durée", "durée totale", "duración", "duracion", "duração",
                 "duração total", "発生期間", "incident period", "incident window", "outage window",
                 "outage period", "impact window",
                 "impact period", "影響期間", "障害期間", "継続時間", "持续时间", "影响时间"),
    "time_to_detect": ("time to detection", "detection time", "ttd", "mttd", "time to discover", "検知までの時間"),
    "time_to_acknowledge": ("time to acknowledgement", "tta", "mtta", "time to respond", "time to response"),
    "time_to_mitigate": ("time to repair", "time_to_repair", "time to mitigation", "time to recovery",
                         "time to recover", "ttm", "mttm"),
    "time_to_resolve": ("total response time", "time to resolution", "ttr", "mttr", "resolution time",
                        "復旧までの時間"),
    "detection_method": ("detected by", "detection method", "how detected", "identified by", "detection source"),
    "users_affected": ("users affected", "affected users", "users impacted", "customers affected", "impacted users",
                       "affected customers", "customers impacted", "number of users affected"),
    "data_loss": ("data loss", "data lost"),
    "revenue": ("revenue impact", "revenue lost", "lost revenue", "financial impact"),
    "customer_complaints": ("customer complaints", "complaints", "support tickets"),
    "related": ("related incidents", "related_incidents", "related postmortems", "duplicates"),
    "near_miss": ("near miss", "near-miss", "ヒヤリハット"),
}  # fmt: skip
"""Names of facts, by the names of our front matter. `declared_at` is none of ours: it stays in the timeline."""

FACT = Lookup({name: (name.replace("_", " "), *aliases) for name, aliases in FACTS.items()})

ROLE = Lookup(
    {
        "incident lead": ("incident_lead", "lead of the incident", "lead"),
        "incident commander": ("incident_commander", "ic", "incident manager"),
        "reporter": ("incident reporter",),
        "scribe": ("incident scribe",),
        "communications lead": ("communications_lead", "comms lead", "communications manager"),
    }
)
"""Labels of participants that say what somebody did in the incident."""

STAMPS = ("started_at", "detected_at", "acknowledged_at", "declared_at", "mitigated_at", "resolved_at")
DURATIONS = ("duration", "time_to_detect", "time_to_acknowledge", "time_to_mitigate", "time_to_resolve")
NAMES = ("authors", "reviewers", "participants", "services", "tags", "causes", "related")
FREE = frozenset({"services", "tags", "causes", "users_affected", "data_loss", "revenue", "customer_complaints"})
"""Facts of which any words may be the value, so that a label of prose is easily taken for one."""
IMPACT = ("users_affected", "data_loss", "revenue", "customer_complaints")

SECTION = Lookup(
    {
        "executive_summary": (
            "tl;dr", "abstract", "synopsis", "incident overview", "issue summary", "problem summary", "brief summary",
            "high level summary", "high-level summary", "quick summary", "summary of incident",
            "summary of the incident", "what happened (summary)", "概要", "サマリー", "要約",
            "zusammenfassung", "kurzfassung", "résumé", "résumé exécutif", "synthèse", "resumen", "resumen ejecutivo",
            "resumo", "resumo executivo", "sumário executivo", "エグゼクティブサマリー",
        ),
        "impact": (
            "business impact", "effects", "effect", "impact on users", "impact on customers", "who was affected",
            "scope of impact", "severity and impact", "blast radius", "impact assessment", "impact analysis",
            "what was affected", "影響", "auswirkung", "auswirkungen", "impacto", "影響範囲",
        ),
        "timeline": (
            "timeline (*", "timeline of the incident", "what happened when",
            "sequence of events", "event log", "events", "incident log",
            "log of events",
            "time line", "timeline summary", "chronology of events", "timeline of incident",
            "timeline of key events", "timelines", "key events",
            "key timestamps", "タイムライン", "zeitleiste", "zeitlicher ablauf", "chronologie", "cronología",
            "cronologia", "cronologia dos eventos", "linha do tempo", "timeline forense", "timeline complète",
            "línea de tiempo", "línea temporal", "cronología de eventos", "chronologie des événements", "時系列",
        ),
        "root_cause_analysis": (
            "root cause and trigger", "root causes and trigger", "root causes & trigger", "underlying cause",
            "underlying causes", "blameless root cause", "cause of the incident", "cause analysis", "cause(s)",
            "root cause summary", "technical analysis", "根本原因", "根本原因分析", "原因",
            "ursache", "ursachen", "causa raíz", "causa raiz", "causa", "causas", "cause racine", "causes racines",
            "原因調査", "原因分析",
        ),
        "what_happened": ("what went on", "description of the incident", "incident description"),
        "why_it_happened": ("contributing causes", "why this happened", "why did this happen"),
        "how_detected": (
            "discovery", "how did we find out", "how we found out", "how was the incident detected", "identification",
            "how was this detected", "検知",
        ),
        "response_actions": (
            "fix", "the fix", "solution", "workaround", "mitigation and resolution", "how we fixed it", "restoration",
            "how it was resolved", "how was it resolved", "how was it fixed", "mitigations", "mitigation steps",
            "resolution steps", "remediation steps", "actions taken", "response actions", "対応",
        ),
        "action_items": (
            "review actions", "actions following review", "future actions", "action points", "todo", "to do", "todos",
            "tasks", "follow up", "followup", "followups", "follow-up", "follow-up items", "follow up actions",
            "follow-up tasks", "resulting action", "resulting actions", "follow-up improvements",
            "follow up improvements",
            "preventative measures", "preventive measures",
            "corrective and preventative measures",
            "corrective and preventative measure",
            "corrective and preventive measures", "corrective and preventive actions", "corrective measures",
            "next actions", "ais",
            "corrective actions with owners",
            "preventative actions", "preventive actions", "recommendations", "remediation actions", "action plan",
            "action list", "remediations", "remedial actions", "improvement actions", "future work", "backlog",
            "アクションアイテム", "再発防止策", "maßnahmen", "nächste schritte", "acciones", "acciones correctivas",
            "plan de acción", "próximos pasos", "mesures", "actions correctives", "plan d'action", "prochaines étapes",
            "ações", "ações corretivas", "plano de ação", "próximos passos", "今後の対応",
        ),
        "worked_well": ("what went right", "what worked", "the good", "positives", "was gut lief",
                        "ce qui a fonctionné", "o que funcionou", "qué funcionó", "うまくいったこと"),
        "could_improve": (
            "what went badly", "what didn't go well", "what didn't go so well?", "what did not go well",
            "what didn't work", "what could be improved", "what could go better", "the bad", "went poorly",
            "things that went poorly", "things that went wrong", "areas for improvement",
            "改善が必要なこと", "うまくいかなかったこと",
        ),
        "got_lucky": ("where were we lucky", "where did we get lucky", "where we got lucky?", "luck", "lucky",
                      "運が良かったこと"),
        "lessons_learned": (
            "key takeaways", "takeaways", "learning", "reflection", "what did we learn", "what have we learned",
            "教訓", "学んだこと", "erkenntnisse", "gelernt", "lecciones aprendidas", "leçons apprises",
            "lições aprendidas", "lições",
        ),
        "supporting_information": (
            "appendices", "supporting documents", "additional information", "additional info", "appendix *",
            "supporting evidence", "supporting *", "apendix", "appendinx", "supporting data",
        ),
        "references": ("resources", "related links", "see also", "further reading", "relevant links",
                       "参考資料", "関連リソース"),
        "related_incidents": ("recurrence", "related issues", "previous incidents"),
        "five_whys": ("5 why", "five why's", "5 why's", "five whys analysis", "five why analysis"),
    }
)  # fmt: skip
"""Titles of sections that only import takes for one of the template's."""

PARENT = {
    "what_happened": "root_cause_analysis",
    "why_it_happened": "root_cause_analysis",
    "why_not_detected": "root_cause_analysis",
    "why_it_took": "root_cause_analysis",
    "how_detected": "detection_and_response",
    "response_actions": "detection_and_response",
    "worked_well": "lessons_learned",
    "could_improve": "lessons_learned",
    "got_lucky": "lessons_learned",
    "logs": "supporting_information",
    "metrics": "supporting_information",
    "related_incidents": "supporting_information",
    "references": "supporting_information",
}
"""Where a section belongs that is part of another in the template, when it comes as one of its own."""

ORDER = (
    "executive_summary", "impact", "timeline", "root_cause_analysis", "detection_and_response", "action_items",
    "lessons_learned", "supporting_information", "five_whys",
)  # fmt: skip
"""The sections of the template, in its order."""

_SHORTCODES = re.compile(r"\s*(?::[a-z0-9_+-]{2,40}:\s*)+(?=\S)")


def bare(title: str) -> str:
    """A title without the signs that stand before it as shortcodes: `:warning: Impact`."""
    match = _SHORTCODES.match(title) if ":" in title else None
    return title[match.end() :] if match else title


UNDER_CAUSE = Lookup({"trigger": ("triggers", "trigger of the incident", "leadup", "lead up", "lead-up")})
"""Sections of other templates that tell of the cause, and keep their name."""

NO_ACTION = frozenset(
    {"none", "n/a", "na", "no action", "no actions", "nothing", "no action items", "-", "tbd", "tbc", "todo"}
)
"""What stands below Action Items where there are none."""

PREVENTION = frozenset(
    {"prevention", "prevention measures", "prevention measures implemented", "future prevention",
     "preventing recurrence", "how do we prevent this", "avoiding recurrence", "what we are doing",
     "what we're doing", "what we are doing about it", "what are we doing", "what we will do",
     "going forward",
     "how do we make sure this never happens again", "how do we make sure it never happens again",
     "how will we prevent this", "how do we prevent this from happening again", "予防", "予防策",
     "预防", "prävention", "prévention", "prevención", "prevenção", "対策"}
)  # fmt: skip
"""Titles of sections that tell of what was done as often as of what is to be done: never read as action items."""

MEASURES = frozenset({"対策"})
"""Titles of what was done as often as of what is to be done: action items where the parts below say which is which."""

_PUBLIC = re.compile(
    r"\b(?:for|to) (?:[\w,-]+ ){0,4}(?:users?|customers?|maintainers|developers|operators|the community|everyone|"
    r"everybody|others|readers|you)\b|\b(?:users|customers|maintainers|developers|operators|everyone|you) should\b",
    re.I,
)


def to_the_public(title: str, text: str) -> bool:
    """Whether what stands below a title recommends something to others than the team: `text` introduces it."""
    return fold(title) in ("recommendations", "recommendation") and _PUBLIC.search(text[:500]) is not None


FACT_SECTIONS = frozenset(
    {"stats", "metadata", "details", "incident details", "information", "info", "key facts", "at a glance", "facts",
     "incident information", "general information", "general", "overview table", "incident metadata"}
)  # fmt: skip
"""Titles of sections that hold facts: never the title of a document."""

_KEY_EVENTS = frozenset({"key events", "key timestamps", "key times", "key dates", "important events"})


def key_events(title: str) -> bool:
    """Whether a title stands above a list of what happened with the time behind it, rather than before."""
    return fold(title) in _KEY_EVENTS
