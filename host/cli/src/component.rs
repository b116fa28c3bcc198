//! `filemap component`: writes the portable component.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use filemap_component::{COMPONENT, KEYVALUE_COMPONENT};

use crate::output;

/// Write the portable component, which provides `filemap:data` over WASI 0.2
///
/// Any tool for components can compose it with a plugin. `filemap plug` does both in one step.
#[derive(clap::Args)]
pub(crate) struct Component {
    /// File to write, or `-` for standard output
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// Write the component that provides `wasi:keyvalue@0.2.0-draft` too
    #[arg(long)]
    keyvalue: bool,
}

impl Component {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let component = if self.keyvalue { KEYVALUE_COMPONENT } else { COMPONENT };
        output::write(&self.output, component)?;
        Ok(ExitCode::SUCCESS)
    }
}
