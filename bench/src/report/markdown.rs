//! Tables as Markdown.

use super::{Measured, Row};
use crate::measurement::Times;

/// Returns a table as Markdown: a column for each way, with the median and the ratio.
pub(super) fn markdown(table: &Measured) -> String {
    let mut columns: Vec<&str> = Vec::new();
    for times in table.rows.iter().flat_map(|row| &row.times) {
        if !columns.contains(&times.name) {
            columns.push(times.name);
        }
    }
    let mut text = format!("## {}\n\n{}\n\n| |", table.title, wrap(table.text));
    for column in &columns {
        text.extend([" ", column, " |"]);
    }
    text += " spread |\n|---|";
    text += &"---|".repeat(columns.len() + 1);
    text.push('\n');
    for row in &table.rows {
        let mut spread = 0.0_f64;
        text.extend(["| ", &row.name, " |"]);
        for column in &columns {
            if let Some(times) = row.times.iter().find(|times| times.name == *column) {
                spread = spread.max(times.spread());
                text.extend([" ", &cell(row, times)]);
            }
            text += " |";
        }
        text.extend([" ", &format!("{:.0}", spread * 100.0), " % |\n"]);
    }
    text.push('\n');
    text
}

/// Returns the median and, unless it is the reference, how many times as fast as the reference.
fn cell(row: &Row, times: &Times) -> String {
    let median = times.median();
    let mut text = duration(median);
    if row.bytes >= 1 << 20 {
        text.extend([", ", &format!("{:.1}", row.bytes as f64 / median / 1e9), " GB/s"]);
    }
    if times.name != row.reference {
        text.extend([" (**", &three_digits(row.ratio(times)), "**)"]);
    }
    text
}

fn duration(seconds: f64) -> String {
    match seconds {
        0.0..1e-6 => format!("{} ns", three_digits(seconds * 1e9)),
        1e-6..1e-3 => format!("{} µs", three_digits(seconds * 1e6)),
        1e-3..1.0 => format!("{} ms", three_digits(seconds * 1e3)),
        _ => format!("{} s", three_digits(seconds)),
    }
}

fn three_digits(number: f64) -> String {
    match number {
        0.0..9.995 => format!("{number:.2}"),
        9.995..99.95 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    }
}

/// Breaks a text into lines of at most 100 columns.
fn wrap(text: &str) -> String {
    let (mut wrapped, mut column) = (String::new(), 0);
    for word in text.split_whitespace() {
        if column > 0 && column + 1 + word.len() > 100 {
            wrapped.push('\n');
            column = 0;
        } else if column > 0 {
            wrapped.push(' ');
            column += 1;
        }
        wrapped += word;
        column += word.len();
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits() {
        assert_eq!(duration(1.234_567e-7), "123 ns");
        assert_eq!(duration(9.999e-6), "10.0 µs");
        assert_eq!(duration(0.012_34), "12.3 ms");
        assert_eq!(duration(1.5), "1.50 s");
    }

    #[test]
    fn a_table_has_a_column_for_each_way() {
        let times = |name, seconds| Times { name, seconds: vec![seconds] };
        let row = Row {
            name: "get".to_owned(),
            x: None,
            bytes: 0,
            reference: "zict",
            times: vec![times("native", 2e-6), times("zict", 5e-6)],
        };
        let other = Row {
            name: "set".to_owned(),
            x: None,
            bytes: 1 << 20,
            reference: "zict",
            times: vec![times("zict", 1e-3)],
        };
        let table = Measured {
            name: "store",
            title: "Stores",
            text: "Some.",
            grows: None,
            rows: vec![row, other],
        };
        let expected = "## Stores\n\nSome.\n\n\
            | | native | zict | spread |\n|---|---|---|---|\n\
            | get | 2.00 µs (**2.50**) | 5.00 µs | 0 % |\n\
            | set | | 1.00 ms, 1.0 GB/s | 0 % |\n\n";
        assert_eq!(markdown(&table), expected);
    }
}
