"""The lines that `parity.py` runs. Sums of floats are exact, so that the order of additions does
not matter."""

import random

ARRAYS = """
import array, datetime
a = memmap(f"{work}/a.bin", dtype="<f8", mode="w+", shape=(3, 4))
a[:] = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]
a.shape, a.ndim, a.size, a.itemsize, a.nbytes, a.strides, a.mode, a.offset, len(a), writeable(a)
a
a[1], a[-1, 2], a[1:, ::2], a[..., 0], a[None, 1], a[::-1, -1], a[5:], a[:, 1:2]
a[1, 2], a[True], a[False], a[...], a[()], a[1][2], a[..., 1, 1]
a[[2, 0, 0]], a[[0, 1], [1, 2]], a[[[0, 1], [2, 0]], 1], a[[True, False, True]], a[[]]
a[array.array("i", [2, 0])], a[memoryview(array.array("q", [1]))]
list(a[0]), [row.tolist() for row in a], list(a[:, 0])
a.sum(), a.sum(axis=0), a.sum(1), a.sum(-1), a.min(0), a.max(), a.argmax(), a.argmin(0), a.mean(0)
a.prod(1), a.var(0), a.std(), a.any(), a.all(0), count_nonzero(a), count_nonzero(a, 1)
a.T, a.transpose(1, 0), a.transpose((0, 1)), a.transpose(), a.reshape(2, 6), a.reshape((-1, 2))
a.reshape(4, 3), a.reshape(-1), a.reshape(12), a.T.T, a.copy()
a[0] = 7
a[:, 0] = [1, 2, 3]
a[1:] = [[0.5], [0.25]]
a[[0, 2], [1, 1]] = [100, 200]
a[[True, False, True], 3] = -1
a[2, ::-1] = range(4)
a[2, ::-1] = list(range(4))
a[0] = array.array("d", [1.5, 2.5, 3.5, 4.5])
a[0] = array.array("i", [1, 2, 3, 4])
a[1] = a[0]
a[..., 1] = a[:, 0]
a[2] = memoryview(array.array("d", [9, 8, 7, 6]))
a[0, 0] = True
a
a.fill(3)
a.tolist(), a.tobytes(), a[:, 1].tobytes(), a.item(3), a[0].item(1), a[:1, :1].item()
memoryview(a), memoryview(a[1]), memoryview(a[:, 1:3].copy()), array.array("d", bytes(a[0].copy()))
bool(a[0, :1]), bool(a[:1, :1])
a.flush()
b = memmap(f"{work}/a.bin", dtype="<f8", mode="r", offset=8)
b.shape, b.mode, b.offset, writeable(b), b
c = memmap(f"{work}/a.bin", "<f8", "c", 0, (2, 6), "F")
c[0, 0] = 50
c[0, 0], b[0], c.strides, c, writeable(c)
memmap(f"{work}/a.bin")
memmap(f"{work}/a.bin", float, "r")
f = memmap(f"{work}/f.bin", mode="w+", dtype="<i4", shape=(2, 3), order="F")
f[:] = [[1, 2, 3], [4, 5, 6]]
f, f.tobytes(), f.sum(0), f.sum(1), f.view("<i2"), f.T.view("u1")
p = create_npy(f"{work}/p.npy", dtype=">i2", shape=(2, 3))
p[:] = [[1, -2, 3], [4, 5, 6]]
p, p.sum(), p.sum(0), p.min(), p[1, 1], p[1], p.offset
create_npy(f"{work}/q.npy", dtype="<f4", shape=(2, 2), order="F")[:] = [[1, 2], [3, 4]]
open_npy(f"{work}/q.npy"), open_npy(f"{work}/p.npy", mode="r").T
create_npy(f"{work}/v.npy", dtype="i1", shape=(3,), version=(2, 0)).sum()
e = memmap(f"{work}/e.bin", dtype="i4", mode="w+", shape=(0, 3))
e, e.sum(), e.sum(0), e.tolist(), len(e), e.tobytes(), e.any(), e.all()
z = memmap(f"{work}/z.bin", dtype="i4", mode="w+", shape=())
z[()] = 5
z[...] = 6
z, z[()], z.ndim, z.size, z.item(), z.tolist(), z.sum()
"""

DTYPES = """
import datetime
u = memmap(f"{work}/u.bin", "u1", "w+", shape=4)
u[:] = [0, 255, 7.9, True]
u, u.sum(), u.prod(), u.max(), u.argmax()
u[0] = 3.99
h = memmap(f"{work}/h.bin", "<f2", "w+", shape=4)
h[:] = [1.5, 65504, 70000, -1e9]
h, h[0]
g = memmap(f"{work}/g.bin", ">f4", "w+", shape=3)
g[:] = [1e300, -0.0, 0.1]
g, g[2], g.max()
t = memmap(f"{work}/t.bin", "?", "w+", shape=4)
t[:] = [0, 2, "x", 0.5]
t, t.sum(), t.any(), t.all(), t[1], count_nonzero(t)
u[t], u[t.tolist()]
q = memmap(f"{work}/q.bin", ">u8", "w+", shape=2)
q[:] = [2**64 - 1, 1]
q, q.max()
x = memmap(f"{work}/x.bin", "<c8", "w+", shape=(2, 2))
x[:] = [[1 + 2j, 3], [4j, 0]]
x, x[0, 0], x.sum(), x.sum(0), x.mean(), x.all(1)
k = memmap(f"{work}/k.bin", ">c16", "w+", shape=2)
k[:] = [1j, -2.5]
k, k[0]
s = memmap(f"{work}/s.bin", "S4", "w+", shape=3)
s[:] = [b"ab", "longer", b""]
s, s[1], s.any(), s[0]
s[1] = b"x"
s[:2] = s[1:]
s
w = memmap(f"{work}/w.bin", ">U3", "w+", shape=2)
w[:] = ["äöü", "\\U0001f600"]
w, w[0]
w[0] = b"b"
w[...] = "same"
w
v = memmap(f"{work}/v.bin", "V3", "w+", shape=2)
v[0] = b"abc"
v, v[0]
r = memmap(f"{work}/r.bin", [("x", "<f4"), ("y", ">i2", (2,)), ("n", "S2")], "w+", shape=3)
r[0] = (1.5, [1, 2], b"ab")
r[1:] = [(2.5, [3, 4], b"c"), (0, [5, 6], b"")]
r["x"], r["y"], r["n"], r["x"][1], r["y"][:, 0], r["x"].sum(), r["y"].sum(0), r["y"].T
r["x"] = [9, 8, 7]
r["y"][1] = [70, 80]
r["x"].tolist(), r["y"].tolist(), r.tobytes(), r.itemsize, r.shape
i = memmap(f"{work}/i.bin", "i4,f8", "w+", shape=2)
i[:] = [(1, 2.5), (3, 4.5)]
i, i[1], i["f1"]
i[0] = i[1]
i.view("V12")[0], i.view("u1").shape
gap = {"names": ["a"], "formats": ["<i2"], "offsets": [4], "itemsize": 8}
o = memmap(f"{work}/o.bin", gap, "w+", shape=2)
o["a"] = 5
o["a"], o.tolist(), o[0]
d = memmap(f"{work}/d.bin", "M8[D]", "w+", shape=4)
d[:] = [datetime.date(2020, 2, 29), datetime.date(1969, 12, 31), None, 7]
d, d[0], d[2]
m = memmap(f"{work}/m.bin", ">M8[ms]", "w+", shape=2)
m[:] = [datetime.datetime(2026, 1, 2, 3, 4, 5, 6000), datetime.datetime(1900, 1, 1)]
m, m.max(), m.argmin()
y = memmap(f"{work}/y.bin", "M8[M]", "w+", shape=2)
y[:] = [datetime.date(1968, 5, 17), datetime.date(2000, 12, 1)]
y, y.view("M8[Y]"), y.view("M8[ns]"), y.view("M8[W]"), y.view("M8[25s]"), y.view("m8")
l = memmap(f"{work}/l.bin", "m8[s]", "w+", shape=2)
l[:] = [datetime.timedelta(days=1, seconds=5), datetime.timedelta(seconds=-1)]
l, l.sum(), l.mean(), l.view("m8[us]"), l.view("m8[Y]"), l.view("m8[ns]")
n = memmap(f"{work}/n.bin", ("<i2", (2, 2)), "w+", shape=3)
n[1] = [[1, 2], [3, 4]]
n, n.shape, n[1, 0], n.sum(0)
"""

ERRORS = """
a = memmap(f"{work}/a.bin", dtype="<f8", mode="w+", shape=(3, 4))
u = memmap(f"{work}/u.bin", dtype="u1", mode="w+", shape=3)
r = memmap(f"{work}/r.bin", dtype=[("x", "<f4"), ("y", "<i2")], mode="w+", shape=3)
b = memmap(f"{work}/a.bin", dtype="<f8", mode="r")
z = memmap(f"{work}/z.bin", dtype="i4", mode="w+", shape=())
e = memmap(f"{work}/e.bin", dtype="i4", mode="w+", shape=0)
a[3]
a[0, -5]
a[0, 1, 2]
a["x"]
a[1.5]
a[1:2.5]
a[object()]
a[..., ...]
a[::0]
a[2**80]
a[[3]]
a[[0, 1], [0, 1, 2]]
a[[True, False]]
a[[1.5]]
a[[0, [1]]]
a[[[True, False]]]
r["z"]
a[0] = [1, 2]
a[0, 0] = [1, 2]
a[:] = [[1, 2], [3]]
a[0] = "text"
a[0] = None
a[0] = 1j
a[0] = object()
u[0] = 300
u[0] = -1
u[:] = [1, 2, 256]
u[:] = 0
u[0] = float("nan")
u[0] = float("inf")
u[0] = None
r[0] = (1,)
a[[5]] = 0
a.sum(2)
a.sum(-3)
a.sum("x")
a.sum(1.5)
e.min()
e.argmax()
a.reshape(5, 5)
a.reshape(-1, -1)
a.reshape(5, -1)
a.transpose(0, 0)
a.transpose(0, 5)
a.transpose(1)
a.reshape(2, 6, order="X")
a.T.view("u1")
a.item()
a.item(99, 0)
bool(a)
len(z)
list(z)
z[0]
memmap(f"{work}/none.bin")
memmap(f"{work}/none.bin", mode="r")
memmap(f"{work}/a.bin", mode="x")
memmap(f"{work}/n.bin", mode="w+")
memmap(f"{work}/a.bin", dtype="<f8", mode="r", shape=(100,))
memmap(f"{work}/a.bin", dtype="V7")
memmap(f"{work}/a.bin", order="X", mode="r", shape=(2, 2))
memmap(f"{work}/a.bin", offset="x")
memmap(f"{work}/a.bin", shape="x")
memmap(f"{work}/a.bin", shape=(1.5,))
memmap(f"{work}/none/x.bin", mode="w+", shape=1)
open_npy(f"{work}/a.bin")
open_npy(f"{work}/none.npy")
create_npy(f"{work}/x.npy", shape=(2,), version=(9, 0))
"""

STORE = """
import array
z = File(f"{work}/z")
z["x"] = b"123"
z["y"] = bytearray(b"45")
z["z"] = memoryview(b"abcdef")[::2].tobytes()
z["parts"] = [b"ab", bytearray(b"c"), memoryview(b"d")]
z["tuple"] = (b"ab", b"cd")
z["none"] = []
z["array"] = array.array("i", [1, 2])
z["a/b#c %ä"] = b"quoted"
z[""] = b""
z["x"] = b"replaced"
len(z), sorted(z), sorted(z.keys()), "x" in z, "missing" in z, 5 in z
z["x"], z["y"], z["parts"], z["none"], z[""], z["a/b#c %ä"], z["array"]
z.get("x"), z.get("missing"), z.get("missing", b"d")
sorted(z.items()), sorted(z.values())
z.pop("x"), z.pop("x", None), z.pop("x", b"d")
z.setdefault("new", b"1"), z.setdefault("new", b"2")
z.update({"u1": b"1", "u2": bytearray(b"2")})
z.update([("u3", b"3"), ("u1", b"4")], kw=b"5")
z.update()
z.update(u9=[b"6", b"7"])
sorted(z.items())
z.discard("u1")
z.discard("u1")
del z["u2"]
z == dict(z.items()), z == {}, bool(z)
repr(z).startswith("<File: "), z.directory == f"{work}/z"
z["missing"]
del z["missing"]
z.pop("missing")
failed = File(f"{work}/failed")
failed["s"] = "text"
failed["n"] = 5
failed["n"] = None
failed["m"] = [b"a", "b"]
z["empty"] = b""
sorted(z)
with File(f"{work}/deep/er") as w: w["k"] = b"v"
sorted(File(f"{work}/deep/er").items())
File(f"{work}/cleared").clear()
c = File(f"{work}/cleared")
c.update((str(number), b"%d" % number) for number in range(300))
len(c), sorted(c.items()), dict(c.items()) == dict(c)
c.popitem() is not None, len(c)
c.clear()
len(c), list(c), list(c.items()), list(c.values())
c.popitem()
"""

DIFFERENCES = {
    "b[0] = 1": "PermissionError",
    "b.fill(1)": "PermissionError",
    'a.view("<i3")': "ValueError",
    'memmap(f"{work}/a.bin", dtype="i5")': "ValueError",
    "memmap(work)": "ValueError",
    "memmap(b'x')": "TypeError",
    "z[5]": "TypeError",
    "a.reshape(4, 3, order='F')": "ValueError",
    "u[:] = array.array('i', [1, 2, 300])": "OverflowError",
    "a == a": None,
}
"""Lines that filemap_plugin answers in another way by design, with the exception that it raises.
Its README lists them."""

SHAPES = ["[12]", "[3, 4]", "[2, 3, 4]", "[1, 5]"]
DTYPE_NAMES = ["<i4", "<f8", ">i2", "u1", "<f4", "<c16"]


def all_cases() -> dict[str, list[str]]:
    """Returns the lines of each case."""
    texts = {"arrays": ARRAYS, "dtypes": DTYPES, "errors": ERRORS, "store": STORE}
    cases = {name: text.strip().splitlines() for name, text in texts.items()}
    cases["differences"] = ERRORS.strip().splitlines()[:6] + [
        "import array", 'z = File(f"{work}/z")', *DIFFERENCES, "u[:] = 0"
    ]
    return {**cases, "random": list(random_lines(random.Random(13)))}


class Generator:
    """Random indices and values. Only `random` is used, which every version computes alike."""

    def __init__(self, source: random.Random) -> None:
        self.source = source

    def below(self, end: int) -> int:
        return int(self.source.random() * end)

    def of(self, choices: list[str]) -> str:
        return choices[self.below(len(choices))]

    def number(self) -> str:
        return str(self.below(7))

    def entry(self, kinds: int = 12) -> str:
        """Returns one entry of an index; the first 9 kinds give views. Some are out of bounds."""
        bounds = ["", *map(str, range(-5, 6))]
        kind = self.below(kinds)
        if kind < 4:
            return str(self.below(7) - 3)
        if kind < 8:
            step = self.of(["", "", "2", "-1", "-2", "3"])
            return f"{self.of(bounds)}:{self.of(bounds)}:{step}"
        if kind == 8:
            return self.of(["None", "..."])
        if kind == 9:
            return str([self.below(6) - 3 for _ in range(self.below(4))])
        if kind == 10:
            return str([self.below(2) == 0 for _ in range(2 + self.below(3))])
        return self.of(["[[0, 1], [1, 0]]", "True", "[-1]", ":"])

    def index(self) -> str:
        return ", ".join(self.entry() for _ in range(1 + self.below(3)))

    def view(self) -> str:
        """Returns an index that gives a view. With the `...`, it never gives one element, which
        is a scalar of numpy and an object of Python."""
        return ", ".join([*(self.entry(8) for _ in range(self.below(3))), "..."])

    def value(self) -> str:
        """Returns a value to write, whose shape may or may not fit."""
        kind = self.below(4)
        if kind < 2:
            return self.number()
        row = [self.below(7) for _ in range(1 + self.below(4))]
        return str(row if kind == 2 else [row, row])


def random_lines(source: random.Random) -> list[str]:
    """Returns random reads, writes and reductions of arrays, and views of views."""
    make = Generator(source)
    lines = []
    for number in range(28):
        shape, dtype = make.of(SHAPES), make.of(DTYPE_NAMES)
        order = make.of(["C", "F"])
        path = f'f"{{work}}/{number}.bin"'
        lines.append(f"a = memmap({path}, {dtype!r}, 'w+', 0, tuple({shape}), {order!r})")
        lines.append("a.reshape(-1, order='" + order + "')[:] = [n % 7 for n in range(a.size)]")
        for _ in range(24):
            kind = make.below(6)
            if kind < 2:
                lines.append(f"a[{make.index()}]")
            elif kind == 2:
                value = make.value()
                # One element takes no list. numpy says so in a way that depends on the dtype.
                index = make.index() if value.isdigit() else make.view()
                lines.append(f"a[{index}] = {value}")
            elif kind == 3:
                method = make.of(["sum", "min", "max", "any", "all", "argmax", "prod"])
                lines.append(f"a.{method}({make.of(['', '0', '-1', '1', '2'])})")
            elif kind == 4:
                lines.append(f"a[{make.view()}].T")
            else:
                lines.append(f"a[{make.view()}][{make.entry()}]")
        lines.append("a")
    return lines
