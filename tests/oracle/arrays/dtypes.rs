//! Element types of every kind that has a fixed size.

use std::fs;

use super::super::lines::{decode, encode};
use super::super::python::python;
use super::super::support::folders::Folders;

/// An element type, and what numpy says of it.
pub(crate) struct Dtype {
    /// In numpy's spelling, or as a Python literal.
    pub(crate) text: String,
    /// For each byte of an element the bits that may be set: a boolean has one, and a gap has none,
    /// because numpy copies the fields of a structure and not what lies between them.
    mask: Vec<u8>,
    /// The versions of the format `.npy` that can describe it.
    pub(crate) versions: Vec<char>,
    /// Whether its header is longer than any that is read.
    pub(crate) is_long: bool,
}

impl Dtype {
    pub(crate) fn size(&self) -> u64 {
        self.mask.len() as u64
    }

    /// Elements of these bytes.
    pub(crate) fn elements(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        for (byte, mask) in bytes.iter_mut().zip(self.mask.iter().cycle()) {
            *byte &= mask;
        }
        bytes
    }
}

/// All of them.
pub(crate) fn dtypes() -> Vec<Dtype> {
    let scalars = scalars();
    let fields = scalars.iter().map(|scalar| format!("('a {scalar}', '{scalar}')"));
    let of_all = format!("[{}]", fields.collect::<Vec<_>>().join(", "));
    let long = (0..5000).map(|number| format!("('f{number}', '|u1')")).collect::<Vec<_>>();
    let long = format!("[{}]", long.join(", "));
    let mut texts = scalars;
    texts.extend(SUBARRAYS.iter().chain(&STRUCTURES).map(|text| String::from(*text)));
    texts.extend([of_all, long]);
    describe(texts)
}

/// Types without parts, as numpy prints them.
fn scalars() -> Vec<String> {
    let mut codes: Vec<_> = ["|b1", "|i1", "|u1", "|S1", "|S10", "|V5"].map(String::from).into();
    for order in ['<', '>'] {
        let numbers = [
            "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "f16", "c8", "c16", "c32", "U1",
            "U3",
        ]
        .into_iter();
        codes.extend(numbers.map(|code| format!("{order}{code}")));
        for kind in ["M8", "m8"] {
            codes.push(format!("{order}{kind}"));
            codes.extend(UNITS.map(|unit| format!("{order}{kind}[{unit}]")));
        }
    }
    codes
}

/// Of dates and of times, with a few multiples.
const UNITS: [&str; 17] = [
    "Y",
    "M",
    "W",
    "D",
    "h",
    "m",
    "s",
    "ms",
    "us",
    "ns",
    "ps",
    "fs",
    "as",
    "2Y",
    "25s",
    "10ms",
    "2147483647ns",
];

const SUBARRAYS: [&str; 10] = [
    "('<f4', (2,))",
    "('>i2', (2, 3))",
    "('|u1', (1,))",
    "('|S3', (2,))",
    "('>U2', (2,))",
    "('|V3', (4,))",
    "('<M8[25s]', (2,))",
    "(('>f8', (2,)), (3,))",
    "([('x', '<f4'), ('y', '|u1')], (2,))",
    "({'names': ['x'], 'formats': ['>i2'], 'offsets': [1], 'itemsize': 5}, (2, 2))",
];

const STRUCTURES: [&str; 30] = [
    // Packed, of one field, of several, and of both byte orders.
    "[('x', '>i4')]",
    "[('x', '<f4'), ('y', '<i2')]",
    "[('x', '>f8'), ('y', '<f8'), ('z', '>U2'), ('t', '<M8[25s]'), ('b', '|b1')]",
    "[('a', '|V5'), ('b', '|S1'), ('c', '>c32')]",
    // Fields that are arrays, one of them without elements.
    "[('x', '<f4', (2,)), ('y', '>i2', (2, 3)), ('z', '|S3', (1,)), ('b', '|b1', (2, 1, 2))]",
    "[('none', '<f4', (0,)), ('x', '|u1')]",
    "[('x', ('>f8', (2,)), (3,))]",
    // Nested.
    "[('a', '|u1'), ('n', [('x', '>f8'), ('y', '<c8', (2,))])]",
    "[('a', '|u1'), ('n', [('x', '>f8'), ('y', [('z', '<f2', (2,)), ('b', '|b1')], (2, 2))], \
     (2,))]",
    "[('a', [('b', [('c', [('d', [('e', '>u2')])])])])]",
    // Aligned as by a C compiler, with gaps.
    "{'names': ['a', 'b', 'c'], 'formats': ['|b1', '<f8', '<i2'], 'offsets': [0, 8, 16], \
     'itemsize': 24, 'aligned': True}",
    "{'names': ['a', 'b'], 'formats': ['|i1', '>c32'], 'offsets': [0, 16], 'itemsize': 48, \
     'aligned': True}",
    "{'names': ['a', 'b'], 'formats': ['|u1', {'names': ['x', 'y'], 'formats': ['<i4', '|u1'], \
     'offsets': [0, 4], 'itemsize': 8, 'aligned': True}], 'offsets': [0, 4], 'itemsize': 12, \
     'aligned': True}",
    "{'names': ['x', 'y'], 'formats': ['<f4', '<f4'], 'offsets': [0, 4], 'itemsize': 8, 'aligned': \
     True}",
    // Where the caller wants them: gaps before, between and behind the fields, in fields and in
    // arrays of them.
    "{'names': ['x', 'y'], 'formats': ['<f4', '>i2'], 'offsets': [3, 11], 'itemsize': 20}",
    "{'names': ['x'], 'formats': ['|b1'], 'offsets': [0], 'itemsize': 2}",
    "[('a', '|u1'), ('n', {'names': ['x', 'y'], 'formats': ['|S2', '>f8'], 'offsets': [1, 4], \
     'itemsize': 13}, (2,))]",
    "{'names': ['x', 'y'], 'formats': [('<f4', (2,)), [('z', '|V3')]], 'offsets': [1, 10], \
     'itemsize': 16}",
    // Where no .npy file can tell of them: in another order, and over one another.
    "{'names': ['x', 'y'], 'formats': ['<f4', '<i4'], 'offsets': [4, 0], 'itemsize': 8}",
    "{'names': ['word', 'low', 'high'], 'formats': ['>u4', '>u2', '>u2'], 'offsets': [0, 2, 0], \
     'itemsize': 4}",
    "[('n', {'names': ['x', 'y'], 'formats': ['<f4', '<i4'], 'offsets': [4, 0], 'itemsize': 8})]",
    // With titles.
    "[(('The title', 'x'), '<f4'), ('y', '<i2')]",
    "{'names': ['x', 'y'], 'formats': ['<f4', '>i2'], 'offsets': [1, 6], 'titles': ['of x', None], \
     'itemsize': 9}",
    "[('n', [((\"it's\", 'x'), '>f8', (2,))])]",
    // With names that are to be quoted.
    "[(\"it's\", '<f4'), ('say \"no\"', '|u1'), ('both \\' and \"', '|i1'), \
     ('back\\\\slash\\n\\t\\r\\x7f', '>f2')]",
    "[('[', '<f4'), ('{}, (', '|u1'), (' with  spaces ', '>i2'), ('descr', '|b1'), ('#', '|S2')]",
    // With names of Latin-1, with such as are escaped to be so, and with others, which take version
    // 3.0.
    "[('\u{e9}\u{df}\u{ff}', '<f4'), ('\\x80\\xa0\\xad', '>f4')]",
    "[('\\u200b', '<f4'), ('\\U000e0001', '>i2'), ('\\ud7ff', '|u1')]",
    "[('\u{6e29}\u{5ea6}', '<f4'), ('\u{3c0}', '>c16'), ('\u{1f980}', '|S2')]",
    "[(('\u{6e29}\u{5ea6}', 't'), '>f4'), ('\u{e9}', '<i2')]",
];

/// Asks numpy.
fn describe(texts: Vec<String>) -> Vec<Dtype> {
    let folders = Folders::new();
    let path = folders.work().join("dtypes");
    fs::write(&path, texts.iter().map(|text| encode(text) + "\n").collect::<String>()).unwrap();
    let answers = python("tests/oracle/arrays.py", ["describe".as_ref(), path.as_os_str()]);
    assert_eq!(answers.lines().count(), texts.len());
    let dtypes = texts.into_iter().zip(answers.lines()).map(|(text, answer)| {
        let words: Vec<_> = answer.split(' ').collect();
        let [mask, versions, length] = words[..] else { panic!("no such answer: {answer}") };
        Dtype {
            text,
            mask: decode(mask),
            versions: versions.chars().filter(|version| *version != '-').collect(),
            is_long: length == "long",
        }
    });
    dtypes.collect()
}
