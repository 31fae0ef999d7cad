"""`comment`: one comment about a request, kept up to date, on either host."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from mkdocs_postmortem.reporting import AnswerError, forge_of, marker, post
from mkdocs_postmortem.reporting.requests import PATIENCE, TRIES, Client
from mkdocs_postmortem.settings import ConfigError
from tests.plugin.support import Done, Site, site
from tests.reporting.standin import TOKEN, Fault, GitHub, GitLab, Standin, serving

FAULTY = "docs/\n    postmortems/\n        a.md\n            severity: P9\n"
RIGHT = "docs/\n    postmortems/\n        a.md\n"
MARK = "<!-- mkdocs-postmortem: check -->"


@pytest.fixture(params=[GitHub, GitLab], ids=["github", "gitlab"])
def host(request: pytest.FixtureRequest) -> Iterator[Standin]:
    standin = request.param()
    with serving(standin):
        yield standin


@pytest.fixture
def github() -> Iterator[GitHub]:
    standin = GitHub()
    with serving(standin):
        yield standin


@pytest.fixture
def gitlab() -> Iterator[GitLab]:
    standin = GitLab()
    with serving(standin):
        yield standin


def commented(made: Site, host: Standin, *options: str, number: int | None = 7, **env: str | None) -> Done:
    done = made.run("comment", *options, **{**host.environment(number), **env})
    assert "Traceback" not in done.said
    assert TOKEN not in done.said
    return done


class TestOneComment:
    def test_is_written_then_updated_and_never_repeated(self, tmp_path: Path, host: Standin) -> None:
        made = site(tmp_path, FAULTY)
        done = commented(made, host)
        assert (done.code, done.out) == (0, "")
        assert done.err == "mkdocs-postmortem: comment written: 1 post-mortem: 1 error\n"
        (first,) = host.bodies
        assert first.startswith(f"{MARK}\n**1 post-mortem: 1 error**\n")
        assert "severity: `P9` is not one of" in first
        site(tmp_path, RIGHT)
        assert commented(made, host).err == "mkdocs-postmortem: comment updated: 1 post-mortem: nothing to mend\n"
        (second,) = host.bodies
        assert second == f"{MARK}\n**1 post-mortem: nothing to mend**\n"

    def test_is_left_alone_where_it_says_the_same(self, tmp_path: Path, host: Standin) -> None:
        made = site(tmp_path, FAULTY)
        commented(made, host)
        host.notes[1]["body"] = host.notes[1]["body"].replace("\n", "\r\n")  # as hosts may keep it
        assert "comment up to date" in commented(made, host).err
        assert [host.count(method) for method in ("POST", "PATCH", "PUT", "DELETE")] == [1, 0, 0, 0]

    def test_is_not_written_where_there_is_nothing_to_say(self, tmp_path: Path, host: Standin) -> None:
        assert "comment not needed" in commented(site(tmp_path, RIGHT), host).err
        assert host.bodies == []

    def test_is_found_on_a_later_page(self, tmp_path: Path, host: Standin) -> None:
        host.fill(250)
        host.add(f"{MARK}\nOld")
        host.fill(60)
        commented(site(tmp_path, FAULTY), host)
        (body,) = host.bodies
        assert "1 error" in body
        assert host.count("POST") == 0

    def test_is_found_on_the_first_page_of_exactly_one_hundred(self, tmp_path: Path, host: Standin) -> None:
        host.fill(99)
        host.add(f"{MARK}\nOld")
        commented(site(tmp_path, FAULTY), host)
        assert (len(host.bodies), host.count("POST")) == (1, 0)

    def test_of_somebody_else_is_never_touched(self, tmp_path: Path, host: Standin) -> None:
        host.add(f"{MARK}\nNot ours", mine=False)
        commented(site(tmp_path, FAULTY), host)
        assert [note["body"] for note in host.notes.values() if not note["mine"]] == [f"{MARK}\nNot ours"]
        assert len(host.bodies) == 1

    def test_of_ours_that_only_quotes_the_marker_is_another(self, tmp_path: Path, host: Standin) -> None:
        host.add(f"> {MARK}\n\nSee above")
        commented(site(tmp_path, FAULTY), host)
        assert host.bodies[0] == f"> {MARK}\n\nSee above"
        assert len(host.bodies) == 2

    def test_is_one_again_where_two_jobs_wrote_at_once(self, tmp_path: Path, host: Standin) -> None:
        host.add(f"{MARK}\nOne")
        host.add(f"{MARK}\nTwo")
        commented(site(tmp_path, FAULTY), host)
        assert list(host.notes) == [1]
        assert "1 error" in host.notes[1]["body"]

    def test_is_one_for_each_name(self, tmp_path: Path, host: Standin) -> None:
        made = site(tmp_path, FAULTY)
        for _ in range(2):
            commented(made, host, "--name", "Team A")
            commented(made, host, "--name", "team b")
        assert [body.partition("\n")[0] for body in host.bodies] == [
            "<!-- mkdocs-postmortem: team-a -->",
            "<!-- mkdocs-postmortem: team-b -->",
        ]

    def test_links_to_the_lines_as_they_are_in_the_request(self, tmp_path: Path, host: Standin) -> None:
        (tmp_path / ".git").mkdir()
        made = site(tmp_path / "wiki", FAULTY)
        made.write("docs/postmortems/ü b.md", (made.docs / "postmortems/a.md").read_bytes())
        commented(made, host)
        commit = "ab" * 20
        base = {GitHub: "https://github.example/acme/wiki/blob", GitLab: "https://gitlab.example/acme/wiki/-/blob"}
        link = f"[line 4]({base[type(host)]}/{commit}/wiki/docs/postmortems/"
        assert f"{link}a.md#L4)" in host.bodies[0]
        assert f"{link}%C3%BC%20b.md#L4)" in host.bodies[0]

    def test_is_of_the_changed_files_alone_where_that_is_asked_for(self, tmp_path: Path, host: Standin) -> None:
        done = commented(site(tmp_path, FAULTY), host, "--changed", GIT_CEILING_DIRECTORIES=str(tmp_path.parent))
        assert done.code == 2
        assert "not a git repository" in done.err
        assert host.requests == []

    def test_is_passed_over_where_the_job_is_about_no_request(self, tmp_path: Path, host: Standin) -> None:
        done = commented(site(tmp_path, FAULTY), host, number=None)
        assert done.code == 0
        assert re.search("no comment written: this job is not about a (pull|merge) request", done.err)
        assert host.requests == []

    def test_goes_to_the_request_that_is_named(self, tmp_path: Path, host: Standin) -> None:
        commented(site(tmp_path, FAULTY), host, "--number", "7", number=None)
        assert len(host.bodies) == 1

    def test_can_be_printed_instead(self, tmp_path: Path, host: Standin) -> None:
        made = site(tmp_path, FAULTY)
        done = commented(made, host, "--print")
        assert (done.code, host.requests) == (0, [])
        commented(made, host)
        assert host.bodies == [done.out]
        assert made.run("comment", "--print", GITHUB_ACTIONS=None, GITLAB_CI=None).out.startswith(MARK)


class TestWhereItMayNot:
    def test_a_fork_is_told_and_nothing_fails(self, tmp_path: Path, github: GitHub) -> None:
        github.may_write = False
        done = commented(site(tmp_path, FAULTY), github)
        assert (done.code, done.out) == (0, "")
        assert "no comment written: the token may not write one here (403 Resource not accessible" in done.err
        assert "fork" in done.err
        assert "pull-requests: write" in done.err
        assert len(done.err.splitlines()) == 1

    @pytest.mark.parametrize("status", [401, 403, 404])
    def test_a_token_that_may_not_even_read(self, tmp_path: Path, host: Standin, status: int) -> None:
        host.faults = [Fault("GET", status)] * 2
        done = commented(site(tmp_path, FAULTY), host)
        assert done.code == 0
        assert f"({status} Something is wrong)" in done.err
        assert host.bodies == []

    def test_no_token_at_all(self, tmp_path: Path, host: Standin) -> None:
        done = commented(site(tmp_path, FAULTY), host, GITHUB_TOKEN=None, GH_TOKEN=None, GITLAB_TOKEN=" \n")
        if isinstance(host, GitHub):
            done = commented(site(tmp_path, FAULTY), host, GITHUB_TOKEN="", GH_TOKEN=None)
        assert done.code == 0
        assert "there is no token to write with" in done.err
        assert host.requests == []

    @pytest.mark.parametrize("token", ["a\r\nX-Evil: 1", "tökén \U0001f525"])
    def test_a_token_that_no_header_can_hold(self, tmp_path: Path, host: Standin, token: str) -> None:
        done = commented(site(tmp_path, RIGHT), host, GITHUB_TOKEN=token, GITLAB_TOKEN=token)
        assert done.code == 0
        assert "no comment written: the token has characters in it that no token has" in done.err
        assert token not in done.err
        assert host.requests == []

    def test_an_answer_that_is_not_what_was_asked_for(self, host: Standin) -> None:
        _, forge = patient(host)
        for faults in ([Fault("GET", 200)], [Fault("GET", 403), Fault("GET", 200)]):
            host.faults = list(faults)
            with pytest.raises(AnswerError, match=r"is not what was asked for|403"):
                post(forge, "body", marker("check"))
        assert host.count("POST") == 0

    def test_a_comment_that_the_host_finds_wrong(self, tmp_path: Path, host: Standin) -> None:
        host.faults = [Fault("POST", 422, message="Validation Failed")]
        done = commented(site(tmp_path, FAULTY), host)
        assert (done.code, done.err) == (0, "mkdocs-postmortem: no comment written: 422 Validation Failed\n")

    @pytest.mark.parametrize(
        ("environment", "words"),
        [
            ({"GITHUB_ACTIONS": None}, "name the place: --on github or --on gitlab"),
            ({"GITHUB_REPOSITORY": "../../x"}, "GITHUB_REPOSITORY is `../../x`"),
            ({"GITHUB_REPOSITORY": None}, "set it to owner/name"),
            ({"GITHUB_API_URL": "http://example.com"}, "is no https address"),
            ({"GITHUB_API_URL": "file:///etc/passwd"}, "is no https address"),
            ({"GITHUB_API_URL": "http://127.0.0.1.example.com"}, "is no https address"),
        ],
    )
    def test_a_call_that_cannot_be_meant(
        self, tmp_path: Path, github: GitHub, environment: dict[str, str | None], words: str
    ) -> None:
        done = commented(site(tmp_path, FAULTY), github, **{"GITLAB_CI": None, **environment})
        assert (done.code, done.out) == (2, "")
        assert words in done.err
        assert github.requests == []


class TestOnGitHub:
    def test_the_number_and_the_commit_are_those_of_the_event(self, tmp_path: Path, github: GitHub) -> None:
        made = site(tmp_path, FAULTY)
        event = made.write("event.json", json.dumps({"pull_request": {"number": 7, "head": {"sha": "cd" * 20}}}))
        commented(made, github, number=None, GITHUB_EVENT_PATH=str(event))
        assert f"/blob/{'cd' * 20}/" in github.bodies[0]

    @pytest.mark.parametrize("event", [b"", b"[]", b"{", b"\xff", b'{"pull_request": null}'])
    def test_an_event_that_says_nothing_is_none(self, tmp_path: Path, github: GitHub, event: bytes) -> None:
        made = site(tmp_path, FAULTY)
        commented(made, github, GITHUB_EVENT_PATH=str(made.write("event.json", event)))
        assert len(github.bodies) == 1

    def test_with_somebodys_own_token_theirs_is_ours_and_a_bots_is_not(self, tmp_path: Path, github: GitHub) -> None:
        github.user = "maria"
        github.add(f"{MARK}\nA bot's", mine=False, type="Bot")
        made = site(tmp_path, FAULTY)
        commented(made, github)
        commented(made, github)
        assert [note["body"].partition("\n")[2][:9] for note in github.notes.values()] == ["A bot's", "**1 post-"]


class TestOnGitLab:
    def test_notes_of_the_system_are_passed_over(self, tmp_path: Path, gitlab: GitLab) -> None:
        gitlab.add(f"{MARK}\nx", system=True)
        commented(site(tmp_path, FAULTY), gitlab)
        assert len(gitlab.bodies) == 2

    def test_a_project_may_be_named_by_its_path(self, tmp_path: Path, gitlab: GitLab) -> None:
        commented(site(tmp_path, FAULTY), gitlab, CI_PROJECT_ID="acme/wiki")
        assert "/projects/acme%2Fwiki/merge_requests/7/notes" in gitlab.requests[-1]


class TestTheStandin:
    """What is sent is judged by the description, so that these tests can fail."""

    @pytest.mark.parametrize(
        ("method", "path", "payload", "wrong"),
        [
            ("GET", "/repos/acme/wiki/issues/7/comments?perpage=100", None, "no parameter perpage in query"),
            ("POST", "/repos/acme/wiki/issues/7/comments", {"text": "x"}, "'body' is a required property"),
            ("POST", "/repos/acme/wiki/issues/7/comments", {"body": 1}, "1 is not of type 'string'"),
            ("PUT", "/repos/acme/wiki/issues/comments/1", {"body": "x"}, "there is no PUT"),
            ("GET", "/repos/acme/wiki/pulls/7/comments", None, "there is no GET"),
        ],
    )
    def test_knows_a_request_that_the_description_does_not_have(
        self, method: str, path: str, payload: dict[str, object] | None, wrong: str
    ) -> None:
        standin = GitHub()
        with pytest.raises(AssertionError, match=re.escape(wrong)), serving(standin):  # noqa: PT012
            name, value = standin.authorization
            client = Client(standin.address, {name: value}, sleep=Waits().append)
            with suppress(AnswerError, KeyError):
                client.send(method, path, payload)


class Waits(list[float]):
    """What would have been waited."""


def patient(host: Standin) -> tuple[Waits, object]:
    waits = Waits()
    environment = {key: value for key, value in host.environment().items() if value is not None}
    place = forge_of(None, environment, None, sleep=waits.append)
    assert place.forge is not None
    return waits, place.forge


class TestPatience:
    @pytest.mark.parametrize("status", [429, 500, 502, 503])
    def test_asks_again_when_it_was_told_to(self, host: Standin, status: int) -> None:
        waits, forge = patient(host)
        host.faults = [Fault("GET", status, {"Retry-After": "7"}), Fault("GET", status)]
        assert post(forge, "body", marker("check")) == "written"
        assert waits == [7.0, 2.0]

    def test_counts_a_moment_down(self, host: Standin) -> None:
        waits, forge = patient(host)
        host.faults = [Fault("GET", 503, {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(seconds=30))})]
        post(forge, "body", marker("check"))
        assert 25 < waits[0] <= 30

    @pytest.mark.parametrize("asked", ["", "soon", "-5", "1e9", "NaN", "\u0661"])
    def test_waits_a_little_where_it_cannot_tell_how_long(self, host: Standin, asked: str) -> None:
        waits, forge = patient(host)
        host.faults = [Fault("GET", 429, {"Retry-After": asked.encode("utf-8").decode("latin-1")})]
        assert post(forge, "body", marker("check")) == "written"
        assert len(waits) == 1
        assert 0 < waits[0] <= 2

    def test_knows_a_limit_that_comes_as_a_refusal(self, github: GitHub) -> None:
        waits, forge = patient(github)
        reset = str(int(datetime.now(UTC).timestamp()) + 20)
        github.faults = [
            Fault("GET", 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}),
            Fault("POST", 403, {"Retry-After": "9"}, "You have exceeded a secondary rate limit"),
        ]
        assert post(forge, "body", marker("check")) == "written"
        assert 10 < waits[0] <= 20
        assert waits[1] == 9.0

    def test_ends(self, host: Standin) -> None:
        waits, forge = patient(host)
        host.faults = [Fault("GET", 503)] * 10
        with pytest.raises(AnswerError, match=rf"503 Something is wrong, also after {TRIES} tries"):
            post(forge, "body", marker("check"))
        assert len(waits) == TRIES - 1

    def test_does_not_wait_for_an_hour(self, host: Standin) -> None:
        waits, forge = patient(host)
        host.faults = [Fault("GET", 429, {"Retry-After": "3600"})]
        with pytest.raises(AnswerError, match="asks to wait 3600 seconds"):
            post(forge, "body", marker("check"))
        assert waits == []
        host.faults = [Fault("GET", 429, {"Retry-After": str(PATIENCE / 2 - 1).partition(".")[0]})] * 3
        with pytest.raises(AnswerError, match="asks to wait"):
            post(forge, "body", marker("check"))
        assert sum(waits) <= PATIENCE

    @pytest.mark.parametrize("carried_out", [True, False])
    def test_a_new_comment_is_looked_for_before_it_is_sent_again(self, host: Standin, carried_out: bool) -> None:
        waits, forge = patient(host)
        host.faults = [Fault("POST", 502, carried_out=carried_out)]
        body = f"{MARK}\nbody"
        assert post(forge, body, MARK) == ("up to date" if carried_out else "written")
        assert host.bodies == [body]
        assert waits == [1.0]

    def test_a_host_that_is_not_there_is_said(self, tmp_path: Path) -> None:
        waits = Waits()
        client = Client("http://127.0.0.1:9", {}, sleep=waits.append)
        with pytest.raises(AnswerError, match=r"no answer: .*refused"):
            client.get("/user")
        assert len(waits) == TRIES - 1


class TestTheToken:
    def test_does_not_follow_a_redirection_to_another_host(self, host: Standin) -> None:
        other = GitHub()
        with serving(other):
            _, forge = patient(host)
            host.faults = [Fault("GET", 302, {"Location": f"{other.address}/user"})] * 2
            with pytest.raises(AnswerError, match="302"):
                post(forge, "body", marker("check"))
            assert other.requests == []

    def test_travels_by_https_only(self) -> None:
        for address in ("http://api.example.com", "ftp://api.example.com", "", "api.example.com"):
            with pytest.raises(ConfigError, match="is no https address"):
                Client(address, {})
        Client("https://api.example.com", {})
