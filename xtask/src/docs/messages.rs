//! A check that messages escape what they quote.

use std::fs;

use super::pages;

/// Folders whose code writes messages about names, keys and texts of other origin.
const CODE: [&str; 2] = ["src/", "host/src/"];

#[test]
fn errors_are_written_by_the_macro_that_escapes_what_they_quote() {
    let mut names = pages::files(&["rs"]).unwrap();
    names.retain(|name| CODE.iter().any(|folder| name.starts_with(folder)));
    assert!(names.len() > 100, "only {} files were found", names.len());
    let found: Vec<_> = names.iter().filter(|name| formats_an_error(name)).collect();
    assert!(found.is_empty(), "use `message!` in place of `format!` for the errors in {found:?}");
}

/// Whether a file has `Error::Case(format!(`, also in several lines.
fn formats_an_error(name: &str) -> bool {
    let text: String = fs::read_to_string(pages::path(name)).unwrap().split_whitespace().collect();
    text.match_indices("(format!(").any(|(at, _)| {
        let before = text[..at].trim_end_matches(char::is_alphanumeric);
        before.ends_with("Error::")
    })
}
