"""Mending what is mechanical, and nothing else: `check --fix`."""

from mkdocs_postmortem.mending.document import Left, Mended, mend
from mkdocs_postmortem.mending.files import Outcome, mend_file

__all__ = ["Left", "Mended", "Outcome", "mend", "mend_file"]
