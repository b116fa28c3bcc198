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

/// Returns the targets of a page's links.
fn targets(page: &str) -> Vec<&str> {
    let links = prose(page).flat_map(|line| line.split("](").skip(1));
    links.filter_map(|rest| rest.split_once(')').map(|(target, _)| target)).collect()
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
        for target in targets(&text).into_iter().filter(|target| !target.contains("://")) {
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
fn links_and_anchors_are_read() {
    let page = "# What `x` is\n[a](b) and [c](d#e)\n```text\n[no](link)\n# no\n```\n";
    assert_eq!(targets(page), ["b", "d#e"]);
    assert_eq!(anchors(page), ["what-x-is"]);
}
