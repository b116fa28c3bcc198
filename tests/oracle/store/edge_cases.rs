//! Keys, values and file names at the edges of the rules for names.

use super::turn::Turn;

/// Keys with special characters, of special names, and alike but for case or normalization.
pub(super) const KEYS: [&str; 26] = [
    "",
    ".",
    "..",
    "a/b",
    "/",
    "%",
    "%41",
    "#",
    "x#1",
    "#0",
    "\0",
    " ",
    "\n",
    "\u{7f}",
    "~",
    "na\u{ef}ve",
    "\u{e9}",
    "e\u{301}",
    "\u{1f980}",
    "\u{10ffff}/\u{10348}",
    "Key",
    "key",
    "kept",
    ".tmp",
    "%temporary-filemap#0",
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
];

/// File names without a number, as zict 2 wrote them or as zict reads any file. Each is a different
/// key.
pub(super) const UNNUMBERED_NAMES: [&str; 20] = [
    "a b",
    "a%2Fb",
    "%41",
    "%",
    "%zz",
    "%FF",
    "x%C3",
    "%c3%aa",
    "\u{e9}",
    "\u{20ac}%E2%82",
    ".hidden",
    "...",
    "+",
    "100%25",
    "%2",
    "~",
    "%0",
    "%00",
    "\n",
    "number",
];

/// Sets all keys and values of edge cases, overwrites some and removes some.
pub(super) fn take_turn(turn: &mut Turn<'_>) {
    for key in KEYS {
        turn.set(key, key.as_bytes());
    }
    let large: Vec<_> =
        (0..70_000_u32).map(|number| number.to_le_bytes()[number as usize % 2]).collect();
    let bytes: Vec<_> = (0..=255).collect();
    turn.set("empty", b"");
    turn.set("all bytes", &bytes);
    turn.set("large", &large);
    turn.set_parts("parts", &[b"123".to_vec(), Vec::new(), b"4567".to_vec()]);
    turn.write("written", &[large.clone(), Vec::new(), large]);
    turn.set("..", b"another value");
    turn.set("", b"and a third");
    turn.set_parts("a/b", &[b"in ".to_vec(), b"parts".to_vec()]);
    turn.remove("#");
    turn.remove("Key");
    turn.remove("all bytes");
    turn.set("all bytes", &bytes[1..]);
    for operation in ["item", "get", "map"] {
        for key in ["", "large", "written", "empty", "Key"] {
            turn.read(operation, key);
        }
    }
}
