"""What the gate finds in a site that was broken on purpose, and what it lets through: each was tried by an attacker."""

from __future__ import annotations

import hashlib
import io
import json
import multiprocessing
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from PIL import Image

from mkdocs_postmortem import parallel
from mkdocs_postmortem.releasing import gate, indexed
from mkdocs_postmortem.releasing.expected import Expectation
from mkdocs_postmortem.releasing.rules import Refusal
from mkdocs_postmortem.releasing.verifying import verify
from tests.releasing.support import CANARY, DAY, POLICY, House, section

PAGE = "postmortems/checkout-errors/index.html"


@pytest.fixture(scope="module")
def _published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    house = House(tmp_path_factory.mktemp("gate") / "house")
    outcome = house.publish()
    assert outcome.published, outcome.said
    return house.root


@pytest.fixture
def house(_published: Path, tmp_path: Path) -> House:
    """A house whose site passed, to be broken."""
    root = tmp_path / "house"
    shutil.copytree(_published, root, symlinks=True)
    found = House.__new__(House)
    found.__dict__.update(House(tmp_path / "unused").__dict__, root=root)
    return found


def found(house: House) -> dict[str, str]:
    """What the gate refuses: messages by rule."""
    return {item.code: f"{item.path}: {item.message}" for item in refused_of(house)}


def refused_of(house: House) -> list[Refusal]:
    return verify(house.root / "site", house.root, None, None, DAY)[0].refused


def smuggle(house: House, text: str, name: str = PAGE, before: str = "</body>") -> None:
    path = house.root / "site" / name
    page = path.read_text(encoding="utf-8")
    assert before in page
    path.write_text(page.replace(before, f"{text}{before}", 1), encoding="utf-8")


def test_a_site_as_it_was_built_passes(house: House) -> None:
    assert found(house) == {}


UNEXPLAINED = {
    "chinese": "机密项目代号泄露的王伟",
    "one sign": "王",
    "katakana": "カンガルー",
    "japanese": "秘密のカンガルー計画",
    "thai": "ความลับสุดยอด",
    "lao": "ສິ່ງລັບ",
    "khmer": "សម្ងាត់",
    "digits in it": "w0m8at",
    "a code": "p3q7r9",
    "a trace": "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6",
    "cyrillic": "вомбат",
}


@pytest.mark.parametrize("text", UNEXPLAINED.values(), ids=UNEXPLAINED)
def test_what_nobody_can_explain_is_found_in_every_script(house: House, text: str) -> None:
    smuggle(house, f"<p>{text}</p>")
    assert "PM903" in found(house)


NAMES = [
    "maria-garcia.txt",
    "wzhang.txt",
    "project-falcon.txt",
    "ACME-12.txt",
    "db1.corp.example.com.txt",
    "maria@example.com.txt",
    "AKIAIOSFODNN7QWERTYU.txt",
    "notes/Maria/x.txt",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_files_are_public_too(tmp_path: Path, name: str) -> None:
    house = House(tmp_path)
    house.write(f"external/docs/{name}", "incidents\n")
    outcome = house.publish()
    assert not outcome.published
    assert "PM831" in outcome.said
    assert name not in outcome.said
    assert "…" in outcome.said


def test_a_file_name_is_judged_at_the_gate_as_well(house: House) -> None:
    (house.root / "site" / "maria.txt").write_text("incidents")
    assert "its name holds a person is named" in found(house)["PM907"]
    assert "maria" not in str(found(house))


def test_a_folder_with_nothing_in_it_is_unexpected(house: House) -> None:
    (house.root / "site" / "wombat").mkdir()
    assert found(house) == {"PM900": "…: is a folder with nothing in it, and no plain file"}


HIDDEN = [
    "<span hidden>try</span>",
    '<span style="display:none">try</span>',
    '<b style="visibility: hidden">try</b>',
    "<del>try</del>",
    '<i style="font-size:0">try</i>',
    "<template>try</template>",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_an_article_hides_nothing(house: House, text: str) -> None:
    path = house.root / "site" / PAGE
    page = path.read_text(encoding="utf-8")
    path.write_text(page.replace("had to try again", f"had to {text} again"), encoding="utf-8")
    assert "PM904" in found(house)


def policy(house: House, **values: Any) -> None:
    house.write("redaction.yml", yaml.safe_dump({**POLICY, **values}, allow_unicode=True))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"sections": ["Executive Summary"]}, "a section that `sections` in redaction.yml does not list"),
        ({"sections": []}, "a section that `sections`"),
        ({"facts": []}, "a fact that `facts` in redaction.yml does not list"),
        ({"facts": ["date", "severity"]}, "a fact that `facts`"),
    ],
)
def test_what_the_policy_lists_no_more_stops_old_releases(house: House, values: dict[str, Any], message: str) -> None:
    policy(house, **values)
    assert message in found(house)["PM801"]
    before = house.site()
    outcome = house.build_public()
    assert outcome.done[-1].code != 0
    assert house.site() == before


@pytest.mark.parametrize("words", ["INHERIT: mkdocs.yml\n", "copyright: !ENV [HOME, x]\n"])
def test_a_configuration_that_takes_in_what_stands_elsewhere_is_refused(house: House, words: str) -> None:
    path = house.root / "mkdocs.external.yml"
    path.write_text(words + path.read_text(encoding="utf-8"), encoding="utf-8")
    done = house.build("-f", "mkdocs.external.yml", CI="1")
    assert done.code != 0
    assert "PM830" in done.said
    policy(house, extra=["INHERIT", "!ENV"])
    done = house.build("-f", "mkdocs.external.yml", CI="1")
    assert "brings in what stands elsewhere" not in done.said


def picture(**options: Any) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((40, 40), 90).convert("RGB").save(out, **options)
    return out.getvalue()


PICTURES = {
    "png": picture(format="PNG"),
    "jpg": picture(format="JPEG"),
    "gif": picture(format="GIF"),
    "webp": picture(format="WEBP"),
    "woff2": b"wOF2" + bytes(range(256)) * 9,
}


@pytest.mark.parametrize("ending", PICTURES)
def test_a_picture_that_the_policy_lists_is_published(tmp_path: Path, ending: str) -> None:
    house = House(tmp_path)
    (house.root / "external" / "docs" / f"graph.{ending}").write_bytes(PICTURES[ending])
    refused = house.publish()
    assert not refused.published
    digest = hashlib.sha256(PICTURES[ending]).hexdigest()
    assert digest in refused.said  # so that whoever looked at it can list it
    policy(house, attachments=[digest])
    outcome = house.build_public()
    assert outcome.published, outcome.said


def test_overrides_are_listed_by_their_path_or_as_the_site_names_them(tmp_path: Path) -> None:
    for listed in (["overrides/main.html", "external/docs/own.css"], ["main.html", "own.css"]):
        house = House(tmp_path / str(len(listed[0])), policy={"overrides": listed})
        house.write("overrides/main.html", '{% extends "base.html" %}\n')
        house.write("external/docs/own.css", "p { color: red }\n")
        house.configure(
            theme={"name": "mkdocs", "highlightjs": False, "custom_dir": "overrides"}, extra_css=["own.css"]
        )
        outcome = house.publish()
        assert outcome.published, outcome.said


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"# Page\n\n[x](http://[bad/)\n", "address that nobody can read"),
        (b"# Page\n\n[x]\n\n[x]: http://[bad/\n", "address that nobody can read"),
        ("# Page\n\nWords\n".encode("utf-16"), "is not UTF-8"),
        ("# Page\n\nCafé\n".encode("latin-1"), "is not UTF-8"),
    ],
)
def test_a_page_that_no_host_reads_is_one_message(tmp_path: Path, data: bytes, told: str) -> None:
    house = House(tmp_path)
    (house.root / "external/docs/own.md").write_bytes(data)
    outcome = house.publish()
    assert not outcome.published
    assert "PM831" in outcome.said
    assert told in outcome.said
    assert "Traceback" not in outcome.said


def bound(path: Path) -> str:
    """A file as `overrides` lists it with its content."""
    return f"{path.name} sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def test_a_hook_is_listed_with_what_it_does(tmp_path: Path) -> None:
    house = House(tmp_path, policy={"overrides": ["hook.py"]})
    house.write("hook.py", "def on_config(config):\n    return config\n")
    house.configure(hooks=["hook.py"])
    refused = house.publish()
    listed = bound(house.root / "hook.py")
    assert not refused.published
    assert listed in refused.said  # so that whoever read it can list it
    policy(house, overrides=[listed])
    outcome = house.build_public()
    assert outcome.published, outcome.said
    house.write("hook.py", "def on_config(config):\n    return config  # and more\n")
    changed = house.build_public()
    assert changed.done[-1].code != 0
    assert "is not what was listed" in changed.said


def test_an_override_may_be_listed_with_what_it_holds(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.write("external/docs/own.css", "p { color: red }\n")
    house.configure(extra_css=["own.css"])
    policy(house, overrides=[bound(house.root / "external/docs/own.css")])
    outcome = house.publish()
    assert outcome.published, outcome.said
    house.write("external/docs/own.css", "p { color: blue }\n")
    changed = house.build_public()
    assert changed.done[-1].code != 0
    assert "is not what was listed" in changed.said


LAST = """
from mkdocs.plugins import event_priority

@event_priority(-1000)
def on_post_build(config):
    with open(config.site_dir + "/index.html", "a") as page:
        page.write("{word}")
"""


@pytest.mark.parametrize("word", [CANARY, "Wei Zhang"])
def test_the_gate_comes_after_hooks_that_come_last(tmp_path: Path, word: str) -> None:
    house = House(tmp_path)
    house.write("hook.py", LAST.replace("{word}", word))
    house.configure(hooks=["hook.py"])
    policy(house, overrides=[bound(house.root / "hook.py")])
    outcome = house.publish()
    assert outcome.done[-1].code != 0
    assert not outcome.files


THEMES = [
    {"name": "material", "font": False, "language": "de"},
    {"name": "material", "font": False, "language": "ja", "icon": {"logo": "fontawesome/brands/github"}},
    {"name": "mkdocs", "highlightjs": False, "locale": "de"},
    {"name": "readthedocs", "highlightjs": False, "locale": "fr"},
]


@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: f"{theme['name']}-{[*theme.values()][2]}")
def test_a_theme_speaks_other_languages(tmp_path: Path, theme: dict[str, Any]) -> None:
    house = House(tmp_path)
    house.configure(theme=theme)
    outcome = house.publish("--strict")
    assert outcome.published, outcome.said


def test_the_repository_is_shown_where_the_policy_says_so(tmp_path: Path) -> None:
    house = House(tmp_path, policy={"extra": ["repo_url", "edit_uri"], "hosts": ["github.com", "status.example.com"]})
    house.configure(theme={"name": "material", "font": False}, repo_url="https://github.com/acme/incidents")
    outcome = house.publish()
    assert outcome.published, outcome.said


ORDINARY: dict[str, str] = {
    "emphasis in a word": "The intra**word** emphasis, un*frigging*believable.",
    "times": "It was 5*6*7 wide, sizes 5\\*6 and a*b and c*d.",
    "entities in code": "We saw `&amp;amp;` and `?a=1&lt=2` there.",
    "half an entity": "Use &copy here.",
    "percent": "The name was shown as `M%C3%BCnchen` here.",
    "russian": "Сервер упал: хост не отвечает, как так, нет нас.",
    "a test in code": "The shell test `[[ -f x ]]` failed.",
    "colons in code": "Use `:::` for blocks.",
}


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_what_redact_accepts_the_build_publishes(tmp_path: Path, text: str) -> None:
    house = House(tmp_path, section(text))
    outcome = house.publish("--strict")
    assert outcome.published, outcome.said


def unknown_key(house: House) -> None:
    house.write("redaction.yml", "terms:\nProject Heron Jonas: our project\npeople:\n  - {handle: q, Lindqvist: x}\n")


def unknown_term(house: House) -> None:
    house.write("redaction.yml", "terms: {Lindqvist: [x]}\n")


def release_key(house: House) -> None:
    path = house.root / "external/releases/checkout-errors/release.yml"
    path.write_text(path.read_text(encoding="utf-8") + "Jonas Lindqvist: x\n", encoding="utf-8")


def release_folder(house: House) -> None:
    house.write("external/releases/Jonas Lindqvist/index.md", "x\n")


@pytest.mark.parametrize("change", [unknown_key, unknown_term, release_key, release_folder])
def test_messages_do_not_tell_what_stands_in_policy_and_releases(house: House, change: Callable[[House], None]) -> None:
    change(house)
    for done in (
        house.build("-f", "mkdocs.external.yml", CI="1"),
        house.run("verify", "site", CI="1"),
        house.redact("--check"),
    ):
        assert "Lindqvist" not in done.said
        assert "Heron" not in done.said


def test_pages_that_were_judged_while_the_host_wrote_are_judged_anew_where_they_changed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process beside reads a page early; what a plugin puts into it afterwards does not pass."""
    from mkdocs_postmortem.releasing import verifying

    judged: list[int] = []

    def late(site: Path, expected: Expectation, policy: Any, detector: Any, today: Any) -> Any:
        watch = gate.Watch(site, expected, policy, detector, today)
        early = watch.early(expected, policy)
        judged.append(len(early[1].pages))
        smuggle(house, "<p>quartzite</p>", name=next(iter(early[1].pages)))
        monkeypatch.setattr(watch._beside, "result", lambda: early)
        return watch.inspect()

    monkeypatch.setattr(verifying.gate, "inspect", late)
    assert set(found(house)) == {"PM903"}
    assert judged[0] > 1


def test_what_was_judged_early_of_bytes_that_changed_is_forgotten(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that was refused early, on a page that then changed elsewhere, must not count as judged."""
    from mkdocs_postmortem.releasing import verifying

    def late(site: Path, expected: Expectation, policy: Any, detector: Any, today: Any) -> Any:
        watch = gate.Watch(site, expected, policy, detector, today)
        first, *_ = expected.pages
        smuggle(house, "\n<p>quartzite</p>\n", name=first)
        early = watch.early(expected, policy)
        assert {item.code for item in early[1].pages[first][1]} == {"PM903"}
        smuggle(house, "\n", name=first, before="</head>")
        fresh = gate.Watch(site, expected, policy, detector, today)
        monkeypatch.setattr(fresh._beside, "result", lambda: early)
        return fresh.inspect()

    monkeypatch.setattr(verifying.gate, "inspect", late)
    assert set(found(house)) == {"PM903"}


def test_many_pages_are_judged_beside_and_the_same_is_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "FEWEST", 2)
    monkeypatch.setattr(parallel.threading, "active_count", lambda: 1)
    outcome = house.build_public()
    assert outcome.published, outcome.said
    house.write("external/docs/more.md", "# More\n\nMaria was there.\n")
    outcome = house.build_public()
    assert "PM907" in outcome.said
    assert outcome.done[-1].code != 0


class TestSearchIndex:
    """What an entry says is not looked at twice where it stands in the article that it is of, word for word."""

    @pytest.fixture
    def gates(self, house: House) -> gate._Gate:
        """A gate that has read the articles of the site, and nothing else."""
        made: list[gate._Gate] = []
        init = gate._Gate.__init__

        def kept(self: gate._Gate, *given: Any) -> None:
            init(self, *given)
            made.append(self)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(gate._Gate, "__init__", kept)
            assert found(house) == {}
        return made[0]

    HERE = PAGE.removesuffix("index.html")

    def left(self, gates: gate._Gate, text: str, place: str = HERE + "#summary", title: str = "Summary") -> list[str]:
        entry = ["location", place, "title", title, "text", text]
        return [*indexed.unexplained(entry, gates.articles)]

    def test_the_entries_of_a_site_as_it_was_built_are_in_its_articles(self, house: House, gates: gate._Gate) -> None:
        texts = [*indexed.texts_of(house.site()["search/search_index.json"])]
        of_releases = [
            item
            for item in json.loads(house.site()["search/search_index.json"])["docs"]
            if item["location"].startswith(self.HERE)
        ]
        assert len(of_releases) > 2
        left = {*indexed.unexplained(texts, gates.articles)}
        assert not [item["text"] for item in of_releases if len(item["text"]) > 9 and item["text"] in left]

    def test_words_of_the_article_are_read_but_for_their_tags(self, gates: gate._Gate) -> None:
        words = gates.articles[PAGE].split()[:6]
        keys = ["location", "summary", "title", "text"]
        title = [] if " Summary " in gates.articles[PAGE] else ["Summary"]
        assert self.left(gates, " ".join(words)) == [*keys[:3], *title, "text"]
        marked = f"<p>{' '.join(words[:3])}</p> <p class='x'>{' '.join(words[3:])}</p>"
        assert self.left(gates, marked) == [*keys[:3], *title, "text", "</p>", "<p class='x'>", "<p>"]

    @pytest.mark.parametrize(
        "change",
        [
            lambda text: text[1:],  # a word begins later
            lambda text: text[:-1],  # a word ends sooner
            lambda text: text.replace(" ", "", 1),  # two are one
            lambda text: f"{text[:2]} {text[2:]}",  # one is two
            lambda text: f"{text} Maria",
            lambda text: f"{text}<",
            lambda text: f"{text} <img src=x",
            lambda text: f"{text[:2]}<br>{text[2:]}",
            lambda text: " ".join(reversed(text.split())),
        ],
    )
    def test_all_else_is_read(self, gates: gate._Gate, change: Callable[[str], str]) -> None:
        text = change(" ".join(gates.articles[PAGE].split()[:6]))
        assert text in self.left(gates, text)

    def test_words_of_another_page_are_read(self, gates: gate._Gate) -> None:
        text = " ".join(gates.articles[PAGE].split()[:6])
        assert text in self.left(gates, text, "index.html")
        assert text in self.left(gates, text, "postmortems/")
        assert "nowhere/#maria" in self.left(gates, text, "nowhere/#maria")

    def test_an_anchor_is_read(self, gates: gate._Gate) -> None:
        assert "maria" in self.left(gates, "x", f"{self.HERE}#maria")


class TestMuchOfEverything:
    """Large sites are read by several processes, and nothing else about them differs."""

    @pytest.fixture(autouse=True)
    def many(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(parallel, "FEWEST", 1)
        monkeypatch.setattr(parallel.threading, "active_count", lambda: 1)

    @pytest.mark.parametrize("beside", [True, False])
    def test_what_is_refused_in_releases_judged_beside_stops_the_build_before_it_writes(
        self, house: House, monkeypatch: pytest.MonkeyPatch, beside: bool
    ) -> None:
        """Also where there is one processor, or no process can be made."""
        possible = parallel.possible
        monkeypatch.setattr(parallel, "possible", lambda: beside and possible())
        assert house.build_public().published
        before = house.site()
        house.write("redaction.yml", yaml.safe_dump({**POLICY, "deny": [*POLICY.get("deny", ()), "eighth"]}))
        begun = []
        monkeypatch.setattr(gate.Watch, "__init__", lambda *_: begun.append(True))
        outcome = house.build_public()
        assert (outcome.done[-1].code != 0, begun, house.site() == before) == (True, [], True)
        assert "index.md" in outcome.said
        assert "before anything was written" in outcome.said
        assert "eighth" not in outcome.said

    def test_the_process_beside_ends_with_a_build_that_fails(self, house: House) -> None:
        house.write("redaction.yml", yaml.safe_dump({**POLICY, "deny": ["Incidents"]}))  # the site's own name
        outcome = house.build_public()
        assert "before anything was built" in outcome.said
        assert not multiprocessing.active_children()

    @pytest.mark.parametrize("place", [0, -1])
    def test_both_parts_of_a_search_index_are_read(
        self, house: House, monkeypatch: pytest.MonkeyPatch, place: int
    ) -> None:
        monkeypatch.setattr(indexed, "_LARGE", 100)
        house.configure(theme={"name": "material", "font": False})
        assert house.build_public().published
        name = "search/search_index.json"
        whole = json.loads(house.site()[name])
        assert found(house) == {}
        parts: list[int] = []
        parted = gate.parts
        monkeypatch.setattr(gate, "parts", lambda texts: parts.append(len(parted(texts))) or parted(texts))
        whole["docs"][place]["text"] += " quartzite, says Maria"
        (house.root / "site" / name).write_text(json.dumps(whole))
        assert {*found(house)} == {"PM903", "PM907"}
        assert parts == [2]

    def test_a_part_tells_what_the_other_part_told_once(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(indexed, "_LARGE", 100)
        assert house.build_public().published
        name = "search/search_index.json"
        whole = json.loads(house.site()[name])
        for item in whole["docs"]:
            item["text"] += " Maria"
        (house.root / "site" / name).write_text(json.dumps(whole))
        told = [item for item in refused_of(house) if item.code == "PM907" and item.path == name]
        assert len(told) == 1


@pytest.mark.parametrize(
    ("texts", "parts"),
    [([], [[]]), (["short"], [["short"]]), (["a" * 600_000], [["a" * 600_000], []]),
     (["a" * 300_000, "b" * 300_000], [["a" * 300_000], ["b" * 300_000]])],
)  # fmt: skip
def test_only_large_texts_are_parted_and_none_is_cut(texts: list[str], parts: list[list[str]]) -> None:
    assert indexed.parts(texts) == parts
