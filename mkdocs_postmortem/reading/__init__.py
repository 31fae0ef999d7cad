"""Reading: files to immutable records with the place of every fact."""

from mkdocs_postmortem.reading.archive import Reader, discover, is_postmortem, newest_first

__all__ = ["Reader", "discover", "is_postmortem", "newest_first"]
