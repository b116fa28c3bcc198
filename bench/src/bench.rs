//! Does a work in any way.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use bench_works::standard;

use crate::host::Host;
use crate::input::{Folders, Input};
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
    pub(crate) target: PathBuf,
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
            Way::Python => {
                let mut python = Command::new(&self.python);
                python.args(["-I", "-B"]).arg(self.root.join("bench/peers/measure.py"));
                self.python(python.arg(work.name).arg(&input.host).args(numbers))
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

    fn python(&self, command: &mut Command) -> Result<Measured> {
        let missing =
            || format!("there is no `{}`; run `cargo xtask oracle`", self.python.display());
        let output = command.output().with_context(missing)?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        measurement::parse(&String::from_utf8(output.stdout)?)
    }
}
