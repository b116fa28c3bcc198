//! A check of the links in all pages.

use std::fs;
use std::path::Path;

use super::pages;

/// Returns the lines of a page that are not in blocks of code.
fn prose(page: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    page.lines().filter(move |line| {
        let is_fence = line.trim_start().starts_with("```");
        in_code ^= is_fence;
        !is_fence && !in_code
    })
}

/// Returns the texts and targets of a page's links. The text is that on the line of the target.
fn links(page: &str) -> Vec<(&str, &str)> {
    let mut links = Vec::new();
    for line in prose(page) {
        for (at, _) in line.match_indices("](") {
            let text = line[..at].rsplit('[').next().unwrap_or_default();
            if let Some((target, _)) = line[at + 2..].split_once(')') {
                links.push((text, target));
            }
        }
    }
    links
}

/// Returns the name that a link has as its text, if it leads to a file of Rust: that of a test.
fn test_name<'a>(text: &'a str, target: &str) -> Option<&'a str> {
    let name = text.strip_prefix('`')?.strip_suffix('`')?;
    let is_name = name.contains('_') && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let is_source = Path::new(target).extension().is_some_and(|extension| extension == "rs");
    (is_name && is_source).then_some(name)
}

/// Returns the anchors of a page's headings, as GitHub makes them.
fn anchors(page: &str) -> Vec<String> {
    let headings = prose(page).filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
            title.chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).collect()
        })
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = Vec::new();
    for page in pages::all().unwrap() {
        let path = pages::path(&page);
        let text = fs::read_to_string(&path).unwrap();
        let folder = path.parent().unwrap_or(Path::new(""));
        for (_, target) in links(&text).into_iter().filter(|(_, target)| !target.contains("://")) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let file = if file.is_empty() { path.clone() } else { folder.join(file) };
            let reached = file.exists()
                && (anchor.is_empty()
                    || fs::read_to_string(&file)
                        .is_ok_and(|text| anchors(&text).iter().any(|known| known == anchor)));
            if !reached {
                broken.push(format!("{page}: {target}"));
            }
        }
    }
    assert!(broken.is_empty(), "links lead nowhere: {broken:#?}");
}

#[test]
fn every_test_that_a_page_names_is_in_the_file_that_the_link_leads_to() {
    let mut missing = Vec::new();
    for page in pages::all().unwrap() {
        let path = pages::path(&page);
        let text = fs::read_to_string(&path).unwrap();
        let folder = path.parent().unwrap_or(Path::new(""));
        for (text, target) in links(&text) {
            let Some(name) = test_name(text, target) else { continue };
            let file = fs::read_to_string(folder.join(target)).unwrap_or_default();
            let mut words = file.split(|c: char| !c.is_alphanumeric() && c != '_');
            if !words.any(|word| word == name) {
                missing.push(format!("{page}: {name} in {target}"));
            }
        }
    }
    assert!(missing.is_empty(), "there are no such tests: {missing:#?}");
}

#[test]
fn links_and_anchors_are_read() {
    let page = "# What `x` is\n[a](b) and [`c_d`](e.rs#f)\n```text\n[no](link)\n# no\n```\n";
    assert_eq!(links(page), [("a", "b"), ("`c_d`", "e.rs#f")]);
    assert_eq!(anchors(page), ["what-x-is"]);
    assert_eq!(test_name("`c_d`", "e.rs"), Some("c_d"));
    assert_eq!(test_name("`c_d`", "e.md"), None);
    assert_eq!(test_name("c_d", "e.rs"), None);
}
