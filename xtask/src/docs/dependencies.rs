//! A check of the table "Dependencies" in `ARCHITECTURE.md`.

use std::fs;

use super::{pages, tree};

/// Returns the crates of others in the table `[workspace.dependencies]` of a manifest.
fn of_manifest(manifest: &str) -> Vec<String> {
    let lines = manifest.lines().skip_while(|line| *line != "[workspace.dependencies]").skip(1);
    let lines =
        lines.take_while(|line| !line.starts_with('[')).filter(|line| !line.contains("path"));
    let is_name =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let names = lines.filter_map(|line| line.split_once(" = ").map(|(name, _)| name));
    names.filter(|name| is_name(name)).map(str::to_owned).collect()
}

#[test]
fn every_dependency_has_a_reason() {
    let manifest = fs::read_to_string(pages::path("Cargo.toml")).unwrap();
    let page = fs::read_to_string(pages::path("ARCHITECTURE.md")).unwrap();
    let (mut used, mut listed) =
        (of_manifest(&manifest), tree::first_column(&page, "Dependencies"));
    used.sort();
    listed.sort();
    assert_eq!(
        listed, used,
        "the table of dependencies in `ARCHITECTURE.md` (left) has to list each crate in \
         `[workspace.dependencies]` (right) once"
    );
}
