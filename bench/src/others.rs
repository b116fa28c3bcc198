//! Other programs that sum a file.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

use crate::measured::Measured;
use crate::sum::sum;

/// What numpy does. It measures itself, without the start of Python.
const NUMPY: &str = "
import sys, time, numpy
begin = time.perf_counter()
total = numpy.memmap(sys.argv[1], '<f8', 'r').sum()
print(time.perf_counter() - begin, float(total))
";

pub(crate) fn numpy(python: &Path, file: &Path) -> Result<Measured> {
    let output = Command::new(python).args(["-I", "-B", "-c", NUMPY]).arg(file).output();
    let output = output
        .with_context(|| format!("there is no `{}`; run `cargo xtask oracle`", python.display()))?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Measured::parse(&String::from_utf8(output.stdout)?)
}

#[expect(unsafe_code, reason = "a file is mapped as a program of one's own would map it")]
pub(crate) fn native(file: &Path) -> Result<Measured> {
    let begin = Instant::now();
    let file = File::open(file)?;
    // SAFETY: nobody else changes the file, which was made for this.
    let map = unsafe { memmap2::Mmap::map(&file)? };
    // SAFETY: any bytes are numbers; where they are not aligned they are left out, and the sums
    // would differ.
    let (_, numbers, _) = unsafe { map.align_to::<f64>() };
    let sum = sum(numbers);
    drop(map);
    Ok(Measured { seconds: begin.elapsed().as_secs_f64(), result: sum })
}
