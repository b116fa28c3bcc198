//! `filemap plug` as a program for WASI 0.2.
//!
//! The command `filemap` needs Linux. Elsewhere the Python package runs this program in Wasmtime.
//! Its arguments are the files of the two portable components: the one with `filemap:data` only,
//! and the one with `wasi:keyvalue` too. It reads the plugin from standard input and writes the
//! composed component to standard output.

#[path = "../../../../host/cli/src/composition.rs"]
mod composition;

use std::io::{self, Read as _, Write as _};

use anyhow::{Context as _, Result};

fn main() -> Result<()> {
    let read = |number| {
        let file = std::env::args().nth(number).context("two arguments name the components")?;
        std::fs::read(&file).with_context(|| format!("failed to read `{file}`"))
    };
    let (data, keyvalue) = (read(1)?, read(2)?);
    let mut plugin = Vec::new();
    io::stdin().lock().read_to_end(&mut plugin).context("failed to read the plugin")?;
    let composed =
        composition::compose(plugin, &composition::Providers { data: &data, keyvalue: &keyvalue })?;
    io::stdout().lock().write_all(&composed).context("failed to write the composed component")
}
