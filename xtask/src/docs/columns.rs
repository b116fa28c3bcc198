//! A check of the length of lines, of code and of prose.

use std::fs;

use super::pages;

/// The maximum length of a line, in characters.
const MAX_COLUMNS: usize = 100;

/// Folders whose files are not written by hand: WASI's packages, snapshots of the contract, and
/// bindings.
const GENERATED: [&str; 4] =
    ["wit/deps/", "wit-keyvalue/", "tests/wit/snapshots/", "bindings/c/generated/"];

#[test]
fn no_line_is_longer_than_100_columns() {
    let mut names =
        pages::files(&["rs", "md", "wit", "py", "js", "mjs", "ts", "mts", "c", "h", "html", "css"])
            .unwrap();
    names.retain(|name| !GENERATED.iter().any(|folder| name.contains(folder)));
    assert!(names.len() > 400, "only {} files were found", names.len());
    let long: Vec<_> = names.iter().flat_map(|name| long_lines(name)).collect();
    assert!(long.is_empty(), "wrap these lines:\n{}", long.join("\n"));
}

/// Returns the places of the long lines of a file that can be wrapped.
fn long_lines(name: &str) -> Vec<String> {
    let text = fs::read_to_string(pages::path(name)).unwrap();
    let is_long = |line: &str| line.chars().count() > MAX_COLUMNS && !is_table_row(name, line);
    let numbered = text.lines().enumerate().filter(|(_, line)| is_long(line));
    numbered.map(|(number, _)| format!("{name}:{}", number + 1)).collect()
}

/// Whether a line is a row of a table, which cannot be wrapped: one of Markdown, also in a comment,
/// or one of the dtypes in a generator of test data.
fn is_table_row(name: &str, line: &str) -> bool {
    let text = line.trim_start().trim_start_matches(['/', '!']).trim_start();
    text.starts_with('|') || (name.ends_with("generate/spellings.py") && text.starts_with('{'))
}
