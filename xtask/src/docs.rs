//! `cargo xtask docs`: copies tables of the WIT, and examples, into the pages that show them.
//!
//! The tests of this module also check the pages: that copies are current, that links lead to
//! existing files and headings, that no line is too long, that messages are escaped, and that
//! `ARCHITECTURE.md` describes the present tree, each command and the reason for each dependency.

#[cfg(test)]
mod columns;
#[cfg(test)]
mod commands;
mod copies;
#[cfg(test)]
mod dependencies;
#[cfg(test)]
mod links;
#[cfg(test)]
mod messages;
mod pages;
#[cfg(test)]
mod tree;

use std::fs;

use anyhow::{Context as _, Result};

/// Brings every page up to date.
pub(crate) fn run() -> Result<()> {
    for page in pages::all()? {
        let path = pages::path(&page);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read `{page}`"))?;
        let updated = copies::updated(&text).with_context(|| format!("in `{page}`"))?;
        if updated != text {
            fs::write(&path, updated).with_context(|| format!("cannot write `{page}`"))?;
            println!("updated {page}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{copies, pages};

    #[test]
    fn pages_show_the_tables_and_examples_of_today() {
        for page in pages::all().unwrap() {
            let text = fs::read_to_string(pages::path(&page)).unwrap();
            let updated = copies::updated(&text).unwrap_or_else(|error| panic!("{page}: {error}"));
            assert!(
                text == updated,
                "`{page}` differs from the files that it copies; run `cargo xtask docs`"
            );
        }
    }
}
