//! Does a work in any way.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use bench_works::standard;

use crate::host::Host;
use crate::input::{Folders, Input};
use crate::process::output;
use crate::scale::Scale;
use crate::way::Way;
use crate::{mapped, measurement};
use bench_works::job::{Job, Measured};

/// What all tasks use.
pub(crate) struct Bench {
    pub(crate) scale: Scale,
    pub(crate) host: Host,
    pub(crate) folders: Folders,
    /// Python with numpy and zict.
    pub(crate) python: PathBuf,
    /// The command `filemap`.
    pub(crate) filemap: PathBuf,
    pub(crate) root: PathBuf,
}

/// A work and what it is done with.
#[derive(Clone, Copy)]
pub(crate) struct Work {
    pub(crate) name: &'static str,
    pub(crate) input: Input,
    pub(crate) size: usize,
    pub(crate) count: usize,
}

impl Bench {
    /// Does a work once.
    pub(crate) fn run(&self, way: Way, work: Work) -> Result<Measured> {
        let input = self.folders.prepare(work.input)?;
        let numbers = [work.size.to_string(), work.count.to_string()];
        let job = || Job {
            work: work.name.to_owned(),
            path: input.host.to_string_lossy().into_owned(),
            size: work.size,
            count: work.count,
        };
        match way {
            Way::Numpy | Way::Zict => {
                let mut python = Command::new(&self.python);
                python.args(["-I", "-B"]).arg(self.root.join("bench/peers/measure.py"));
                let measured = output(python.arg(work.name).arg(&input.host).args(numbers));
                measurement::parse(&measured.context("`cargo xtask oracle` installs numpy")?)
            }
            Way::Floor => Ok(standard::run(&job())?),
            Way::Mapped => mapped::run(&job()),
            _ => {
                let [size, count] = numbers;
                let arguments = [work.name.to_owned(), input.guest.clone(), size, count];
                self.host.run(way, &self.folders, &arguments)
            }
        }
    }
}
