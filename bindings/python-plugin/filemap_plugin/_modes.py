"""The names of numpy for modes and orders."""

from ._wit import array as wit
from .errors import choice

_MODES = {
    "r": wit.Mode.READ_ONLY,
    "c": wit.Mode.COPY_ON_WRITE,
    "r+": wit.Mode.READ_WRITE,
    "w+": wit.Mode.WRITE,
    "readonly": wit.Mode.READ_ONLY,
    "copyonwrite": wit.Mode.COPY_ON_WRITE,
    "readwrite": wit.Mode.READ_WRITE,
    "write": wit.Mode.WRITE,
}
_NAMES = {mode: name for name, mode in reversed(_MODES.items())}


def mode_of(name: str) -> wit.Mode:
    """Returns the mode with one of numpy's names."""
    return _MODES[choice(name, "mode", list(_MODES))]


def mode_name(mode: wit.Mode) -> str:
    """Returns numpy's short name of a mode: `a.mode`."""
    return _NAMES[mode]


def order_of(name: str) -> wit.Order:
    """Returns the order with the name `C` or `F`."""
    return wit.Order.C if choice(name, "order", ["C", "F"]) == "C" else wit.Order.F
