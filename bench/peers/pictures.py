"""Draws the pictures of a report of the benchmark: `pictures.py report.json FOLDER`.

Each table becomes an SVG and a PNG; `overview` has the ratios of all tables.
"""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
matplotlib.rcParams["svg.hashsalt"] = "filemap"
matplotlib.rcParams["svg.fonttype"] = "none"

from matplotlib import pyplot  # noqa: E402
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator  # noqa: E402

# filemap's ways are blue and green, the plugin's standard library is grey, libraries are orange,
# and native programs are brown.
COLOURS = {
    "native": "#1f4e9c",
    "native, 2 threads": "#4f86d9",
    "native --map": "#6fa8dc",
    "native, lists": "#9bb8e0",
    "portable": "#2a8c4a",
    "portable, lists": "#93cfa4",
    "std::fs": "#6b6b6b",
    "std::fs (pool)": "#b0b0b0",
    "numpy": "#e07b00",
    "zict": "#e07b00",
    "Rust, std::fs": "#8c5a3c",
    "Rust, mmap": "#c49a7a",
}
OTHERS = ["#1f4e9c", "#2a8c4a", "#6fa8dc", "#93cfa4", "#6b6b6b", "#e07b00", "#8c5a3c", "#c49a7a"]


def colour(name: str, number: int) -> str:
    """The colour of a way."""
    return COLOURS.get(name, OTHERS[number % len(OTHERS)])


def duration(seconds: float, _: Any = None) -> str:
    """A time as people write it."""
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def size(number: float, _: Any = None) -> str:
    """A number of bytes or keys."""
    for unit, factor in (("G", 2**30), ("M", 2**20), ("K", 2**10)):
        if number >= factor:
            return f"{number / factor:.4g} {unit}"
    return f"{number:.4g}"


def names_of(table: dict[str, Any]) -> list[str]:
    """The names of all ways of a table, in their order."""
    return list(dict.fromkeys(way["name"] for row in table["rows"] for way in row["ways"]))


def draw_growth(table: dict[str, Any]) -> Any:
    """Lines: how the time grows."""
    figure, axes = pyplot.subplots(figsize=(8, 4.5))
    for number, name in enumerate(names_of(table)):
        points = [
            (row["x"], way) for row in table["rows"] for way in row["ways"] if way["name"] == name
        ]
        xs, medians = [x for x, _ in points], [way["median"] for _, way in points]
        low = [way["median"] - min(way["seconds"]) for _, way in points]
        high = [max(way["seconds"]) - way["median"] for _, way in points]
        axes.errorbar(
            xs, medians, yerr=[low, high], marker="o", capsize=3, color=colour(name, number),
            label=name, linewidth=2 if name in ("native", "portable") else 1.2,
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    xs = sorted({row["x"] for row in table["rows"]})
    axes.set_xticks(xs, [size(x) for x in xs])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(duration))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(table["grows"])
    axes.grid(True, which="major", alpha=0.3)
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def draw_bars(table: dict[str, Any]) -> Any:
    """Bars: the times of each row, as multiples of the reference's."""
    rows = table["rows"]
    bars = sum(len(row["ways"]) for row in rows)
    figure, axes = pyplot.subplots(figsize=(8, 1 + 0.22 * bars + 0.28 * len(rows)))
    position, ticks, labels = 0.0, [], []
    largest = max(1 / way["ratio"] for row in rows for way in row["ways"])
    names = names_of(table)
    for row in rows:
        if len(rows) > 1:
            name = row["name"].replace("`", "")
            axes.text(0, position, name, va="center", fontsize=9, fontweight="bold")
            position += 0.9
        for way in row["ways"]:
            times = 1 / way["ratio"]
            axes.barh(position, times, 0.8, color=colour(way["name"], names.index(way["name"])))
            axes.text(times, position, f" {duration(way['median'])}", va="center", fontsize=8)
            ticks.append(position)
            labels.append(way["name"])
            position += 1
        position += 0.4
    if largest > 30:
        axes.set_xscale("log")
    if largest > 30:
        # The titles of the rows begin at the left edge.
        left = min(1 / way["ratio"] for row in rows for way in row["ways"]) / 2
        axes.set_xlim(left, largest * 4)
        for text in axes.texts:
            text.set_x(max(text.get_position()[0], left))
    else:
        axes.set_xlim(0, largest * 1.15)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_yticks(ticks, labels, fontsize=8)
    axes.set_ylim(position, -1)
    references = dict.fromkeys(row["reference"] for row in rows)
    axes.set_xlabel(f"time, as a multiple of {' or '.join(references)} (line); less is faster")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def draw_overview(tables: list[dict[str, Any]]) -> Any:
    """Points: the ratios of the providers in all rows that have a peer."""
    points = []
    for table in tables:
        for row in table["rows"]:
            ratios = {way["name"]: way["ratio"] for way in row["ways"]}
            if row["reference"] in ("numpy", "zict") and "native" in ratios:
                points.append((f"{table['title']}: {row['name']}", ratios, row["reference"]))
    figure, axes = pyplot.subplots(figsize=(9, 1.2 + 0.22 * max(len(points), 4)))
    shown = (("native", "o"), ("portable", "s"), ("std::fs", "|"))
    for name, marker in shown:
        found = [(at, ratios[name]) for at, (_, ratios, _) in enumerate(points) if name in ratios]
        axes.plot(
            [ratio for _, ratio in found], [at for at, _ in found], marker, color=colour(name, 0),
            label=name, markersize=7, linestyle="none",
        )
    axes.set_xscale("log")
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_yticks(range(len(points)), [f"{name}" for name, _, _ in points], fontsize=8)
    axes.margins(y=0.01)
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda ratio, _: f"{ratio:g}"))
    axes.set_xlabel("slower  ←  times as fast as numpy or zict  →  faster")
    axes.grid(True, alpha=0.3)
    if points:
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def save(figure: Any, folder: Path, name: str, title: str) -> None:
    """Writes a picture in both formats."""
    figure.axes[0].set_title(title, loc="left", fontweight="bold")
    for suffix in ("svg", "png"):
        metadata = {"Date": None} if suffix == "svg" else None
        figure.savefig(folder / f"{name}.{suffix}", bbox_inches="tight", dpi=110, metadata=metadata)
    pyplot.close(figure)


def main() -> None:
    """Draws the pictures of the report on the command line."""
    report = json.loads(Path(sys.argv[1]).read_text())
    folder = Path(sys.argv[2])
    folder.mkdir(exist_ok=True)
    for table in report["tables"]:
        draw = draw_growth if table["grows"] else draw_bars
        save(draw(table), folder, table["name"], table["title"])
    save(draw_overview(report["tables"]), folder, "overview", "filemap, to numpy and zict")


if __name__ == "__main__":
    main()
