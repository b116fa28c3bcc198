//! `filemap component`: writes the portable component.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use filemap_component::COMPONENT;

use crate::output;

/// Write the portable component, which provides `filemap:data` over WASI 0.2
///
/// Any tool for components can compose it with a plugin. `filemap plug` does both in one step.
#[derive(clap::Args)]
pub(crate) struct Component {
    /// File to write, or `-` for standard output
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Component {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        output::write(&self.output, COMPONENT)?;
        Ok(ExitCode::SUCCESS)
    }
}
