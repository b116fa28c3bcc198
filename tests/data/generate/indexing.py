"""Advanced indexing: index arrays and masks of any number of axes."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np

from common import I64_MAX, I64_MIN, Json, write_json
from layout import random_item


def to_numpy(index: list[Json]) -> tuple[Any, ...]:
    """Convert an encoded index to numpy's."""

    def one(item: Json) -> Any:
        if "take" in item:
            numbers = np.array(item["take"], np.int64)
            return numbers if item["shape"] is None else numbers.reshape(item["shape"])
        if "mask" in item:
            values = np.array(item["mask"], bool)
            return values if item["shape"] is None else values.reshape(item["shape"])
        if "at" in item:
            return item["at"]
        if "slice" in item:
            return slice(*item["slice"])
        return Ellipsis if "ellipsis" in item else None

    return tuple(map(one, index))


def uses(item: Json) -> int:
    """Return the number of axes that an index consumes."""
    if "mask" in item:
        return 1 if item["shape"] is None else len(item["shape"])
    return 0 if "ellipsis" in item or "new_axis" in item else 1


def is_unchecked(shape: tuple[int, ...], index: list[Json]) -> bool:
    """Return whether numpy omits a check that filemap makes, as it may for an empty selection."""
    axis = 0
    for item in index:
        if "ellipsis" in item:
            axis += len(shape) - sum(map(uses, index))
        elif "take" in item and any(not -shape[axis] <= at < shape[axis] for at in item["take"]):
            return True
        elif "mask" in item:
            lengths = to_numpy([item])[0].shape
            if lengths != shape[axis : axis + len(lengths)]:
                return True
        axis += uses(item)
    return False


def solve(base: Json, index: list[Json], data: list[int]) -> Json | None:
    """Return the case with numpy's results, or None if they are not comparable."""
    count = int(np.prod(base["shape"]))
    array = np.arange(count, dtype="u2").reshape(base["shape"], order=base["order"])
    view = array[(*to_numpy(base["slices"]), Ellipsis)].transpose(base["axes"])
    case = {**base, "index": index, "data": data}
    try:
        chosen = np.asarray(view[to_numpy(index)])
    except (IndexError, ValueError) as error:
        return {**case, "error": type(error).__name__, "text": str(error).rstrip()}
    if chosen.size == 0 and is_unchecked(view.shape, index):
        return None
    case |= {"selected": list(chosen.shape), "elements": chosen.ravel().tolist()}
    # With an ellipsis, a write to a mask of all axes follows the rules of other indices.
    dots = () if {"ellipsis": True} in index else (Ellipsis,)
    numbers = np.arange(1000, 1000 + np.prod(data, dtype=int), dtype="u2").reshape(data)
    try:
        view[(*to_numpy(index), *dots)] = numbers
    except ValueError as error:
        return {**case, "error": type(error).__name__}
    return {**case, "written": array.ravel("K").tolist()}


def random_base(rng: random.Random) -> tuple[Json, list[int]]:
    """Return a view of an array in any order of its elements, and the shape of the view."""
    while True:
        shape = [
            rng.choice([0, 1, 2, 2, 3, 3, 4]) for _ in range(rng.choice([0, 1, 2, 2, 3, 3, 4, 5]))
        ]
        if np.prod(shape) > 60 or 0 in shape and rng.random() < 0.8:
            continue
        steps = [rng.choice([None, None, -1, -1, 2]) for _ in shape]
        slices = [{"slice": [None, None, step]} for step in steps]
        axes = rng.sample(range(len(shape)), len(shape))
        lengths = np.empty(shape, "u1")[to_numpy(slices)].transpose(axes).shape
        return {"shape": shape, "order": rng.choice("CF"), "slices": slices, "axes": axes}, list(
            lengths
        )


def part(rng: random.Random, together: list[int]) -> list[int]:
    """Return a shape that is broadcast to another, or rarely cannot be."""
    shape = [1 if rng.random() < 0.25 else length for length in together]
    shape = shape[rng.choice([0, 0, rng.randint(0, len(shape))]) :]
    if shape and rng.random() < 0.03:
        shape[rng.randrange(len(shape))] += rng.choice([1, 2])
    return shape


def random_take(rng: random.Random, size: int, together: list[int]) -> Json:
    """Return an index array for an axis of `size`."""
    shape = part(rng, together)
    count = int(np.prod(shape))
    if size == 0 and count > 0 and rng.random() < 0.8:
        shape, count = [0], 0
    numbers = [rng.randint(-size, size - 1) if size else 0 for _ in range(count)]
    if numbers and rng.random() < 0.03:
        numbers[rng.randrange(count)] = rng.choice([size, -size - 1, I64_MAX, I64_MIN])
    return {"take": numbers, "shape": None if len(shape) == 1 and rng.random() < 0.5 else shape}


def random_mask(rng: random.Random, shape: list[int], together: list[int]) -> Json:
    """Return a mask of axes of this shape, usually with as many true elements as the others."""
    shape = list(shape)
    if shape and rng.random() < 0.03:
        shape[rng.randrange(len(shape))] += 1
    count = int(np.prod(shape))
    true = together[-1] if together and rng.random() < 0.7 else 1
    if rng.random() < 0.05:
        true = rng.randint(0, count)
    values = [1] * min(true, count) + [0] * max(count - true, 0)
    rng.shuffle(values)
    return {"mask": values, "shape": None if len(shape) == 1 and rng.random() < 0.5 else shape}


def random_index(rng: random.Random, sizes: list[int]) -> list[Json]:
    """Return an index for an array of this shape, usually with index arrays."""
    together = [rng.choice([0, 1, 2, 2, 2, 3, 3]) for _ in range(rng.choice([0, 1, 1, 2, 2, 3]))]
    used = max(rng.randint(0, len(sizes)), rng.randint(0, len(sizes)))
    before = rng.choice([used, used, rng.randint(0, used)])
    gap = len(sizes) - used if before < used or rng.random() < 0.3 else None
    left = sizes[:before] if gap is None else sizes[:before] + [None] + sizes[before + gap :]
    result: list[Json] = []
    while left:
        kind = rng.random()
        run = next((place for place, size in enumerate(left) if size is None), len(left))
        if left[0] is None:
            result.append({"ellipsis": True})
            del left[0]
        elif kind < 0.4:
            result.append(random_take(rng, left.pop(0), together))
        elif kind < 0.55:
            axes = rng.randint(1, run)
            result.append(random_mask(rng, left[:axes], together))
            del left[:axes]
        elif kind < 0.7:
            size = left.pop(0)
            result.append({"at": rng.randint(-size, size) if size else 0})
            if size and result[-1]["at"] == size and rng.random() < 0.9:
                result[-1]["at"] = 0
        else:
            item = random_item(rng, left.pop(0), 9)
            # ``layout.json`` has steps of 0.
            result.append({"slice": [1, None, 2]} if item.get("slice", [1])[-1] == 0 else item)
    extras = [{"new_axis": True}, {"mask": [1], "shape": []}, {"mask": [0], "shape": []}]
    while rng.random() < 0.2:
        result.insert(rng.randint(0, len(result)), rng.choices(extras, [5, 3, 1])[0])
    if {"ellipsis": True} not in result and rng.random() < 0.1:
        result.insert(rng.randint(0, len(result)), {"ellipsis": True})
    if rng.random() < 0.01:
        result += [random_take(rng, 2, together)] * 2
    return result


def random_case(rng: random.Random) -> Json:
    """Return one random case that is small enough to commit."""
    while True:
        base, sizes = random_base(rng)
        index = random_index(rng, sizes)
        case = solve(base, index, [])
        if case is None or len(case.get("elements", [])) > 100:
            continue
        if not any("take" in item or "mask" in item for item in index) and rng.random() < 0.9:
            continue
        selected = case.get("selected", [2])
        data = part(rng, selected) if rng.random() < 0.8 else selected
        if rng.random() < 0.1:
            data = [1, *data]
        case = solve(base, index, data)
        if case is not None:
            return case


def write_indexing(root: Path) -> None:
    """Write ``indexing.json``.

    A case is an array of ``u2`` that counts its elements in the given ``order``, a view of it by
    ``slices`` and then by the transposed ``axes``, and an ``index`` of the view: ``at``, ``slice``,
    ``ellipsis`` and ``new_axis`` as in ``layout.json``, ``take`` and ``mask`` with their elements
    in C order and their ``shape``, which is null for one axis. Then numpy's results: ``selected``
    and ``elements``, the shape and the elements that the index takes, and ``written``, the whole
    array in the order of memory after ``view[index] = data`` with the numbers from 1000 on in the
    shape ``data``. If the read or the write fails, ``error`` is the class that numpy raises, and
    ``text`` its message about the index.
    """
    rng = random.Random("indexing")
    write_json(root / "indexing.json", {"cases": [random_case(rng) for _ in range(600)]})
