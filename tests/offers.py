"""Drafts with clauses and acts between two real offices, sealed, carried and opened."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from backchannel.desk import clauses, sealing
from backchannel.desk.sealing import Order
from backchannel.letters.drafts import Source, read_draft

OFFER = """---
form: letter
prevails: en
act: propose
clauses:
  T1: {kind: undertaking, bound: us, towards: them, only_if: T2, due: "2026-12-24T23:59[America/New_York]"}
  T2: {kind: condition, declares: jointly, due: "2026-12-24T23:59[America/New_York]"}
  P1: {kind: provision, lapses_at: "2026-12-24T23:59[America/New_York]"}
  P2: {kind: provision, zones: [America/New_York]}
---

=== en

# Work against the common enemy

We offer this.

## T1

We work against the common enemy.

## T2

A comprehensive agreement is reached.

## P1

It lapses.

## P2

By New York time.

=== fa

# کار در برابر دشمن مشترک

پیشنهاد می‌کنیم.

## T1

در برابر دشمن مشترک کار می‌کنیم.

## T2

توافق جامع به دست آید.

## P1

پایان می‌یابد.

## P2

به وقت نیویورک.
"""


def order(by, to, text: str, **more) -> Order:
    """What a draft asks for, as `Desk.order` makes it."""
    draft = read_draft([Source("draft.md", text.encode())], ZoneInfo, datetime(2026, 11, 24, tzinfo=UTC))
    found, acts = clauses.settled(by, to.state.office, draft.clauses, draft.acts)
    more = {
        "signed": draft.signed,
        "replies": draft.replies,
        "translators": draft.translators,
        "accepted": draft.accepted,
        "accepted_why": draft.accepted_why,
    } | more
    return Order(to.state.office, draft.form.name, draft.bodies, draft.type, clauses=found, terms=acts, **more)


def deliver(town, by, to, asked: Order) -> tuple[int, int]:
    n = sealing.seal_letter(by, asked, ZoneInfo)
    town.carry()
    (came,) = town.take_in(to).opened
    return n, came


def answer(*acts: str, form: str = "letter") -> str:
    return "\n".join(
        ["---", f"form: {form}", "lang: en", "acts:", *(f"  - {act}" for act in acts), "---", "# Answer", "Our answer."]
    )
