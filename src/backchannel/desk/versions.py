"""Versions in several languages: what the language gate says of a letter, and who answers for it.

Spec: docs/spec/desk.md, "Before sealing"; docs/spec/gate.md. Clauses are compared by number, in the languages the gate
knows; the prose around them is not.
"""

from typing import TYPE_CHECKING, Final

from backchannel.desk.office import Office
from backchannel.letters.versions import MOST_FOUND, Difference, Mismatch

if TYPE_CHECKING:
    from backchannel.desk.sealing import Order
    from backchannel.terms.gate import Difference as Found

KNOWN: Final = ("en", "ar", "fa")


def told(office: Office, order: "Order") -> "tuple[Found, ...]":
    """What the gate finds between the version that prevails (else the first) and each of the others.

    A machine's translation is compared like any other: its reader is to be told.
    """
    languages = [body.lang for body in sorted(order.bodies, key=lambda body: body.status != "prevailing")]
    known = [lang for lang in languages if lang.split("-")[0] in KNOWN]
    if len(known) < 2 or not order.clauses:
        return ()
    from backchannel.desk.gate_tables import gate_tables
    from backchannel.terms.gate import Name, compare_versions

    versions = {lang: {clause.number: clause.text_in(lang) or "" for clause in order.clauses} for lang in known}
    named = {"us": office.state.names, "them": office.state.of(order.to).card.body.names}
    names = [Name(key, {lang: [name] for lang, name in of if lang in KNOWN}) for key, of in named.items()]
    return compare_versions(gate_tables(), versions, names)


def accepted_mismatch(office: Office, order: "Order") -> Mismatch | None:
    """What two people accepted: the differences that were found, not those they were thinking of."""
    if len(order.accepted) != 2 or order.accepted_why is None:
        return None
    found = dict.fromkeys(
        Difference(one.source_label or one.target_label, one.finding.category, one.source_lang, one.target_lang)
        for one in told(office, order)
    )
    one, other = order.accepted
    return Mismatch((one, other), order.accepted_why, tuple(found)[:MOST_FOUND]) if found else None
