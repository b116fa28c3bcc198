//! `filemap plug` as a program for WASI 0.2.
//!
//! The command `filemap` needs Linux. Elsewhere the Python package runs this program in Wasmtime.
//! Its argument is the file of the portable component. It reads the plugin from standard input and
//! writes the composed component to standard output.

#[path = "../../../../host/cli/src/composition.rs"]
mod composition;

use std::io::{self, Read as _, Write as _};

use anyhow::{Context as _, Result};

fn main() -> Result<()> {
    let component = std::env::args().nth(1).context("no argument names the portable component")?;
    let provider =
        std::fs::read(&component).with_context(|| format!("failed to read `{component}`"))?;
    let mut plugin = Vec::new();
    io::stdin().lock().read_to_end(&mut plugin).context("failed to read the plugin")?;
    let composed = composition::compose(plugin, &provider)?;
    io::stdout().lock().write_all(&composed).context("failed to write the composed component")
}
