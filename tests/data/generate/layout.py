"""Basic indexing."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, Iterable

import numpy as np

from common import I64_MAX, I64_MIN, Json, write_json


def to_numpy(step: list[Json]) -> tuple[Any, ...]:
    """Convert an encoded index to numpy's, with an ellipsis so that the result is a view."""
    result: list[Any] = []
    for item in step:
        if "at" in item:
            result.append(item["at"])
        elif "slice" in item:
            result.append(slice(*item["slice"]))
        else:
            result.append(Ellipsis if "ellipsis" in item else None)
    return tuple(result) if Ellipsis in result else (*result, Ellipsis)


def solve(shape: list[int], itemsize: int, order: str, indices: list[list[Json]]) -> Json:
    """Return the case with numpy's result."""
    case: dict[str, Json] = {
        "shape": shape,
        "itemsize": itemsize,
        "order": order,
        "indices": indices,
    }
    count = int(np.prod(shape, dtype=np.int64))
    buffer = bytearray(max(count * itemsize, 1))
    # np.memmap makes its array by the same call, which matters for the strides of empty arrays.
    base = np.ndarray(tuple(shape), f"u{itemsize}", buffer=buffer, order=order)
    numbers = np.arange(count).reshape(shape, order=order)
    view = base
    try:
        for step in indices:
            view, numbers = view[to_numpy(step)], numbers[to_numpy(step)]
    except (IndexError, ValueError) as error:
        return {**case, "error": type(error).__name__}

    start = base.__array_interface__["data"][0]
    offset = view.__array_interface__["data"][0] - start
    strides: list[int | None] = list(view.strides)
    places = [offset + sum(map(int.__mul__, at, view.strides)) for at in np.ndindex(view.shape)]
    assert places == [itemsize * int(number) for number in numbers.flat]
    # With a huge step numpy's stride of a dimension of at most one element is an overflowed
    # product. No element depends on it.
    steps = [item["slice"][2] for step in indices for item in step if "slice" in item]
    if any(step is not None and abs(step) > 2**32 for step in steps):
        strides = [s if n > 1 else None for s, n in zip(strides, view.shape)]
    result = {
        "shape": list(view.shape),
        "strides": strides,
        "offset": offset,
        "positions": [int(number) for number in numbers.flat],
    }
    return {**case, "result": result}


def random_bound(rng: random.Random, size: int) -> int | None:
    """Return a start or a stop: none, inside, just outside, or extreme."""
    kind = rng.random()
    if kind < 0.3:
        return None
    if kind < 0.8:
        return rng.randint(-size, size)
    if kind < 0.95:
        return rng.choice([-1, 1]) * (size + rng.randint(1, 9))
    return rng.choice([I64_MIN, I64_MIN + 1, I64_MAX, I64_MAX - 1])


def random_item(rng: random.Random, size: int, axes: int) -> Json:
    """Return an index for one dimension of `size`; `axes` makes errors rarer for many axes."""
    if size > 0 and rng.random() < 0.4:
        if rng.random() < 0.05 / axes:
            return {"at": rng.choice([size, -size - 1, size + 7, I64_MAX, I64_MIN])}
        return {"at": rng.randint(-size, size - 1)}
    for _ in range(5):
        kind = rng.random()
        if kind < 0.4:
            step = None
        elif kind < 0.94:
            step = rng.choice([1, 2, 3, 4, -1, -1, -2, -3, -4])
        elif kind < 0.98:
            step = rng.choice([7, -9, I64_MIN, I64_MIN + 1, I64_MAX, I64_MAX - 1])
        else:
            step = 0
        bounds = slice(random_bound(rng, size), random_bound(rng, size), step)
        # Most empty slices are replaced.
        if step == 0 or len(range(*bounds.indices(size))) > 0 or rng.random() < 0.05:
            break
    return {"slice": [bounds.start, bounds.stop, bounds.step]}


def random_step(rng: random.Random, shape: Iterable[int], new_axis: bool) -> list[Json]:
    """Return an index for an array of this shape, sometimes one that is too long."""
    sizes = list(shape)
    used = rng.randint(0, len(sizes))
    items = [random_item(rng, size, len(sizes)) for size in sizes[:used]]
    if rng.random() < 0.35:
        # The ellipsis may be the last item. New items are drawn for the dimensions after it.
        before = rng.randint(0, used)
        behind = sizes[len(sizes) - (used - before) :]
        items = items[:before] + [{"ellipsis": True}]
        items += [random_item(rng, size, len(sizes)) for size in behind]
    if rng.random() < 0.02:
        items.append({"ellipsis": True})
    if rng.random() < 0.02:
        items += [{"slice": [None, None, None]}] * (len(sizes) + 1 - used)
    if new_axis:
        for _ in range(rng.randint(1, 2)):
            items.insert(rng.randint(0, len(items)), {"new_axis": True})
    return items


def random_case(rng: random.Random, new_axis: bool) -> Json:
    """Return one random case that is small enough to commit."""
    while True:
        dimensions = rng.choice([0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4])
        shape = [rng.choice([0, 1, 2, 2, 3, 3, 4, 4, 5, 6]) for _ in range(dimensions)]
        if (not shape or 0 in shape) and rng.random() < 0.7 or np.prod(shape) > 180:
            continue
        itemsize, order = rng.choice([1, 2, 4, 8]), rng.choice("CF")
        indices: list[list[Json]] = []
        current: Iterable[int] = shape
        for _ in range(rng.choice([1, 1, 1, 2])):
            indices.append(random_step(rng, current, new_axis))
            case = solve(shape, itemsize, order, indices)
            if "error" in case:
                break
            current = case["result"]["shape"]
        if "error" in case or len(case["result"]["positions"]) <= rng.choice([12, 24, 48]):
            return case


def write_layout(root: Path) -> None:
    """Write ``layout.json``.

    ``cases`` has basic indexing with integers, slices and ellipses; ``new_axis`` has cases of the
    same form with the further index ``{"new_axis": true}``. A case has ``shape``, ``itemsize``,
    ``order`` and ``indices``, a list of indices, each applied to the view of the one before.
    The result is ``error``, the class that numpy raises, or ``result``: the view's ``shape``, its
    ``strides`` in bytes, the ``offset`` of its first element in bytes from the base, and
    ``positions``, its elements in C order as numbers of elements from the start of the buffer.
    A stride is null if it has no effect and numpy's value is an overflowed product: at a
    dimension of at most one element, in a case with a step of more than 32 bits.
    """

    def cut(*bounds: int | None) -> Json:
        return {"slice": list(bounds)}

    whole, dots = cut(None, None, None), {"ellipsis": True}
    chosen: list[tuple[list[int], list[list[Json]]]] = [
        ([], [[]]),
        ([], [[dots]]),
        ([], [[{"at": 0}]]),
        ([], [[whole]]),
        ([5], [[]]),
        ([5], [[{"at": -5}]]),
        ([5], [[{"at": 5}]]),
        ([5], [[{"at": -6}]]),
        ([5], [[{"at": I64_MAX}]]),
        ([5], [[{"at": I64_MIN}]]),
        ([0], [[{"at": 0}]]),
        ([0], [[cut(None, None, -1)]]),
        ([5], [[cut(None, None, -1)]]),
        ([5], [[cut(None, None, 0)]]),
        ([5], [[cut(10, 20, None)]]),
        ([5], [[cut(3, 1, None)]]),
        ([5], [[cut(1, 3, -1)]]),
        ([5], [[cut(2, None, 7)]]),
        ([5], [[cut(I64_MIN, I64_MAX, None)]]),
        ([5], [[cut(I64_MAX, I64_MIN, -1)]]),
        ([5], [[cut(I64_MAX, None, -1)]]),
        ([5], [[cut(None, I64_MIN, -2)]]),
        ([5], [[cut(I64_MIN, None, I64_MAX)]]),
        ([5], [[cut(None, None, I64_MIN)]]),
        ([5], [[cut(1, None, I64_MAX)]]),
        ([5], [[cut(-I64_MAX, I64_MAX, 2)]]),
        ([3, 4], [[dots, dots]]),
        ([3, 4], [[dots, {"at": 1}]]),
        ([3, 4], [[{"at": 1}, {"at": 2}, {"at": 0}]]),
        ([3, 4], [[{"at": 1}, dots, {"at": 2}]]),
        ([3, 4], [[{"at": 9}, cut(0, 1, 0)]]),
        ([3, 4], [[cut(0, 1, 0), {"at": 9}]]),
        ([3, 4], [[cut(None, None, -1), cut(None, None, -1)], [cut(None, None, -1)]]),
        ([3, 4], [[{"at": 1}], [{"at": 2}]]),
        ([3, 4], [[{"at": 1}], [{"at": 2}, {"at": 0}]]),
        ([0, 3], [[whole, {"at": 1}]]),
        ([0, 3], [[whole, {"at": 3}]]),
        ([2, 0, 3], [[]]),
        ([1, 1, 1], [[cut(None, None, -1), cut(0, 9, 3)]]),
        ([2, 3, 2, 3], [[{"at": 1}, dots, cut(None, None, -2)], [cut(1, None, None)]]),
    ]
    cases = [
        solve(shape, 4 if number % 2 else 8, "CF"[number // 2 % 2], indices)
        for number, (shape, indices) in enumerate(chosen)
    ]
    rng = random.Random("layout")
    while len(cases) < 380:
        case = random_case(rng, new_axis=False)
        if case not in cases:
            cases.append(case)
    new_axis = [random_case(rng, new_axis=True) for _ in range(30)]
    write_json(root / "layout.json", {"cases": cases, "new_axis": new_axis})
