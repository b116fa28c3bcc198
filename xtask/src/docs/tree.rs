//! Checks of the table "The tree" in `ARCHITECTURE.md`, and the parser of its tables.

use std::fs;

use super::pages;

/// The folders whose folders the table has to name, each.
const COMPLETE: [&str; 3] = ["", "src/", "host/src/"];

/// Returns the paths in the first column of the table under this heading of a page.
pub(crate) fn first_column(page: &str, heading: &str) -> Vec<String> {
    let heading = format!("\n## {heading}\n");
    let (_, section) = page.split_once(&heading).expect("the page has this heading");
    let section = section.split("\n## ").next().unwrap_or(section);
    let cells = section.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let mut names = Vec::new();
    for cell in cells {
        names.extend(cell.split('`').skip(1).step_by(2).map(str::to_owned));
    }
    names
}

fn named() -> Vec<String> {
    let page = fs::read_to_string(pages::path("ARCHITECTURE.md")).unwrap();
    first_column(&page, "The tree")
}

#[test]
fn every_path_in_the_tree_exists() {
    let missing: Vec<_> = named().into_iter().filter(|name| !pages::path(name).exists()).collect();
    assert!(
        missing.is_empty(),
        "`ARCHITECTURE.md` names paths that do not exist: {missing:?}; correct its table"
    );
}

#[test]
fn every_folder_is_in_the_tree() {
    let named = named();
    let mut missing = Vec::new();
    for parent in COMPLETE {
        for folder in pages::folders(&pages::path(parent)).unwrap() {
            let folder = format!("{parent}{folder}/");
            if !named.iter().any(|name| name.starts_with(&folder)) {
                missing.push(folder);
            }
        }
    }
    assert!(
        missing.is_empty(),
        "`ARCHITECTURE.md` does not say what is in {missing:?}; add them to its table"
    );
}

#[test]
fn the_first_column_is_read() {
    let page = "## Before\n\n| `no` | x |\n\n## Tree\n\n| where | what |\n|---|---|\n| `a/`, `b` \
                | `c` |\n\n## After\n\n| `d` | y |\n";
    assert_eq!(first_column(page, "Tree"), ["a/", "b"]);
}
