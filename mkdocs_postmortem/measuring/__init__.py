"""Measuring: records to what they say about the process. Pure: no files, no clock; what counts as today is given."""
