"""Our dataclasses do as the standard library's."""

import dataclasses

import pytest

from backchannel import values
from backchannel.desk import events


def declared(kinds):
    """Two classes with all that is used here: defaults, factories, hidden and uncompared fields, a base, a check."""

    @kinds.dataclass(frozen=True, slots=True)
    class Base:
        """The base."""

        number: int
        secret: bytes = kinds.field(repr=False, default=b"")

    @kinds.dataclass(frozen=True, slots=True)
    class Grown(Base):
        more: tuple[int, ...] = (1,)
        seen: int = kinds.field(default=0, compare=False)

        def __post_init__(self):
            if self.number < 0:
                raise ValueError("below zero")

        @property
        def double(self):
            return 2 * self.number

    @kinds.dataclass(frozen=True, slots=True)
    class Empty:
        pass

    @kinds.dataclass(slots=True)
    class Changing:
        name: str
        found: list[int] = kinds.field(default_factory=list)

    return Base, Grown, Empty, Changing


def said(act):
    try:
        return act()
    except (TypeError, ValueError, AttributeError) as error:
        return next(kind for kind in (TypeError, ValueError, AttributeError) if isinstance(error, kind))


def facts(kinds):
    """All that can be seen of values of these classes."""
    base, grown, empty, changing = declared(kinds)
    one = grown(3, b"key", seen=5)
    yield from (repr(one), one.double, one == grown(3, b"key"), one == grown(3), one == base(3, b"key"), one != one)
    yield from (hash(one), hash(grown(3, b"key")) == hash(one), hash(empty()), empty() == empty(), repr(empty()))
    yield from (said(lambda: setattr(one, "number", 4)), one.number)
    yield from (said(lambda: delattr(one, "number")), said(lambda: grown(-1)), said(grown), said(lambda: grown(1, b=2)))
    yield from (repr(kinds.replace(one, number=7)), said(lambda: kinds.replace(one, number=-7)), base.__doc__)
    yield said(lambda: kinds.replace(one, other=1))
    left, right = changing("a"), changing("a")
    left.found.append(1)
    yield from (left.found, right.found, left == right, said(lambda: hash(left)), said(lambda: setattr(left, "x", 1)))
    left.name = "b"
    yield from (repr(left), changing("c", [2]).found, changing.__match_args__, grown.__match_args__)
    match one:
        case base(number, secret):
            yield number, secret


def test_our_dataclasses_do_as_the_standard_library_s():
    assert list(facts(values)) == list(facts(dataclasses))


def test_a_field_that_is_not_to_be_shown_is_not():
    one = events.CardKept(bytes(16), b"all of it", "import", True)
    assert "all of it" not in repr(one)
    assert "import" in repr(one)


def test_what_is_set_once_stays():
    founded = events.Founded(bytes(16), (), "UTC")
    for name in "zone", "other":
        with pytest.raises(AttributeError, match=rf"Founded\.{name} is set once"):
            setattr(founded, name, "Asia/Tehran")


def test_declaring_compiles_nothing():
    """Half of a start was methods of classes that are never used."""
    base, grown, _, changing = declared(values)
    for kind in base, grown, changing:
        assert kind.__init__.__code__.co_filename == values.__file__
    grown(1)
    assert grown.__init__.__code__.co_filename == "<string>"
    assert base.__init__.__code__.co_filename == values.__file__
