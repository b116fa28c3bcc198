//! The table of `docs/embedding.md`, the functions of `CtxBuilder`, the fields of `Usage` and the
//! options of `filemap run` agree.

use std::collections::BTreeSet;
use std::fs;

use filemap_host::CtxBuilder;

use super::support::command::{filemap, succeeds};
use super::support::programs::root;

/// The functions whose limit has no amount that is in use between calls.
const WITHOUT_USAGE: [&str; 4] =
    ["max_file_size", "max_scanned", "max_threads", "max_touched_pages"];

/// The options that are no limits of filemap.
const OPTIONS_OF_RUN: [&str; 3] = ["max_descriptors", "max_memory", "max_resources"];

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The words that begin with `max_` and follow `before`.
fn names<'a>(text: &'a str, before: &str) -> BTreeSet<&'a str> {
    let end = |rest: &str| {
        rest.find(|byte: char| !byte.is_ascii_lowercase() && byte != '_').unwrap_or(rest.len())
    };
    text.split(before)
        .skip(1)
        .map(|rest| &rest[..end(rest)])
        .filter(|it| it.starts_with("max_"))
        .collect()
}

fn functions(text: &str) -> BTreeSet<&str> {
    names(text, "pub const fn ")
}

#[test]
fn the_table_has_a_row_for_each_function() {
    let caps = read("host/src/context/caps.rs");
    let page = read("docs/embedding.md");
    let section = page.split("## Caps of the native provider").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows: Vec<_> = section.lines().filter(|line| line.starts_with('|')).collect();
    let rows = rows.join("\n");
    assert_eq!(names(&rows, "| `"), functions(&caps));
}

#[test]
fn usage_has_a_field_for_each_function() {
    let caps = read("host/src/context/caps.rs");
    let usage = CtxBuilder::new().build().usage();
    let mut fields: BTreeSet<_> =
        usage.named().iter().map(|(name, _, _)| format!("max_{name}")).collect();
    fields.extend(WITHOUT_USAGE.map(String::from));
    let functions: BTreeSet<_> = functions(&caps).into_iter().map(String::from).collect();
    assert_eq!(fields, functions);
}

#[test]
fn the_command_has_an_option_for_each_function() {
    let caps = read("host/src/context/caps.rs");
    let help = succeeds(filemap().args(["run", "--help"])).replace('-', "_");
    let mut functions = functions(&caps);
    functions.extend(OPTIONS_OF_RUN);
    assert_eq!(names(&help, "      __"), functions);
}

#[test]
fn the_python_package_has_an_option_for_each_of_the_command() {
    let python = read("bindings/python/src/filemap/_run.py");
    let help = succeeds(filemap().args(["run", "--help"])).replace('-', "_");
    let mut names_in_python = names(&python, "        \"");
    names_in_python.insert("max_memory");
    assert_eq!(names_in_python, names(&help, "      __"));
    assert!(python.contains("\"fuel\": fuel"), "{python}");
}
