"""Terms and the language gate."""

from collections.abc import Iterator
from pathlib import Path

from measure import Figure, Goal, take_turns

from exchanges import many_offers  # isort: skip

from backchannel.desk import standing
from backchannel.desk.gate_tables import gate_tables
from backchannel.terms.gate import compare

NOW = 2_000_000_000
CLAUSES = (
    (
        "en", "North shall pay South 1,250,000 US dollars within 30 days of the handover of this letter, unless South"
        " has by then refused passage to more than three convoys.",
        "fa", "شمال باید ظرف ۳۰ روز از تحویل این نامه مبلغ ۱٬۲۵۰٬۰۰۰ دلار آمریکا به جنوب بپردازد،"
        " مگر آنکه جنوب تا آن زمان مانع عبور بیش از سه کاروان شده باشد.",
    ),
    (
        "en", "The ceasefire begins on 24 November 2014 at 06:00 and shall not be extended without written consent.",
        "ar", "يبدأ وقف إطلاق النار في ٢٤ نوفمبر ٢٠١٤ الساعة ٠٦:٠٠ ولا يجوز تمديده دون موافقة خطية.",
    ),
)  # fmt: skip


def figures(folder: Path) -> Iterator[Figure]:
    tables = gate_tables()
    for lang, text, other, version in CLAUSES:
        runs = take_turns({"ours": lambda a=text, b=lang, c=version, d=other: compare(tables, a, b, c, d)}, 15)["ours"]
        yield Figure(f"the language gate, a clause pair, {lang} and {other}", "CPU ms", runs.cpu, goals=[Goal(5)])
    small, large = many_offers(10_000), many_offers(100_000)
    owner = small.letters[0].author
    runs = take_turns(
        {"ten": lambda: standing.board(small, owner, NOW), "hundred": lambda: standing.board(large, owner, NOW)}, 3
    )
    ten, hundred = runs["ten"].cpu, runs["hundred"].cpu
    yield Figure("the board of 10,000 letters with 50,000 clauses", "CPU ms", ten, goals=[Goal(1000)])
    yield Figure(
        "the board of 100,000 letters with 500,000 clauses",
        "CPU ms",
        hundred,
        limits={"ten times fewer": ten},
        goals=[Goal(12, "ten times fewer")],
    )
