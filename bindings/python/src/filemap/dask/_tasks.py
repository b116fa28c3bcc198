"""What all tasks have in common: the program that they run, and their names."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dask.delayed import Delayed, delayed

from .._plug import check_component
from .._run import Limits, PathLike, run

if TYPE_CHECKING:
    from .._backends import Backend


class TaskOptions(Limits, total=False):
    """The options of `filemap.run` that hold for each task.

    `dirs` and `dirs_ro` grant further directories, as mappings from the plugin's names to paths.
    """

    dirs: Mapping[str, PathLike]
    dirs_ro: Mapping[str, PathLike]
    env: Mapping[str, str] | None
    map: bool
    backend: Backend | None


@dataclass(frozen=True)
class Program:
    """A plugin, its last arguments, and the options of its runs."""

    plugin: str
    args: tuple[str, ...]
    dirs: dict[str, str]
    dirs_ro: dict[str, str]
    options: dict[str, Any]

    @classmethod
    def new(cls, plugin: PathLike, args: Sequence[str], options: TaskOptions) -> Program:
        """Returns a program with absolute paths: workers have other current directories.

        Raises `OSError` or `ValueError` if the plugin is not a component.
        """
        path = os.path.abspath(plugin)
        check_component(path)
        others: dict[str, Any] = dict(options)
        dirs, dirs_ro = _absolute(others.pop("dirs", {})), _absolute(others.pop("dirs_ro", {}))
        return cls(path, tuple(args), dirs, dirs_ro, others)

    def with_grants(self, *, dirs: dict[str, str], dirs_ro: dict[str, str]) -> Program:
        """Returns a program that is granted further directories.

        Raises `ValueError` if the plugin has another directory under one of the names.
        """
        taken = {*dirs, *dirs_ro} & {*self.dirs, *self.dirs_ro}
        if taken:
            name = min(taken)
            raise ValueError(
                f"cannot grant a directory as {name!r}: each task has one of this name; use another"
            )
        return replace(self, dirs={**self.dirs, **dirs}, dirs_ro={**self.dirs_ro, **dirs_ro})

    def run(self, *args: str) -> None:
        """Runs the plugin with these arguments and the last ones, in a process of its own.

        Raises the errors of `filemap.run` with `check`. They have the plugin's text, and Dask
        carries them to the client.
        """
        run(
            self.plugin,
            args=[*args, *self.args],
            dirs=self.dirs,
            dirs_ro=self.dirs_ro,
            capture_output=True,
            text=True,
            check=True,
            **self.options,
        )


def _absolute(grants: Mapping[str, PathLike]) -> dict[str, str]:
    return {guest: os.path.abspath(host) for guest, host in grants.items()}


def task_name(plugin: PathLike) -> str:
    """Returns a new name for tasks, which Dask's dashboard and progress bar cut to the plugin's.

    It is new in each call, because tasks write files: Dask does not run a task again whose result
    it still has under the same name.
    """
    # Dask drops words with digits that follow a `-`, and cuts off what precedes the first letter.
    word = re.sub(r"\W+", "_", Path(plugin).stem)
    return f"{word if word[0].isalpha() else 'plugin_' + word}-{uuid.uuid4().hex}"


def job(name: str, tasks: Sequence[Callable[[], None]], result: Callable[[], Any]) -> Delayed:
    """Returns a Dask value: to compute it is to run the tasks and then `result`."""
    done = task_values(name, tasks)
    after: Delayed = delayed(_after, pure=False)(done, result, dask_key_name=f"{name}-done")
    return after


def task_values(name: str, tasks: Sequence[Callable[[], None]]) -> list[Delayed]:
    """Returns a Dask value for each task: to compute it is to run the task."""
    return [
        delayed(task, pure=False, traverse=False)(dask_key_name=f"{name}-{number}")
        for number, task in enumerate(tasks)
    ]


def _after(done: list[None], result: Callable[[], Any]) -> Any:
    return result()
