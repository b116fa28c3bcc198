//! `filemap wit`: the interface that plugins are written against.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::output;

/// A file below the folder `wit`, by its name there.
macro_rules! file {
    ($name:literal) => {
        ($name, include_str!(concat!("../wit/", $name)))
    };
}

/// The package `filemap:data`. The first file names the package, so that all of them in this order
/// are one file too.
const PACKAGE: [(&str, &str); 7] = [
    file!("world.wit"),
    file!("errors.wit"),
    file!("store.wit"),
    file!("array.wit"),
    file!("mapping.wit"),
    file!("descriptors.wit"),
    file!("bulk.wit"),
];

/// The WASI packages that it refers to, in the version that suffices.
const DEPENDENCIES: [(&str, &str); 11] = [
    file!("deps/cli/run.wit"),
    file!("deps/clocks/monotonic-clock.wit"),
    file!("deps/clocks/wall-clock.wit"),
    file!("deps/clocks/world.wit"),
    file!("deps/filesystem/preopens.wit"),
    file!("deps/filesystem/types.wit"),
    file!("deps/filesystem/world.wit"),
    file!("deps/io/error.wit"),
    file!("deps/io/poll.wit"),
    file!("deps/io/streams.wit"),
    file!("deps/io/world.wit"),
];

/// Print the WIT package `filemap:data`, which is the specification
#[derive(clap::Args)]
pub(crate) struct Wit {
    /// Write it as a folder instead, with the WASI packages that it needs in `deps`: what bindings
    /// generators read
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

impl Wit {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let Some(folder) = &self.output else {
            output::print(PACKAGE.map(|(_, text)| text).join("\n").as_bytes())?;
            return Ok(ExitCode::SUCCESS);
        };
        for (name, text) in PACKAGE.into_iter().chain(DEPENDENCIES) {
            let path = folder.join(name);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)
                    .with_context(|| format!("failed to make the folder `{}`", parent.display()))?;
            }
            output::write(&path, text.as_bytes())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
