//! `cargo xtask bench`: a plugin beside what its author could use instead.
//!
//! - The sum of 1 GiB of `float64` through a mapping, beside the same loop over the standard
//!   library's reads, natively over `mmap`, and numpy.
//! - Much data at once under both providers, beside the standard library.
//!
//! The contenders of a task are measured in turn, because the machine is not always as fast. What
//! counts are the ratios of the medians. `filemap-bench TEXT` measures only the tasks with this
//! text in their name.

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
    let target =
        program.ancestors().nth(2).context("it is TARGET/PROFILE/filemap-bench")?.to_path_buf();
    let file = data::make(&target.join("bench"))?;
    let host = Host::new(&target)?;
    let python = target.join("oracle/bin/python");
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let tasks = std::iter::once(tasks::sums(&host, &python, &file)).chain(tasks::bulk(&host));
    tasks.filter(|task| task.name.contains(&wanted)).try_for_each(|task| task.measure())
}
