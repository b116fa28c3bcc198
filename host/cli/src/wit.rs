//! `filemap wit`: prints the interface that plugins import.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::output;

const HELP: &str = "\
Examples:
  filemap wit | less
  filemap wit -o wit && componentize-py --wit-path wit --world plugin bindings .";

/// A file of the folder `wit`: its path there, and its text.
macro_rules! file {
    ($name:literal) => {
        ($name, include_str!(concat!("../wit/", $name)))
    };
}

/// The package `filemap:data`. The first file has the package declaration, so the concatenation of
/// all files in this order is valid WIT too.
const PACKAGE: [(&str, &str); 7] = [
    file!("world.wit"),
    file!("errors.wit"),
    file!("store.wit"),
    file!("array.wit"),
    file!("mapping.wit"),
    file!("descriptors.wit"),
    file!("bulk.wit"),
];

/// The WASI packages that it refers to, in the lowest version that suffices.
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

/// Print the interface `filemap:data`, or write it for a bindings generator
///
/// The interface is a WIT package, documented as a specification.
#[derive(clap::Args)]
#[command(after_long_help = HELP)]
pub(crate) struct Wit {
    /// Folder to write, with the WASI packages in `deps`, as bindings generators read it
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
                std::fs::create_dir_all(parent).with_context(|| {
                    format!("failed to create the folder `{}`", parent.display())
                })?;
            }
            output::write(&path, text.as_bytes())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
