"""`verify` reads the public site's configuration as its host does, also where it inherits from another."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from mkdocs_postmortem.releasing.verifying import read_configuration
from mkdocs_postmortem.settings import ConfigError
from tests.releasing.support import House


def written(root: Path, **files: str) -> Path:
    """Configurations by their names; the first is given back."""
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".yml").write_text(text, encoding="utf-8")
    return (root / next(iter(files)).replace("__", "/")).with_suffix(".yml")


def test_what_is_inherited_is_replaced_key_by_key(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        public="INHERIT: base.yml\nsite_name: Incidents\nplugins: [search]\nextra: {a: {y: two}}\n",
        base="site_name: Base\nsite_url: https://x.example/\ndocs_dir: pages\nplugins: [tags, blog]\n"
        "extra: {a: {x: one, y: one}, b: three}\ntheme: {name: mkdocs, locale: de}\n",
    )
    given, name, address = read_configuration(path, tmp_path)
    assert (name, address) == ("Incidents", "https://x.example/")
    assert given.docs == tmp_path / "pages"
    assert given.plugins == ("search",)
    assert given.extra == {"a": {"x": "one", "y": "two"}, "b": "three"}
    assert "de" in given.look


def test_parents_are_found_beside_their_child_and_folders_beside_the_configuration(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        public="INHERIT: shared/base.yml\nsite_name: Incidents\n",
        shared__base="INHERIT: more/far.yml\nsite_author: one\n",
        shared__more__far="docs_dir: pages\nsite_author: two\ncopyright: three\n",
    )
    given = read_configuration(path, tmp_path)[0]
    assert given.docs == tmp_path / "pages"
    assert "three" in given.words
    assert "one" in given.words
    assert "two" not in given.words


@pytest.mark.parametrize(
    ("base", "said"),
    [
        ("INHERIT: public.yml\n", "inherits from itself"),
        ("INHERIT: nowhere.yml\n", "cannot be read"),
        ("a: [\n", "is not YAML"),
        ("- a\n", "holds no configuration"),
    ],
)
def test_what_cannot_be_inherited_is_one_message(tmp_path: Path, base: str, said: str) -> None:
    path = written(tmp_path, public="INHERIT: base.yml\n", base=base)
    with pytest.raises(ConfigError, match=said):
        read_configuration(path, tmp_path)


def test_a_site_that_inherits_is_verified_as_it_was_built(tmp_path: Path) -> None:
    house = House(tmp_path, policy={"extra": ["INHERIT"]})
    base = {key: house.config[key] for key in ("site_name", "site_url", "theme")}
    house.write("base.yml", yaml.safe_dump({**base, "site_description": "Quartzite and feldspar"}))
    house.config = {"INHERIT": "base.yml", **{key: value for key, value in house.config.items() if key not in base}}
    assert house.publish("--strict").published
    done = house.run("verify", "site")
    assert done.code == 0, done.said
    house.write("base.yml", yaml.safe_dump(base))
    assert "PM903" in house.run("verify", "site").said


def test_what_is_inherited_is_asked_for_in_the_policy_like_all_else(tmp_path: Path) -> None:
    house = House(tmp_path)
    assert house.publish().published
    house.write(
        "base.yml", yaml.safe_dump({"extra": {"analytics": {"property": "x"}}, "repo_url": "https://x.example/"})
    )
    house.write("mkdocs.external.yml", yaml.safe_dump({"INHERIT": "base.yml", **house.config}))
    said = house.run("verify", "site").said
    for what in ("`extra.analytics`", "`repo_url`", "`INHERIT`"):
        assert any("PM830" in line and what in line for line in said.splitlines()), said
