"""How people write moments, zones and durations, and what is read: what nobody can know is None, never a guess."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mkdocs_postmortem import moments
from mkdocs_postmortem.importing import durations, titles, zones

MOMENTS = """
13:35                                       | - 13:35 |
[13:26] @wei reports                        | - 13:26 | @wei reports
10:09 :fire: alert                          | - 10:09 | :fire: alert
10:09 : note: late                          | - 10:09 | note: late
10:09:note: late                            | - 10:09 | note: late
**16:58 UTC** - Deploy                      | - 16:58 UTC | Deploy
`10:02` up                                  | - 10:02 | up
2:54 PM PST: merged                         | - 14:54 PST | merged
12:05 am - night                            | - 00:05 | night
6pm: calm                                   | - 18:00 | calm
~13:30-13:45                                | - 13:30 |
8:20 - 8:24 both                            | - 08:20 | both
17:00 to 18:00 CET: slow                    | - 17:00 CET | slow
Sep 27 2017 13:06                           | 2017-09-27 13:06 |
**June 14th, 2022, 10:00 AM:** stops        | 2022-06-14 10:00 | stops
Monday, 3 March 2021 at 10:02: x            | 2021-03-03 10:02 | x
2018-07-08 ca. 18:30                        | 2018-07-08 18:30 |
2018-01-17 17:14pm                          | 2018-01-17 17:14 |
24-10-2024 04:00                            | 2024-10-24 04:00 |
2024-01-02T10:02:11.5+01:00: x              | 2024-01-02 10:02 +01:00 | x
2024-04-15 14.43                            | 2024-04-15 14:43 |
2025-01-14 1600                             | 2025-01-14 16:00 |
2018-01-15                                  | 2018-01-15 - |
19. April, 11:00                            | 04-19 11:00 |
Feb 21, 13:00                               | 02-21 13:00 |
[03-26 23:04] drained                       | 03-26 23:04 | drained
2023-01-04 (Time TBC)                       | 2023-01-04 - |
~18:1x slow                                 | - - | slow
2X:XX (not sure)                            | - - |
[???] slow                                  | - - | slow
**12:45 PM DATE:** somebody                 | - 12:45 | **DATE:** somebody
07:30am - First report                      | - 07:30 | First report
10 de junho de 2026: falha                  | 2026-06-10 - | falha
1 de enero del 2026 10:02                   | 2026-01-01 10:02 |
11 novembre 2025 05:00 UTC                  | 2025-11-11 05:00 UTC |
3. März 2024, 11:00                         | 2024-03-03 11:00 |
12:29p gone                                 | - 12:29 | gone
2019-02-25 11:21a                           | 2019-02-25 11:21 |
12:05a - night                              | - 00:05 | night
1:42-1:59p: Releases                        | - 13:42 | Releases
12:29x gone                                 | none
10:02apt fails                              | none
Feb 28th **01:52** `@q` First report        | 02-28 01:52 | `@q` First report
**19:52 (Local):** Commit                   | - 19:52 Local | Commit
*2023-01-04/11:34*: told                    | 2023-01-04 11:34 | told
2023-03-03[^3]: a token is made             | 2023-03-03 - | [^3] a token is made
1:42-1:59 PM: Releases                      | - 13:42 | Releases
11:50-12:10 PM                              | - 11:50 |
11:50 PM - 1:10 AM                          | - 23:50 |
10:07-10:29 AM: x                           | - 10:07 | x
09:55〜10:07 slow                           | - 09:55 | slow
October 27, 2022 (Thursday) 11:58           | 2022-10-27 11:58 |
2026-04-16(木) 00:10                         | 2026-04-16 00:10 |
**October 9-23, 2025** - waits              | 2025-10-09 - | waits
9-23 October 2025: waits                    | 2025-10-09 - | waits
Oct 24 – Oct 26, 2025: waits                | 2025-10-24 - | waits
Oct 9 - 12 nodes fail                       | 10-09 - | 12 nodes fail
Oct 9 10:00 to Oct 12 11:00                 | 10-09 10:00 | to Oct 12 11:00
2020-10-09 - 10:02 slow                     | 2020-10-09 10:02 | slow
**Unknown Date**: gone                      | - - | gone
~`01:30` - sure                             | - 01:30 | sure
2021-02-13 6:29 +UTC                        | 2021-02-13 06:29 UTC |
9:03 AM WAT: pushed                         | - 09:03 WAT | pushed
10:02 IT is told                            | - 10:02 | IT is told
10:02 POST requests fail                    | - 10:02 | POST requests fail
10:02 PST requests fail                     | - 10:02 PST | requests fail
2024-13-40 10:00                            | none
25:10 never                                 | none
10:61 never                                 | none
22025-03-18 09:36                           | none
3 nodes are down                            | none
May be late                                 | none
1.5 hours later                             | none
Resolved 10:02                              | none
"""


@pytest.mark.parametrize("line", MOMENTS.strip().splitlines())
def test_a_line_that_begins_with_a_moment(line: str) -> None:
    text, expected, *rest = (part.strip() for part in line.split("|"))
    found = moments.take(text)
    if found is None:
        assert expected == "none"
        return
    moment, behind = found
    day = moment.day.isoformat() if moment.day else "{:02}-{:02}".format(*moment.part) if moment.part else "-"
    clock = f"{moment.clock:%H:%M}" if moment.clock else "-"
    assert (f"{day} {clock} {moment.zone}".strip(), [behind]) == (expected, rest)


@pytest.mark.parametrize(
    ("near", "day"), [("2019-03-26", "2019-03-26"), ("2018-12-30", "2019-03-26"), ("2019-12-30", "2020-03-26")]
)
def test_a_day_without_a_year_is_the_nearest(near: str, day: str) -> None:
    found = moments.take("[03-26 23:04] x")
    assert found is not None
    assert found[0].on(date.fromisoformat(near)) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("line", "end"),
    [
        ("The contract is there at 2021-02-13 5:37 AM +UTC.", "2021-02-13 5:37 AM +UTC"),
        ("Funds are taken on February 13, 2021", "February 13, 2021"),
        ("The alarm at 5:37", "5:37"), ("The alarm (10:02 UTC)", "10:02 UTC"), ("Over (in time)", None),
        ("Version 1.2.3", None), ("It took 5 minutes", None), ("May be", None),
        ("See build-2021-02-13", None), ("", None),
    ],
)  # fmt: skip
def test_a_line_that_ends_with_a_moment(line: str, end: str | None) -> None:
    found = moments.at_the_end(line)
    assert (found[1].written if found else None) == end


@given(st.text(max_size=80), st.text(alphabet="0123456789:-~〜 –OctMayAPM,()", max_size=60))
def test_any_text_ends_with_a_moment_or_none(text: str, end: str) -> None:
    found = moments.at_the_end(text + end)
    assert found is None or moments.read((text + end).rstrip(" .")[found[0] :].removeprefix("(").removesuffix(")"))
    moments.take(end)


@given(st.text(max_size=80))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    found = moments.take(text)
    assert found is None or text.endswith(found[1].strip("*_ ")) or "*" in found[1] or "_" in found[1]


SUMMER, WINTER = date(2022, 7, 4), date(2022, 1, 4)


@pytest.mark.parametrize(
    ("name", "day", "hours"),
    [
        ("UTC", SUMMER, 0), ("Z", SUMMER, 0), ("CET", SUMMER, 1), ("CEST", SUMMER, 2), ("PST", SUMMER, -8),
        ("GMT+2", SUMMER, 2), ("UTC+05:30", SUMMER, 5.5), ("PST (UTC-7)", SUMMER, -7), ("CET (GMT+1)", SUMMER, 1),
        ("PT", SUMMER, -7), ("PT", WINTER, -8), ("Eastern Time", WINTER, -5), ("Europe/Berlin", SUMMER, 2),
        ("BST", SUMMER, 1), ("West African Time", SUMMER, 1), ("WAT", SUMMER, 1),
        ("Indian Standard Time", SUMMER, 5.5), ("British Summer Time", SUMMER, 1), ("Timbuktu Time", SUMMER, None),
        ("IST", SUMMER, None), ("CST", SUMMER, None), ("UC/Pacific", SUMMER, None),
        ("Mars/Olympus", SUMMER, None), ("", SUMMER, None),
    ],
)  # fmt: skip
def test_the_offset_of_a_zone(name: str, day: date, hours: float | None) -> None:
    found = zones.offset(name, day)
    assert found.value == (None if hours is None else timedelta(hours=hours))
    assert bool(found.doubt) == (hours is None or name in ("BST", "PST (UTC-7)"))


def test_a_zone_is_certain_where_the_caller_is_at_home_in_it() -> None:
    assert zones.offset("BST", SUMMER, ZoneInfo("Europe/London")) == zones.Offset(timedelta(hours=1))
    assert zones.offset("IST", SUMMER, ZoneInfo("Asia/Kolkata")) == zones.Offset(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("1d 5h 47m", 1787), ("6 hours, 14 minutes", 374), ("371 minutes", 371), ("19 hours 43 minutes.", 1183),
        ("8m", 8), ("11 Days", 15840), ("~17d", 24480), ("PT1H30M", 90), ("7h (during support hours)", 420),
        ("five hours", 300), ("0h 16m", 16), ("?", None), ("N/A", None), ("TBC", None), ("-", None), ("", None),
        ("13+ hours", 780), ("48〜72 時間", 3600), ("約 32 分", 32), ("2 小时", 120), ("2時間30分", 150),
        ("3 天", 4320), ("unknown", None), ("a while", None),
        ("2 horas", 120), ("3 Stunden", 180), ("2 Tage", 2880), ("3 jours", 4320), ("1 semana", 10080),
        ("4 semaines", 40320), ("5 minutos", 5), ("2 dias y 3 horas", 2880), ("10 tests", None), ("x" * 500, None),
    ],
)  # fmt: skip
def test_a_stated_duration(text: str, minutes: int | None) -> None:
    assert durations.read(text) == (None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("14:30 - 16:00 UTC", ("14:30 UTC", "16:00 UTC")), ("1:42-1:59 PM", ("13:42", "13:59")),
        ("~21 hours (Jul 7 14:00 → Jul 8 11:13 UTC)", ("Jul 7 14:00 UTC", "Jul 8 11:13 UTC")),
        ("2026-03-23 19:25 JST 〜 21:27 JST (約 2 時間)", ("2026-03-23 19:25 JST", "2026-03-23 21:27 JST")),
        ("75 minutes of chaos from 9:00 AM to 10:15 AM GMT.", ("09:00 GMT", "10:15 GMT")),
        ("2024-01-02 23:50 to 00:20", None), ("October 9 - October 23, 2025", None), ("2 - 3 hours", None), ("", None),
    ],
)  # fmt: skip
def test_a_period_with_a_clock_at_both_ends(text: str, period: tuple[str, str] | None) -> None:
    assert durations.period(text) == period


@given(st.text(alphabet="0123456789:-~〜→ toJulAPM,().", max_size=80))
def test_any_text_is_a_period_or_none(text: str) -> None:
    found = durations.period(text)
    assert found is None or all(moments.read(end) for end in found)


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("2017-09-27, Hub 403", "Hub 403"), ("2017-11-30 4:23PM PST, OOM Proxy", "OOM Proxy"),
        ("January 23rd, 2019 Prow Outage", "Prow Outage"), ("incident date: 2019-02-20, logs gone", "logs gone"),
        ("Incident on 2020-04-15 Nginx/TLS", "Nginx/TLS"), ("Incident on 2020-02-12", "Incident on 2020-02-12"),
        ("[Public] Post-Mortem: Checkout 502", "Checkout 502"), ("Postmortem: 2021-03-03: Search", "Search"),
        ("2017-09-29, 504", "504"), ("Queue stopped on 3 March", "Queue stopped on 3 March"), ("", ""),
    ],
)  # fmt: skip
def test_a_title_without_its_day(heading: str, title: str) -> None:
    assert titles.clean(heading) == title


@pytest.mark.parametrize(
    ("heading", "shown"),
    [
        ("**Bold** and _thin_ `code` [a link](https://x.y)", "Bold and thin code a link"),
        ("v2.2.0 unfinished_block cache", "v2.2.0 unfinished_block cache"), ("AGG_SIG_UNSAFE", "AGG_SIG_UNSAFE"),
        ("All ingress using *.apps.live and *apps", "All ingress using *.apps.live and *apps"), ("a  b", "a b"),
    ],
)  # fmt: skip
def test_a_heading_as_it_is_shown(heading: str, shown: str) -> None:
    assert titles.bare(heading) == shown


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("All times in PST", "PST"), ("All times in CET (GMT+1)", "CET (GMT+1)"), ("All times in GMT+2", "GMT+2"),
        ("All times in UTC+1 (Zurich time)", "UTC+1 (Zurich time)"), ("Times are UTC.", "UTC"),
        ("All times in PDT (UTC-7).", "PDT (UTC-7)"), ("All times are approximate", ""), ("Times vary", ""),
    ],
)  # fmt: skip
def test_the_zone_that_a_sentence_names(text: str, zone: str) -> None:
    assert titles.zone_name(text) == zone
