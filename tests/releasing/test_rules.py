"""Every rule of the public build: explained, and needed: without it something that must be refused is not."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mkdocs_postmortem.releasing import approvals, explaining
from mkdocs_postmortem.releasing.policy import Policy
from mkdocs_postmortem.releasing.release import Approval, Info, Release
from mkdocs_postmortem.releasing.rules import RULES, Refusals
from tests.releasing.support import FRONT, House, codes, document, projected, section
from tests.releasing.test_approvals import REFUSED as APPROVALS
from tests.releasing.test_approvals import changed, state_of
from tests.releasing.test_projection import FACTS_REFUSED, REFUSED

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "public-rules.md"
REVIEWED = {"PM731", "PM732", "PM733", "PM735"}


def test_the_manual_has_every_rule() -> None:
    if os.environ.get("POSTMORTEM_WRITE"):
        PAGE.write_text(explaining.markdown_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == explaining.markdown_page()


@pytest.mark.parametrize("code", sorted(RULES))
def test_explain_says_what_a_rule_keeps_and_how_to_mend(code: str) -> None:
    rule = RULES[code]
    said = explaining.explain(code.lower())
    assert rule.name in said
    assert rule.summary.endswith(".")
    assert not rule.mend.endswith(".")
    assert rule.mend in said


def built(tmp_path: Path, change: Callable[[House], Any] = lambda house: None) -> tuple[House, Path]:
    """A house whose site passed, and a copy of the site to be broken."""
    house = House(tmp_path)
    outcome = house.publish()
    assert outcome.published, outcome.said
    change(house)
    return house, house.built


def verified(house: House) -> set[str]:
    from mkdocs_postmortem.releasing.verifying import verify
    from tests.releasing.support import DAY

    return {item.code for item in verify(house.built, house.root, None, None, DAY)[0].refused}


def at_the_gate(tmp_path: Path, change: Callable[[House], Any]) -> set[str]:
    return verified(built(tmp_path, change)[0])


def append(name: str, text: str) -> Callable[[House], Any]:
    """Text added to a file of the site."""

    def change(house: House) -> None:
        path = house.built / name
        path.write_text(path.read_text(encoding="utf-8").replace("</body>", f"{text}</body>"), encoding="utf-8")

    return change


GATE: dict[str, Callable[[House], Any]] = {
    "PM800": lambda house: house.write("external/releases/checkout-errors/x.txt", "x"),
    "PM801": lambda house: house.write("external/releases/checkout-errors/index.md", "# No front matter\n"),
    "PM802": lambda house: house.write("external/releases/checkout-errors/release.yml", "slug: other\n"),
    "PM830": lambda house: house.write(
        "mkdocs.external.yml", (house.root / "mkdocs.external.yml").read_text() + "extra: {x: y}\n"
    ),
    "PM831": lambda house: (house.root / "external/docs/x.txt").symlink_to("/etc/hostname"),
    "PM900": lambda house: house.write("site/x.txt", "incidents"),
    "PM901": lambda house: (house.built / "postmortems/public.css").unlink(),
    "PM902": lambda house: house.write("site/js/base.js", "incidents"),
    "PM903": append("index.html", "<p>quartzite</p>"),
    "PM904": lambda house: append_article(house, "incidents"),
    "PM905": append("index.html", '<a href="https://evil.example/">incidents</a>'),
    "PM906": lambda house: house.write("site/x.zip", b"\0\1\2\3" * 99),
    "PM907": append("index.html", "<p>Maria García</p>"),
}


def signers(folder: Path) -> str:
    """A signers file in which nobody is."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "signers").write_text("", encoding="utf-8")
    return str(folder / "signers")


def append_article(house: House, word: str) -> None:
    path = house.built / "postmortems/checkout-errors/index.html"
    text = path.read_text(encoding="utf-8")
    assert "try again." in text
    path.write_text(text.replace("try again.", f"try again {word}."), encoding="utf-8")


def picture(tmp_path: Path) -> set[str]:
    """The rules that refuse a picture that is none."""
    house = House(tmp_path)
    house.write("docs/postmortems/a.png", b"no picture")
    text = section("![a graph](a.png)")
    house.write("docs/postmortems/checkout.md", document(text, external={**FRONT["external"], "images": ["a.png"]}))
    said = house.redact().said
    return {code for code in RULES if code in said}


def shown(tmp_path: Path) -> set[str]:
    """The rules that refuse words which the renderer drops: a row with more cells than its table."""
    house = House(tmp_path, section("| a | b |\n|---|---|\n| one | two | three |"))
    said = house.redact().said
    return {code for code in RULES if code in said}


def refused(code: str, tmp_path: Path) -> set[str]:
    """The rules that speak about the example of a rule."""
    if code in REFUSED:
        return set(codes(projected(REFUSED[code])))
    if code in FACTS_REFUSED:
        return set(codes(projected(**FACTS_REFUSED[code])))
    if code in GATE:
        return at_the_gate(tmp_path, GATE[code])
    if code in APPROVALS:
        return {item.code for item in state_of(APPROVALS[code]).reasons}
    if code == "PM757":
        return set(codes(projected(text="---\ntitle: [\n---\n\n# X\n")))
    if code == "PM770":
        return picture(tmp_path)
    if code == "PM713":
        return shown(tmp_path)
    if code == "PM813":  # needs keys: test_approvals.py has each kind of forgery
        return {item.code for item in state_of(changed("technical"), {"signers": signers(tmp_path)}).reasons}
    assert code in REVIEWED, f"no example of {code}"
    found = projected(section("Then Aloysius Pemberton asked @pemb, on 8.7.6.5, after PM-2026-015."))
    return {item.code for item in found.refusals.for_review}


DECIDING: dict[str, tuple[Any, str, Any]] = {
    "PM810": (Policy, "required_roles", lambda *_: ()),
    "PM811": (Release, "digest", property(lambda item: item.info.digest)),
    "PM812": (approvals, "is_author", lambda *_: False),
    "PM813": (approvals._Signatures, "holds", lambda *_: True),
    "PM814": (approvals, "_over", lambda *_: True),
    "PM815": (approvals, "confirmed_by", lambda *_: ()),
    "PM816": (Release, "digest", property(lambda item: item.info.digest)),
    "PM817": (Approval, "severity", property(lambda _: "P1")),
    "PM818": (Info, "authors", property(lambda _: ("@maria",))),
    "PM819": (Approval, "at", property(lambda _: "2026-11-20")),
}
NOTICED: set[str] = set()


@pytest.fixture(scope="module", autouse=True)
def score() -> Iterator[None]:
    """Print how many rules were missed when they were switched off."""
    yield
    if len(NOTICED) > 1:
        print(f"\nrules switched off one by one: {len(NOTICED)} of {len(RULES)} were missed")


@pytest.mark.parametrize("code", sorted(RULES))
def test_a_rule_speaks_and_is_missed_when_it_is_switched_off(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mutation of this house: every rule in turn without a voice; what it alone refuses must then pass."""
    assert code in refused(code, tmp_path / "on")
    if code in DECIDING:
        # These decide by what they find, not by what they say: what finds is switched off.
        place, name, blind = DECIDING[code]
        item = changed("technical") if code == "PM813" else APPROVALS[code]
        policy = {"signers": signers(tmp_path)} if code == "PM813" else None
        assert state_of(item, policy).name != "approved"
        monkeypatch.setattr(place, name, blind)
        assert state_of(item, policy).name == "approved"
        NOTICED.add(code)
        return
    add = Refusals.add
    monkeypatch.setattr(Refusals, "add", lambda self, item: None if item.code == code else add(self, item))
    shutil.rmtree(tmp_path / "on", ignore_errors=True)
    assert code not in refused(code, tmp_path / "off")
    NOTICED.add(code)
