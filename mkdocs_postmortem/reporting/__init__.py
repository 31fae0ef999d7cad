"""Reporting: what a check found, told where the change is discussed."""

from mkdocs_postmortem.reporting.comment import Outcome, post
from mkdocs_postmortem.reporting.forges import Forge, forge_of
from mkdocs_postmortem.reporting.requests import AnswerError, RefusedError
from mkdocs_postmortem.reporting.summary import marker, summarise

__all__ = ["AnswerError", "Forge", "Outcome", "RefusedError", "forge_of", "marker", "post", "summarise"]
