//! A table of sizes.

use std::fmt::Write as _;

/// Formats the `count` largest rows, each with its share of `total` in percent. If those are all
/// rows, adds their sum.
pub(super) fn format(mut rows: Vec<(String, usize)>, total: usize, count: usize) -> String {
    rows.sort_by(|(one, bytes), (other, others)| others.cmp(bytes).then_with(|| one.cmp(other)));
    let mut text = format!("{:>9}  {:>5}\n", "bytes", "%");
    let mut line = |name: &str, bytes: usize| {
        let tenths = (bytes * 1000 + total / 2) / total.max(1);
        writeln!(text, "{bytes:>9}  {:>3}.{}  {name}", tenths / 10, tenths % 10)
            .expect("writing to a string does not fail");
    };
    for (name, bytes) in rows.iter().take(count) {
        line(name, *bytes);
    }
    if count >= rows.len() {
        line("all", rows.iter().map(|(_, bytes)| bytes).sum());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::format;

    #[test]
    fn the_largest_come_first() {
        let rows = vec![("b".to_owned(), 1), ("c".to_owned(), 1500), ("a".to_owned(), 1)];
        let expected = "    bytes      %\n     1500   99.9  c\n        1    0.1  a\n        1    \
            0.1  b\n     1502  100.0  all\n";
        assert_eq!(format(rows.clone(), 1502, usize::MAX), expected);
        assert_eq!(format(rows, 1502, 1), "    bytes      %\n     1500   99.9  c\n");
    }
}
