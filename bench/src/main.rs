//! `cargo xtask bench`: a plugin beside what its author could use instead.
//!
//! - The sum of 1 GiB of `float64` through a mapping, beside the same loop over the standard
//!   library's reads, natively over `mmap`, and numpy.
//! - Much data at once under both providers, beside the standard library.
//!
//! The contenders of a task are measured in turn, because the machine is not always as fast. What
//! counts are the ratios of the medians.

mod data;
mod host;
mod measured;
mod others;
mod sum;
mod tasks;

use anyhow::{Context as _, Result};

use host::Host;

fn main() -> Result<()> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(2).context("it is TARGET/PROFILE/filemap-bench")?.to_path_buf();
    let file = data::make(&target.join("bench"))?;
    let host = Host::new(&target)?;
    let python = target.join("oracle/bin/python");
    tasks::sums(&host, &python, &file).measure()?;
    tasks::bulk(&host).iter().try_for_each(measured::Task::measure)
}
