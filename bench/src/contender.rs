//! The ways to sum a file.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use crate::host::{Host, Waiting};
use crate::sum::sum;

/// What numpy does, which says itself how long it takes: to start Python is no part of it.
const NUMPY: &str = "
import sys, time, numpy
begin = time.perf_counter()
total = numpy.memmap(sys.argv[1], '<f8', 'r').sum()
print(time.perf_counter() - begin, float(total))
";

/// A way to do it.
#[derive(Clone, Copy)]
pub(crate) enum Contender {
    Mapping,
    Numpy,
    Native,
    StdByDefault,
    StdInline,
    ReadBytes,
}

/// What a contender says.
pub(crate) struct Measured {
    pub(crate) seconds: f64,
    pub(crate) sum: f64,
}

impl Contender {
    /// All of them; the one that the others are compared with comes first.
    pub(crate) const ALL: [Self; 6] =
        [Self::Mapping, Self::Numpy, Self::Native, Self::StdByDefault, Self::StdInline, Self::ReadBytes];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Mapping => "plugin, the file's pages in its memory",
            Self::Numpy => "numpy.memmap(...).sum()",
            Self::Native => "the plugin's loop natively, over mmap",
            Self::StdByDefault => "plugin, std::fs, WASI as wasmtime-wasi has it by default",
            Self::StdInline => "plugin, std::fs, WASI that may wait on the plugin's thread",
            Self::ReadBytes => "plugin, read-bytes of filemap",
        }
    }

    pub(crate) fn measure(self, host: &Host, python: &Path, file: &Path) -> Result<Measured> {
        match self {
            Self::Mapping => host.run("map", Waiting::Inline, true),
            Self::Numpy => numpy(python, file),
            Self::Native => native(file),
            Self::StdByDefault => host.run("std", Waiting::Elsewhere, false),
            Self::StdInline => host.run("std", Waiting::Inline, false),
            Self::ReadBytes => host.run("read", Waiting::Inline, false),
        }
    }
}

impl Measured {
    /// Reads `SECONDS SUM`.
    pub(crate) fn parse(line: &str) -> Result<Self> {
        let (seconds, sum) = line.trim().split_once(' ').with_context(|| format!("no measurement: `{line}`"))?;
        Ok(Self { seconds: seconds.parse()?, sum: sum.parse()? })
    }
}

fn numpy(python: &Path, file: &Path) -> Result<Measured> {
    let output = Command::new(python).args(["-I", "-B", "-c", NUMPY]).arg(file).output();
    let output = output.with_context(|| format!("there is no `{}`; run `cargo xtask oracle`", python.display()))?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Measured::parse(&String::from_utf8(output.stdout)?)
}

#[expect(unsafe_code, reason = "a file is mapped as a program of one's own would map it")]
fn native(file: &Path) -> Result<Measured> {
    let begin = Instant::now();
    let file = File::open(file)?;
    // SAFETY: nobody else changes the file, which was made for this.
    let map = unsafe { memmap2::Mmap::map(&file)? };
    // SAFETY: any bytes are numbers; where they are not aligned they are left out, and the sums would differ.
    let (_, numbers, _) = unsafe { map.align_to::<f64>() };
    let sum = sum(numbers);
    drop(map);
    Ok(Measured { seconds: begin.elapsed().as_secs_f64(), sum })
}
