"""Random dtypes, as strings that numpy and filemap both parse."""

from __future__ import annotations

import ast
from random import Random

import numpy as np

# The codes of the numbers, with the names and letters of the same dtype.
NUMBERS = {
    "b1": ["bool", "bool_", "?"],
    "i1": ["int8", "byte", "b"],
    "u1": ["uint8", "ubyte", "B"],
    "i2": ["int16", "short", "h"],
    "u2": ["uint16", "ushort", "H"],
    "i4": ["int32", "intc", "i"],
    "u4": ["uint32", "uintc", "I"],
    "i8": ["int64", "int", "long", "longlong", "intp", "int_", "l", "q", "p", "n"],
    "u8": ["uint64", "uint", "ulong", "ulonglong", "uintp", "L", "Q", "P", "N"],
    "f2": ["float16", "half", "e"],
    "f4": ["float32", "single", "f"],
    "f8": ["float64", "double", "float", "d"],
    "c8": ["complex64", "csingle", "F"],
    "c16": ["complex128", "cdouble", "complex", "D"],
    "f16": ["float128", "longdouble", "g"],
    "c32": ["complex256", "clongdouble", "G"],
}
UNITS = ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as", "10s", "7D", "25us"]
NAMES = [
    "x",
    "y",
    "z",
    "id",
    "a b",
    "é",
    "名",
    "it's",
    'say "so"',
    "X",
    "_1",
    "#",
    "long_name_of_a_field",
]
# Invalid dtypes, dtypes of unknown size, and dtypes of pointers.
INVALID_DTYPES = [
    "",
    "f3",
    "i16",
    "float31",
    "<",
    "<<f4",
    "x4",
    "O",
    "object",
    "U-1",
    "S-3",
    "M8[xx]",
    "m8[",
    "i4,",
    "(2,)",
    "[('x', '<i4'), ('x', '<i4')]",
    "[('x',)]",
    "[('x', 'nothing')]",
    "('<f4', (-1,))",
    "('<f4', (2, 3)",
    "b2",
    "[('x', 'O')]",
    "{'names': ['x', 'y'], 'formats': ['<i4']}",
    "{'names': ['x'], 'formats': ['<i4'], 'itemsize': 2}",
    "{'names': ['x'], 'formats': ['<i4'], 'offsets': [-1]}",
    "{'names': ['x'], 'formats': ['<i4'], 'offsets': [1, 2]}",
    "[('x', '<i4', 'y')]",
    "{'formats': ['<i4']}",
    "<bool",
    "float4",
    "('<i4', 'x')",
    "datetime64[10]",
    "i4 f8",
]


def parse_dtype(text: str) -> np.dtype:
    """Return the dtype of a string. numpy takes Python objects where filemap takes their text."""
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        value = text
    return np.dtype(value if isinstance(value, (list, tuple, dict)) else text)


def is_unsupported(dtype: np.dtype) -> bool:
    """Whether filemap rejects a dtype by design: a part without a size, or a unit of 0 seconds."""
    if dtype.subdtype is not None:
        return is_unsupported(dtype.base) or dtype.itemsize == 0
    if dtype.kind in "mM" and np.datetime_data(dtype)[1] == 0:
        return True
    return dtype.itemsize == 0 or any(
        is_unsupported(field[0]) for field in (dtype.fields or {}).values()
    )


def has_gaps(dtype: np.dtype) -> bool:
    """Whether an element has bytes that belong to no field."""
    used = bytearray(dtype.itemsize)
    mark(dtype, used, 0)
    return not all(used)


def mark(dtype: np.dtype, used: bytearray, start: int) -> None:
    """Mark the bytes that belong to a field."""
    if dtype.subdtype is not None:
        for number in range(dtype.itemsize // dtype.base.itemsize):
            mark(dtype.base, used, start + number * dtype.base.itemsize)
    elif dtype.names is None:
        used[start : start + dtype.itemsize] = b"\1" * dtype.itemsize
    else:
        for field in dtype.fields.values():
            mark(field[0], used, start + field[1])


def number(random: Random) -> str:
    """Return a number dtype, in one of its spellings."""
    code = random.choice(list(NUMBERS))
    if random.random() < 0.3:
        return random.choice(NUMBERS[code])
    return random.choice(["<", ">", "=", "|", "", ">", "<"]) + code


def scalar(random: Random) -> str:
    """Return a dtype without parts."""
    order = random.choice(["<", ">", "=", ""])
    match random.choices(["number", "S", "U", "V", "date"], [70, 7, 7, 6, 10])[0]:
        case "number":
            return number(random)
        case "U":
            return f"{order}U{random.randint(1, 5)}"
        case "date":
            unit = random.choice(["", *(f"[{unit}]" for unit in UNITS)])
            return random.choice([f"{order}M8", f"{order}m8", "datetime64", "timedelta64"]) + unit
        case letter:
            return f"{random.choice(['', '|'])}{letter}{random.randint(1, 9)}"


def axes(random: Random) -> tuple[int, ...]:
    """Return the shape of a subarray."""
    return tuple(random.randint(1, 3) for _ in range(random.choice([1, 1, 2, 2, 3])))


def part(random: Random, depth: int) -> object:
    """Return the dtype of a field, which may have parts itself."""
    if depth < 3 and random.random() < 0.2:
        return structured(random, depth + 1)
    if random.random() < 0.1:
        return (scalar(random), axes(random))
    return scalar(random)


def structured(random: Random, depth: int = 0) -> list | dict:
    """Return a dtype with fields, as a Python object."""
    count = random.choice([1, 2, 2, 3, 3, 4])
    names = random.sample(NAMES, count)
    if random.random() < 0.5:
        fields: list[tuple] = []
        for name in names:
            if random.random() < 0.1:
                fields.append(("", part(random, depth)))
            elif random.random() < 0.1:
                fields.append(((f"title of {name}", name), part(random, depth)))
            elif random.random() < 0.25:
                fields.append(
                    (name, scalar(random), random.choice([axes(random), random.randint(2, 3)]))
                )
            else:
                fields.append((name, part(random, depth)))
        return fields
    value = {"names": names, "formats": [part(random, depth) for _ in names]}
    if random.random() < 0.7:
        value["offsets"] = offsets(random, value["formats"])
        if random.random() < 0.5:
            sizes = [np.dtype(format).itemsize for format in value["formats"]]
            end = max(map(sum, zip(value["offsets"], sizes, strict=True)))
            value["itemsize"] = end + random.choice([0, 1, 3, 8])
    elif random.random() < 0.4:
        value["aligned"] = True
    if random.random() < 0.1:
        value["titles"] = [f"title of {name}" for name in names]
    return value


def offsets(random: Random, formats: list) -> list[int]:
    """Return offsets of the fields: with gaps, in another order, or overlapping."""
    position, result = random.choice([0, 0, 1, 4]), []
    order = list(range(len(formats)))
    if random.random() < 0.3:
        random.shuffle(order)
    places = {}
    for number in order:
        places[number] = position
        step = np.dtype(formats[number]).itemsize
        position += random.choice([step, step, step + 1, step + 3, max(step // 2, 1)])
    result.extend(places[number] for number in range(len(formats)))
    return result


def comma_separated(random: Random) -> str:
    """Return a comma-separated string of dtypes."""

    def one() -> str:
        repeat = random.choice(["", "", "2", "3", "(2,)", "(2,1)", "(2, 3)"])
        code = random.choice(
            [*(code for code in NUMBERS if code not in {"f16", "c32"}), "S3", "U2", "V4"]
        )
        return (
            repeat
            + random.choice(["<", ">", "="]) * (not repeat.isdigit() and random.random() < 0.5)
            + code
        )

    return random.choice([",", ", "]).join(one() for _ in range(random.choice([1, 2, 2, 3])))


def spelled(random: Random, value: object) -> str:
    """Return the text of a dtype with parts, in one of several spellings."""
    text = repr(value)
    if random.random() < 0.2 and '"' not in text and "\\" not in text:
        text = text.replace("'", '"')
    if random.random() < 0.1 and "title" not in text and " b" not in text and "so" not in text:
        text = text.replace(", ", ",")
    return text


def valid_dtype(random: Random) -> str:
    """Return a dtype that numpy and filemap accept."""
    while True:
        try:
            text = probably_valid(random)
            dtype = parse_dtype(text)
        except (TypeError, ValueError):
            # For instance fields that must not overlap.
            continue
        if not is_unsupported(dtype) and dtype.itemsize <= 120:
            return text


def probably_valid(random: Random) -> str:
    """Return a dtype that numpy probably accepts."""
    match random.choices(["scalar", "array", "short", "structured"], [60, 6, 6, 28])[0]:
        case "scalar":
            return scalar(random)
        case "array":
            return spelled(random, (part(random, 0), axes(random)))
        case "short":
            return comma_separated(random)
        case _:
            return spelled(random, structured(random))


def invalid_dtype(random: Random) -> str:
    """Return an invalid dtype, or a string with one character too few or too many."""
    if random.random() < 0.6:
        return random.choice(INVALID_DTYPES)
    text = valid_dtype(random)
    place = random.randrange(len(text))
    return text[:place] + random.choice(["", "", "'", ",", ")", "9"]) + text[place + 1 :]


def any_dtype(random: Random, errors: float = 0.05) -> str | None:
    """Return a dtype, an invalid dtype, or rarely None for the default."""
    if random.random() < 0.02:
        return None
    while random.random() < errors:
        text = invalid_dtype(random)
        try:
            if not is_unsupported(parse_dtype(text)):
                return text
        except (TypeError, ValueError, SyntaxError, OverflowError, KeyError):
            return text
    return valid_dtype(random)
