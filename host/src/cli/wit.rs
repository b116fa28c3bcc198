//! `filemap wit`: the interface that plugins are written against.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use super::output;

/// The package `filemap:data`. The first file names the package, so that all of them in this order are one file too.
const PACKAGE: [(&str, &str); 5] = [
    ("world.wit", include_str!("../../../wit/world.wit")),
    ("types.wit", include_str!("../../../wit/types.wit")),
    ("store.wit", include_str!("../../../wit/store.wit")),
    ("array.wit", include_str!("../../../wit/array.wit")),
    ("mapping.wit", include_str!("../../../wit/mapping.wit")),
];

/// The WASI packages that it refers to.
const DEPENDENCIES: [(&str, &str); 3] = [
    ("filesystem.wit", include_str!("../../../wit/deps/filesystem.wit")),
    ("io.wit", include_str!("../../../wit/deps/io.wit")),
    ("clocks.wit", include_str!("../../../wit/deps/clocks.wit")),
];

/// Print the WIT package `filemap:data`, which is the specification
#[derive(clap::Args)]
pub(crate) struct Wit {
    /// Write it as a folder instead, with the WASI packages that it needs in `deps`: what bindings generators read
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
}

impl Wit {
    pub(crate) fn run(&self) -> Result<ExitCode> {
        let Some(folder) = &self.output else {
            output::print(PACKAGE.map(|(_, text)| text).join("\n").as_bytes())?;
            return Ok(ExitCode::SUCCESS);
        };
        let dependencies = folder.join("deps");
        std::fs::create_dir_all(&dependencies)
            .with_context(|| format!("failed to make the folder `{}`", dependencies.display()))?;
        for (name, text) in PACKAGE {
            output::write(&folder.join(name), text.as_bytes())?;
        }
        for (name, text) in DEPENDENCIES {
            output::write(&dependencies.join(name), text.as_bytes())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
