//! The pages of documentation: all Markdown files of the repository.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::root;

/// Returns the paths of all pages, relative to the root of the repository, sorted.
pub(crate) fn all() -> Result<Vec<String>> {
    files(&["md"])
}

/// Returns the paths of all files with one of these extensions, relative to the root of the
/// repository, sorted.
pub(crate) fn files(extensions: &[&str]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    find(root(), extensions, &mut found)?;
    found.sort();
    Ok(found)
}

/// Returns the path of a file that is named relative to the root of the repository.
pub(crate) fn path(name: &str) -> PathBuf {
    root().join(name)
}

/// Returns the names of the folders directly in a folder, without hidden ones and build output.
pub(crate) fn folders(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in entries(folder)? {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_output = ["target", "node_modules", "dist"].contains(&name.as_str());
        if entry.file_type()?.is_dir() && !is_output && !name.starts_with(['.', '_']) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn find(folder: &Path, extensions: &[&str], found: &mut Vec<String>) -> Result<()> {
    for entry in entries(folder)? {
        let path = entry.path();
        let extension = path.extension().unwrap_or_default();
        if extensions.iter().any(|wanted| extension == *wanted) {
            let relative = path.strip_prefix(root())?;
            found.push(relative.to_string_lossy().into_owned());
        }
    }
    for name in folders(folder)? {
        find(&folder.join(name), extensions, found)?;
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<fs::DirEntry>> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect);
    entries.with_context(|| format!("cannot list `{}`", folder.display()))
}
