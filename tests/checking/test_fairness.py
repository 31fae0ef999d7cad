"""What a fair editor would not let pass, and what they would; how the words are quoted, and which advice is given."""

from __future__ import annotations

import pytest

from mkdocs_postmortem.checking.language import Reader, Said
from mkdocs_postmortem.checking.language.lexicon import Lexicon, builtin, english
from mkdocs_postmortem.checking.language.prose import blank

from .language import measure
from .support import codes, findings, overlay

LEXICON = english()
READER = Reader(LEXICON, measure.people())


def found(sentence: str) -> list[Said]:
    """What is found in a sentence."""
    return list(READER.read(blank(sentence), sentence))


# -- each sentence of the trial -----------------------------------------------------------------

TRIAL = measure.sentences("tuning-3.yml")
JUDGES = {kind: make() for kinds, other, make in measure.FAMILIES.values() for kind in (*kinds, other)}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, lines in TRIAL.items() for text in lines])
def test_a_sentence_of_the_trial_is_judged_as_an_editor_did(kind: str, text: str) -> None:
    assert bool(JUDGES[kind](text)) is (kind not in ("clean", "sharp", "deep"))


# -- let be ------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [":", ";", " —", " –"])
def test_what_led_there_may_follow_any_sign(sign: str) -> None:
    assert found(f"The on-call engineer missed the first page{sign} the phone was in do-not-disturb.") == []
    assert found(f"The on-call engineer missed the first page{sign} nothing in the rota says who is next.") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "The on-call engineer missed the first page; he was asleep.",
        "The on-call engineer missed the first page; the service went down at noon.",
        "The on-call engineer missed the first page and the phone was in do-not-disturb.",
    ],
)
def test_what_came_of_it_is_not_what_led_there(sentence: str) -> None:
    assert [said.rule.code for said in found(sentence)][:1] == ["PM501"]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("The admin deleted the wrong project.", "The customer's admin deleted the wrong project."),
        ("An admin of the data team deleted the wrong project.", "An admin of the customer deleted the wrong project."),
        ("An engineer of the customer portal forgot it.", "An engineer of the customer forgot it."),
        ("The maintainer did not respond.", "The maintainer of the chart did not respond."),
        ("Our maintainers did not respond.", "The upstream maintainers did not respond."),
        ("The engineer was careless.", "The engineer was at lunch."),
        ("Looking back, it was the wrong step.", "Looking back, failing over early was the right step."),
        ("The reviewer should have been looking.", "The reviewer should have been shown the plan."),
        ("The intern dropped the table.", "The intern dropped the unused table."),
        ("The developer introduced a bug.", "The developer merged the bug fix."),
    ],
)
def test_people_of_others_and_what_they_could_not_help_are_let_be(ours: str, theirs: str) -> None:
    assert found(theirs) == []
    assert len(found(ours)) == 1


def test_who_does_not_belong_to_us_is_said_by_the_language() -> None:
    data = builtin("en")
    data["people"] = {**data["people"], "outside": {}}
    reader = Reader(Lexicon(data), frozenset())
    assert [said.rule.code for said in reader.read("The maintainer of the chart did not respond.")] == ["PM501"]


# -- found -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "code", "quoted"),
    [
        ("No one double-checked the host name.", "PM501", "No one double-checked"),
        ("The intern dropped the table.", "PM501", "The intern dropped the table"),
        ("It was a stupid mistake.", "PM502", "stupid mistake"),
        (
            "Anyone with a bit of experience would have seen it.",
            "PM503",
            "Anyone with a bit of experience would have seen",
        ),
        (
            "With proper monitoring this would never have happened.",
            "PM503",
            "With proper monitoring this would never have happened",
        ),
        ("It could have been prevented by reading the plan.", "PM503", "could have been prevented by reading"),
        ("This could have been caught by anyone on the call.", "PM503", "could have been caught by anyone"),
        (
            "If Wei had asked, the outage would have been short.",
            "PM503",
            "If Wei had asked, the outage would",
        ),
        ("If only we had looked at the graph.", "PM503", "If only we had looked at the graph"),
        ("Sarah should have been watching the dashboard.", "PM501", "Sarah should have been watching"),
        ("The on-call engineer missed the first page.", "PM501", "The on-call engineer missed the first page"),
        ("The platform team failed to tell anybody.", "PM501", "The platform team failed to tell"),
        ("Sam's failure to update the ticket took half an hour.", "PM502", "Sam's failure to update"),
        ("Kenji was in a rush.", "PM501", "Kenji was in a rush"),
        (
            "The engineer logged in and used the wrong profile.",
            "PM501",
            "The engineer logged in and used the wrong profile",
        ),
        ("The signs were there for everyone to see.", "PM504", "for everyone to see"),
    ],
)
def test_what_is_found_is_quoted_in_whole_words(sentence: str, code: str, quoted: str) -> None:
    (said,) = found(sentence)
    assert (said.rule.code, f"“{quoted}”" in said.message) == (code, True), said.message


@pytest.mark.parametrize(
    "sentence",
    [
        "It could have been prevented by a canary.",
        "It could have been caught by validation in the pipeline.",
        "With better isolation the second tenant would not have been affected.",
        "The page could have been shorter.",
    ],
)
def test_what_a_system_could_have_prevented_is_no_counterfactual(sentence: str) -> None:
    """`process.md` asks which process could prevent it: an answer to that is welcome."""
    assert found(sentence) == []


# -- advice ------------------------------------------------------------------------------------


def test_that_anybody_would_have_done_the_same_blames_nobody() -> None:
    assert found("Anybody would have clicked the same button.") == []
    assert [said.rule.code for said in found("Anybody would have noticed the button.")] == ["PM503"]


def test_a_judgement_is_not_called_hindsight() -> None:
    (said,) = found("It was a stupid mistake.")
    assert "wisdom after the event" not in said.message
    assert "what made the error possible" in said.help


@pytest.mark.parametrize(
    ("cause", "asked"),
    [
        ("The certificate had expired.", "Nothing watches how long certificates stay valid"),
        ("The disk was full.", "No limit"),
        ("A null pointer exception.", "No test"),
        ("A bad deploy.", "no canary"),
        ("A network switch failed.", "nothing takes over"),
        ("The volume was deleted by accident.", "without a confirmation"),
        ("Wrong permissions on the bucket.", "Roles are edited by hand"),
        ("Typo in configuration file", "Configuration changes lack validation and testing"),
        ("Something started it by mistake.", "what did not catch it or show it in time"),
    ],
)
def test_the_advice_for_a_cause_asks_about_this_one(cause: str, asked: str, tmp_path: object) -> None:
    text = f"## Appendix: 5 Whys Analysis\n\n**Root Cause:** {cause}\n"
    (one,) = (item for item in findings(tmp_path, overlay(text)) if item.code == "PM511")  # type: ignore[arg-type]
    assert asked in one.help


# -- action items ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vague", "sharp"),
    [
        ("Enforce the process", "Enforce signed commits on the deploy repository"),
        ("Add a warning", "Add a warning that names the account to deploy.sh"),
        ("Alert when the queue is too long", "Alert when the queue holds more than 500 messages"),
        ("Page somebody when latency gets high", "Page on-call when no ingress pod is ready"),
        ("Be better about freezes", "Refuse deploys during a freeze"),
        ("Make sure this never happens again", "Make deploy.sh ask for the account"),
        ("Spend more time on testing", "Run the restore test every Monday"),
        ("Set better limits", "Set a memory limit of 2 GiB on the exporter"),
        ("Define ownership", "Define an SLO for checkout"),
        ("Have a chat with the provider", "Have the provider raise the quota to 500"),
    ],
)
def test_an_item_says_how_one_sees_that_it_is_done(vague: str, sharp: str) -> None:
    assert LEXICON.sharpness.is_vague(vague)
    assert not LEXICON.sharpness.is_vague(sharp)


@pytest.mark.parametrize("nothing", ["better about freezes", "it", "this never happens again"])
@pytest.mark.parametrize("verb", ["Improve {}", "Make {}", "Make sure {}", "Be {}"])
def test_what_names_nothing_is_not_quoted(verb: str, nothing: str) -> None:
    assert f"“{nothing}”" not in LEXICON.sharpness.suggestion(verb.format(nothing))


@pytest.mark.parametrize("action", ["Improve monitoring", "Better dashboards", "Improve the docs", "Add tests"])
def test_what_the_advice_is_about_anyway_is_not_quoted(action: str) -> None:
    assert LEXICON.sharpness.is_vague(action)
    assert "“" not in LEXICON.sharpness.suggestion(action)


@pytest.mark.parametrize(
    ("action", "mend"),
    [
        ("Add a warning", "asks back"),
        ("Enforce the review process", "refuse or warn"),
        ("Consider ways to have a system for training", "where the answer will stand"),
        ("Make sure of it", "refuse or warn"),
        ("Retrain the team", "people forget"),
        ("Follow up with the vendor", "to whom and by when"),
    ],
)
def test_the_mend_fits_the_item(action: str, mend: str) -> None:
    assert LEXICON.sharpness.is_vague(action)
    assert mend in LEXICON.sharpness.suggestion(action)


# -- the report --------------------------------------------------------------------------------


def test_a_long_line_is_cut_with_a_sign_at_both_ends(tmp_path: object) -> None:
    from mkdocs_postmortem.checking import report

    from .support import NAME, check, project

    long = f"{'The pods were restarted. ' * 12}The engineer forgot the flag. {'The pods were restarted. ' * 12}"
    settings = project(tmp_path, {NAME: overlay(f"## Lessons Learned\n\n### Process Lessons\n\n- {long}\n")})  # type: ignore[arg-type]
    lines = list(report.text(check(settings), settings))
    (shown,) = (line for line in lines if "The engineer forgot" in line and "|" in line)
    assert shown.split("| ")[1].startswith("…")
    assert shown.endswith("…")
    short = next(line for line in report.text(check(settings), settings) if "PM501" in line)
    assert not short.endswith("…")
    assert codes(check(settings).findings) == ["PM501"]
