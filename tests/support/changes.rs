//! Random changes of a store, as lines for test programs. `tests/programs/src/changes.rs` describes
//! the lines.

use super::random::Random;

/// Returns `count` random changes of these keys, one on each line. A new value has fewer than
/// `max_length` bytes after its header.
pub(crate) fn changes(
    random: &mut Random,
    keys: &[String],
    count: usize,
    max_length: usize,
) -> String {
    (0..count).map(|_| change(random, keys, max_length) + "\n").collect()
}

fn change(random: &mut Random, keys: &[String], max_length: usize) -> String {
    let kinds = ["set", "parts", "writer", "default", "update", "remove", "pop"];
    let kind = kinds[random.below(kinds.len())];
    let count = if kind == "update" { 1 + random.below(keys.len()) } else { 1 };
    let mut words = vec![kind.to_owned()];
    for _ in 0..count {
        words.push(keys[random.below(keys.len())].clone());
        if !["remove", "pop"].contains(&kind) {
            let end = [1, 100, 10_000, max_length][random.below(4)];
            words.push(random.below(end).to_string());
        }
    }
    words.join(" ")
}
