//! Changes of a store, as lines that test programs read: `tests/programs/src/changes.rs` has what a line says.

use super::random::Random;

/// So many random changes of these keys, each a line. A new value has up to `longest` bytes behind its head.
pub(crate) fn changes(random: &mut Random, keys: &[String], count: usize, longest: usize) -> String {
    let lines: Vec<_> = (0..count).map(|_| change(random, keys, longest) + "\n").collect();
    lines.concat()
}

fn change(random: &mut Random, keys: &[String], longest: usize) -> String {
    let kinds = ["set", "parts", "writer", "default", "update", "remove", "pop"];
    let kind = kinds[random.below(kinds.len())];
    let count = if kind == "update" { 1 + random.below(keys.len()) } else { 1 };
    let mut line = kind.to_owned();
    for _ in 0..count {
        line += " ";
        line += &keys[random.below(keys.len())];
        if !["remove", "pop"].contains(&kind) {
            let end = [1, 100, 10_000, longest][random.below(4)];
            line += &format!(" {}", random.below(end));
        }
    }
    line
}
