//! `cargo xtask size`: prints the size of the portable component and of its parts.
//!
//! Every plugged plugin contains the component, so its size matters. It is built as
//! `component/build.rs` does, and a second time with the names of its functions. Both builds have
//! the same code.

mod component;
mod parts;
mod table;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;

use anyhow::{Context as _, Result, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use wasm_build::Build;

use crate::process::step;
use crate::{root, target, wasm_target};
use component::{Component, Function};

/// Builds the component twice, and prints the sizes of its parts and of its `count` largest
/// functions.
pub(crate) fn run(count: usize) -> Result<()> {
    wasm_target::install()?;
    step("building the portable component, and once more with the names of its functions");
    let (stripped, _) = wasm_build::component(root(), target()?.join("wasm"))?;
    // In another folder, because the file has the same name.
    let build = wasm_build::component_build(root(), target()?.join("wasm-names"));
    let named = read(&build.keep_names())?;
    let (component, functions) =
        (Component::read(&stripped)?, Component::read(&named)?.module.functions);
    let sizes =
        |functions: &[Function]| functions.iter().map(|function| function.size).collect::<Vec<_>>();
    let differ =
        "the names belong to another build; delete the folder `wasm-names` in the target directory";
    ensure!(sizes(&component.module.functions) == sizes(&functions), differ);

    let mut part_sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for Function { name, size } in &functions {
        *part_sizes.entry(parts::part_of(name)).or_default() += size;
    }
    part_sizes.extend(component.rest());
    let sum: usize = part_sizes.values().sum();
    ensure!(
        sum == stripped.len(),
        "the parts have {sum} bytes, but the component has {}",
        stripped.len()
    );
    let rows = part_sizes.into_iter().map(|(part, bytes)| (part.to_owned(), bytes)).collect();
    print!("\n{}", table::format(rows, sum, usize::MAX));
    println!("{:>9}         gzipped", gzipped(&stripped)?);
    if count > 0 {
        let rows = functions
            .into_iter()
            .map(|function| (parts::demangled(&function.name), function.size))
            .collect();
        print!("\n{}", table::format(rows, sum, count));
    }
    Ok(())
}

/// Runs a build and returns the component.
fn read(build: &Build) -> Result<Vec<u8>> {
    let path = build.run()?.wasm.remove(0);
    fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))
}

/// Returns the size after `gzip -9`.
fn gzipped(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}
