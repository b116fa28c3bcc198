//! Sums of a file without a plugin: by numpy, and natively.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use crate::measurement::Measurement;
use crate::sum::sum;

/// The program for numpy. It measures itself, without the start of Python.
const NUMPY: &str = "
import sys, time, numpy
begin = time.perf_counter()
total = numpy.memmap(sys.argv[1], '<f8', 'r').sum()
print(time.perf_counter() - begin, float(total))
";

/// Sums the file with numpy.
pub(crate) fn numpy(python: &Path, file: &Path) -> Result<Measurement> {
    let output = Command::new(python).args(["-I", "-B", "-c", NUMPY]).arg(file).output();
    let output = output
        .with_context(|| format!("there is no `{}`; run `cargo xtask oracle`", python.display()))?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Measurement::parse(&String::from_utf8(output.stdout)?)
}

/// Sums the file with the loop of the plugin, over memory that is mapped natively.
#[expect(unsafe_code, reason = "maps a file and casts its bytes to `f64`")]
pub(crate) fn native(file: &Path) -> Result<Measurement> {
    let begin = Instant::now();
    let file = File::open(file)?;
    // SAFETY: only this program uses the file, and it does not change it meanwhile.
    let map = unsafe { memmap2::Mmap::map(&file)? };
    // SAFETY: every bit pattern is a valid `f64`, and `align_to` leaves unaligned bytes out.
    let (_, numbers, _) = unsafe { map.align_to::<f64>() };
    let sum = sum(numbers);
    drop(map);
    Ok(Measurement { seconds: begin.elapsed().as_secs_f64(), result: sum })
}
