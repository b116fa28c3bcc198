//! Changes of a store, as lines that test programs read: `tests/programs/src/changes.rs` has what a
//! line says.

use super::random::Random;

/// So many random changes of these keys, each a line. A new value has up to `longest` bytes behind
/// its head.
pub(crate) fn changes(
    random: &mut Random,
    keys: &[String],
    count: usize,
    longest: usize,
) -> String {
    (0..count).map(|_| change(random, keys, longest) + "\n").collect()
}

fn change(random: &mut Random, keys: &[String], longest: usize) -> String {
    let kinds = ["set", "parts", "writer", "default", "update", "remove", "pop"];
    let kind = kinds[random.below(kinds.len())];
    let count = if kind == "update" { 1 + random.below(keys.len()) } else { 1 };
    let mut words = vec![kind.to_owned()];
    for _ in 0..count {
        words.push(keys[random.below(keys.len())].clone());
        if !["remove", "pop"].contains(&kind) {
            let end = [1, 100, 10_000, longest][random.below(4)];
            words.push(random.below(end).to_string());
        }
    }
    words.join(" ")
}
