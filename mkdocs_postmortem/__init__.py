"""mkdocs-postmortem: check post-mortems written in markdown and publish them as a wiki."""

__version__ = "0.1.0"
