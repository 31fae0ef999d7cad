"""`new` writes a post-mortem that reads as what was asked for, whatever the title, and harms nothing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import frontmatter
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mkdocs_postmortem import checking
from mkdocs_postmortem.measuring import clock
from mkdocs_postmortem.model import CATEGORIES, DETECTION_METHODS, PostMortem
from mkdocs_postmortem.process import build
from mkdocs_postmortem.reading import Reader, discover
from mkdocs_postmortem.reading.outline import PLACEHOLDER
from mkdocs_postmortem.scaffold.new import Written, new, next_id, parse_time, slug, templates, write
from mkdocs_postmortem.settings import ConfigError, IncidentType, Settings, Severity
from mkdocs_postmortem.vocabulary import SECTIONS, SectionName

NOW = datetime(2026, 11, 4, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
TYPES = ("deployment", "infrastructure", "security", "data-loss", "process", "other", None)
SEVERITIES = ("P0", "P1", "P2", "P3", None)


@pytest.fixture
def project(tmp_path: Path) -> Settings:
    return Settings(root=tmp_path)


def make(project: Settings, title: str = "Checkout returned 502", **given: object) -> Written:
    return new(title, project, **{"as_of": TODAY, "now": NOW, **given})  # type: ignore[arg-type]


def read(project: Settings, written: Written) -> PostMortem:
    return Reader(project).read(write(written, project))


class TestEveryTemplate:
    @pytest.mark.parametrize("near_miss", [False, True], ids=["incident", "near miss"])
    @pytest.mark.parametrize("severity", SEVERITIES)
    @pytest.mark.parametrize("incident_type", TYPES)
    def test_gives_a_record_with_the_facts_and_without_problems(
        self, project: Settings, incident_type: str | None, severity: str | None, near_miss: bool
    ) -> None:
        written = make(
            project,
            severity=severity,
            incident_type=incident_type,
            services=["checkout", "payments: eu"],
            started="2026-11-03T10:02Z",
            detected="2026-11-03 10:09",
            owner="@maria",
            near_miss=near_miss,
        )
        record = read(project, written)
        assert record.document.problems == ()
        assert record.problems == ()
        assert record.title == "Checkout returned 502"
        assert record.id == "PM-2026-001"
        assert record.status == "draft"
        assert record.severity == (severity or "")
        assert record.incident_type == (incident_type or "")
        assert record.near_miss is near_miss
        assert record.services == ("checkout", "payments: eu")
        assert record.owner == "@maria"
        assert record.day == date(2026, 11, 3)
        assert record.time_to_detect == timedelta(minutes=7)
        assert set(record.stamps) == {"started_at", "detected_at"}
        assert record.authors == record.reviewers == record.causes == record.related == ()

    @pytest.mark.parametrize("severity", SEVERITIES)
    @pytest.mark.parametrize("incident_type", TYPES)
    @pytest.mark.parametrize("more", [{}, {"detected": "10:09"}, {"near_miss": True}, {"owner": "@wei"}])
    def test_passes_the_check_as_a_draft_without_any_finding(
        self, project: Settings, incident_type: str | None, severity: str | None, more: dict[str, object]
    ) -> None:
        record = read(project, make(project, severity=severity, incident_type=incident_type, started="10:02", **more))
        assert checking.check_records([record], project, TODAY).findings == []

    @pytest.mark.parametrize("incident_type", TYPES)
    def test_has_every_section_of_the_process_once_and_in_its_order(
        self, project: Settings, incident_type: str | None
    ) -> None:
        record = read(project, make(project, incident_type=incident_type))
        keys = [section.key for section in record.document.sections if section.level > 1]
        assert keys == [key for key in SECTIONS if key != "got_lucky"]

    @pytest.mark.parametrize("incident_type", TYPES)
    def test_has_the_five_boxes_none_ticked(self, project: Settings, incident_type: str | None) -> None:
        record = read(project, make(project, incident_type=incident_type))
        assert [(name, ticked) for name, ticked, _ in record.document.ticked] == [
            (name, False) for name in DETECTION_METHODS
        ]
        assert record.detection_method == ""

    @pytest.mark.parametrize("incident_type", TYPES)
    def test_has_an_action_table_a_category_and_no_action_that_nobody_wrote(
        self, project: Settings, incident_type: str | None
    ) -> None:
        record = read(project, make(project, incident_type=incident_type))
        tables = [table for table in record.document.tables if "action" in table.columns]
        sections = {section.key: section for section in record.document.sections}
        assert record.action_items == ()
        assert [table.columns for table in tables] == [("action", "owner", "priority", "due", "status")] * 4
        for category, table in zip(CATEGORIES, tables, strict=True):
            assert sections[category].span.line < table.line <= sections[category].last_line

    @pytest.mark.parametrize("incident_type", TYPES)
    def test_asks_in_brackets_that_the_check_finds_when_they_stay(
        self, project: Settings, incident_type: str | None
    ) -> None:
        written = make(project, incident_type=incident_type)
        body = written.text.split("---\n", 2)[2]
        asked = re.findall(r"\[[^\]\n]{2,}\]", body)
        assert asked
        assert [words for words in asked if not PLACEHOLDER.fullmatch(words)] == []

    def test_dates_the_timeline_from_the_known_times(self, project: Settings) -> None:
        record = read(project, make(project, started="2026-11-03 23:50", detected="2026-11-04 00:05"))
        known = [entry.at for entry in record.timeline if entry.at]
        assert known == [record.at("started_at"), record.at("detected_at")]

    def test_states_the_time_to_detect_as_the_facts_have_it(self, project: Settings) -> None:
        text = make(project, started="2026-11-03 10:02", detected="2026-11-04 11:03").text
        assert "**Detection Time:** 1 day 1 hour 1 minute\n" in text


class TestFocusOfEachType:
    """The focus areas that the process gives each type of incident are asked for."""

    @pytest.mark.parametrize(
        ("incident_type", "areas"),
        [
            ("deployment", ["broke in the deployment", "testing did not catch", "rollback", "how we deploy"]),
            (
                "infrastructure",
                ["component that failed", "monitoring or alerting", "failover", "redundancy", "architecture"],
            ),
            (
                "security",
                [
                    "attack vector or vulnerability",
                    "went unnoticed",
                    "containment",
                    "data exposed",
                    "remediation",
                    "user communication",
                    "authorities",
                ],
            ),
            (
                "data-loss",
                [
                    "how the data was lost",
                    "backup",
                    "recovery",
                    "integrity",
                    "stand between",
                    "user communication",
                    "data not recovered",
                ],
            ),
        ],
    )
    def test_is_asked_for(self, project: Settings, incident_type: str, areas: list[str]) -> None:
        text = make(project, incident_type=incident_type).text.casefold()
        assert [area for area in areas if area not in text] == []

    def test_general_is_the_template_of_the_other_types(self, project: Settings) -> None:
        bodies = {make(project, incident_type=kind).text.split("---\n", 2)[2] for kind in ("process", "other", None)}
        assert len(bodies) == 1

    def test_every_template_can_be_configured(self, project: Settings) -> None:
        assert set(templates()) == {"general", "deployment", "infrastructure", "security", "data-loss"}

    def test_a_team_gives_its_own_type_a_template(self, tmp_path: Path) -> None:
        project = Settings(root=tmp_path, incident_types=(IncidentType("vendor", "Vendor", "infrastructure"),))
        assert "component that failed" in make(project, incident_type="vendor").text


class TestTheTeamsOwnWords:
    def test_titles_of_sections_are_those_configured(self, tmp_path: Path) -> None:
        sections = {
            **SECTIONS,
            "timeline": SectionName("Zeitleiste", ("ablauf", *SECTIONS["timeline"].aliases)),
        }
        project = Settings(root=tmp_path, sections=sections)
        record = read(project, make(project))
        section = record.document.section("timeline")
        assert section is not None
        assert section.title == "Zeitleiste"
        assert record.timeline

    def test_columns_are_those_configured(self, tmp_path: Path) -> None:
        project = Settings(root=tmp_path)
        columns = {**project.columns, "owner": ("Verantwortlich", *project.columns["owner"])}
        project = Settings(root=tmp_path, columns=columns)
        assert "| Action | Verantwortlich | Priority | Due Date | Status |" in make(project).text
        record = read(project, make(project))
        assert "owner" in record.document.tables[-1].columns

    def test_severities_are_found_by_any_of_their_names(self, tmp_path: Path) -> None:
        scale = (Severity("SEV1", "Critical", ("P0",)), Severity("SEV2", "High"))
        project = Settings(root=tmp_path, severities=scale)
        assert read(project, make(project, severity="p0")).severity == "SEV1"

    def test_a_severity_that_is_not_on_the_scale_is_an_error_that_names_the_scale(self, project: Settings) -> None:
        with pytest.raises(ConfigError, match=r"`P9` is not on the scale\n.*P0, P1, P2, P3"):
            make(project, severity="P9")

    def test_an_unknown_type_is_an_error_that_names_the_types(self, project: Settings) -> None:
        with pytest.raises(ConfigError, match=r"`weather` is not an incident type\n.*data-loss"):
            make(project, incident_type="weather")


HOSTILE = [
    "../../x",
    "/etc/passwd",
    "..\\..\\windows",
    "CON",
    "a\0b",
    "- a list",
    "key: value # comment",
    "@maria broke `it`",
    "[TIME] | {{ config }} {% raw %} | Draft | Review | Published",
    "a < b > c & <!-- gone",
    "He said \"no\" and 'yes' \\ twice",
    "null",
    "true",
    "2026-11-03",
    "10:02",
    "1e3",
    "0x1F",
    "~",
    "=",
    "<<",
    "!!python/object:os.system",
    "&anchor *alias",
    "🔥 on call 🧯",
    "Ошибка на сервере",
    "搜索服务中断",
    "Timeline",
    "Action Items",
    "--- \n---\nstatus: published",
    "a\u2028b\u0085c\u200bd\ufeff",
    "Moving to C#",
    "_x_ *y* snake_case {: #id } [[internal|public]]",
    "x" * 300,
]


class TestTitles:
    @pytest.mark.parametrize("title", HOSTILE)
    def test_hostile_titles_come_back_as_they_were(self, project: Settings, title: str) -> None:
        self.comes_back(project, title)

    @given(title=st.text(min_size=1, max_size=80))
    @example("\ud800")
    @example("\ufffe")
    @hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
    def test_any_title_comes_back_or_is_refused(self, project: Settings, title: str) -> None:
        try:
            self.comes_back(project, title)
        except ConfigError as error:
            assert "needs a title" in str(error) or "shown as plain text" in str(error)  # noqa: PT017 - most raise nothing

    def comes_back(self, project: Settings, title: str) -> None:
        written = make(project, title, severity="P1", incident_type="security")
        assert written.path.resolve().is_relative_to(project.folder_path.resolve() / "2026")
        assert re.fullmatch(r"2026-11-04-[a-z0-9]+(-[a-z0-9]+)*\.md", written.path.name)
        assert len(written.path.name) < 80
        path = write(written, project)
        try:
            record = Reader(project).read(path)
            controls = ("Cc", "Cs")
            shown = "".join(" " if unicodedata.category(char) in controls else char for char in title)
            assert record.title == " ".join(shown.split())
            assert record.document.problems == record.problems == ()
            assert record.status == "draft"
            assert record.document.section("timeline") is not None
            assert [section.level for section in record.document.sections].count(1) == 1
            assert record.action_items == ()
            # The library that MkDocs plugins read front matter with agrees.
            assert frontmatter.loads(path.read_text(encoding="utf-8"))["title"] == record.title
        finally:
            path.unlink()

    def test_markup_in_a_title_is_shown_not_obeyed(self, project: Settings) -> None:
        markdown = pytest.importorskip("markdown")
        title = "`a` *b* _c_ [d](e) < i>f &amp; g_h | C#"
        heading = next(line for line in make(project, title).text.splitlines() if line.startswith("# "))
        page = markdown.markdown(heading, extensions=["tables", "attr_list"])
        shown = page.replace("&amp;amp;", "&amp;").replace("&lt;", "<").replace("&gt;", ">")
        assert shown == f"<h1>Post-Mortem: {title}</h1>"

    @pytest.mark.parametrize(
        ("title", "what"),
        [
            ("A <b>bold</b> claim", "HTML"),
            ("<script>alert(1)</script>", "HTML"),
            ("[x](javascript:alert(1))", "an address that runs code"),
        ],
    )
    def test_markup_that_check_would_point_at_is_refused(self, project: Settings, title: str, what: str) -> None:
        with pytest.raises(ConfigError, match=f"the title holds {what}"):
            make(project, title)
        with pytest.raises(ConfigError, match=f"--service holds {what}"):
            make(project, "A", services=[title])
        with pytest.raises(ConfigError, match=f"--owner holds {what}"):
            make(project, "A", owner=title)

    @pytest.mark.parametrize("title", ["", "  ", "\n\t", "!!!", "...", "\u200b"])
    def test_a_title_without_words_is_refused(self, project: Settings, title: str) -> None:
        with pytest.raises(ConfigError, match="needs a title"):
            make(project, title)

    def test_a_title_longer_than_the_schema_allows_is_refused(self, project: Settings) -> None:
        with pytest.raises(ConfigError, match="301 characters"):
            make(project, "x" * 301)

    @pytest.mark.parametrize(
        ("title", "expected"),
        [
            ("Checkout returned 502", "checkout-returned-502"),
            ("Búsqueda überlastet: Straße nach Łódź", "busqueda-uberlastet-strasse-nach-lodz"),
            ("It wasn't us", "it-wasnt-us"),
            ("搜索服务中断", "incident"),
            ("../..", "incident"),
            ("word " * 40, "word-word-word-word-word-word-word-word-word-word-word-word"),
            ("x" * 100, "x" * 60),
        ],
    )
    def test_a_slug_is_short_plain_and_never_empty(self, title: str, expected: str) -> None:
        assert slug(title) == expected

    @pytest.mark.parametrize("name", ["- x", "a, b", "]", "@x", "null", "a: b", "#1", '"', "{{ x }}"])
    def test_services_and_owners_come_back_too(self, project: Settings, name: str) -> None:
        record = read(project, make(project, services=[name, name, " ", "two"], owner=name))
        assert record.services == (name, "two")
        assert record.owner == name
        assert record.document.problems == ()


class TestTimes:
    @pytest.mark.parametrize(
        ("written", "expected"),
        [
            ("2026-11-03T10:02Z", "2026-11-03T10:02Z"),
            ("2026-11-03T10:02:59Z", "2026-11-03T10:02Z"),
            ("2026-11-03T12:02+02:00", "2026-11-03T10:02Z"),
            ("2026-11-04T01:30+02:00", "2026-11-03T23:30Z"),
            ("2026-11-03 10:02", "2026-11-03T10:02Z"),
            ("10:02", "2026-11-04T10:02Z"),
            (None, "2026-11-04T12:00Z"),
            ("", "2026-11-04T12:00Z"),
        ],
    )
    def test_are_read_as_utc(self, project: Settings, written: str | None, expected: str) -> None:
        result = make(project, started=written)
        assert f"started_at: {expected}\n" in result.text
        assert result.path.name.startswith(expected[:10])

    @pytest.mark.parametrize("written", ["yesterday", "25:00", "2026-13-01 10:00", "10", "0001-01-01T00:00Z", "\0"])
    def test_that_cannot_be_read_are_an_error_with_the_forms_that_can(self, project: Settings, written: str) -> None:
        with pytest.raises(ConfigError, match=r"is not a time\n.*2026-11-03T10:02Z"):
            make(project, started=written)

    @pytest.mark.parametrize("written", ["12:30", "2026-11-05T10:00Z", "2036-11-03 10:02"])
    def test_to_come_are_an_error(self, project: Settings, written: str) -> None:
        with pytest.raises(ConfigError, match="still to come"):
            make(project, started=written)

    def test_detected_before_started_is_an_error(self, project: Settings) -> None:
        with pytest.raises(ConfigError, match="is before --started"):
            make(project, started="10:02", detected="10:01")

    def test_without_a_start_it_started_when_it_was_detected(self, project: Settings) -> None:
        assert "started_at: 2026-11-04T10:09Z\n" in make(project, detected="10:09").text

    def test_of_another_day_than_today_any_hour_can_be_given(self, project: Settings) -> None:
        written = new("Old", project, started="23:59", as_of=date(2020, 2, 29))
        assert "started_at: 2020-02-29T23:59Z" in written.text

    def test_the_same_day_gives_the_same_file(self, project: Settings) -> None:
        once, twice = (new("Old", project, as_of=date(2020, 2, 29)) for _ in range(2))
        assert once == twice

    @pytest.mark.parametrize("day", [date.min, date.max])
    def test_a_day_beyond_reason_is_an_error(self, project: Settings, day: date) -> None:
        with pytest.raises(ConfigError, match="cannot be today"):
            new("x", project, as_of=day)

    @given(text=st.text(max_size=40))
    def test_no_text_raises(self, text: str) -> None:
        moment = parse_time(text, TODAY)
        assert moment is None or moment.tzinfo is UTC

    def test_deadlines_are_those_of_the_process(self, project: Settings) -> None:
        start = datetime(2026, 11, 3, 10, 2, tzinfo=UTC)
        deadlines = make(project, started="2026-11-03 10:02").deadlines
        assert [deadline.when - start for deadline in deadlines] == [
            timedelta(0),
            timedelta(hours=24),
            timedelta(hours=48),
            timedelta(weeks=1),
            timedelta(weeks=2),
        ]
        assert [deadline.what.split()[0] for deadline in deadlines] == [
            "assign",
            "schedule",
            "complete",
            "publish",
            "complete",
        ]

    @pytest.mark.parametrize(("starts", "minute"), [("resolved", 9), ("detected", 9), ("started", 2)])
    def test_deadlines_count_from_where_the_clock_counts(self, project: Settings, starts: str, minute: int) -> None:
        """Else `check` would say another moment of the same file."""
        settings = replace(project, process=replace(project.process, starts=starts))
        made = make(settings, started="2026-11-03 10:02", detected="2026-11-03 10:09")
        assert clock.begins(read(settings, made), settings) == made.deadlines[0].when
        assert made.deadlines[0].when == datetime(2026, 11, 3, 10, minute, tzinfo=UTC)

    def test_deadlines_are_those_that_the_team_chose(self, project: Settings) -> None:
        group = {"preset": "pagerduty", "severities": {"P0": {"draft": "none"}}}
        settings = replace(project, process=build(group, project.severity_names))
        deadlines = make(settings, started="2026-11-03 10:02", severity="P0").deadlines
        assert [(deadline.what, deadline.when.day) for deadline in deadlines] == [
            ("assign an owner", 3),
            ("hold the post-mortem meeting", 6),
            ("publish the post-mortem", 6),
            ("complete all action items", 18),
        ]
        assert [deadline.when.day for deadline in make(settings, started="2026-11-03 10:02").deadlines][1] == 10


class TestTheNextId:
    def put(self, project: Settings, name: str, text: str) -> None:
        path = project.folder_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def test_is_the_first_in_an_empty_archive(self, project: Settings) -> None:
        assert next_id(project, 2026) == "PM-2026-001"

    def test_follows_the_highest_of_that_year(self, project: Settings) -> None:
        self.put(project, "2026/a.md", "---\nid: PM-2026-014\n---\n")
        self.put(project, "2026/b.md", '---\nid: "pm-2026-9"\n---\n')
        self.put(project, "2025/c.md", "---\nid: PM-2025-099\nrelated: [PM-2026-500]\n---\n")
        assert next_id(project, 2026) == "PM-2026-015"
        assert next_id(project, 2024) == "PM-2024-001"

    def test_counts_files_that_are_named_by_an_id(self, project: Settings) -> None:
        self.put(project, "PM-2026-030.md", "# No front matter\n")
        assert next_id(project, 2026) == "PM-2026-031"

    def test_is_not_put_off_by_other_ids_or_broken_files(self, project: Settings) -> None:
        self.put(project, "a.md", "---\nid: INC-2026-77\n---\n")
        self.put(project, "b.md", "---\nid: [PM-2026-\n---\n")
        self.put(project, "c.md", "\0PM-2026-")
        (project.folder_path / "d.md").write_bytes(b"\xff\xfePM-2026-")
        assert next_id(project, 2026) == "PM-2026-001"

    def test_has_room_for_more_than_a_thousand(self, project: Settings) -> None:
        self.put(project, "a.md", "---\nid: PM-2026-999\n---\n")
        assert next_id(project, 2026) == "PM-2026-1000"

    def test_each_post_mortem_gets_its_own(self, project: Settings) -> None:
        ids = [read(project, make(project, f"Incident {n}")).id for n in range(3)]
        assert ids == ["PM-2026-001", "PM-2026-002", "PM-2026-003"]
        assert len(discover(project.folder_path)) == 3


class TestFilesAreSafe:
    def test_an_existing_file_is_never_overwritten(self, project: Settings) -> None:
        written = make(project)
        written.path.parent.mkdir(parents=True)
        written.path.write_text("mine", encoding="utf-8")
        with pytest.raises(ConfigError, match="exists already and is left as it is"):
            write(written, project)
        assert written.path.read_text(encoding="utf-8") == "mine"

    def test_nothing_is_on_disk_before_it_is_written(self, project: Settings) -> None:
        make(project)
        assert list(project.root.iterdir()) == []

    def test_a_link_in_place_of_the_file_is_not_followed(self, project: Settings) -> None:
        written = make(project)
        written.path.parent.mkdir(parents=True)
        target = project.root / "target"
        written.path.symlink_to(target)
        with pytest.raises(ConfigError, match="exists already"):
            write(written, project)
        assert not target.exists()

    def test_a_link_out_of_the_project_is_refused(
        self, project: Settings, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        outside = tmp_path_factory.mktemp("outside")
        written = make(project)
        written.path.parent.parent.mkdir(parents=True)
        written.path.parent.symlink_to(outside)
        with pytest.raises(ConfigError, match="leads out of the project"):
            write(written, project)
        assert list(outside.iterdir()) == []

    def test_a_file_where_the_folder_should_be_is_one_clear_error(self, project: Settings) -> None:
        (project.root / "docs").write_text("", encoding="utf-8")
        with pytest.raises(ConfigError, match="cannot be written"):
            write(make(project), project)

    def test_files_are_utf8_with_unix_line_ends(self, project: Settings) -> None:
        path = write(make(project, "Größe"), project)
        data = path.read_bytes()
        assert b"\r" not in data
        assert data.endswith(b"\n")
        assert "title: Größe\n" in data.decode("utf-8")
