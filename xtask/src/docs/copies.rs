//! Copies of tables and examples in a page, each between two comments.
//!
//! The first comment names the file, and for a table of the WIT also the heading of its first
//! column:
//!
//! ```text
//! <!-- begin wit/store.wit, zict -->
//! <!-- end -->
//! ```
//!
//! A file without a heading is copied whole, as a block of code. Its comment may also say under
//! which name a reader saves it (`<!-- begin plugin/examples/sums.rs as src/main.rs -->`), for the
//! tests that follow a page.

use std::fs;

use anyhow::{Context as _, Result};

use super::pages;

const BEGIN: &str = "<!-- begin ";
const END: &str = "<!-- end -->";

/// Returns the text of a page with all copies updated.
pub(crate) fn updated(page: &str) -> Result<String> {
    let mut result = String::new();
    let mut lines = page.split_inclusive('\n');
    while let Some(line) = lines.next() {
        result.push_str(line);
        let Some(source) = line.strip_prefix(BEGIN) else { continue };
        let source = source.trim_end().strip_suffix(" -->").context("a marker has no end")?;
        result.push_str(&copy(source).with_context(|| format!("cannot copy `{source}`"))?);
        let end = lines.find(|line| line.trim_end() == END);
        let end = end.with_context(|| format!("`{source}` is not followed by `{END}`"))?;
        result.push_str(end);
    }
    Ok(result)
}

/// Returns the text that belongs between the comments for this source.
fn copy(source: &str) -> Result<String> {
    let (file, heading) = source.split_once(", ").unwrap_or((source, ""));
    let (file, _name) = file.split_once(" as ").unwrap_or((file, ""));
    let content = fs::read_to_string(pages::path(file))?;
    if heading.is_empty() {
        let language = file.rsplit_once('.').map_or("", |(_, extension)| extension);
        let language = if language == "rs" { "rust" } else { language };
        return Ok(format!("```{language}\n{content}```\n"));
    }
    table(&content, heading).with_context(|| format!("it has no table that begins `| {heading} |`"))
}

/// Returns the table in a WIT file's doc comments whose first column has this heading.
fn table(wit: &str, heading: &str) -> Option<String> {
    let first = format!("| {heading} |");
    let lines = wit.lines().map(|line| line.trim_start().strip_prefix("/// ").unwrap_or_default());
    let rows = lines.skip_while(|line| !line.starts_with(&first));
    let rows: Vec<_> = rows.take_while(|line| line.starts_with('|')).collect();
    (!rows.is_empty()).then(|| rows.join("\n") + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIT: &str = "\
        /// | a | b |\n\
        /// |---|---|\n\
        /// | 1 | 2 |\n\
        /// \n\
        interface x {\n\
        \x20 /// | c |\n\
        \x20 /// |---|\n\
        }\n";

    #[test]
    fn tables_are_found_by_their_first_heading() {
        assert_eq!(table(WIT, "a").unwrap(), "| a | b |\n|---|---|\n| 1 | 2 |\n");
        assert_eq!(table(WIT, "c").unwrap(), "| c |\n|---|\n");
        assert_eq!(table(WIT, "b"), None);
    }

    #[test]
    fn text_outside_of_the_comments_stays() {
        let page = "before\n<!-- begin wit/store.wit, zict -->\nold\n<!-- end -->\nafter\n";
        let result = updated(page).unwrap();
        assert!(result.starts_with("before\n<!-- begin wit/store.wit, zict -->\n| zict |"));
        assert!(result.ends_with(" |\n<!-- end -->\nafter\n"));
        assert!(!result.contains("old"));
        assert_eq!(updated(&result).unwrap(), result);
    }

    #[test]
    fn wrong_comments_are_errors() {
        for page in [
            "<!-- begin wit/store.wit, zict -->\n",
            "<!-- begin wit/store.wit, nothing -->\n<!-- end -->\n",
            "<!-- begin wit/missing.wit, zict -->\n<!-- end -->\n",
            "<!-- begin wit/store.wit\n<!-- end -->\n",
        ] {
            updated(page).unwrap_err();
        }
    }
}
