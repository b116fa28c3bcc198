"""The steps of a program: as lines for the plugin `tests/programs/src/bin/differential`, and as
calls of numpy.

An index is a list of tuples: ``("at", 3)``, ``("slice", 1, None, -2)``, ``("ellipsis",)``,
``("new-axis",)``, ``("take", [3, 1], None)``, ``("mask", [True, False], None)``. ``take`` and
``mask`` have their elements in C order, and their shape; None means one axis.
"""

from __future__ import annotations

from dataclasses import dataclass

Index = list[tuple]

MODES = ["r", "c", "r+", "w+"]
# The steps that make an array of a file, and those that make a view.
OPENING_STEPS = {"open", "open-file", "open-npy", "create-npy"}
VIEWING_STEPS = {"view", "field", "view-as", "reshape", "transpose"}


@dataclass
class Step:
    """A step and its arguments. If the step makes an array, the first argument is its number."""

    kind: str
    values: list

    def line(self) -> str:
        """Return the line for the plugin."""
        return "\t".join([self.kind, *map(encode, self.values)])

    def __str__(self) -> str:
        call = CALLS[self.kind](*self.values)
        return f"a{self.values[0]} = {call}" if self.kind in OPENING_STEPS | VIEWING_STEPS else call


def encode(value: object) -> str:
    """Encode an argument: `-` is None, bytes are in hexadecimal, lists have commas."""
    match value:
        case None:
            return "-"
        case bytes():
            return value.hex()
        case tuple():
            return ",".join(map(str, value))
        case list():
            return ";".join(map(encode_index, value))
        case _:
            return str(value)


def encode_index(index: tuple) -> str:
    """Encode an index: a letter and its numbers."""
    match index:
        case ("slice", *bounds):
            return "s" + ":".join("" if bound is None else str(bound) for bound in bounds)
        case ("take", numbers, shape):
            return "t" + ",".join(map(str, numbers)) + encode_shape(shape)
        case ("mask", chosen, shape):
            return "m" + "".join("01"[one] for one in chosen) + encode_shape(shape)
        case (kind, *number):
            return kind[0] + "".join(map(str, number))


def encode_shape(shape: tuple[int, ...] | None) -> str:
    """Encode the shape of an index array: a slash and its lengths, or nothing for None."""
    return "" if shape is None else "/" + encode(shape)


def subscript(index: Index) -> str:
    """Return an index in Python's syntax."""

    def one(index: tuple) -> str:
        match index:
            case ("at", number):
                return str(number)
            case ("slice", start, stop, step):
                bounds = ["" if bound is None else str(bound) for bound in (start, stop)]
                return ":".join(bounds if step is None else [*bounds, str(step)])
            case ("take", numbers, shape):
                return f"np.array({numbers}, np.intp)" + (
                    "" if shape is None else f".reshape({shape})"
                )
            case ("mask", chosen, shape):
                return f"np.array({chosen}, bool)" + ("" if shape is None else f".reshape({shape})")
            case ("ellipsis",):
                return "..."
            case _:
                return "None"

    return ", ".join(map(one, index)) or "()"


def data(raw: bytes, shape: tuple | None) -> str:
    """Return the data of a write as a call of `numpy.frombuffer`."""
    return (
        f"frombuffer(bytes.fromhex('{raw.hex()}')){'' if shape is None else f'.reshape({shape})'}"
    )


CALLS = {
    "file": lambda path, zeroes, raw: (
        f"open({path!r}, 'wb').write(bytes({zeroes}) + bytes.fromhex('{raw.hex()}'))"
    ),
    "open": lambda _, path, dtype, mode, offset, shape, order: (
        f"np.memmap({path!r}, {dtype}, {mode!r}, {offset}, {shape}, {order!r})"
    ),
    "open-file": lambda _, path, access, dtype, mode, offset, shape, order: (
        f"np.memmap(open({path!r}, {access!r}), {dtype}, {mode!r}, {offset}, {shape}, {order!r})"
    ),
    "open-npy": lambda _, path, mode: f"open_memmap({path!r}, {mode!r})",
    "create-npy": lambda _, path, dtype, shape, order, version: (
        f"open_memmap({path!r}, 'w+', {dtype}, {shape}, fortran_order={order == 'F'}, "
        f"version={version})"
    ),
    "view": lambda _, a, index: f"a{a}[{subscript(index)}]",
    "field": lambda _, a, name: f"a{a}[{name.decode()!r}]",
    "view-as": lambda _, a, dtype: f"a{a}.view({dtype})",
    "reshape": lambda _, a, shape, order: f"a{a}.reshape({shape}, order={order!r}, copy=False)",
    "transpose": lambda _, a, axes: f"a{a}.transpose({axes})",
    "read": lambda a, index: f"a{a}[{subscript(index)}].tobytes()",
    "shape-of": lambda a, index: f"a{a}[{subscript(index)}].shape",
    "write": lambda a, index, raw, shape: f"a{a}[{subscript(index)}] = {data(raw, shape)}",
    "fill": lambda a, raw: f"a{a}.fill({data(raw, ())})",
    "read-bytes": lambda a, offset, length: (
        f"a{a}.reshape(-1, order='A').view('u1')[{offset}:][:{length}].tobytes()"
    ),
    "write-bytes": lambda a, offset, raw: (
        f"a{a}.reshape(-1, order='A').view('u1')[{offset}:][:{len(raw)}] = {data(raw, None)}"
    ),
    "reduce": lambda a, operation, axis: f"a{a}.{operation}(axis={axis})",
    "flush": lambda a: f"a{a}.flush()",
    "advise": lambda a, advice: f"a{a}._mmap.madvise({advice})",
    "drop": lambda a: f"del a{a}",
    "content": lambda path: f"open({path!r}, 'rb').read()",
}
