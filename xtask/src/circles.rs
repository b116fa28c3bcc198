//! `cargo xtask circles`: finds circles of imports among the modules of every target.
//!
//! Module A imports module B where the code of A names an item that B defines. The name may be in a
//! `use` declaration, in code, or among the tokens of a macro; re-exports are followed to the
//! definition. A module and its own ancestors and descendants may import each other freely. Beyond
//! that the rule is: among the children of one module, each taken together with its descendants,
//! the imports form no circle.
//!
//! This rule covers circles of single files too. The files of such a circle have a nearest common
//! ancestor, and the circle leads through at least two of its children.
//!
//! Code under `#[cfg(test)]` may import everything, since nothing imports it. Not seen: methods of
//! traits and types that are called without naming either, files of `include!`, and macros that
//! reach other modules by `#[macro_use]`.

mod circle;
mod imports;
mod names;
mod resolve;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::process::{command, stdout_of};
use tree::Tree;

const ADVICE: &str = "\
Of two modules, one has to be below the other. To break a circle, look at the import with the fewest
places: move the named item into a module below both, or move the code that names it up, into the
module that may import both.";

/// Checks all targets of the workspace in the current directory.
///
/// # Errors
///
/// Fails with a description of every circle, and where a file cannot be read or parsed.
pub(crate) fn run() -> Result<()> {
    let mut metadata = command("cargo metadata --no-deps --format-version 1");
    let metadata: Value = serde_json::from_str(&stdout_of(&mut metadata)?)?;
    let root = Path::new(metadata["workspace_root"].as_str().context("cargo names no root")?);
    let source = |path: &Path| fs::read_to_string(root.join(path)).ok();
    // Several targets share files, and then circles.
    let mut circles = BTreeSet::new();
    let targets = targets(&metadata, root);
    for target in &targets {
        let tree = Tree::read(target, &source)?;
        circles.extend(circle::circles(&tree).iter().map(ToString::to_string));
    }
    if !circles.is_empty() {
        let list = circles.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
        bail!("circles of imports: {}\n\n{list}\n{ADVICE}", circles.len());
    }
    println!("no circles of imports in {} targets", targets.len());
    Ok(())
}

/// The root files of all targets, relative to the root of the workspace.
fn targets(metadata: &Value, root: &Path) -> BTreeSet<PathBuf> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let targets = list(&metadata["packages"]).into_iter().flat_map(|package| {
        let targets = list(&package["targets"]);
        targets.into_iter().filter_map(|target| target["src_path"].as_str().map(PathBuf::from))
    });
    targets
        .map(|path| tree::normalized(&path))
        .map(|path| path.strip_prefix(root).map(Path::to_path_buf).unwrap_or(path))
        .collect()
}
