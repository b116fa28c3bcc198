"""Random indices, shapes and axes: most are valid, and some are not."""

from __future__ import annotations

from math import prod
from random import Random

import numpy as np
from steps import Index

# Some dtypes by their size.
DTYPES_BY_SIZE = {
    1: ["u1", "b1", "S1", "V1"],
    2: ["<i2", ">u2", "f2", "S2"],
    4: ["<f4", ">i4", "U1"],
    8: ["<f8", ">i8", "M8[s]", "c8"],
}
HUGE = [1 << 31, 1 << 32, 1 << 62, (1 << 63) - 1, -(1 << 63), -(1 << 62), -(1 << 31) - 1]


def shape(random: Random, max_size: int = 60) -> tuple[int, ...]:
    """Return a shape of at most `max_size` elements."""
    if random.random() < 0.004:
        return (1,) * random.randint(60, 66)
    while True:
        axes = random.choices([0, 1, 2, 3, 4, 5], [5, 25, 32, 22, 10, 6])[0]
        lengths = tuple(
            random.choice([1, 2, 2, 3, 3, 4, 5, random.randint(0, 17)]) for _ in range(axes)
        )
        if prod(lengths) <= max_size:
            return lengths


def large(random: Random) -> tuple[int, ...]:
    """Return a huge shape, or one that overflows. With an axis of length 0 it may be valid."""
    lengths = [
        random.choice([1 << 20, 1 << 31, 1 << 32, 1 << 61, 1 << 62, (1 << 63) - 1]),
        random.randint(1, 5),
    ]
    if random.random() < 0.5:
        lengths.append(random.choice([0, 0, 1 << 32, 1 << 62]))
    random.shuffle(lengths)
    return tuple(lengths)


def bound(random: Random, length: int) -> int | None:
    """Return a bound of a slice: inside, just outside or far outside the axis."""
    kind = random.random()
    if kind < 0.3:
        return None
    if kind < 0.85:
        return random.randint(-length - 2, length + 2)
    return random.choice(HUGE)


def slice_of(random: Random, length: int) -> tuple:
    """Return a slice, which may be empty."""
    if random.random() < 0.35:
        return ("slice", None, None, random.choice([None, 1, -1, 2, -2]))
    start, stop = bound(random, length), bound(random, length)
    step = random.choice([None, None, 1, 1, 2, 3, -1, -1, -2, -3, random.choice(HUGE)])
    result = ("slice", start, stop, step)
    if not range(length)[slice(*result[1:])] and random.random() < 0.8:
        return (
            "slice",
            None,
            stop if step is None or step > 0 else None,
            random.choice([None, 1, 2, -1]),
        )
    return result


def at(random: Random, length: int, errors: float) -> tuple:
    """Return an integer index."""
    if length == 0 or random.random() < errors:
        return ("at", random.choice([length, -length - 1, length + 5, *HUGE]))
    return ("at", random.randrange(-length, length))


def broadcast_part(random: Random, common_shape: tuple[int, ...], errors: float) -> tuple[int, ...]:
    """Return the shape of an index array that can be broadcast to another, or rarely cannot."""
    result = [1 if random.random() < 0.2 else length for length in common_shape]
    result = result[random.choice([0, 0, 0, random.randint(0, len(result))]) :]
    if result and random.random() < errors:
        result[random.randrange(len(result))] += 1
    return tuple(result)


def shape_argument(
    random: Random, lengths: tuple[int, ...], errors: float
) -> tuple[int, ...] | None:
    """Return the shape argument of an index array: None for one axis, and rarely a wrong one."""
    if random.random() < errors / 4:
        return random.choice([(*lengths, 2), (*lengths, 0), (1 << 32, 1 << 32), (1,) * 65])
    return None if len(lengths) == 1 and random.random() < 0.6 else lengths


def take(random: Random, length: int, common_shape: tuple[int, ...], errors: float) -> tuple:
    """Return an index array."""
    lengths = (
        broadcast_part(random, common_shape, errors) if length or random.random() < errors else (0,)
    )
    count = prod(lengths)
    numbers = [random.randrange(-length, length) if length else 0 for _ in range(count)]
    if numbers and random.random() < errors:
        numbers[random.randrange(count)] = random.choice([length, -length - 1, random.choice(HUGE)])
    return ("take", numbers, shape_argument(random, lengths, errors))


def mask(
    random: Random, lengths: tuple[int, ...], common_shape: tuple[int, ...], errors: float
) -> tuple:
    """Return a mask of some axes, usually with as many true elements as the other index arrays."""
    if lengths and random.random() < errors:
        axis = random.randrange(len(lengths))
        changed = max(lengths[axis] + random.choice([-1, 1]), 0)
        lengths = (*lengths[:axis], changed, *lengths[axis + 1 :])
    count = prod(lengths)
    wanted = random.choice([common_shape[-1] if common_shape else 1, 1, random.randint(0, count)])
    chosen = [place < wanted for place in range(count)]
    random.shuffle(chosen)
    return ("mask", chosen, shape_argument(random, lengths, errors))


def index(random: Random, lengths: tuple[int, ...], *, lists: bool, errors: float = 0.03) -> Index:
    """Return a list of indices for an array."""
    used = random.choices(
        range(len(lengths) + 1), [1, *(range(2, 2 * len(lengths) + 2, 2))][: len(lengths) + 1]
    )[0]
    # The position of an ellipsis: the indices after it are for the last axes.
    place = random.randrange(used + 1) if used < len(lengths) and random.random() < 0.4 else None
    common_shape = tuple(
        random.choice([0, 1, 2, 2, 3, 3, 4, 6])
        for _ in range(random.choice([0, 1, 1, 1, 1, 2, 2, 3]))
    )
    common_shape = common_shape if prod(common_shape) <= 24 else common_shape[-1:]
    result: Index = []
    axis, left = 0, used
    while left or place is not None:
        if place is not None and used - left >= place:
            result.append(("ellipsis",))
            axis, place = len(lengths) - left, None
            continue
        run = left if place is None else place - (used - left)
        length, count = lengths[axis], 1
        if lists and random.random() < 0.45:
            some = random.randint(1, min(run, 3))
            if random.random() < 0.4 and prod(lengths[axis : axis + some]) < 100:
                result.append(mask(random, lengths[axis : axis + some], common_shape, errors))
                count = some
            else:
                result.append(take(random, length, common_shape, errors))
        elif random.random() < (0.2 if length > 1 else 0.1):
            result.append(at(random, length, errors))
        else:
            result.append(slice_of(random, length))
        axis, left = axis + count, left - count
    if ("ellipsis",) not in result and random.random() < 0.05:
        result.insert(random.randint(0, len(result)), ("ellipsis",))
    while random.random() < 0.12:
        result.insert(random.randint(0, len(result)), ("new-axis",))
    while lists and random.random() < 0.06:
        result.insert(random.randint(0, len(result)), ("mask", [random.random() < 0.7], ()))
    if random.random() < errors:
        match random.choice(["many", "ellipsis", "step"]):
            case "many":
                more = len(lengths) + 1 - used
                result += [
                    random.choice([("at", 0), ("slice", None, None, None)]) for _ in range(more)
                ]
            case "ellipsis":
                result += [("ellipsis",), ("ellipsis",)]
            case "step":
                result += [("slice", None, None, 0)]
    return result


def broadcastable(random: Random, lengths: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape that is broadcast to another, or rarely cannot be."""
    result = list(lengths)
    for axis in range(len(result)):
        if random.random() < 0.25:
            result[axis] = 1
    result = result[random.choice([0, 0, 0, random.randint(0, len(result))]) :]
    if random.random() < 0.1:
        result = [1] * random.randint(1, 2) + result
    if result and random.random() < 0.08:
        result[random.randrange(len(result))] += random.choice([1, 1, 2])
    return tuple(result)


def reshaped(random: Random, size: int) -> tuple[int, ...]:
    """Return a shape of `size` elements. One length may be -1, and some shapes are invalid."""
    lengths, rest = [], size
    for _ in range(random.choice([0, 1, 1, 2, 2, 3])):
        divisors = [n for n in range(1, max(min(rest, 30), 1) + 1) if rest % n == 0]
        lengths.append(random.choice(divisors))
        rest = rest // lengths[-1] if rest else rest
    if size == 0:
        lengths.append(0)
        if random.random() < 0.3:
            lengths.append(random.choice([1 << 62, 1 << 40, 7]))
    elif rest != 1 or random.random() < 0.2:
        lengths.append(rest)
    random.shuffle(lengths)
    if lengths and random.random() < 0.3:
        lengths[random.randrange(len(lengths))] = -1
    if random.random() < 0.06:
        lengths.append(random.choice([2, 0, -1, -2, 1 << 62]))
    return tuple(lengths)


def permutation(random: Random, axes: int) -> tuple[int, ...] | None:
    """Return an order of the axes."""
    if random.random() < 0.25:
        return None
    result = random.sample(range(axes), axes)
    result = [axis - axes if random.random() < 0.2 else axis for axis in result]
    if random.random() < 0.08:
        result += [random.randint(-axes - 1, axes)]
    elif result and random.random() < 0.08:
        result[random.randrange(axes)] = random.randint(-axes - 1, axes)
    elif random.random() < 0.03:
        result = result[1:]
    return tuple(result)


def another_dtype(random: Random, dtype: np.dtype) -> str:
    """Return a dtype of the same size, of a divisor or of a multiple of it."""
    size = dtype.itemsize
    sizes = [n for n in DTYPES_BY_SIZE if size % n == 0 or n % size == 0]
    kind = random.random()
    if kind < 0.5 and sizes:
        one = random.choice(sizes)
        text = random.choice(DTYPES_BY_SIZE[one])
        if one < size and size % one == 0 and random.random() < 0.3:
            return f"[('head', {text!r}), ('rest', 'V{size - one}')]" if size > one else text
        return text
    if kind < 0.7:
        return random.choice(
            [f"V{size}", f"S{size}", "V", f"('u1', ({size},))", f"('V{size}', (1, 1))"]
        )
    if kind < 0.8:
        return random.choice([f"V{size * 2}", f"S{size * 3}", f"S{max(size // 2, 1)}"])
    return random.choice(["S", "U", "V", "u1,u1", "i2", "i8"])
