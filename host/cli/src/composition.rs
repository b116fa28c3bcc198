//! Composition of components. The Python package includes this file in a program of its own, which
//! runs where this command cannot.

use anyhow::{Context as _, Result, anyhow, bail};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, PlugError};

/// What is wrong with an import of an interface of filemap.
pub(crate) const OTHER_FORM: &str = "which this version of filemap does not provide in that form; \
    build it against the output of `filemap wit`";

/// The version of `wasi:keyvalue` that filemap provides.
const KEYVALUE_VERSION: &str = "0.2.0-draft";

/// The portable components.
pub(crate) struct Providers<'a> {
    /// The one that exports `filemap:data` only.
    pub(crate) data: &'a [u8],
    /// The one that exports `wasi:keyvalue` too.
    pub(crate) keyvalue: &'a [u8],
}

/// Composes a plugin with the portable component that exports what it imports.
///
/// # Errors
///
/// Fails if `plugin` is not a component, if it imports neither `filemap:data` nor the version of
/// `wasi:keyvalue` that filemap provides, or if it imports an interface of these packages in a form
/// that the portable component does not export.
pub(crate) fn compose(plugin: Vec<u8>, providers: &Providers<'_>) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let plugin = Package::from_bytes("filemap:plugin", None, plugin, graph.types_mut())
        .context("it is not a component; build it for the target wasm32-wasip2")?;
    let mut imports = graph.types()[plugin.ty()].imports.keys();
    let needs_keyvalue = imports.any(|name| is_keyvalue(name));
    let provider = if needs_keyvalue { providers.keyvalue } else { providers.data };
    let provider =
        Package::from_bytes("filemap:provider", None, provider.to_vec(), graph.types_mut())?;
    let provider = graph.register_package(provider)?;
    let plugin = graph.register_package(plugin)?;
    wac_graph::plug(&mut graph, vec![provider], plugin).map_err(|error| match error {
        PlugError::NoPlugHappened => {
            anyhow!(
                "it imports neither `filemap:data` nor `wasi:keyvalue@{KEYVALUE_VERSION}`, so it \
                 needs no provider"
            )
        }
        other @ PlugError::GraphError { .. } => other.into(),
    })?;
    let composed = graph.encode(EncodeOptions::default())?;
    // `plug` silently leaves an import open if its version or its types differ.
    let result = Package::from_bytes("filemap:plugged", None, composed.clone(), graph.types_mut())?;
    let imports = graph.types()[result.ty()].imports.keys();
    if let Some(unmet) = imports.into_iter().find(|name| is_provided(name)) {
        bail!("it imports `{unmet}`, {OTHER_FORM}");
    }
    Ok(composed)
}

/// Whether this is the name of an interface of a package that filemap provides. Of `wasi:keyvalue`,
/// other versions are left to the host, as all other interfaces are.
pub(crate) fn is_provided(name: &str) -> bool {
    name.starts_with("filemap:data/") || is_keyvalue(name)
}

fn is_keyvalue(name: &str) -> bool {
    let version = name.strip_prefix("wasi:keyvalue/").and_then(|rest| rest.split_once('@'));
    version.is_some_and(|(_, version)| version == KEYVALUE_VERSION)
}
