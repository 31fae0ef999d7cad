"""Views: records to the pages of the internal wiki. No host is imported; no file is written."""
