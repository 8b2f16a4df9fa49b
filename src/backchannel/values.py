"""Dataclasses that cost little to declare: the standard library's, as far as this house uses them.

A command declares some 300 of them and uses few. The standard library compiles six methods of each where it is
declared, which was half of a start; here a method is compiled when it is first called.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

__all__ = ["dataclass", "field", "names", "replace"]

_NONE: Final = object()
_MADE_ANEW: Final = object()  # the default of an argument whose field has a factory


class _Field:
    """A field that is not given, shown or compared like the others; as `dataclasses.field`."""

    __slots__ = ("compare", "default", "factory", "repr")

    def __init__(
        self, *, default: Any = _NONE, default_factory: Any = None, repr: bool = True, compare: bool = True
    ) -> None:
        self.default = _MADE_ANEW if default_factory else default
        self.factory = default_factory
        self.repr = repr
        self.compare = compare


if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace
else:
    field = _Field

    def dataclass(*, slots, frozen=False):
        """The class with its annotated names as fields, and no other attributes. frozen: set once, and hashable."""
        assert slots
        return lambda cls: _declared(cls, frozen)

    def replace(value, /, **changes):
        """The value made anew, with these fields changed."""
        return type(value)(**{name: getattr(value, name) for name in names(value)} | changes)


def names(kind: Any) -> tuple[str, ...]:
    """The fields of a dataclass, or of a value of one, in order."""
    found: tuple[str, ...] = kind.__match_args__
    return found


def _declared(cls: Any, frozen: bool) -> Any:
    body = {name: value for name, value in cls.__dict__.items() if name not in ("__dict__", "__weakref__")}
    own = {name: body.pop(name, _NONE) for name in body.get("__annotations__", ())}
    fields: dict[str, _Field] = {}
    for base in reversed(cls.__mro__[1:]):
        fields |= base.__dict__.get("__fields__", {})
    fields |= {name: one if isinstance(one, _Field) else _Field(default=one) for name, one in own.items()}
    usual: dict[str, Any] = {"__repr__": _repr, "__hash__": None}
    if frozen:
        usual |= {"__setattr__": _refuse, "__delattr__": _refuse}
    about = {"__fields__": fields, "__match_args__": tuple(fields), "__slots__": tuple(own)}
    made = type(cls)(cls.__name__, cls.__bases__, usual | body | about | {"__qualname__": cls.__qualname__})
    made.__init__ = _when_called(made, "__init__", _init)
    if "__eq__" not in body:
        made.__eq__ = _when_called(made, "__eq__", _eq)
        if frozen:
            made.__hash__ = _when_called(made, "__hash__", _hash)
    return made


def _when_called(cls: Any, name: str, write: Callable[[Any, dict[str, Any]], str]) -> Callable[..., Any]:
    """A method that at its first call gives way to one compiled for the fields."""

    def method(*args: Any, **kwargs: Any) -> Any:
        known: dict[str, Any] = {}
        exec(write(cls, known), known)
        setattr(cls, name, known[name])
        return known[name](*args, **kwargs)

    return method


def _init(cls: Any, known: dict[str, Any]) -> str:
    known["_MADE_ANEW"] = _MADE_ANEW
    arguments, lines = ["self"], []
    for name, one in cls.__fields__.items():
        known |= {f"set_{name}": getattr(cls, name).__set__, f"default_{name}": one.default, f"new_{name}": one.factory}
        arguments.append(name if one.default is _NONE else f"{name}=default_{name}")
        given = f"new_{name}() if {name} is _MADE_ANEW else {name}" if one.factory else name
        lines.append(f"set_{name}(self, {given})")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    return f"def __init__({', '.join(arguments)}):\n {'; '.join(lines) or 'pass'}"


def _eq(cls: Any, _known: dict[str, Any]) -> str:
    same = f"{_compared(cls, 'self')} == {_compared(cls, 'other')}"
    return f"def __eq__(self, other):\n return {same} if other.__class__ is self.__class__ else NotImplemented"


def _hash(cls: Any, _known: dict[str, Any]) -> str:
    return f"def __hash__(self):\n return hash({_compared(cls, 'self')})"


def _compared(cls: Any, value: str) -> str:
    return "(" + "".join(f"{value}.{name}, " for name, one in cls.__fields__.items() if one.compare) + ")"


def _repr(self: Any) -> str:
    shown = (f"{name}={getattr(self, name)!r}" for name, one in type(self).__fields__.items() if one.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse(self: Any, name: str, value: object = None) -> None:
    raise AttributeError(f"{type(self).__name__}.{name} is set once")
