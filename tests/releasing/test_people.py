"""People in every form in which names are written: found and replaced, refused, or left alone. Each was an attack."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from mkdocs_postmortem.releasing import acquaintances, folding
from mkdocs_postmortem.releasing.acquaintances import of_repository
from mkdocs_postmortem.releasing.names import VOWELS
from mkdocs_postmortem.releasing.people import Roster, roster_of
from mkdocs_postmortem.releasing.policy import Somebody
from mkdocs_postmortem.releasing.sightings import AMBIGUOUS
from mkdocs_postmortem.releasing.work import Projection
from tests.releasing.support import House, body_of, codes, document, policy_of, projected, record_of, section

PEOPLE: list[dict[str, Any]] = [
    {"handle": "maria", "names": ["Maria García López"], "aliases": ["Mari"], "emails": ["maria@example.com"]},
    {"handle": "wei", "names": ["Wei Zhang"], "role": "the database lead"},
    {"names": ["Jürgen Müller"]},
    {"names": ["Siobhán O'Brien"]},
    {"names": ["Tomasz Wójcik"]},
    {"names": ["Hernán Ruiz-Cortés"]},
    {"names": ["Ольга Кузнецова"]},
    {"names": ["田中太郎"]},
    {"names": ["김민수"]},
    {"names": ["Mark Quill"]},
]


def of(text: str, policy: dict[str, Any] | None = None, **front: Any) -> Projection:
    """The projection of a document in which this stands, with these people on the roster."""
    return projected(section(text), policy={"people": PEOPLE, **(policy or {})}, **{"participants": [], **front})


def public(text: str, people: list[dict[str, Any]] = PEOPLE, **front: Any) -> str:
    return body_of(of(text, {"people": people}, **front)).split("## Impact\n\n")[1].rstrip("\n")


@pytest.mark.parametrize(
    "text",
    [
        "Then Maria **G**arcía fixed it.",
        "Wei Z\u2011hang saw it.",
        "Wei Z-hang saw it.",
        "Wei Z**hang** saw it.",
        "Jürgen M**üller** saw it.",
        "Siobhán O'B**rien** saw it.",
        "Wei Z'hang saw it.",
        "Wei Z’hang saw it.",
        "Wei Z`hang` saw it.",
        "Wei Z\\-hang saw it.",
        "Maria Gar saw it.",
        "Wei Zh. saw it.",
        "Maria Garc\u00adí saw it.",
        "Mar. García saw it.",
        "ML García saw it.",
        "`Maria` and **Mar**ia saw it.",
        "Zh-ang saw it.",
        "Zh\\-ang saw it.",
        "Mül-\nler saw it.",
    ],
)
def test_no_rest_of_a_name_is_left_behind(text: str) -> None:
    assert "PM720" in codes(of(text))


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        ("Maria G. fixed it.", "Engineer A fixed it."),
        ("It was Maria G. Then it ended.", "It was Engineer A. Then it ended."),
        ("M.G. López fixed it.", "Engineer A fixed it."),
        ("M. G. López and Maria G. López fixed it.", "Engineer A and Engineer A fixed it."),
        ("Tell Maria I am away.", "Tell Engineer A I am away."),
        ("W. Zhang fixed it.", "The database lead fixed it."),
        ("Mari García fixed it.", "Engineer A fixed it."),
        ("Dr. Müller and Frau García fixed it.", "Engineer A and Engineer B fixed it."),
        ("Hernán Ruiz-Cortés, then Cortés and O’Brien.", "Engineer A, then Engineer A and Engineer B."),
        ("_Wei_ and **Maria** fixed it.", "_The database lead_ and **Engineer A** fixed it."),
        ("[Wei](https://status.example.com) fixed it.", "[The database lead](https://status.example.com) fixed it."),
        ("Müller's and Zhang's fix", "Engineer A's and the database lead's fix"),
    ],
)
def test_names_and_their_initials_are_consumed_whole(text: str, replaced: str) -> None:
    assert public(text) == replaced


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        ("garcialopez logged in", "Engineer A logged in"),
        ("LOPEZGARCIA logged in", "Engineer A logged in"),
        ("mglopez logged in", "Engineer A logged in"),
        ("mgarcialopez logged in", "Engineer A logged in"),
        ("marig logged in", "Engineer A logged in"),
        ("weiz logged in", "The database lead logged in"),
        ("WZHANG and zhang_wei logged in", "The database lead and the database lead logged in"),
        ("Then Olga Kuznetsova and Olga logged in", "Then Engineer A and Engineer A logged in"),
        ("Then Кузнецова О. and Ольга logged in", "Then Engineer A and Engineer A logged in"),
        ("Then 田中 and 太郎 logged in", "Then Engineer A and Engineer A logged in"),
        ("MUELLER and Muller logged in", "Engineer A and Engineer A logged in"),
    ],
)
def test_names_as_accounts_and_in_other_scripts(text: str, replaced: str) -> None:
    assert public(text) == replaced


@pytest.mark.parametrize(
    "text",
    [
        "Marias Fehler", "Müllers Änderung", "It was Jürgens", "Siobháns fix", "the Zhangs", "the ZHANGs", "muellers",
        "tomaszs-laptop", "feature/mariafix", "weis-macbook", "wei-laptop", "mariabot", "testmaria", "dbzhang",
        "zhangtest2", "mariaslaptop", "host-muellerxyz-1", "x/tomaszqq", "太郎が直した", "김민수는",
        "xn--mller-kva.example",
        "ssh wei@x/y", "`ssh wei@x`", "`Maria`", "```\nssh wei@x\n```", "```\nWei Zhang\n```", "Maria/Wei",
    ],
)  # fmt: skip
def test_names_inside_other_words_and_code_are_refused(text: str) -> None:
    assert "PM720" in codes(of(text))


@pytest.mark.parametrize(
    "text",
    ["Кузнецовой", "Ольги", "Wójcika", "Wójcikowi", "Tomasza", "Müllera", "민수가"],
)
def test_names_with_an_ending_are_for_the_policy_to_decide(text: str) -> None:
    found = of(f"Then {text} it was.")
    assert codes(found) == ["PM721"]
    assert all("`words`" in item.help for item in found.refusals.refused)
    assert codes(of(f"Then {text} it was.", {"words": [text]})) == []


@pytest.mark.parametrize(
    "text",
    [
        "Maria Svensson saw it.",
        "Then Maria Svensson's fix failed.",
        "Anna García saw it.",
        "We asked Anna García.",
        "San Maria failed.",
        "Zhang Ziyi saw it.",
        "MARIA SVENSSON saw it.",
        "Maria von Svensson saw it.",
        "Maria S. saw it.",
    ],
)
def test_a_known_name_beside_an_unknown_one_is_somebody_else_perhaps(text: str) -> None:
    found = of(text)
    assert codes(found) == ["PM721"]
    assert "put them on the roster" in found.refusals.refused[0].help


def test_a_word_beside_a_name_that_is_no_name_is_listed() -> None:
    assert codes(of("Maria Blorbs saw it.")) == ["PM721"]
    assert codes(of("Maria Blorbs saw it.", {"words": ["Blorbs"]})) == []
    assert codes(of("The San Maria ferry", {"words": ["San Maria"]})) == []


@pytest.mark.parametrize(
    "text",
    [
        "M. G. L. signed it",
        "W. Z. signed it",
        "M.L. signed it",
        "(MGL)",
        "signed by JM.",
        "| MGL | x |\n|---|---|\n| a | b |",
        "Mar1a saw it",
        "Then Møller saw it",
    ],
)
def test_what_may_be_somebody_is_pointed_out_to_the_reviewer(text: str) -> None:
    found = of(text)
    assert codes(found) == []
    assert [item.code for item in found.refusals.for_review] == ["PM732"]


@pytest.mark.parametrize(
    "text",
    [
        "The marketing weight was weird; weights, weighted, market, marks.",
        "MariaDB and mariadb and MARIADB failed, the mariadb-server too.",
        "The mark of 5 ms was quilled.",
        "The ML model and the QA team (JVM, SLO) on the US side.",
        "The OL cell, MQ | TX",
        "p99, h2o, utf8, k8s, i18n, s3 and m5.large",
        "We rolled it back, e.g. by hand. See a. W. was not there.",
        "Zurich, Marina, Tomato, Wagner and Jura are places.",
        "The christmas-sale, the marine-traffic feed, the tomas cat, obrienberg.",
        "хост упал, ответ, Москва",
        "中国 東京 日本",
        "Then J. was there.",
        "The U.S. and the U.K. at 9 A.M.",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    found = of(text)
    assert list(found.refusals) == []
    assert text.split("|")[0] in found.words


# What is replaced stands in one run of plain text


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        (
            "| Who | Name | n |\n|---|---|---|\n| Maria | García | 5 |",
            "| Who | Name | n |\n|---|---|---|\n| Engineer A | Engineer A | 5 |",
        ),
        ("| A |\n|---|\n| Wei |\n| Zhang |", "| A |\n|---|\n| The database lead |\n| The database lead |"),
        ("- Wei\n- Zhang", "- The database lead\n- The database lead"),
        ("1. Wei\n2. Zhang", "1. The database lead\n2. The database lead"),
        ("It was Wei.\nZhang went.", "It was the database lead.\nThe database lead went."),
        ("It was Wei. Zhang went.", "It was the database lead. The database lead went."),
        ("It was Wei\n\nZhang went.", "It was the database lead\n\nThe database lead went."),
        ("### About Wei\n\nZhang went.", "### About the database lead\n\nThe database lead went."),
        ("It was Wei: Zhang went.", "It was the database lead: the database lead went."),
        ("It was Wei\nZhang who went.", "It was the database lead\nwho went."),
        ("It was Zhang, Wei.", "It was the database lead."),
        ("It was Wei. Z. went.", "It was the database lead. Z. went."),
    ],
)
def test_names_are_replaced_within_cells_sentences_and_blocks(text: str, replaced: str) -> None:
    assert public(text).replace("\n ", "\n") == replaced


@pytest.mark.parametrize(
    "text",
    [
        "*Wei* **Zhang**",
        "**Wei** Zhang",
        "Wei **Zhang**",
        "Wei (Zhang)",
        "Wei [Zhang](https://status.example.com)",
        "**Maria** G. went",
        'Wei "Zhang"',
        "Wei/Zhang",
    ],
)
def test_names_over_marks_are_refused(text: str) -> None:
    found = of(text)
    assert codes(found) == ["PM720"]
    assert "in one piece" in found.refusals.refused[0].help or "the role" in found.refusals.refused[0].help


def test_a_name_whose_part_is_ignored_is_refused_in_pieces() -> None:
    people = [{"names": ["Mark Quill"], "ignore": ["Mark"]}]
    table = "| First | Last |\n|---|---|\n| Mark | Quill |"
    assert codes(of(table, {"people": people})) == ["PM720"]


@pytest.mark.parametrize("role", ["x | y", "**x**", "<b>x</b>", "[x](y)", "`x`", "{{ x }}", "Project Falcon", "Maria's deputy", "::: internal"])  # fmt: skip # noqa: E501
def test_roles_are_plain_words_and_judged_like_all_others(role: str) -> None:
    participants = [{"who": "@wei", "role": role}]
    assert codes(of("Wei saw it.", participants=participants))
    assert codes(of("Wei saw it.", {"people": [{**PEOPLE[1], "role": role}, PEOPLE[0]]}))
    assert codes(of("Nobody saw it.", participants=participants)) == []


# Words that are names, and people whom only others know


def test_ordinary_words_of_somebodys_name_are_never_replaced() -> None:
    people = [*PEOPLE, {"handle": "deploy", "names": ["Pat Queue"]}, {"names": ["Setup Person"]}]
    assert public("The deploy queue was full, setup failed.", authors=[]) == "The deploy queue was full, setup failed."
    for text in ("Then Queue saw it.", "It was Pat.", "the Setup"):
        assert codes(of(text, {"people": people})) == ["PM721"]
    assert codes(of("The deploy queue of a person was full: setup.", {"people": people})) == []
    found = of("Pat Queue and @deploy saw it.", {"people": people})
    assert "Engineer A and Engineer A saw it." in body_of(found)


OTHERS = [
    record_of(document(authors=["Pat Queue", "@deploy"], owner="Hedwig Sonnenschein", id="x"), "docs/postmortems/o.md")
]


def test_people_whom_only_others_know_are_refused_with_the_line_to_copy() -> None:
    for text in ("Sonnenschein saw it.", "Hedwig Sonnenschein saw it.", "Pat Queue saw it.", "Ask @deploy."):
        found = of_with_others(text)
        assert codes(found) == ["PM720"]
        assert "redaction.yml does not list" in found.refusals.refused[0].message
    found = of_with_others("Hedwig saw it.").refusals.refused[0]
    assert found.lines == '- {"names": ["Hedwig Sonnenschein"]}'
    assert "Hedwig" not in str(found)
    listed = {"people": [*PEOPLE, {"names": ["Hedwig Sonnenschein"]}]}
    assert "Engineer A saw it." in body_of(
        projected(section("Hedwig saw it."), policy=listed, others=OTHERS, participants=[])
    )


def of_with_others(text: str) -> Projection:
    return projected(section(text), policy={"people": PEOPLE}, others=OTHERS, participants=[])


@pytest.mark.parametrize(
    "text",
    ["The deploy queue was full.", "Queue length grew.", "Deploy of 4.12", "Setup failed on GitHub and Jenkins."],
)
def test_words_of_people_whom_only_others_know_stay_words(text: str) -> None:
    assert text in body_of(of_with_others(text))


def test_the_documents_own_people_are_replaced_without_being_listed() -> None:
    assert public("Hedwig Sonnenschein saw it.", owner="Hedwig Sonnenschein") == "Engineer A saw it."


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def commit(folder: Path, name: str, email: str) -> None:
    git(folder, "add", "-A")
    git(folder, "-c", f"user.name={name}", "-c", f"user.email={email}", "commit", "-q", "--allow-empty", "-m", "x")


def test_service_accounts_in_git_are_nobody(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    for name, email in (
        ("Jenkins Deploy", "jenkins@ci.example.com"), ("GitHub", "noreply@github.com"),
        ("Setup Person", "setup@x.example"),
        ("dependabot[bot]", "1+dependabot[bot]@users.noreply.github.com"), ("root", "root@db1"), ("CI", "ci@x.example"),
        ("acme-bot", "bot@x.example"), ("Katherine Jenkins", "kj@x.example"), ("Will Grant", "wg@x.example"),
    ):  # fmt: skip
        commit(tmp_path, name, email)
    assert sorted(person.names for person in of_repository(tmp_path)) == [("Katherine Jenkins",), ("Will Grant",)]


def test_a_shallow_clone_finds_the_public_version_current(tmp_path: Path) -> None:
    house = House(tmp_path / "house", section("Hedwig Sonne saw the deploy queue, then Maria."), owner="Hedwig Sonne")
    git(house.root, "init", "-q")
    commit(house.root, "Pat Deploy", "pat@x.example")
    commit(house.root, "Jenkins Queue", "jenkins@x.example")
    commit(house.root, "Maria Ferrari", "ferrari@x.example")
    assert house.redact().code == 0
    commit(house.root, "Ada Lovering", "ada@x.example")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{house.root}", "shallow")
    shallow = House.__new__(House)
    shallow.__dict__.update({**house.__dict__, "root": tmp_path / "shallow"})
    for clone in (house, shallow):
        done = clone.redact("--check")
        assert done.code == 0, done.said
        assert "is current" in done.said
    words = (house.root / "external/releases/checkout-errors/index.md").read_text(encoding="utf-8")
    assert "Engineer A saw the deploy queue, then Engineer B." in words


def test_a_crowd_costs_little_more_than_a_few() -> None:
    """Counted in what the search has to look at, not in seconds."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    firsts = [f"Q{one}v{other}rn" for one in letters for other in letters]
    names = [f"{first} Zh{letters[n]}w{first[1]}k" for n in range(13) for first in firsts]
    crowd = Roster(Somebody(names=(name,)) for name in names)
    text = Path(__file__).with_name("test_people.py").read_text(encoding="utf-8") * 3
    assert crowd.find(text) == []
    assert [mention.who for mention in crowd.find(f"{text} then {names[77]} saw it")] == [77]
    assert sum(1 for _ in crowd._hits(f" {text.lower()} ")) < len(text) / 100


def test_hostile_names_are_read_in_time() -> None:
    """No name and no text costs more than its size allows: a search that backtracks would not return."""
    roster = roster_of(policy_of({"people": [*PEOPLE, {"names": ["a " * 200]}, {"names": ["-" * 500 + "x"]}]}))
    for text in ("Wei-" * 20_000, "M. " * 20_000, "G**" * 20_000, "Maria " * 20_000, "xn--" * 9_000, "Ж" * 50_000):
        roster.find(text)
        roster.doubtful(text)


def test_whom_a_name_means_is_told_only_where_it_is_certain() -> None:
    roster = roster_of(policy_of({"people": PEOPLE}))
    assert [mention.who for mention in roster.find("Wei, Mark and Maria Svensson")] == [1, AMBIGUOUS, AMBIGUOUS]


FORMS: list[dict[str, Any]] = [
    {"names": ["Patrick O'Brien"]},
    {"names": ["Jan van der Berg"]},
    {"names": ["José de la Cruz"]},
    {"names": ["Liam McDonald"]},
    {"names": ["Dana D'Angelo"]},
    {"names": ["Anna-Lena Müller-Schmidt"]},
    {"names": ["Björn Straße"]},
    {"names": ["王小明"]},
]


@pytest.mark.parametrize("mark", "\u02bc\u02b9\u02bb\u02bd\u02c8\u02ca\u07f4\ua78c\u2019\u2032\u201b'")
def test_an_apostrophe_is_one_whatever_it_is_made_of(mark: str) -> None:
    done = projected(section(f"O{mark}Brien did it, and O{mark}Brien{mark}s laptop."), policy={"people": FORMS})
    assert codes(done) or "Brien" not in body_of(done)


@pytest.mark.parametrize(
    "text",
    [
        "The O'Briens did it.",
        "The O\u2019Briens did it.",
        "The McDonalds did it.",
        "The D'Angelos came.",
        "The Müller-Schmidts came.",
        "Then vanderberg did it.",
        "Then delacruz did it.",
        "Then Delacruz did it.",
        "Then VanderBerg did it.",
        "Then dela Cruz did it.",
        "Then v.d. Berg did it.",
        "Then v. d. Berg did it.",
        "Then J. v. d. Berg did it.",
        "Then J.v.d. Berg did it.",
        "Then JvdB did it.",
        "Then jvdb did it.",
        "Then A.-L. Müller-Schmidt did it.",
        "Then Stra\u1e9ee did it.",
        "Then STRA\u1e9eE did it.",
        "Then STRASSE did it.",
    ],
)
def test_surnames_of_several_parts_leave_nothing_behind(text: str) -> None:
    done = projected(section(text), policy={"people": FORMS})
    if not codes(done):
        words = body_of(done).split("## Impact\n\n")[1].strip()
        assert words in ("Then Engineer A did it.", "The Engineer A did it.")


@pytest.mark.parametrize("text", ["老王 rebooted it.", "王工 rebooted it.", "Then 王 rebooted it.", "小王重启了。"])
def test_a_surname_of_one_letter_is_pointed_out_to_the_reviewer(text: str) -> None:
    found = projected(section(text), policy={"people": FORMS}).refusals
    assert [item.code for item in found.for_review] == ["PM732"]


@pytest.mark.parametrize("text", ["国王 is a chess piece.", "The 王牌 cluster failed."])
def test_a_letter_of_a_surname_in_another_word_is_not(text: str) -> None:
    assert not list(projected(section(text), policy={"people": FORMS}).refusals)


@pytest.mark.parametrize(
    "name",
    [
        "Юлия Цой",
        "Андрій Дем'янюк",
        "Хрущёв Яков",
        "محمد العلي",
        "Ольга Кузнецова",
        "Щукин Ёлка",
        "Γιώργος Παπαδόπουλος",
    ],
)
def test_names_of_any_script_are_learned(name: str) -> None:
    roster = Roster([Somebody(names=(name,))])
    assert [item.who for item in roster.find(f"Then {name} did it.")] == [0]


@pytest.mark.parametrize(
    "told",
    [
        "Zedekiah Quuxington, SRE",
        "SRE: Zedekiah Quuxington",
        "Zedekiah Quuxington - SRE",
        "Zedekiah Quuxington / Ann Lee",
        "Zedekiah Quuxington and others",
        "Zedekiah Quuxington & Ann Lee",
        "Quuxington, Zedekiah",
        "Dr. Zedekiah Quuxington",
        "Zedekiah Quuxington (contractor)",
        "@zedekiah.quuxington",
        "@zedekiah-quuxington",
        "zedekiah_quuxington",
        "zedekiah.quuxington@x.com",
        "Zedekiah <zedekiah.quuxington@x.com>",
    ],
)
@pytest.mark.parametrize("field", ["participants", "owner", "authors", "reviewers", "facilitator"])
def test_people_are_read_from_fields_as_people_fill_them_in(told: str, field: str) -> None:
    value: Any = [told] if field in ("participants", "authors", "reviewers") else told
    found = projected(
        section("Then Zedekiah did it. Quuxington saw it, and others."), **{"participants": [], field: value}
    )
    words = "" if codes(found) else body_of(found)
    assert "Zedekiah" not in words
    assert "Quuxington" not in words
    assert not words or ", and others." in words


@pytest.mark.parametrize("account", ["release-bot", "platform.team", "on-call", "@data.platform", "ci_runner"])
def test_accounts_that_are_no_names_give_none(account: str) -> None:
    assert all(not person.names for person in acquaintances.persons_of(account))


def test_people_of_trailers_in_commits_are_known(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "a").write_text("a", encoding="utf-8")
    git(tmp_path, "add", "a")
    message = "Change\n\nCo-authored-by: Zedekiah Quuxington <zq@example.com>\nReviewed-by: zoe.lee <zl@example.com>\n"
    git(tmp_path, "-c", "user.name=Ann Lee", "-c", "user.email=ann@example.com", "commit", "-qm", message)
    names = {name for person in of_repository(tmp_path) for name in person.names}
    assert {"Zedekiah Quuxington", "Zoe Lee", "Ann Lee"} <= names


def test_a_hook_of_another_repository_does_not_change_whose_history_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, who in (("ours", "Ann Lee"), ("other", "Zedekiah Quuxington")):
        (tmp_path / name).mkdir()
        git(tmp_path / name, "init", "-q")
        git(tmp_path / name, "-c", f"user.name={who}", "-c", "user.email=", "commit", "-qm", "x", "--allow-empty")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    assert [person.names for person in of_repository(tmp_path / "ours")] == [("Ann Lee",)]


def test_only_one_place_starts_git() -> None:
    house = Path(acquaintances.__file__).parents[1]
    calling = [path.name for path in sorted(house.rglob("*.py")) if '["git",' in path.read_text(encoding="utf-8")]
    assert calling == ["git.py"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Jan Kowalczyk", "Kowalczykiem"),
        ("Jan Kowalczyk", "Kowalczykowi"),
        ("Иван Иванов", "Ивану"),
        ("Иван Иванов", "Иваном"),
        ("Иван Иванов", "Ивановым"),
        ("Ayşe Yılmaz", "Yılmazın"),
        ("Nagy László", "Lászlóval"),
    ],
)
def test_names_with_endings_of_many_languages(name: str, said: str) -> None:
    assert "PM721" in codes(projected(section(f"Then {said} it was told."), policy={"people": [{"names": [name]}]}))


def test_a_handle_among_the_words_frees_no_name() -> None:
    policy = {"people": [{"handle": "wei", "names": ["Wei Zhang"]}], "words": ["@wei"]}
    found = projected(section("Then @wei did it, and Wei saw it."), policy=policy, participants=[])
    assert body_of(found).split("## Impact\n\n")[1].strip() == "Then @wei did it, and Engineer A saw it."


def test_letters_that_the_writer_gave_are_left_to_whom_they_mean() -> None:
    assert public("Engineer A paged Jürgen Müller. Engineer C slept.") == (
        "Engineer A paged Engineer B. Engineer C slept."
    )


@pytest.mark.parametrize(
    "text", ["J.-L. Picard", "J-L Picard", "J. L. Picard", "JL Picard", "Jean-Luc P.", "Picard, J.-L."]
)
def test_double_given_names_are_taken_whole_or_refused(text: str) -> None:
    done = projected(section(f"Then {text} did it."), policy={"people": [{"names": ["Jean-Luc Picard"]}]})
    assert codes(done) or body_of(done).split("## Impact\n\n")[1].strip() in (
        "Then Engineer A did it.",
        "Then Engineer A. did it.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Charles Proxy helped",
        "the Charles River",
        "Dupont Street",
        "Bob's Burgers",
        "Patel & Sons",
        "Patel & Patel",
        "Patel GmbH",
        "Bob Ltd",
    ],
)
def test_what_is_called_after_somebody_is_for_the_policy_to_decide(text: str) -> None:
    people = [{"names": ["Charles Dupont"]}, {"names": ["Bob Jenkins"]}, {"names": ["Sam Patel"]}]
    assert codes(projected(section(f"Then {text} was told."), policy={"people": people})) == ["PM721"]
    word = text.removesuffix(" helped").removeprefix("the ")
    assert not codes(projected(section(f"Then {text} was told."), policy={"people": people, "words": [word]}))


@pytest.mark.parametrize(
    "text", ["Bob's server failed", "Charles, Street by street", "Sam drove to the bank", "Bob & Sam came"]
)
def test_what_somebody_has_is_theirs(text: str) -> None:
    people = [{"names": ["Charles Dupont"]}, {"names": ["Bob Jenkins"]}, {"names": ["Sam Patel"]}]
    assert not codes(projected(section(f"Then {text}."), policy={"people": people}))


def test_last_letters_that_give_way_are_as_names_are_compared() -> None:
    assert frozenset(folding.fold("aeiouyаяоеиыуюьйα")) == VOWELS


NEIGHBOURS: list[dict[str, Any]] = [
    {"handle": "okafor", "names": ["Sam Okafor"]},
    {"handle": "steph", "names": ["Stephanie Brown"]},
    {"names": ["Dana Sommer"]},
    {"names": ["Jan van den Berg"]},
    {"names": ["Kai de la Cruz"]},
    {"names": ["Declan Foxx"], "aliases": ["Dec"]},
    {"names": ["May Lindqvist"]},
    {"names": ["Will Mark"]},
    {"names": ["Γιώργος Παπαδόπουλος"]},
    {"names": ["Κώστας Αλεξίου"]},
    {"names": ["Ηλίας Ρήγας"]},
    {"names": ["Пётр Григорьев"]},
]


@pytest.mark.parametrize(
    ("text", "replaced"),
    [
        ("Okafor's fix and Okafor’s note", "Engineer A's fix and Engineer A’s note"),
        ("OKAFOR'S fix", "Engineer A'S fix"),
        ("Sommer'd told them.", "Engineer A'd told them."),
        ("okafors logged in, then @okafors did", "Engineer A logged in, then Engineer A did"),
        ("Then van den Berg fixed it.", "Then Engineer A fixed it."),
        ("J. van den Berg, Mr van den Berg and vd Berg", "Engineer A, Engineer A and Engineer A"),
        ("Berg, Jan van den and van den Berg’s fix", "Engineer A and Engineer A’s fix"),
        ("Sam Okafor III, then Okafor, Jr., fixed it.", "Engineer A, then Engineer A, fixed it."),
        ("de la Cruz and la Cruz fixed it.", "Engineer A and Engineer A fixed it."),
        ("ΠΑΠΑΔΟΠΟΥΛΟΣ ΓΙΩΡΓΟΣ fixed it.", "Engineer A fixed it."),
        ("ΚΩΣΤΑΣ, ΑΛΕΞΙΟΥ and ΑΛΕΞΊΟΥ fixed it.", "Engineer A, Engineer A and Engineer A fixed it."),
        ("ΗΛΙΑΣ and ηλιας ρηγας fixed it.", "Engineer A and Engineer A fixed it."),
        ("ГРИГОРЬЕВ and ПЕТР fixed it.", "Engineer A and Engineer A fixed it."),
    ],
)
def test_names_are_replaced_in_one_piece(text: str, replaced: str) -> None:
    assert public(text, NEIGHBOURS) == replaced


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Brown's fix", "PM721"),  # a word that begins a sentence, too
        ("the Okafors had it fixed", "PM720"),
        ("the Foxxes had it fixed", "PM720"),
        ("Okaforov, Okaforille", "PM721"),
        ("an Okaforgate", "PM721"),
        ("Григорьевин отчёт", "PM721"),
        ("ΠΑΠΑΔΟΠΟΥΛΟΥ fixed it.", "PM721"),
        ("We will mark it.", "PM721"),
        ("Will mark the release.", "PM721"),
    ],
)
def test_what_may_be_a_name_is_asked(text: str, code: str) -> None:
    assert codes(of(text, {"people": NEIGHBOURS})) == [code]


@pytest.mark.parametrize(
    "text",
    [
        "van den Heuvel is a street.",
        "At 10:02 on 3 Jan 2026, or on the 3rd of Jan 2026, or on Jan 3, 2026",
        "In Jan 2026 and on 3 May 2026",
        "Since Jan 3 10:02 and Dec 9, 10:07",
        "| Date | What |\n|---|---|\n| Jan 3 | it broke |\n| 9 Dec | it held |",
        "`03/Jan/2026:10:02:00 +0000 GET /` and 2026-Jan-03",
        "```\nJan  3 10:02:00 web1 kernel: oom\n```",
    ],
)
def test_dates_are_nobody(text: str) -> None:
    assert public(text, NEIGHBOURS) == text


@pytest.mark.parametrize("text", ["On 3 Jan", "on Jan 3", "until Jan", "in Jan and Feb", "Ask Jan 2 hours later"])
def test_what_may_be_a_month_is_asked(text: str) -> None:
    assert codes(of(text, {"people": NEIGHBOURS})) == ["PM721"]


@pytest.mark.parametrize("text", ["by Jan on 3 Nov 2026", "In Jan's view", "Jan 12.5", "from Jan"])
def test_somebody_called_like_a_month_is_replaced(text: str) -> None:
    assert "Jan" not in public(text, NEIGHBOURS)
