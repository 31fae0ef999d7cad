"""What counts, what is left out and why, and what the settings change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mkdocs_postmortem.measuring import trends
from mkdocs_postmortem.measuring.definitions import NAMES, definitions
from mkdocs_postmortem.measuring.metrics import MISTAKES, Measure, Survey, p90, summed_up, survey
from mkdocs_postmortem.measuring.metrics import Value as Measured
from mkdocs_postmortem.measuring.support_hours import supported
from mkdocs_postmortem.metric_settings import WEEKDAYS, MetricSettings, SupportHours, build
from mkdocs_postmortem.model import PostMortem
from mkdocs_postmortem.reading.history import FileHistory, History
from mkdocs_postmortem.settings import Settings

from .support import AS_OF, SETTINGS, incident, record

NEVER = History.none()


def surveyed(*records: PostMortem, settings: Settings = SETTINGS, as_of: date = AS_OF) -> Survey:
    return survey(records, settings, as_of, NEVER)


def one(name: str, *records: PostMortem, settings: Settings = SETTINGS, as_of: date = AS_OF) -> Measure:
    return surveyed(*records, settings=settings, as_of=as_of).measures(metrics=(name,))[0]


def of(*facts: str, body: str = "", name: str = "2026-03-02-incident") -> PostMortem:
    front = "\n".join(("title: Incident", *facts))
    return record(f"---\n{front}\n---\n\n# Incident\n\n{body}\n", f"docs/postmortems/{name}.md")


# -- how values are summed up


@pytest.mark.parametrize(
    ("values", "median", "ninety"),
    [
        ([7], 7, 7),
        ([1, 2], 1.5, 1.9),
        ([1, 2, 3, 4], 2.5, 3.7),
        ([15, 20, 35, 40, 50], 35, 46),  # the worked example of many a textbook
        ([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 55, 91),
    ],
)
def test_percentiles_are_those_of_spreadsheets(values: list[float], median: float, ninety: float) -> None:
    record_ = incident("PM-1", "2026-03-02T10:00Z")
    found = summed_up("time_to_resolve", "x", [Measured(record_, value) for value in values])
    assert (found.n, found.median, found.p90) == (len(values), median, pytest.approx(ninety))


@given(st.lists(st.integers(0, 10**9), min_size=1))
def test_p90_lies_between_two_values_and_above_nine_in_ten(values: list[int]) -> None:
    ranked = sorted(values)
    assert ranked[0] <= p90(ranked) <= ranked[-1]
    assert sum(value <= p90(ranked) + 1e-6 for value in ranked) >= 0.9 * (len(ranked) - 1)


def test_without_values_there_is_no_number() -> None:
    for item in surveyed().measures():
        assert item[2:] == (0, 0, None, None, None)
    assert [item.metric for item in surveyed().measures()] == list(NAMES)


# -- what is left out


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (("started_at: 2026-03-02T10:00Z", "resolved_at: 2026-03-02T11:00Z"), "missing"),
        (("detected_at: 2026-03-02T10:00Z", "resolved_at: 2026-03-02T09:59Z"), "reversed"),
        (("detected_at: 2026-03-02T10:00Z", "resolved_at: 2026-04-01T10:01Z"), "too long"),
        (("detected_at: 2026-03-02T10:00Z", "resolved_at: 2026-12-02T10:00Z"), "in the future"),
    ],
)
def test_an_interval_without_sense_is_in_no_number(facts: tuple[str, ...], reason: str) -> None:
    found = surveyed(of(*facts), of("detected_at: 2026-03-03T10:00Z", "resolved_at: 2026-03-03T10:40Z"))
    assert found.measures(metrics=("time_to_resolve",))[0][2:] == (1, 1, 2400, 2400, 2400)
    assert [value.reason for value in found.values["time_to_resolve"]] == [reason, ""]
    assert ("time_to_resolve" in {name for name, _ in found.mistakes}) is (reason != "missing")
    assert (reason in MISTAKES) is (reason != "missing"), "each mistake is told in words"


def test_the_limit_is_that_of_the_settings_and_of_the_document() -> None:
    long = ("detected_at: 2026-03-02T10:00Z", "resolved_at: 2026-04-20T10:00Z")
    assert one("time_to_resolve", of(*long)).n == 0
    assert one("time_to_resolve", of(*long), settings=replace(SETTINGS, max_days=60)).n == 1
    assert one("time_to_resolve", of(*long, "long_running: true")).n == 1


def test_mitigated_before_anybody_noticed_has_no_time_to_mitigate() -> None:
    found = of("detected_at: 2026-03-02T10:00Z", "mitigated_at: 2026-03-02T09:55Z")
    assert one("time_to_mitigate", found)[2:4] == (0, 1)


def test_detected_before_it_started_leaves_nothing_to_be_counted_from_its_detection() -> None:
    found = of(
        "started_at: 2026-03-02T10:00Z",
        "detected_at: 2026-03-01T10:00Z",
        "acknowledged_at: 2026-03-02T10:05Z",
        "mitigated_at: 2026-03-02T10:20Z",
        "resolved_at: 2026-03-02T10:30Z",
    )
    spans = ("time_to_detect", "time_to_acknowledge", "time_to_mitigate", "time_to_resolve")
    assert [one(name, found)[2:5] for name in spans] == [(0, 1, None)] * 4
    assert one("duration", found)[2:5] == (1, 0, 1800)
    assert {value.reason for _, value in surveyed(found).mistakes} == {"reversed", "begun before the incident"}
    assert (found.time_to_detect, found.time_to_resolve, found.duration) == (None, None, timedelta(minutes=30))


def test_a_timestamp_of_the_teams_own_may_lie_before_the_start() -> None:
    settings = replace(
        SETTINGS,
        extra_keys=frozenset({"introduced_at"}),
        metrics=build({"definitions": {"time_to_detect": {"from": "introduced_at"}}}),
    )
    facts = ("introduced_at: 2026-03-02T09:00Z", "started_at: 2026-03-02T10:00Z", "detected_at: 2026-03-02T10:30Z")
    text = "\n".join(("title: Incident", *facts))
    found = record(f"---\n{text}\n---\n\n# Incident\n", "docs/postmortems/x.md", settings)
    assert one("time_to_detect", found, settings=settings).median == 5400


def test_what_began_later_has_not_happened_yet() -> None:
    early = incident("PM-1", "2026-03-02T10:00Z", ended="2026-03-02T11:00Z")
    late = incident("PM-2", "2026-05-02T10:00Z", ended="2026-05-02T12:00Z")
    assert one("duration", early, late).n == 2
    assert one("duration", early, late, as_of=date(2026, 4, 1))[2:] == (1, 0, 3600, 3600, 3600)
    over_night = incident("PM-3", "2026-03-31T10:00Z", ended="2026-04-03T10:00Z")
    assert one("duration", over_night, as_of=date(2026, 4, 1))[2:4] == (0, 1)


# -- the follow-up


ITEMS = (
    "Alert | Done | 2026-03-12",
    "Test | Verified | 2026-03-05",
    "Wait | Done",
    "Think | Open",
    "Drop | Won't do: no",
)


def test_undated_action_items_have_no_time() -> None:
    made = incident("PM-1", "2026-03-02T10:00Z", ended="2026-03-02T11:00Z", items=ITEMS)
    assert one("time_to_complete_actions", made)[2:4] == (2, 1)
    assert one("time_to_complete_actions", made).median == 6.5 * 86400


def test_on_an_earlier_day_less_was_done() -> None:
    made = incident("PM-1", "2026-03-02T10:00Z", ended="2026-03-02T11:00Z", items=ITEMS)
    assert one("time_to_complete_actions", made, as_of=date(2026, 3, 8))[2:5] == (1, 1, 3 * 86400)


DUE = """| Action | Status | Due Date | Completed |
|---|---|---|---|
| Alert | Done | 2026-03-10 | 2026-03-12 |
| Test | Verified | 2026-03-20 | 2026-03-05 |
| Trace | Open | 2026-04-01 | |
| Drop | Won't do: no | 2026-03-10 | |
| Wait | Done | | |
| Think | Open | | |
"""


def due() -> PostMortem:
    table = f"## Action Items\n\n{DUE}"
    return incident("PM-1", "2026-02-28T10:00Z", ended="2026-02-28T11:00Z", body=table)


@pytest.mark.parametrize(
    ("as_of", "n", "rate"),
    [
        ("2026-03-10", 0, None),  # on its last day an item still may be done
        ("2026-03-11", 1, 0.0),
        ("2026-03-12", 1, 1.0),
        ("2026-03-21", 2, 1.0),
        ("2026-04-01", 2, 1.0),  # due today: not overdue, and not held against anybody
        ("2026-04-02", 3, 2 / 3),
    ],
)
def test_the_completion_rate_is_of_what_was_due(as_of: str, n: int, rate: float | None) -> None:
    today = date.fromisoformat(as_of)
    assert one("action_completion_rate", due(), as_of=today)[2:] == (n, 2, None, None, rate)
    overdue = sum(item.overdue(today) for item in due().action_items if item.action == "Trace")
    assert overdue == (n == 3)


def test_what_has_no_due_date_is_left_out_in_every_period_and_in_all() -> None:
    found = surveyed(due(), as_of=date(2026, 5, 1)).measures("month", ("action_completion_rate",))
    assert [(item.period, item.n, item.excluded, item.mean) for item in found] == [
        ("2026-02", 0, 2, None),  # the incident's month, which is all that dates them
        ("2026-03", 2, 0, 1.0),
        ("2026-04", 1, 0, 0.0),
        ("(all)", 3, 2, 2 / 3),
    ]


def test_all_is_the_sum_of_its_months() -> None:
    found = surveyed(due(), as_of=date(2026, 5, 1)).measures("month")
    for name in NAMES:
        *months, total = [item for item in found if item.metric == name]
        assert (total.n, total.excluded) == (sum(m.n for m in months), sum(m.excluded for m in months))


def test_done_while_the_incident_lasted_took_no_time_and_done_long_before_is_a_mistake() -> None:
    made = incident(
        "PM-1",
        "2026-03-02T10:00Z",
        ended="2026-03-05T11:00Z",
        items=("At once | Done | 2026-03-03", "Last year | Done | 2025-03-09"),
    )
    assert one("time_to_complete_actions", made)[2:5] == (1, 1, 0)
    assert [value.reason for _, value in surveyed(made).mistakes] == ["reversed"]


def test_a_draft_is_measured_from_the_end_by_front_matter_else_by_git() -> None:
    stated = of("resolved_at: 2026-03-02T10:00Z", "drafted_at: 2026-03-03T10:00Z")
    assert one("time_to_postmortem", stated).median == 86400
    silent = of("resolved_at: 2026-03-02T10:00Z")
    assert one("time_to_postmortem", silent)[2:4] == (0, 1)
    moment = datetime(2026, 3, 2, 22, tzinfo=UTC)
    history = History({silent.path: FileHistory(moment, ((moment, "draft"),), moment)}, known=True)
    found = survey([silent, stated], SETTINGS, AS_OF, history)
    assert found.measures(metrics=("time_to_postmortem",))[0].median == 18 * 3600
    assert [found.by_git(name) for name in ("time_to_postmortem", "duration")] == [1, 0], "what says so is told"


def test_a_draft_may_take_longer_than_an_incident_but_not_a_year() -> None:
    after = ("resolved_at: 2025-03-02T10:00Z", "drafted_at: 2025-06-02T10:00Z")
    assert one("time_to_postmortem", of(*after)).n == 1
    typo = ("resolved_at: 2025-03-02T10:00Z", "drafted_at: 2026-03-04T10:00Z")
    assert [value.reason for _, value in surveyed(of(*typo)).mistakes] == ["too long"]


# -- definitions


def test_a_definition_is_what_is_counted_and_what_is_printed() -> None:
    made = of(
        "started_at: 2026-03-02T09:00Z",
        "detected_at: 2026-03-02T10:00Z",
        "declared_at: 2026-03-02T10:10Z",
        "resolved_at: 2026-03-02T11:00Z",
    )
    assert one("time_to_resolve", made).median == 3600
    for spans, median, text in (
        ({"from": "started_at"}, 7200, "from the start of the incident to resolution (started_at to resolved_at)"),
        ({"from": "declared_at"}, 3000, "from declared to resolution (declared_at to resolved_at)"),
    ):
        settings = replace(SETTINGS, metrics=build({"definitions": {"time_to_resolve": spans}}))
        assert one("time_to_resolve", made, settings=settings).median == median
        assert definitions(settings)["time_to_resolve"].text == text


TIMED = ("detected_at: 2026-03-02T10:00Z", "resolved_at: 2026-03-02T11:00Z")


@pytest.mark.parametrize(
    ("stated", "with_stamps", "without"), [("fallback", 3600, 1800), ("prefer", 1800, 1800), ("never", 3600, None)]
)
@pytest.mark.parametrize(
    "words",
    [
        {"facts": ("time_to_resolve: 30 min",)},
        {"body": "**Total Response Time:** 30 minutes (detection to resolution)"},
    ],
    ids=["front matter", "label"],
)
def test_stated_durations_are_used_as_the_settings_say(
    stated: str, with_stamps: float, without: float | None, words: dict[str, object]
) -> None:
    settings = replace(SETTINGS, metrics=MetricSettings(stated=stated))
    facts, body = tuple(words.get("facts", ())), str(words.get("body", ""))  # type: ignore[arg-type]
    assert one("time_to_resolve", of(*TIMED, *facts, body=body), settings=settings).median == with_stamps
    assert one("time_to_resolve", of(*facts, body=body), settings=settings).median == without


def test_stamps_that_contradict_each_other_are_not_replaced_by_words() -> None:
    made = of("detected_at: 2026-03-02T10:00Z", "resolved_at: 2026-03-02T09:00Z", "time_to_resolve: 1 h")
    assert one("time_to_resolve", made)[2:4] == (0, 1)


# -- support hours

LONDON = SupportHours((0, 1, 2, 3, 4), time(9), time(17), "Europe/London")
ALWAYS = SupportHours(tuple(range(7)), time(0), time.max, "Europe/London")


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-03-02T10:00", "2026-03-02T11:30", 1.5),  # a Monday morning
        ("2026-03-02T07:00", "2026-03-02T09:30", 0.5),
        ("2026-03-02T16:00", "2026-03-03T10:00", 2),  # over night
        ("2026-03-06T16:00", "2026-03-09T10:00", 2),  # over a weekend
        ("2026-03-07T10:00", "2026-03-08T12:00", 0),  # within it
        ("2026-03-27T16:00", "2026-03-30T08:30", 1.5),  # the clocks go forward: half past eight is half past nine
        ("2026-10-23T15:00", "2026-10-26T10:00", 2),  # and back
        ("2028-02-28T16:00", "2028-03-01T10:00", 10),  # over a leap day, a Tuesday
        ("2026-03-02T10:00", "2028-03-06T10:00", 105 * 40),  # two years: every week has its forty hours
    ],
)
def test_only_support_hours_are_counted(start: str, end: str, hours: float) -> None:
    first, last = (datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in (start, end))
    assert supported(first, last, LONDON) == timedelta(hours=hours)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2029, 1, 1)),
    st.timedeltas(timedelta(0), timedelta(days=380)),
    st.sampled_from(["UTC", "Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Apia"]),
)
def test_all_hours_of_all_days_are_the_whole_interval(start: datetime, length: timedelta, zone: str) -> None:
    moment = start.replace(tzinfo=UTC)
    assert supported(moment, moment + length, replace(ALWAYS, timezone=zone)) == length


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)), st.timedeltas(timedelta(0), timedelta(days=1)))
def test_support_hours_are_never_more_than_the_interval(start: datetime, length: timedelta) -> None:
    moment = (
        start.replace(tzinfo=ZoneInfo("Asia/Tokyo")).astimezone(UTC) if start.year > 2 else start.replace(tzinfo=UTC)
    )
    assert timedelta(0) <= supported(moment, moment + length, LONDON) <= length


def test_no_document_costs_its_years() -> None:
    ages = datetime(1, 6, 1, tzinfo=UTC), datetime(9999, 6, 1, tzinfo=UTC)
    assert supported(*ages, LONDON) == timedelta(0)
    assert (
        supported(datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC), LONDON) // timedelta(days=1)
        == 869_277
    )


def test_support_hours_hold_for_incidents_and_not_for_the_follow_up() -> None:
    settings = replace(SETTINGS, metrics=MetricSettings(support_hours=LONDON))
    made = of(
        "detected_at: 2026-03-02T16:00Z",
        "resolved_at: 2026-03-03T10:00Z",
        "drafted_at: 2026-03-04T10:00Z",
    )
    assert one("time_to_resolve", made, settings=settings).median == 7200
    assert one("time_to_postmortem", made, settings=settings).median == 86400
    text = definitions(settings)["time_to_resolve"].text
    assert text.endswith("counting only support hours: mon to fri 09:00 to 17:00 Europe/London")
    assert "support hours" not in definitions(settings)["time_to_postmortem"].text


def test_support_hours_are_built_from_the_settings() -> None:
    made = build({"support_hours": {"days": ["sat", "mon", "tue"], "from": "08:30", "to": "24:00"}}).support_hours
    assert made == SupportHours((0, 1, 5), time(8, 30), time.max, "UTC")
    assert made.text == "mon, tue, sat 08:30 to 24:00 UTC"
    assert build({"support_hours": {"from": "08:00", "to": "18:00"}}).support_hours is not None
    assert WEEKDAYS[0] == "mon"


# -- over time


def monthly(year: int, months: range, minutes: int = 30, count: int = 1) -> list[PostMortem]:
    return [
        incident(
            f"PM-{year}-{month:02}-{n}",
            f"{year}-{month:02}-0{n + 1}T10:00Z",
            f"detected_at: {year}-{month:02}-0{n + 1}T10:00Z",
            ended=f"{year}-{month:02}-0{n + 1}T10:{minutes + n:02}Z",
            causes=f"c{year}{month}{n}",
        )
        for month in months
        for n in range(count)
    ]


def test_a_trend_is_by_quarter_where_quarters_hold_enough() -> None:
    found = trends.trend(surveyed(*monthly(2025, range(1, 13))), "time_to_resolve")
    assert (found.drawn, found.rolling) == (True, False)
    assert [(point.label, point.measure.n) for point in found.points] == [(f"2025-Q{n}", 3) for n in (1, 2, 3, 4)]


def test_else_each_point_is_of_the_twelve_months_up_to_its_quarter() -> None:
    two_a_quarter = [item for n, item in enumerate(monthly(2025, range(1, 13)) + monthly(2026, range(1, 7))) if n % 3]
    found = trends.trend(surveyed(*two_a_quarter), "time_to_resolve")
    assert (found.drawn, found.rolling) == (True, True)
    labels = ["2025-Q4", "2026-Q1", "2026-Q2"]
    assert [(point.label, point.measure.n) for point in found.points] == [(label, 8) for label in labels]


def test_of_fewer_than_three_nothing_is_a_trend() -> None:
    found = trends.trend(surveyed(*monthly(2025, range(1, 3))), "time_to_resolve")
    assert not found.drawn
    assert not any(point.drawn for point in found.points)
    two_quarters = trends.trend(surveyed(*monthly(2025, range(1, 7))), "time_to_resolve")
    assert [point.drawn for point in two_quarters.points] == [True, True]
    assert not two_quarters.drawn, "two points are no trend"


def test_a_quarter_without_incidents_is_a_gap() -> None:
    records = monthly(2025, range(1, 7)) + monthly(2025, range(10, 13))
    found = trends.trend(surveyed(*records), "time_to_resolve")
    assert [(point.label[-2:], point.drawn) for point in found.points] == [
        ("Q1", True), ("Q2", True), ("Q3", False), ("Q4", True),
    ]  # fmt: skip


def test_a_day_of_the_year_one_costs_no_more_than_any_other() -> None:
    records = [*monthly(2025, range(1, 13)), of("started_at: 0001-01-01T10:00Z"), of("started_at: 9999-12-31T10:00Z")]
    assert len(trends.trend(surveyed(*records), "time_to_resolve").points) == trends.QUARTERS
    for as_of in (date.min, date.max, date(2028, 2, 29)):
        found = surveyed(*records, as_of=as_of)
        trends.trend(found, "duration")
        trends.compared(found, "duration")
        assert trends.backlog(found)[0][-1].day == as_of
        found.measures("month")


def test_a_year_is_held_against_the_one_before() -> None:
    records = [*monthly(2026, range(8, 11), 20), *monthly(2025, range(3, 6), 50)]
    now, before = trends.compared(surveyed(*records), "time_to_resolve")
    assert (now.n, now.median, before.n, before.median) == (3, 1200, 3, 3000)


def test_the_backlog_is_what_was_open_at_the_end_of_each_month() -> None:
    table = "| Action | Due | Status | Completed |\n|---|---|---|---|\n"
    rows = (
        "| A | 2026-08-20 | Done | 2026-09-10 |\n| B | 2026-12-01 | Open | |\n| C | 2026-10-01 | Open | |\n"
        "| D | 2026-08-20 | Done | |\n| E | 2026-08-20 | Won't do: no | |\n"
    )
    made = of(
        "started_at: 2026-08-10T10:00Z", "resolved_at: 2026-08-10T11:00Z", body=f"## Action Items\n\n{table}{rows}"
    )
    found, left_out = trends.backlog(surveyed(made))
    shown = {point.day.isoformat(): (point.open, point.overdue) for point in found}
    assert "2026-07-31" not in shown, "before the archive's first month nobody counted"
    assert shown["2026-08-31"] == (3, 1)
    assert shown["2026-09-30"] == (2, 0)
    assert shown["2026-10-31"] == (2, 1)
    assert shown["2026-11-23"] == (2, 1)
    assert left_out == 2, "done or given up, and nobody says when"


def test_the_months_shown_begin_with_the_archive_and_are_24_at_most() -> None:
    early = incident("PM-1", "2020-03-02T10:00Z", ended="2020-03-02T11:00Z")
    late = incident("PM-2", "2026-10-30T10:00Z", ended="2026-10-30T11:00Z")
    assert [day.isoformat() for day in trends.months(surveyed(late))] == ["2026-10-31", "2026-11-23"]
    assert len(trends.months(surveyed(early, late))) == trends.MONTHS
    assert trends.months(surveyed()) == [AS_OF]
    assert [name for name, _ in trends.by_month(surveyed(late))] == ["2026-11", "2026-10"]


def test_the_end_of_the_backlog_is_what_is_open_now() -> None:
    made = incident("PM-1", "2026-03-02T10:00Z", ended="2026-03-02T11:00Z", items=ITEMS)
    last = trends.backlog(surveyed(made))[0][-1]
    assert last.open == sum(item.is_open for item in made.action_items)
    assert last.overdue == sum(item.overdue(AS_OF) for item in made.action_items)
