"""Exports of other tools in JSON, read as what they are: incidents with facts, times, actions and words."""
