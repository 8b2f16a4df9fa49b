"""Clauses as people type and read them: wherever a promise is shown, what limits it stands inside."""

import json

PROMISES = {"en": "We do not seek to kill him.", "fa": "در پی کشتن او نیستیم."}
LIMITS = {"en": "Except by legal means.", "fa": "مگر از راه قانونی."}
DRAFT = f"""---
form: assurance
prevails: fa
clauses:
  A1: {{kind: undertaking, bound: us, towards: them, refrain: yes, how: throughout}}
  R1: {{kind: reservation, limits: A1}}
---
=== fa
# اطمینان
پاسخ ما.
## A1
{PROMISES["fa"]}
## R1
{LIMITS["fa"]}
=== en
# Assurance
Our answer.
## A1
{PROMISES["en"]}
## R1
{LIMITS["en"]}
"""


def test_a_translation_made_here_is_shown_under_the_letter_with_its_label(shell):
    shell("north", f"letter send {shell.draft('assurance.md', DRAFT)} --to south --direct --yes")
    shell.carry("north", "south")
    came = shell.json("south", "letter list")[-1]["entry"]
    german = shell.draft("german.md", "# Zusage\n\nUnsere Antwort.\n\n## A1\n\nWir wollen ihn nicht töten.\n")
    asked = f"letter translate {came} {german} --lang de --by 'a clerk' --machine --back {shell.draft('back.md', 'x')}"
    shell("south", asked, status=7)
    shell("south", f"letter read {came}")
    assert "not translated: R1" in shell("south", asked).err
    shown = shell("south", f"letter read {came} --page german.html").out
    label = "MACHINE translation made here by a clerk, from fa; counts for nothing; not translated: R1"
    assert shown.index(PROMISES["en"]) < shown.index(f"--- de ({label}) ---") < shown.index("Wir wollen ihn nicht")
    assert "Translated back into fa:" in shown
    assert label in (shell.folder / "german.html").read_text()
    (one,) = shell.json("south", f"letter read {came}")["translations_here"]
    assert (one["lang"], one["machine"], one["missing"], one["back"]) == ("de", True, ["R1"], "x")
    assert shell.json("north", "letter list")[-1]["ours"]


def is_whole(shown: str) -> int:
    """In how many languages the promise is shown; each time with its limit, before any other promise."""
    for lang, promise in PROMISES.items():
        for piece in shown.split(promise)[1:]:
            assert LIMITS[lang] in piece, shown
        assert shown.count(LIMITS[lang]) == shown.count(promise)
    return sum(promise in shown for promise in PROMISES.values())


def inside(clause, path=()):
    """Every clause of the output for machines, with those it stands in."""
    yield clause, path
    for one in clause["limited_by"]:
        yield from inside(one, (*path, clause["number"]))


def test_no_command_shows_a_promise_without_its_limit(shell):
    """Every command that shows letters, on both sides, in every language and form."""
    draft = shell.draft("assurance.md", DRAFT)
    assert "can be sealed" in shell("north", f"letter check {draft}").out
    planned = shell("north", f"letter send {draft} --to south --dry-run --page draft.html").err
    assert "is bound not to do this" in planned
    assert "South" in planned
    page = (shell.folder / "draft.html").read_text(encoding="utf-8")
    sent = shell("north", f"letter send {draft} --to south --yes --page sent.html")
    shell.carry("north", "south")
    n = [one["entry"] for one in shell.json("north", "letter list")][-1]
    came = [one["entry"] for one in shell.json("south", "letter list")][-1]
    paths = [planned, page, sent.err, (shell.folder / "sent.html").read_text(encoding="utf-8")]
    for office, entry in (("north", n), ("south", came)):
        paths.append(shell(office, f"letter read {entry} --page {office}.html").out)
        paths.append((shell.folder / f"{office}.html").read_text(encoding="utf-8"))
        found = shell.json(office, f"letter read {entry}")
        (whole,) = found["clauses"]
        assert [(one["number"], path) for one, path in inside(whole)] == [("A1", ()), ("R1", ("A1",))]
        paths.append(json.dumps(whole, ensure_ascii=False))
    assert [is_whole(shown) for shown in paths] == [2] * len(paths)
    for line in ("letter list --json", "letter search legal means", "letter search legal means --json", "letter list"):
        assert is_whole(shell("south", line).out) == 0  # these say nothing of what a letter says
    forged = shell("south", f"letter forge {draft} --from north -o forged.sealed").out
    assert is_whole(forged) == 0


def test_an_act_is_said_in_words_before_it_is_sealed_and_where_it_is_read(shell):
    draft = shell.draft("offer.md", DRAFT.replace("form: assurance", "form: letter"))
    shell("north", f"letter send {draft} --to south --yes")
    shell.carry("north", "south")
    came = [one["entry"] for one in shell.json("south", "letter list")][-1]
    act = "{act: dispute, on: %d/A1, ground: He was followed.}"
    text = f"---\nform: letter\nlang: en\nact: {act}\n---\n# Doubt\n\nWe doubt it.\n"
    answer = shell.draft("doubt.md", text % came)
    said = shell("south", f"letter send {answer} --to north --dry-run").err
    assert "What this letter does:" in said
    assert "disputes A1 of their letter" in said
    assert "because: He was followed." in said
    assert shell(
        "south", f"letter check {shell.draft('bad.md', text % 999)}"
    ).out  # a letter's number is the desk's to know
    refused = shell("south", "letter send bad.md --to north --dry-run", status=7).err
    assert "entry 999" in refused
    shell("south", f"letter send {answer} --to north --yes")
    shell.carry("south", "north")
    back = [one["entry"] for one in shell.json("north", "letter list")][-1]
    assert "disputes A1 of our letter" in shell("north", f"letter read {back}").out
    found = shell.json("north", f"letter read {back}")
    assert [act["act"] for act in found["acts"]] == ["dispute"]


def test_a_date_that_names_no_zone_is_laid_out_in_those_of_the_cards(shell):
    """The desk knows whose zones may be meant: its own and that of the card of whom the draft is to."""
    text = DRAFT.replace("prevails: fa", "prevails: fa\nto: south").replace(
        "how: throughout", "due: by 24 November 2026"
    )
    told = shell("north", f"letter check {shell.draft('due.md', text)}", status=7).out
    assert "it names no zone. Write 2026-11-24[Asia/Tehran] (North and south, ends 2026-11-24T20:29:59Z)" in told
