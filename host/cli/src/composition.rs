//! Composition of components. The Python package includes this file in a program of its own, which
//! runs where this command cannot.

use anyhow::{Context as _, Result, anyhow, bail};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, PlugError};

/// Composes a plugin with the portable component, whose bytes are `provider`.
///
/// # Errors
///
/// Fails if `plugin` is not a component, if it does not import `filemap:data`, or if it imports an
/// interface of that package in a form that the portable component does not export.
pub(crate) fn compose(plugin: Vec<u8>, provider: &[u8]) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let provider =
        Package::from_bytes("filemap:provider", None, provider.to_vec(), graph.types_mut())?;
    let provider = graph.register_package(provider)?;
    let plugin = Package::from_bytes("filemap:plugin", None, plugin, graph.types_mut())
        .context("it is not a component; build it for the target wasm32-wasip2")?;
    let plugin = graph.register_package(plugin)?;
    wac_graph::plug(&mut graph, vec![provider], plugin).map_err(|error| match error {
        PlugError::NoPlugHappened => {
            anyhow!("it does not import `filemap:data`, so it needs no provider")
        }
        other @ PlugError::GraphError { .. } => other.into(),
    })?;
    let composed = graph.encode(EncodeOptions::default())?;
    // `plug` silently leaves an import open if its version or its types differ.
    let result = Package::from_bytes("filemap:plugged", None, composed.clone(), graph.types_mut())?;
    let imports = graph.types()[result.ty()].imports.keys();
    if let Some(unmet) = imports.into_iter().find(|name| name.starts_with("filemap:data/")) {
        bail!(
            "it imports `{unmet}`, which this version of filemap does not provide in that form; \
             build it against the output of `filemap wit`"
        );
    }
    Ok(composed)
}
