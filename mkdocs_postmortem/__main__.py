"""`python -m mkdocs_postmortem` is the same command line as `mkdocs-postmortem`."""

from mkdocs_postmortem.cli import main

main()
