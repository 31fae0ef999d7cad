"""Post-mortems made up for measuring: about 10 KB each, valid, no two alike, the same at every run."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

SERVICES = [f"service-{n:02}" for n in range(24)]
CAUSES = [f"cause-{n:02}" for n in range(12)]
PEOPLE = [f"@person{n:02}" for n in range(40)]
TYPES = ["deployment", "infrastructure", "security", "data-loss", "process", "other"]
PROSE = (
    "the queue of the payment worker grew while replicas were behind and the cache answered with what it had "
    "until its keys expired so that every request went to the primary database which had no connection left to "
    "give and the health check of the load balancer took hosts out one after another although each was well "
    "deploy config rollback alert threshold latency error budget shard index consumer topic retry backoff limit"
)
WORDS = PROSE.split()


def document(number: int, random_: random.Random) -> tuple[str, str]:
    """Name and text of one post-mortem."""
    start = datetime(2020, 1, 1, 8) + timedelta(hours=41 * number % 52000, minutes=random_.randrange(600))
    detected = start + timedelta(minutes=random_.randrange(1, 30))
    acknowledged = detected + timedelta(minutes=random_.randrange(1, 9))
    mitigated = acknowledged + timedelta(minutes=random_.randrange(5, 90))
    resolved = mitigated + timedelta(minutes=random_.randrange(2, 60))
    services = random_.sample(SERVICES, 2)
    title = f"{services[0]} answered slowly, incident {number}"

    def stamp(moment: datetime) -> str:
        return moment.strftime("%Y-%m-%dT%H:%MZ")

    def prose(count: int) -> str:
        words = [random_.choice(WORDS) for _ in range(count)]
        return " ".join(words).capitalize() + "."

    people = random_.sample(PEOPLE, 4)
    rows = []
    for n in range(10):
        at = start + (resolved - start) * n / 9
        rows.append(f"| {at:%H:%M} | {prose(14)} |")
    items = []
    for heading in ("Prevent Recurrence", "Improve Detection", "Improve Response", "Process Improvements"):
        due = resolved.date() + timedelta(days=random_.randrange(3, 60))
        status = random_.choice(("Open", "In progress", "Done", "Verified"))
        items.append(
            f"### {heading}\n\n| Action | Owner | Priority | Due Date | Status |\n|---|---|---|---|---|\n"
            f"| {prose(9)} | {random_.choice(people)} | P{random_.randrange(3)} | {due} | {status} |\n"
        )
        if heading == "Prevent Recurrence":
            items[-1] += f"| {prose(8)} | {random_.choice(people)} | P1 | {due} | {status} |\n"
    total = int((resolved - detected).total_seconds() // 60)
    duration = int((resolved - start).total_seconds() // 60)
    lag = int((detected - start).total_seconds() // 60)
    text = f"""---
title: {title}
id: PM-{number:05}
status: published
severity: P{random_.randrange(4)}
incident_type: {random_.choice(TYPES)}
services: [{", ".join(services)}]
causes: [{random_.choice(CAUSES)}]
tags: [generated]
date: {start:%Y-%m-%d}
started_at: {stamp(start)}
detected_at: {stamp(detected)}
acknowledged_at: {stamp(acknowledged)}
mitigated_at: {stamp(mitigated)}
resolved_at: {stamp(resolved)}
detection_method: monitoring
impact: {{users_affected: "{random_.randrange(100)} %", data_loss: none, customer_complaints: {number % 50}}}
owner: "{people[0]}"
authors: ["{people[0]}", "{people[1]}"]
reviewers: ["{people[2]}"]
facilitator: "{people[3]}"
drafted_at: {stamp(resolved + timedelta(hours=30))}
published_at: {stamp(resolved + timedelta(days=6))}
---

# {title}

## Executive Summary

{prose(60)}

## Impact

- **Duration:** {duration} minutes
- **Services Impacted:** {", ".join(services)}

{prose(90)}

## Timeline

| Time | Event |
|------|-------|
{chr(10).join(rows)}

**Total Response Time:** {total} minutes (detection to resolution)

## Root Cause Analysis

### What Happened

{prose(160)}

{prose(140)}

### Why It Happened

**Immediate Cause:** {prose(20)}

**Contributing Factors:**

1. {prose(16)}
2. {prose(16)}
3. {prose(16)}

{prose(120)}

### Why It Wasn't Detected Sooner

{prose(90)}

## Detection and Response

### How We Detected It

{prose(40)}

**Detection Time:** {lag} minutes

- [x] Automated monitoring/alerting
- [ ] User report

### Response Actions

1. {prose(22)}
2. {prose(22)}
3. {prose(22)}

```text
{prose(30)}
{prose(30)}
```

{prose(110)}

## Action Items

{chr(10).join(items)}
## Lessons Learned

### Technical Lessons

- {prose(25)}
- {prose(25)}

### Process Lessons

- {prose(25)}

{prose(150)}
"""
    return f"{start:%Y}/{start:%Y-%m-%d}-incident-{number:05}.md", text


def archive(folder: Path, count: int) -> int:
    """Write `count` post-mortems below `folder`; returns their size in bytes."""
    random_ = random.Random(20261123)
    size = 0
    for number in range(1, count + 1):
        name, text = document(number, random_)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        size += len(text)
    return size
