//! Dtypes of every kind that has a fixed size.

use std::fs;

use super::super::lines::{decode, encode};
use super::super::python::python;
use super::super::support::folders::Folders;

/// A dtype and its properties in numpy.
pub(crate) struct Dtype {
    /// The dtype in numpy's spelling or as a Python literal.
    pub(crate) text: String,
    /// The bits that may be set in each byte of an element. A boolean has one. Padding has none,
    /// because numpy does not copy the padding of a structure.
    mask: Vec<u8>,
    /// The versions of the `.npy` format that can describe the dtype.
    pub(crate) versions: Vec<char>,
    /// Whether its header is longer than numpy and filemap read.
    pub(crate) is_long: bool,
}

impl Dtype {
    pub(crate) fn size(&self) -> u64 {
        self.mask.len() as u64
    }

    /// Masks random bytes so that they are valid elements.
    pub(crate) fn elements(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        for (byte, mask) in bytes.iter_mut().zip(self.mask.iter().cycle()) {
            *byte &= mask;
        }
        bytes
    }
}

/// Returns all dtypes of the tests.
pub(crate) fn dtypes() -> Vec<Dtype> {
    let scalars = scalars();
    let fields = scalars.iter().map(|scalar| format!("('a {scalar}', '{scalar}')"));
    let all_fields = format!("[{}]", fields.collect::<Vec<_>>().join(", "));
    let long = (0..5000).map(|number| format!("('f{number}', '|u1')")).collect::<Vec<_>>();
    let long = format!("[{}]", long.join(", "));
    let mut texts = scalars;
    texts.extend(SUBARRAYS.iter().chain(&STRUCTURES).map(|text| String::from(*text)));
    texts.extend([all_fields, long]);
    describe(texts)
}

/// Returns the scalar dtypes as numpy prints them.
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

/// Units of `datetime64` and `timedelta64`, some of them with a multiple.
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
    // Fields that are subarrays, one of them without elements.
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
    // Explicit offsets: padding before, between and after the fields, in fields and in subarrays.
    "{'names': ['x', 'y'], 'formats': ['<f4', '>i2'], 'offsets': [3, 11], 'itemsize': 20}",
    "{'names': ['x'], 'formats': ['|b1'], 'offsets': [0], 'itemsize': 2}",
    "[('a', '|u1'), ('n', {'names': ['x', 'y'], 'formats': ['|S2', '>f8'], 'offsets': [1, 4], \
     'itemsize': 13}, (2,))]",
    "{'names': ['x', 'y'], 'formats': [('<f4', (2,)), [('z', '|V3')]], 'offsets': [1, 10], \
     'itemsize': 16}",
    // Offsets that no .npy file can describe: out of order, and overlapping.
    "{'names': ['x', 'y'], 'formats': ['<f4', '<i4'], 'offsets': [4, 0], 'itemsize': 8}",
    "{'names': ['word', 'low', 'high'], 'formats': ['>u4', '>u2', '>u2'], 'offsets': [0, 2, 0], \
     'itemsize': 4}",
    "[('n', {'names': ['x', 'y'], 'formats': ['<f4', '<i4'], 'offsets': [4, 0], 'itemsize': 8})]",
    // With titles.
    "[(('The title', 'x'), '<f4'), ('y', '<i2')]",
    "{'names': ['x', 'y'], 'formats': ['<f4', '>i2'], 'offsets': [1, 6], 'titles': ['of x', None], \
     'itemsize': 9}",
    "[('n', [((\"it's\", 'x'), '>f8', (2,))])]",
    // With names that need quotes or escapes.
    "[(\"it's\", '<f4'), ('say \"no\"', '|u1'), ('both \\' and \"', '|i1'), \
     ('back\\\\slash\\n\\t\\r\\x7f', '>f2')]",
    "[('[', '<f4'), ('{}, (', '|u1'), (' with  spaces ', '>i2'), ('descr', '|b1'), ('#', '|S2')]",
    // With names in Latin-1, with escapes of Latin-1, and with others, which need version 3.0.
    "[('\u{e9}\u{df}\u{ff}', '<f4'), ('\\x80\\xa0\\xad', '>f4')]",
    "[('\\u200b', '<f4'), ('\\U000e0001', '>i2'), ('\\ud7ff', '|u1')]",
    "[('\u{6e29}\u{5ea6}', '<f4'), ('\u{3c0}', '>c16'), ('\u{1f980}', '|S2')]",
    "[(('\u{6e29}\u{5ea6}', 't'), '>f4'), ('\u{e9}', '<i2')]",
];

/// Looks up the properties of dtypes in numpy.
fn describe(texts: Vec<String>) -> Vec<Dtype> {
    let folders = Folders::new();
    let path = folders.work().join("dtypes");
    fs::write(&path, texts.iter().map(|text| encode(text) + "\n").collect::<String>()).unwrap();
    let answers = python("tests/oracle/arrays.py", ["describe".as_ref(), path.as_os_str()]);
    assert_eq!(answers.lines().count(), texts.len());
    let dtypes = texts.into_iter().zip(answers.lines()).map(|(text, answer)| {
        let words: Vec<_> = answer.split(' ').collect();
        let [mask, versions, length] = words[..] else { panic!("unknown answer: {answer}") };
        Dtype {
            text,
            mask: decode(mask),
            versions: versions.chars().filter(|version| *version != '-').collect(),
            is_long: length == "long",
        }
    });
    dtypes.collect()
}
