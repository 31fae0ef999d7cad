"""Three post-mortems that the golden files are made from."""

CHECKOUT = """---
title: Checkout returned 502 for 47 minutes
id: PM-2026-014
status: published
severity: P1
incident_type: deployment
services: [checkout, payments]
causes: [missing-config-validation]
started_at: 2026-11-03T10:02Z
detected_at: 2026-11-03T10:09Z
acknowledged_at: 2026-11-03T10:11Z
mitigated_at: 2026-11-03T10:41Z
resolved_at: 2026-11-03T10:49Z
detection_method: monitoring
impact: {users_affected: 12% of checkouts, data_loss: none, revenue: "", customer_complaints: 14}
owner: "@maria"
authors: ["@maria", "@wei"]
facilitator: "@li"
participants: [{who: "@maria", role: incident commander}, "@wei"]
related: [PM-2026-003, PM-1999-001]
---

# Checkout returned 502 for 47 minutes

## Timeline

| Time | Event |
|------|:------|
| 09:50 | The release is built, `a|b` in its notes |
| 10:02 | Deploy of 4.12 begins |
| 10:09 | Page: error rate over 5 % |
| later | Somebody remembers |
| 10:49 | Resolved |

## Action Items

### Prevent Recurrence

| ID | Action | Owner | Priority | Due Date | Status | Issue | Completed |
|----|--------|-------|----------|----------|--------|-------|-----------|
| A1 | Validate `config.yml` in CI | @wei | P0 | 2026-11-11 | In progress | #412 | |
| A2 | Roll out in **steps** | @maria, @wei | P1 | 2026-12-18 | Open | https://tickets.example.com/7 | |
| A3 | Rewrite it all | @maria | P2 | 2026-12-01 | Won't do: the canary covers it | | |

### Improve Detection

- [ ] Alert on 502 (@wei, P1, due 2026-11-20)
- [x] Page the owner of checkout,
  not everybody (@maria, P0, done 2026-11-10)

## Appendix: 5 Whys Analysis

**Problem:** Checkout failed.

**Why 1:** Why did checkout fail?
→ **Because:** it could not read its configuration.

**Why 2:** Why could it not?
→ **Because:** a key was missing
and nobody looked.

**Root Cause:** Nothing validates configuration.
"""

EARLIER = """---
title: Payments <slow> | "again"
id: PM-2026-003
status: review
severity: P0
incident_type: data-loss
near_miss: true
services: [payments]
causes: [missing-config-validation, "alert; gap"]
started_at: 2026-02-10T08:00Z
resolved_at: 2026-02-12T09:30Z
timeline:
  - {time: 2026-02-10T08:00Z, event: "Slow | <b>very</b> `a|b`"}
  - {time: 2026-02-12T09:30Z, event: "[Fixed](https://example.com/x), see [notes](javascript:alert(1))"}
action_items:
  - {action: Check keys | everywhere, owner: "@sam", priority: P0,
     due: 2026-03-01, status: open, ticket: PAY-7}
  - {action: Write it down, owner: "@sam", priority: P2, status: done,
     completed: 2026-11-20, category: process}
  - {action: Watch it, owner: "@li", priority: P1, due: 2026-02-20,
     status: verified, completed: 2026-02-19, category: detect}
---

Words without a heading.

## Lessons Learned

One.
"""

UNDATED = """---
title: A draft
status: draft
---

# A draft
"""
