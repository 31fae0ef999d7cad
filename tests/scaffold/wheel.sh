# A first day with the installed package, in an empty folder: every command is on PATH.
# Run by `make wheel` with the built wheel; any failure ends it.

# Wherever it runs, it is a person's machine, not a job of a host.
unset GITHUB_ACTIONS GITLAB_CI

mkdocs-postmortem --version
mkdocs-postmortem init > init.txt
mkdocs-postmortem check
python -m mkdocs build --strict

mkdocs-postmortem new "Checkout returned 502 after the deploy" \
    --severity P1 --type deployment --service checkout --service payments \
    --started 2026-11-03T10:02Z --as-of 2026-11-04 > new.txt
ls docs/postmortems/2026/2026-11-03-checkout-returned-502-after-the-deploy.md
mkdocs-postmortem check --as-of 2026-11-04
mkdocs-postmortem comment --print --as-of 2026-11-04 | grep --quiet "1 post-mortem"
mkdocs-postmortem schema postmortem > schema.json
python -c 'import json; json.load(open("schema.json"))'
python -m mkdocs build --strict

# What was imported is the wheel, not the checkout it was built from.
python - <<'PYTHON'
import sys
from pathlib import Path

import mkdocs_postmortem

place = Path(mkdocs_postmortem.__file__).resolve()
assert place.is_relative_to(Path(sys.prefix).resolve()), place
PYTHON

grep --quiet "Checkout returned 502" site/postmortems/index.html
echo "The wheel works."
