"""Cards that contradict each other, as typed."""

import pytest


@pytest.fixture
def false_south(shell):
    """Another office that calls itself South, whose card North has tried to take."""
    if not (shell.folder / "false.card.txt").exists():
        shell(
            "false",
            f"setup --name en=South --zone UTC --relay {shell.url} --yes --card false.card.txt"
            " --passphrase-file passphrase",
        )
    return shell("north", "card import false.card.txt", status=7)


def halves(shell):
    digits = shell("north", "card number south").out.split()
    return {" ".join(digits[:6]), " ".join(digits[6:])}


def test_a_changed_key_shows_both_cards_and_stops_everything(shell, false_south):
    """Names by code point, numbers and dates of both, side by side; nothing is sealed until it is settled."""
    for said in (false_south.err, shell("north", "card show south").err):
        new, known = said.split("Known card")
        for card in (new, known):
            for shown in ("en: South  U+0053", "half of the safety number", "made 20", "until 20", "relay http"):
                assert shown in card
        assert any(half in known for half in halves(shell))
        assert not any(half in new for half in halves(shell))
    draft = shell.draft("stopped.md", "---\nlang: en\nform: letter\n---\n# T\n\nx\n")
    assert "contradicts" in shell("north", f"letter send {draft} --to south --yes", status=7).err
    assert "ALARM" in shell("north", "card list").out


def test_two_people_of_different_names_settle_it(shell, false_south):
    for second in ("", "--second-clerk ada", "--second-clerk ADA", "--second-clerk аda"):
        assert "two people" in shell("north", f"card settle south {second}", status=7).err
    assert "space" in shell("north", "card settle south --second-clerk ' ben'", status=3).err
    said = shell("north", "card settle south --second-clerk ben")
    assert "Known card" in said.err
    assert "[unverified]" in said.out
    assert "nothing to settle" in shell("north", "card settle south --second-clerk ben", status=7).err


def test_setting_up_over_an_existing_card_makes_no_office(shell):
    """The last step could not be done, so nothing of it is."""
    said = shell(
        "west",
        f"setup --name en=West --zone UTC --relay {shell.url} --yes --card north.card.txt --passphrase-file passphrase",
        status=7,
    )
    assert "north.card.txt already" in said.err
    assert not (shell.folder / "west").exists()


def test_a_backup_that_could_not_be_written_counts_for_nothing(shell):
    """Neither as the last one, nor among those that burning names."""
    before = shell.json("south", "office show")["last_backup"]
    shell("south", "desk backup north.card.txt", status=7)
    shell("south", "desk backup nowhere/south.backup", status=7)
    assert shell.json("south", "office show")["last_backup"] == before


def test_a_burnt_letter_is_listed_with_the_day_it_went(shell):
    draft = shell.draft("gone.md", "---\nlang: en\nform: letter\n---\n# T\n\nx\n")
    shell("south", f"letter send {draft} --to north --yes")
    entry = shell.json("south", "letter list")[-1]["entry"]
    shell("south", f"letter burn {entry} --yes")
    (gone,) = [one for one in shell.json("south", "letter list") if one["entry"] == entry]
    assert (gone["state"], gone["at"] > 1_700_000_000) == ("burnt", True)
