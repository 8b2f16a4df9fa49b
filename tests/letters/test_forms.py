"""What each form asks of a letter, and which are not for this version."""

import pytest

from backchannel.errors import Refused
from backchannel.letters.forms import FORMS, RESERVED, WRITTEN, form_of


@pytest.mark.parametrize("name", RESERVED)
def test_forms_of_go_betweens_are_refused_with_a_plain_reason(name):
    """A reserved form is not taken for a letter of this version, and the reader is told why."""
    with pytest.raises(Refused) as refused:
        form_of(name)
    assert refused.value.mark == "L10"
    assert str(refused.value) == f"the form {name} belongs to go-betweens, which this version does not carry"


@pytest.mark.parametrize("name", ["", "Letter", "memo", "letter\n", "\u202eletter"])
def test_unknown_forms_are_refused(name):
    """A form nobody here knows is refused, its name shown so that nothing in it can act."""
    with pytest.raises(Refused) as refused:
        form_of(name)
    assert refused.value.mark == "L10"
    assert str(refused.value).isascii()
    assert str(refused.value).isprintable()


def test_what_binds_and_what_is_signed():
    """The forms that bind need a choice of what prevails; two kinds leave no choice of signing."""
    assert {name for name, form in FORMS.items() if form.binding} == {
        "note-verbale",
        "warning",
        "assurance",
        "proposal",
    }
    assert {name for name, form in FORMS.items() if form.signing == "always"} == {"note-verbale"}
    assert {name for name, form in FORMS.items() if form.signing == "never"} == {"non-paper", "empty"}
    assert {name for name, form in FORMS.items() if form.asks} == {"proposal", "meeting-request"}
    assert {name for name, form in FORMS.items() if form.replies} == {"reply"}


def test_nobody_writes_an_empty_letter():
    """The form empty is known to readers and offered to no writer."""
    assert form_of("empty").reply_by == "none"
    assert "empty" not in WRITTEN
    assert set(WRITTEN) == set(FORMS) - {"empty"}
