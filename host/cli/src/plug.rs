//! `filemap plug`: composes a plugin with the portable component.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use filemap_component::{COMPONENT, KEYVALUE_COMPONENT};

use crate::composition::{self, Providers};
use crate::output;

const HELP: &str = "\
Example:
  filemap plug plugin.wasm -o portable.wasm
  wasmtime run --dir data portable.wasm";

/// Compose a plugin with the portable component, to run on every WASI 0.2 host
///
/// The result is one component. It has the exports of the plugin, and WASI imports in place of
/// `filemap:data` and of `wasi:keyvalue@0.2.0-draft`, so it runs on hosts that know nothing of
/// either.
#[derive(clap::Args)]
#[command(after_long_help = HELP)]
pub(crate) struct Plug {
    /// Plugin to compose, a component that imports `filemap:data` or `wasi:keyvalue`
    #[arg(value_name = "PLUGIN.wasm")]
    plugin: PathBuf,

    /// File to write, or `-` for standard output
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
/// Fails if `plugin` is not a component, if it imports neither `filemap:data` nor
/// `wasi:keyvalue@0.2.0-draft`, or if it imports an interface of these packages in a form that the
/// portable component does not export.
pub fn compose(plugin: Vec<u8>) -> Result<Vec<u8>> {
    let providers = Providers { data: COMPONENT, keyvalue: KEYVALUE_COMPONENT };
    composition::compose(plugin, &providers)
}
