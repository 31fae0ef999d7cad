"""Checking: records to findings, each with its place, its rule and the mend."""

from mkdocs_postmortem.checking.cache import Cache
from mkdocs_postmortem.checking.engine import Report, check_files, check_records
from mkdocs_postmortem.checking.findings import RULES, Acceptance, Finding, Rule
from mkdocs_postmortem.checking.process import BY_THE_DAY

__all__ = ["BY_THE_DAY", "RULES", "Acceptance", "Cache", "Finding", "Report", "Rule", "check_files", "check_records"]
