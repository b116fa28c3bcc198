"""Dates and time spans: `datetime64` and `timedelta64` as objects of `datetime`."""

import re
from datetime import date, datetime, timedelta
from typing import Any

_NOT_A_TIME = -1 << 63
_EPOCH = datetime(1970, 1, 1)
_MICROSECONDS = {
    "W": 604_800_000_000, "D": 86_400_000_000, "h": 3_600_000_000, "m": 60_000_000,
    "s": 1_000_000, "ms": 1_000, "us": 1,
}  # fmt: skip
_MICROSECOND = timedelta(microseconds=1)


class Dates:
    """Conversions for one unit, such as `D` or `25s`. As in numpy, NaT is `None`, and a count of
    a unit that `datetime` cannot represent is an `int`."""

    def __init__(self, absolute: bool, unit: str | None) -> None:
        match = re.fullmatch(r"(\d*)([a-zA-Z]*)", unit or "")
        assert match, unit
        self._absolute, self._step, self._unit = absolute, int(match[1] or 1), match[2]

    def decode(self, count: int) -> Any:
        """Returns the object for a stored number."""
        if count == _NOT_A_TIME:
            return None
        try:
            return self._object(count * self._step) if self._unit else count
        except (OverflowError, ValueError):
            return count

    def _object(self, count: int) -> Any:
        if self._unit in ("Y", "M") and self._absolute:
            months = 12 * count if self._unit == "Y" else count
            return date(1970 + months // 12, months % 12 + 1, 1)
        if self._unit not in _MICROSECONDS:
            return count // self._step
        span = timedelta(microseconds=count * _MICROSECONDS[self._unit])
        if not self._absolute:
            return span
        time = _EPOCH + span
        return time.date() if self._unit in ("W", "D") else time

    def encode(self, value: Any) -> int:
        """Returns the number that is stored for an object. An `int` counts units."""
        if value is None:
            return _NOT_A_TIME
        if isinstance(value, int):
            return value
        if self._absolute and isinstance(value, date):
            if self._unit in ("Y", "M"):
                months = 12 * (value.year - 1970) + value.month - 1
                return months // (12 if self._unit == "Y" else 1) // self._step
            whole = value if isinstance(value, datetime) else datetime(*value.timetuple()[:3])
            value = whole - _EPOCH
        elif self._absolute or not isinstance(value, timedelta):
            kind = "datetime64" if self._absolute else "timedelta64"
            raise TypeError(f"cannot convert {type(value).__name__} to {kind}")
        if self._unit in _MICROSECONDS:
            return int(value // _MICROSECOND) // (_MICROSECONDS[self._unit] * self._step)
        nanoseconds = {"ns": 1, "ps": 10**3, "fs": 10**6, "as": 10**9}.get(self._unit)
        if nanoseconds is None:
            raise TypeError(f"cannot convert a time to the unit {self._unit or 'generic'}")
        return int(value // _MICROSECOND) * 1000 * nanoseconds // self._step
