"""What each form asks of a letter, and which are not for this version."""

import pytest

from backchannel.errors import Refused
from backchannel.letters.forms import FORMS, WRITTEN, form_of


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


def test_what_the_desk_makes_is_offered_to_no_writer():
    """The empty letter and the forms of go-betweens are known to readers; nobody drafts one."""
    assert set(FORMS) - set(WRITTEN) == {"empty", "conveyance", "evidence", "introduction", "credence"}
    assert {name for name, form in FORMS.items() if form.signing == "agreed"} == {
        "conveyance",
        "evidence",
        "introduction",
        "credence",
    }
