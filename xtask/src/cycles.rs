//! `cargo xtask cycles`: finds import cycles among the modules of every target.
//!
//! Module A imports module B if the code of A names an item that B defines. The name may be in a
//! `use` declaration, in code, or among the tokens of a macro. Re-exports are followed to the
//! definition.
//!
//! A module may import its ancestors and its descendants. Imports between siblings must form no
//! cycle, where each sibling counts together with its descendants. This rule excludes cycles
//! between any two files that are not ancestor and descendant: the files of a cycle have a nearest
//! common ancestor, and the cycle passes through at least two of its children.
//!
//! Code under `#[cfg(test)]` may import everything, because nothing imports it. The check does not
//! see method calls that name neither the type nor the trait, files of `include!`, and macros that
//! modules get by `#[macro_use]`.

mod cycle;
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
To break a cycle, choose the import with the fewest places. Move the imported item into a module
that imports neither of the two, or move the code that uses the item into a module that may import
both.";

/// Checks all targets of the workspace in the current directory.
///
/// # Errors
///
/// Fails with a description of every cycle, or if a file cannot be read or parsed.
pub(crate) fn run() -> Result<()> {
    let mut metadata = command("cargo metadata --no-deps --format-version 1");
    let metadata: Value = serde_json::from_str(&stdout_of(&mut metadata)?)?;
    let root = Path::new(
        metadata["workspace_root"]
            .as_str()
            .context("`cargo metadata` printed no `workspace_root`")?,
    );
    let source = |path: &Path| fs::read_to_string(root.join(path)).ok();
    // A set, because targets that share files report the same cycles.
    let mut cycles = BTreeSet::new();
    let targets = targets(&metadata, root);
    for target in &targets {
        let tree = Tree::read(target, &source)?;
        cycles.extend(cycle::cycles(&tree).iter().map(ToString::to_string));
    }
    if !cycles.is_empty() {
        let list = cycles.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
        bail!("import cycles: {}\n\n{list}\n{ADVICE}", cycles.len());
    }
    println!("no import cycles in {} targets", targets.len());
    Ok(())
}

/// Returns the root files of all targets, relative to the root of the workspace.
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
