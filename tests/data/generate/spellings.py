"""The spellings of dtypes for the fixtures: strings, and Python literals as text."""

# Dtypes as strings. All names and codes are tried in addition.
STRINGS = """
S0 S10 |S10 >S3 a a5 S010 c |c bytes U0 U5 <U5 >U5 =U3 |U3 U536870911 str unicode V0 V8 |V8 >V3 void
V2147483647 M M8 M8[s] <M8[ns] >M8[D] M8[25s] datetime64 datetime64[ms] <datetime64[ns]
>datetime64[2W] m m8 >m m8[us] timedelta64 timedelta64[2D] =M8[h] |m8[ns] M8[Y] M8[M] M8[W] M8[m]
M8[ps] M8[fs] M8[as] M8[generic] M8[2generic] M8[1s] M8[0s] M8[2147483647s] M8[s/10]
M8[Y/12] M8[Y/4] M8[Y/52] M8[Y/73] M8[M/3] M8[M/4] M8[M/8] M8[W/7] M8[W/168] M8[W/12] M8[D/24]
M8[D/720] M8[h/60] M8[h/3600] m8[m/60] m8[m/1000] m8[ms/8] m8[3s/1000] m8[us/1000] m8[ns/500]
m8[ps/1000] m8[fs/10] m8[fs/1000] m8[10s/01] m8[007s] g <g >g G f16 c32 >c32 f4,i2 <f4,>i2 i4,
f4,(2,)i2 (2,3)f4 (1,)i4 (0,)i4 2f8 1i4 3S2 2S 2S0 3V 10U 2,>U3 2,3f4 ()i4 ()f4,i4 >()i4,i4 <2f4
2<f4 <2<f4 =2<f4 <2=f4 (2,)>f4 >(2,)f4 >(2,)>f4 (2,)<4f (2,)<4f,i1 1i4,2f4 (46340,46341)i1
(0,2147483647,3)f4 (00,)f4 (000,)f4,i4 ?,? 3? b1,? n,p,N,P l,L,q,Q int,float int32,float64 2int32
S5,U3 V8,V M8[ns],i4 2M8[ns] (2,3)m8[10s],i1 3i4,f8 i4,>f8,(2,)S5 i1,f8,(2,2)c16,U4,?
""".split() + [
    "M8[\u03bcs]",
    "i4, ",
    "2, f4",
    "f4 ,i4",
    "f4,i4 ",
    "i4,\n",
    "i4\n,f4",
    "i4,f4\n",
    "2 int32",
    "(2 ,)f4",
    "( 2, 3 )f4",
    "i4, f8, (2, 3) >u2",
    "2 ,f4",
    "(" + "1," * 64 + ")i1",
    ",".join(["u1"] * 300),
]

# Dtypes as Python literals, one per line.
LITERALS = r"""
[]
{}
[ ]
[('x', '<f4'), ('y', '<i2', (2,))]
[('x', '<i8', (2L,))]
[(('title', 'x'), 'f4')]
[(('', 'x'), 'f4')]
[('', 'f4'), ('', 'i4')]
[('a', 'V2147483647')]
[('x', 'f4', 3)]
[('x', 'f4', ())]
[('x', 'f4', 1)]
[('x', 'f4', 0)]
[('x', 'S', 5), ('y', 'U', 5), ('z', 'V', 5), ('s', 'S', 0), ('t', 'S')]
[('x', None)]
[('x', [])]
[('x', [], (3,))]
[('x', 'i4, (2,)f8')]
[('x', '(2,)f4', (3,))]
[('x', [('y', [('z', '>c16', (2, 1))], 2)])]
[('x', (('f4', 2), 3), 4)]
[('x', {'names': ['a'], 'formats': ['f4'], 'itemsize': 6}, (3,))]
('<f4', (2,))
('f4', 2)
('f4', ())
('f4', 1)
('f4', [2, 3])
('f4', (+2, 3,))
('(2,)f4', (3,))
(('f4', (2,)), (3,))
(([('x', 'i1'), ('y', 'f8')], (2,)), (3,))
('V', 8)
('U', 3)
('>U', 3)
('S', 0)
([('x', 'f4')])
([('x', 'f4')], (2, 2))
{'names': ['a'], 'formats': ['f4']}
{'names': [], 'formats': []}
{'names': [], 'formats': [], 'itemsize': 5}
{'names': ['a'], 'formats': ['f4', 'i4']}
{'names': ['a', 'b'], 'formats': ['f4', 'i4'], 'offsets': [4, 0]}
{'names': ['a', 'b'], 'formats': ['f4', 'i4'], 'offsets': [0, 0]}
{'names': ['a', 'b'], 'formats': ['f4', 'i4'], 'offsets': [0, 2]}
{'names': ['a', 'b'], 'formats': ['f4', 'i4'], 'offsets': [1, 6], 'itemsize': 12}
{'names': ['a'], 'formats': ['f4'], 'itemsize': 10}
{'names': ['a', 'b'], 'formats': ['i1', 'f8'], 'aligned': True}
{'names': ['a', 'b'], 'formats': ['i1', 'f8'], 'aligned': False}
{'names': ['a', 'b'], 'formats': ['i1', 'f8'], 'offsets': [0, 8], 'itemsize': 24, 'aligned': True}
{'names': ['a', 'b'], 'formats': ['f8', 'i1'], 'offsets': [8, 0], 'aligned': True}
{'names': ['a', 'b', 'c', 'd'], 'formats': ['?', 'U1', 'c8', 'i2'], 'aligned': True}
{'names': ['a', 'b', 'c', 'd', 'e'], 'formats': ['?', '(3,)c32', 'S3', 'M8[s]', 'g'], 'aligned': True}
{'names': ['a'], 'formats': [[('x', 'i1'), ('y', 'f8')]], 'aligned': True}
{'names': ['a'], 'formats': [([('x', 'i1'), ('y', 'f8')], (2,))], 'aligned': True}
{'names': ['a'], 'formats': ['i1,f8'], 'aligned': True}
{'names': ['a'], 'formats': [{'names': ['x', 'y'], 'formats': ['i1', 'f8'], 'aligned': False}], 'aligned': True}
{'names': ['n', 'a'], 'formats': ['i1', {'names': ['x', 'y'], 'formats': ['i1', 'f8'], 'aligned': True}]}
{'names': ['a'], 'formats': [{'x': ('i4', 4)}], 'aligned': True}
{'names': ['a'], 'formats': ['f4'], 'titles': [None]}
{'names': ['a', 'b'], 'formats': ['f4', 'i4'], 'titles': ['t', None]}
{'names': ['a', 'b'], 'formats': ['f4', 'i4'], 'titles': [None, 't'], 'offsets': [8, 4]}
{'names': [''], 'formats': ['f4']}
{'names': ['', 'f0'], 'formats': ['f4', 'V3']}
{'names': [''], 'formats': ['f4'], 'titles': ['t']}
{'names': ('a', 'b'), 'formats': ('f4', 'i4'), 'offsets': (0, 4)}
{'names': ['a'], 'formats': ['f4'], 'foo': 1, 3: None}
{'names': ['z'], 'names': ['a'], 'formats': ['f4']}
{'names': ['a', 'b'], 'formats': ['V0', 'V0'], 'offsets': [5, 5]}
{'names': ['a'], 'formats': ['V0'], 'offsets': [2147483647]}
{'a': ('i4', 0)}
{'b': ('f8', 4), 'a': ('i4', 0)}
{'a': ('i4', 0), 'b': ('f4', 0)}
{'a': ('i4', 2, 't')}
{'a': ('i4', 0, None)}
{'a': ('i4', 0, 't'), 't': ('i4', 0, 't')}
{'names': ('i4', 0), 'x': ('i4', 4)}
[("it's", 'f4'), ('say "it"', 'f4'), ('both \' and "', 'f4'), ('back\\slash', 'f4')]
[('\n\r\t\x00\x1f\x7f\x80\x9f\xa0\xad', 'f4')]
[("\a\b\f\v\'\"\101\0\18\x41\u00e9\U0001f980\777", 'f4')]
[("\d\q\ ", 'f4')]
[('a' "b"  u'c', '<' U'f4')]
[('x', b'\x664'), ('y', B'<' b'f\64')]
[('\u00e9', 'f4'), ('\u03c0', 'f4'), ('e\u0301', 'f4'), ('\u200b\u2028\ue000\u0378\ufeff', 'f4')]
[('\U0001f980', 'f4'), ('\U000e0001', 'f4'), ('\u3000 \u00a0', 'f4'), ('\u0627\u0644', 'f4')]
[(('\u03c0', '\u00fc'), 'f4')]
""".strip().split("\n") + [
    "  [ ( \"x\" , '<f4' , ) , # a comment ] }\n (u'y', b'<i2', [2,3] ,) ]\n\t",
    "[('a\\\nb', 'f4')]",
    "[('\u00e9\u03c0\U0001f980', 'f4')]",
    "[" * 1 + "('x', [" * 12 + "('y', 'f4', (2,))" + "])" * 12 + "]",
]

REJECTED = [
    "",
    " ",
    "i3",
    "i5",
    "i16",
    "i0",
    "i-4",
    "u",
    "u3",
    "u16",
    "f1",
    "f3",
    "f12",
    "f32",
    "c1",
    "c2",
    "c4",
    "c12",
    "b2",
    "b8",
    "F4",
    "I4",
    "B1",
    "C8",
    "D8",
    "?1",
    "?4",
    "d8",
    "e2",
    "h2",
    "q8",
    "l8",
    "<float64",
    ">int32",
    "=int",
    "|bool",
    "<",
    "<<i4",
    "<>i4",
    "!i4",
    "@i4",
    "i4<",
    "i4 ",
    " i4",
    "i4\n",
    "i4\0",
    "i4;",
    "i4i4",
    "4",
    "Int32",
    "INT32",
    "FLOAT",
    "Float64",
    "np.int32",
    "numpy.float64",
    "float8",
    "float80",
    "bfloat16",
    "complex32",
    "int4",
    "int24",
    "int128",
    "number",
    "integer",
    "floating",
    "char",
    "unsigned int",
    "long long",
    "size_t",
    "string",
    "none",
    "None",
    "x",
    "j",
    "\u00e9",
    "\uff494",
    "i\uff14",
    "i99999999999",
    "(2,3)",
    "(-1,)i4",
    # Names of numpy 1 that numpy 2 has removed.
    "bool8",
    "int0",
    "uint0",
    "float_",
    "complex_",
    "cfloat",
    "singlecomplex",
    "longfloat",
    "longcomplex",
    "string_",
    "unicode_",
    "object0",
    # Sizes and units.
    "S-5",
    "U-1",
    "V-0x",
    "S2147483648",
    "U536870912",
    "S99999999999999999999",
    "void8",
    "str5",
    "M9",
    "M88",
    "M8[]",
    "M8[",
    "M8]",
    "M8[s",
    "M8[ s]",
    "M8[s ]",
    "M8[2 s]",
    "M8[-2s]",
    "M8[2147483648s]",
    "M8[S]",
    "M8[B]",
    "M8[sec]",
    "M8[s]x",
    "M8[s][s]",
    "M8[2]",
    "M8[/2]",
    "M8[s/]",
    "M8[s/x]",
    "M8[s/7]",
    "M8[as/2]",
    "M8[fs/7]",
    "M8[s/10 ]",
    "M8[s/10/10]",
    "[ns]",
    "m8[\u03bc]",
    "datetime32",
    "datetime",
    # Strings of several fields.
    "f4,,i4",
    "i4,,",
    ",",
    ",i4",
    "i4,i4,,",
    "|2<f4",
    ">(2,)<f4",
    "(2)f4",
    "(2,)S",
    "()S",
    "()U,i4",
    " f4,i4",
    "f4;i4",
    "f4,i4;",
    "i4,2",
    "i4 i4",
    "i4 i4,i4",
    "f4,(2",
    "f4,2)i4",
    "(,)f4",
    "(2,,)f4",
    "((2,),)f4",
    "02f4",
    "(01,)f4",
    "(1_0,)f4",
    "3.5f4",
    "f4.",
    "f4.,i4",
    "> 2f4",
    "(2,)",
    "2",
    "2,3",
    "f4,x",
    "x,f4",
    "f4,M8[ns",
    "M8[s/10],f4",
    "f4,S5x",
    "-1f4",
    "10000000000f4",
    "2147483648i1",
    "2147483647f4",
    "(65536,65536)i1",
    "(0,2147483648)f4",
    "(2,)f4,(3,)",
    "f4\u00e9,i4",
    "\u00e9,i4",
    "i4,\u00e9",
    "(" + "1," * 65 + ")i1",
]

REJECTED_LITERALS = r"""
[
[('x', 'f4')
[('x', 'f4'))
[('x', 'f4']
[('x', 'f4')] x
[('x', 'f4')] [('x', 'f4')]
['f4']
[['x', 'f4']]
['x', 'f4']
[('x',)]
[()]
[('x', 'f4', 2, 3)]
[(b'x', 'f4')]
[(3, 'f4')]
[(('t', 'u', 'x'), 'f4')]
[(('t', 3), 'f4')]
[(('t', ''), 'f4')]
[(('', ''), 'f4')]
[('', 'f4'), ('f0', 'i4')]
[('x', 'f4'), ('x', 'i4')]
[(('x', 'x'), 'f4')]
[(('t', 'x'), 'f4'), ('t', 'i4')]
[('t', 'i4'), (('t', 'x'), 'f4')]
[(('t', 'x'), 'f4'), (('t', 'y'), 'f4')]
[('x', 'S', (5,))]
[('x', 'S', -1)]
[('x', 'f4', True)]
[('x', 'f4', None)]
[('x', 'f4', 2.0)]
[('x', 'f4', '2')]
[('x', 'f4', -1)]
[('x', 'f4', (2, -1))]
[('x', 'f4', (2, True))]
[('x', 'f4', --2)]
[('x', 'f4', (2147483647,))]
[('x', 'i1', (2147483648,))]
[('x', 'i1', (9223372036854775808,))]
[('x', 'f5')]
[('x', '')]
[('x', 3)]
[('x', True)]
[('x', f4)]
[('x', '<f4'), 3]
[('x' 'y')]
[('x', 'f4' b'')]
[('x, 'f4')]
[('x', b'\xe94')]
[('\x4', 'f4')]
[('\u12', 'f4')]
[('\U00110000', 'f4')]
[("x', 'f4')]
[('x', '<f4'),,]
[,]
[('x', 'f4', (01,))]
[('x', 'f4', (1__0,))]
[('x', 'f4', (1a,))]
[x]
[...]
[{}]
[None]
('f4',)
('f4', 2, 3)
()
('S', -1)
('U', 536870912)
('S', 2147483648)
('(0,)f4', (3,))
('f4', None)
('f4', {'names': ['a']})
('f4', [])
('V8', [('a', 'i4')])
{'names': ['a', 'b'], 'formats': ['f4']}
{'names': ['a', 'b'], 'formats': ['f4', 'i4'], 'offsets': [0]}
{'names': ['a', 'b'], 'formats': ['f4', 'i4'], 'titles': ['t']}
{'names': ['a'], 'formats': ['f4'], 'offsets': [-1]}
{'names': ['a'], 'formats': ['f4'], 'offsets': [None]}
{'names': ['a'], 'formats': ['f4'], 'offsets': [True]}
{'names': ['a'], 'formats': ['f4'], 'offsets': [2147483648]}
{'names': ['a'], 'formats': ['f4'], 'offsets': None}
{'names': ['a'], 'formats': ['f4'], 'titles': None}
{'names': ['a'], 'formats': ['f4'], 'titles': ['a']}
{'names': ['a', 'b'], 'formats': ['f4', 'i4'], 'titles': ['t', 't']}
{'names': ['a'], 'formats': ['f4'], 'itemsize': 3}
{'names': ['a'], 'formats': ['f4'], 'itemsize': -1}
{'names': ['a'], 'formats': ['f4'], 'itemsize': None}
{'names': ['a'], 'formats': ['f4'], 'itemsize': 2147483648}
{'names': ['a'], 'formats': ['f4'], 'itemsize': 10, 'aligned': True}
{'names': ['a'], 'formats': ['f4'], 'offsets': [2], 'aligned': True}
{'names': ['a'], 'formats': ['f4'], 'aligned': 1}
{'names': ['a'], 'formats': ['f4'], 'aligned': None}
{'names': [3], 'formats': ['f4']}
{'names': [b'a'], 'formats': ['f4']}
{'names': ['', ''], 'formats': ['f4', 'f4']}
{'names': ['a', 'a'], 'formats': ['f4', 'f4']}
{'names': 3, 'formats': ['f4']}
{'names': ['a']}
{'a': 'i4'}
{'a': ('i4',)}
{'a': ('i4', 0, 't', 1)}
{'a': ('i4', -1)}
{'a': ['i4', 0]}
{3: ('i4', 0)}
{'a': ('i4', 0), 'b': ('i4', 4, 'a')}
{'a'}
{'a': }
{'a' ('i4', 0)}
{'a': ('i4', 0)
{'a': ('i4', 0) 'b': ('i4', 4)}
""".strip().split("\n") + [
    "[('x\n', 'f4')]",
    "[('x\0', 'f4')]",
    "[" * 500,
    "(" * 500 + ")",
    "[(" * 500 + "]",
]

UNSUPPORTED = [
    "O",
    "|O",
    ">O",
    "O4",
    "O8",
    "object",
    "object_",
    "T",
    "2O",
    "(2, 3)O",
    "f4,O",
    "i4,(2,)object",
    "2T",
    "f4,T",
    "[('x', 'O')]",
    "[('x', 'f4'), ('y', [('z', '|O')])]",
    "[('x', 'object', (2,))]",
    "('O', (2,))",
    "{'names': ['a'], 'formats': ['O']}",
    "{'a': ('O', 0)}",
]

# Spellings that numpy accepts and filemap rejects by design, with the reason.
REFUSED = [
    ("M8[W/11]", "numpy takes it for no years: `M8[0Y]`"),
    ("M8[s/-10]", "numpy takes it for less than nothing: `M8[-100ms]`"),
    ("M8[+2s]", "a number is digits"),
    ("M8[s/ 10]", "a number is digits"),
    ("[('a', 'V2147483647'), ('b', 'V10')]", "the size overflows, and numpy's becomes negative"),
    ("{'names': ['a'], 'formats': ['V10'], 'offsets': [2147483647]}", "the size overflows"),
    ("[((3, 'x'), 'f4')]", "a title is a string"),
    ("{'names': ['a'], 'formats': ['f4'], 'titles': [(1, 2)]}", "a title is a string"),
    ("{'names': 'ab', 'formats': 'fi'}", "a string is no list"),
    ("{'a': ('i4', 0), -1: ['a']}", "a name is a string"),
    ("('(0,)f4', 3)", "numpy takes the length for the size"),
    ("('i4', [('a', 'i2'), ('b', 'i2')])", "a number that has fields"),
    ("('V4', [('a', 'i4')])", "a type in terms of another"),
    ("('i4', 'f4')", "a type in terms of another"),
    ("('S', 'f4')", "a type in terms of another"),
    ("[('x', 'f4', (0x2,))]", "a number is decimal digits"),
    ("[('x', 'f4', (1_0,))]", "a number is decimal digits"),
    ("[(r'x', 'f4')]", "no raw strings"),
    ("[('''x''', 'f4')]", "no strings in three quotes"),
    (r"[('\N{BULLET}', 'f4')]", "no characters by name"),
    (r"[('\ud800', 'f4')]", "half of a surrogate pair"),
    ("[('x'\\\n, 'f4')]", "no lines that go on"),
    ("[" + "('x', [" * 35 + "]), " * 35 + "]", "more than 32 nested types"),
]

# Spellings that numpy's parser accepts although no document says so: an integer parsed by
# ``strtol``, a type number as a character.
ACCIDENTAL = ["i04", "f08", "i+4", "u 2", "f\t8", "()d", "\0", "\x05", "\t", "<\n", ">\x0c"]
