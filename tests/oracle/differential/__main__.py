"""Random programs of steps on arrays: executed with numpy, and compared with filemap's answers.

    differential make SEED COUNT FOLDER
    differential compare FOLDER ANSWERS...
    differential statistics SEED COUNT

`make` writes COUNT programs to FOLDER/program, for the plugin
`tests/programs/src/bin/differential`, and numpy's answers to FOLDER/expected. `compare` compares
files of answers in FOLDER with them, and prints the first program with a difference as calls of
numpy, with both answers. `statistics` counts the steps that succeed and those that fail.
"""

from __future__ import annotations

import os
import pickle
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path
from random import Random

from answers import Answer, Bytes, Failure, Info, difference
from program import MAX_READ
from cases import Case
from steps import Step


def programs(seed: int, count: int) -> list[Case]:
    """Return the programs of a seed, executed in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        Path("work/folder").mkdir(parents=True)
        cases = [Case(number, Random(f"{seed}/{number}")).steps for number in range(count)]
        os.chdir("/")
    return cases


def make(seed: str, count: str, folder: str) -> None:
    """Write programs and numpy's answers."""
    cases = programs(int(seed), int(count))
    lines = (step.line() + "\n" for case in cases for step, _ in case)
    Path(folder, "program").write_text("".join(lines), encoding="utf-8")
    Path(folder, "expected").write_bytes(pickle.dumps(cases))


def compare(folder: str, *names: str) -> None:
    """Compare files of answers with numpy's. Exit at the first difference."""
    cases = pickle.loads(Path(folder, "expected").read_bytes())
    for name in names:
        found = Path(folder, name).read_text(encoding="utf-8").splitlines()
        start = 0
        for number, case in enumerate(cases):
            lines = found[start : start + len(case)]
            lines += ["none at all"] * (len(case) - len(lines))
            for place, ((_, expected), line) in enumerate(zip(case, lines, strict=True)):
                what = difference(expected, line)
                if what is not None:
                    print(
                        report(f"{name}, program {number}: {what}", case[: place + 1], line),
                        file=sys.stderr,
                    )
                    sys.exit(1)
            start += len(case)


def report(title: str, case: list, line: str) -> str:
    """Return a program up to the step whose answers differ, and both answers."""
    lines = [title, ""]
    for step, answer in case:
        lines.append(f"    {step}")
        if isinstance(answer, Failure):
            lines.append(f"        # {answer.text}")
    return "\n".join([*lines, "", f"  numpy: {case[-1][1]}", "filemap: " + line.replace("\t", " ")])


def statistics(seed: str, count: str) -> None:
    """Count the steps and their arguments, by success and failure."""
    counts = Counter()
    for case in programs(int(seed), int(count)):
        for step, answer in case:
            fails = isinstance(answer, Failure)
            for what in categories(step, answer):
                counts[what, fails] += 1
    print(f"{'':36} succeeds   fails")
    for what in sorted({what for what, _ in counts}):
        print(f"{what:36} {counts[what, False]:8} {counts[what, True]:7}")


def categories(step: Step, answer: Answer) -> list[str]:
    """Return the categories of a step for the statistics."""
    result = ["all steps", f"step {step.kind}"]
    if step.kind == "reduce":
        result.append(f"step reduce, {step.values[1]}")
    if step.kind in {"open", "open-file"}:
        result.append(f"{step.kind}, mode {step.values[-4]}")
    if step.kind == "open-npy":
        result.append(f"open-npy, mode {step.values[-1]}")
    for index in (value for value in step.values if isinstance(value, list)):
        result += {f"index {kind}" for kind, *_ in index}
        lists = [one for one in index if one[0] in {"take", "mask"}]
        result += {
            f"index {kind} of {1 if shape is None else min(len(shape), 4)} axes"
            for kind, _, shape in lists
        }
    if isinstance(answer, Info):
        attributes = answer.attributes
        result.append(
            f"array of kind {'fields' if attributes['dtype'].names else attributes['dtype'].kind}"
        )
        result.append(f"array of {min(len(attributes['shape']), 6)} axes")
        result.append(f"array in order {attributes['order']}")
        result += ["array without elements"] * (attributes["size"] == 0)
        result += ["array of many elements"] * (attributes["size"] > MAX_READ)
    if isinstance(answer, Bytes):
        result.append(f"{step.kind} of {'some' if answer.data else 'no'} bytes")
    return result


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    action, *arguments = sys.argv[1:]
    {"make": make, "compare": compare, "statistics": statistics}[action](*arguments)
