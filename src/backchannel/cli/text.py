"""All text a person sees goes through here (gettext, domain `backchannel`; English is the source)."""

import gettext
from functools import cache


@cache
def _catalog() -> gettext.NullTranslations:
    return gettext.translation("backchannel", fallback=True)


def _(message: str) -> str:
    """The message in the person's language; whole sentences only, values by name."""
    return _catalog().gettext(message)


def several(one: str, many: str, number: int) -> str:
    """The sentence for that number of things."""
    return _catalog().ngettext(one, many, number).format(number=number)
