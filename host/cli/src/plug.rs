//! `filemap plug`: a plugin and the portable component made into one.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow, bail};
use filemap_component::COMPONENT;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, PlugError};

use crate::output;

/// Compose a plugin with the portable component into one that runs on any WASI 0.2 host
#[derive(clap::Args)]
pub(crate) struct Plug {
    /// The plugin: a component that imports `filemap:data`
    #[arg(value_name = "PLUGIN.wasm")]
    plugin: PathBuf,

    /// Where to write the composition; `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Plug {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let name = self.plugin.display();
        let plugin =
            std::fs::read(&self.plugin).with_context(|| format!("failed to read `{name}`"))?;
        let composed = compose(plugin).with_context(|| format!("failed to plug `{name}`"))?;
        output::write(&self.output, &composed)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Composes a plugin with the portable component, as `filemap plug` does.
///
/// # Errors
///
/// Fails if `plugin` is not a component, imports nothing of `filemap:data`, or imports an interface
/// of it that the portable component does not export.
pub fn compose(plugin: Vec<u8>) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let provider = Package::from_bytes("filemap:provider", None, COMPONENT, graph.types_mut())?;
    let provider = graph.register_package(provider)?;
    let plugin = Package::from_bytes("filemap:plugin", None, plugin, graph.types_mut())
        .context("it is not a component; build it for the target wasm32-wasip2")?;
    let plugin = graph.register_package(plugin)?;
    wac_graph::plug(&mut graph, vec![provider], plugin).map_err(|error| match error {
        PlugError::NoPlugHappened => {
            anyhow!("it imports nothing of `filemap:data`, and so needs no provider")
        }
        other @ PlugError::GraphError { .. } => other.into(),
    })?;
    let composed = graph.encode(EncodeOptions::default())?;
    // An interface of another version, or with other types, is not matched, and nothing says so.
    let result = Package::from_bytes("filemap:plugged", None, composed.clone(), graph.types_mut())?;
    let imports = graph.types()[result.ty()].imports.keys();
    if let Some(unmet) = imports.into_iter().find(|name| name.starts_with("filemap:data/")) {
        bail!(
            "it imports `{unmet}` as this version of filemap does not have it: build it against \
             `filemap wit`"
        );
    }
    Ok(composed)
}
