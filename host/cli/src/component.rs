//! `filemap component`: the portable component.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use filemap_component::COMPONENT;

use crate::output;

/// Write the portable component, which provides `filemap:data` over WASI filesystem calls
///
/// Compose it with a plugin by any tool for components; `filemap plug` is the short way.
#[derive(clap::Args)]
pub(crate) struct Component {
    /// Where to write it; `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Component {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        output::write(&self.output, COMPONENT)?;
        Ok(ExitCode::SUCCESS)
    }
}
