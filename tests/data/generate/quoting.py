"""Pairs for ``urllib.parse.quote`` and ``unquote``."""

from __future__ import annotations

import random
import string
from pathlib import Path
from urllib.parse import quote, unquote

import zict

from common import write_json


def random_char(rng: random.Random) -> str:
    """Return a character, ASCII in half of the cases, never a surrogate."""
    if rng.random() < 0.5:
        return chr(rng.randrange(0x80))
    code = rng.randrange(0x1_0000 if rng.random() < 0.6 else 0x11_0000)
    return chr(code) if not 0xD800 <= code < 0xE000 else "\ufffd"


def write_quote(root: Path) -> None:
    """Write ``quote.json``: three lists of pairs.

    ``quote`` has ``[string, quote(string, safe="")]``, ``unquote`` has ``[name, unquote(name)]``,
    and ``file`` has ``[file name, key]`` as ``zict.File`` reads a directory: it drops the first
    number sign and everything after it, and unquotes the rest.
    """
    rng = random.Random("quote")
    edges = [0x80, 0xFF, 0x7FF, 0x800, 0xFFF, 0x1000, 0xD7FF, 0xE000, 0xFEFF, 0xFFFD]
    strings = ["", *map(chr, range(0x80)), *map(chr, edges)]
    for plane in range(17):
        base = plane * 0x1_0000
        low = base + (0xE000 if plane == 0 else 0)
        codes = [base or 0xA0, low + 1, base + 0xFFFE, base + 0xFFFF]
        strings += map(chr, [*codes, rng.randrange(low, base + 0x1_0000)])
    strings += [
        "a/b",
        "..",
        "../..",
        "C:\\Users\\x",
        "100%",
        "%41",
        "%2F",
        "%25",
        "x#1",
        "x#1#2",
        "a b",
        "a+b",
        "tab\tand\r\n",
        "na\u00efve",
        "nai\u0308ve",
        "\u00df\u1e9e",
        "\u0130\u0131",
        "\u65e5\u672c\u8a9e",
        "\u05e9\u05dc\u05d5\u05dd",
        "\u0645\u0631\u062d\u0628\u0627",
        "\U0001f980",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\U0001f1e8\U0001f1ed",
        "\ufeffbom",
        "\u202egnp.exe",
        "('x', 0, 1)",
        "array-1f2e, 3",
        string.ascii_letters,
        string.digits,
        string.punctuation,
        "~" * 80,
        "\u00e9" * 43,
    ]
    while len(strings) < 300:
        strings.append("".join(random_char(rng) for _ in range(rng.randint(2, 12))))

    names = [
        "",
        "abc",
        "%",
        "%%",
        "%4",
        "%4g",
        "%g4",
        "%zz",
        "%%41",
        "%41",
        "%41%",
        "%4%31",
        "%6a%6A",
        "%2f%2F",
        "%2525",
        "%00",
        "%0",
        "% 41",
        "%+1",
        "%-1",
        "%0x41",
        "%u0041",
        "%\u0664\u0661",
        "%\uff14\uff11",
        "+",
        "a+b",
        "%2B",
        "%7E~",
        "%C3%A9",
        "%c3%a9",
        "%e9",
        "%C3",
        "%C3%28",
        "%C3\u00a9",
        "\u00e9%A9",
        "\u00e9%C3%A9\u00e9",
        "%80",
        "%BF%80",
        "%A0%A1",
        "%E2%82%AC",
        "%E2%82",
        "%E2%82x",
        "%E2%82\u20ac",
        "%E2%28%A1",
        "%E2%82%28",
        "%F0%9F%A6%80",
        "%F0%9F%A6",
        "%F0%9F",
        "%F0",
        "%F0%9F%A6%C3%A9",
        "%F0%28%8C%BC",
        "%F0%90%28%BC",
        "%F0%28%8C%28",
        "%C0%80",
        "%C0%AF",
        "%C1%BF",
        "%E0%80%AF",
        "%E0%9F%BF",
        "%F0%80%80%AF",
        "%F0%8F%BF%BF",
        "%ED%A0%80",
        "%ED%BF%BF",
        "%ED%A0%BD%ED%B8%80",
        "%F4%8F%BF%BF",
        "%F4%90%80%80",
        "%F5%80%80%80",
        "%F8%88%80%80%80",
        "%FC%84%80%80%80%80",
        "%FE",
        "%FF",
        "%FE%FF",
        "%EF%BB%BFx",
        "%EF%BF%BD",
        "%EF%BF%BF",
        "%E2%82%AC%",
        "%E2%8",
        "%e2%82%ac%e2",
        "a%C3b%A9c",
        "%C3%%A9",
        "%C3%41",
        "100%25",
        "100%",
        "a/b",
        "\0%00",
        "\U0001f980%F0",
    ]
    pieces = [
        "%",
        "%C3",
        "%A9",
        "%E2",
        "%82",
        "%AC",
        "%F0",
        "%9F",
        "%ED",
        "%A0",
        "%41",
        "%2",
        "x",
        "\u00e9",
        "\U0001f980",
        "%ff",
        "%c3%a9",
    ]
    while len(names) < 110:
        names.append("".join(rng.choice(pieces) for _ in range(rng.randint(2, 7))))

    files = [
        "",
        "#",
        "#0",
        "a",
        "a#",
        "a#0",
        "a#0#1",
        "a#b",
        "#a#1",
        "%23#4",
        "a%23b#7",
        "%#1",
        "a#%41",
        ".#1",
        "..#2",
        "a#-1",
        "a#007",
        "a#18446744073709551616",
        "%C3#%A9",
        "\u00e9#1",
        "#1.tmp",
        ".gitkeep",
    ]
    write_json(
        root / "quote.json",
        {
            "quote": [[text, quote(text, safe="")] for text in strings],
            "unquote": [[name, unquote(name)] for name in names],
            "file": [[name, zict.File._unsafe_key(name)] for name in files],
        },
    )
