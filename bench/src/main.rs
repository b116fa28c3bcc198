//! `cargo xtask bench`: measures plugins, and the alternatives that their authors have.
//!
//! - The sum of 1 GiB of `float64` in mapped memory, compared with the same loop over reads of the
//!   standard library, with the same loop natively over `mmap`, and with numpy.
//! - Bulk reads and writes with both providers, compared with the standard library.
//! - The job of the example `terrain` in each language, compared with programs without WebAssembly.
//!
//! The candidates of a task run in turn, because the speed of the machine varies. Compare the
//! ratios of the medians. `filemap-bench TEXT` runs only the tasks whose name contains the text.

mod alternatives;
mod data;
mod host;
mod languages;
mod measurement;
mod sum;
mod tasks;

use anyhow::{Context as _, Result};

use host::Host;
use languages::Languages;

fn main() -> Result<()> {
    let program = std::env::current_exe()?;
    let target = program
        .ancestors()
        .nth(2)
        .context("this program is not TARGET/PROFILE/filemap-bench")?
        .to_path_buf();
    let file = data::create(&target.join("bench"))?;
    let host = Host::new(&target)?;
    let python = target.join("oracle/bin/python");
    let filter = std::env::args().nth(1).unwrap_or_default();
    let languages = Languages::new(&target)?;
    let tasks = std::iter::once(tasks::sums(&host, &python, &file)).chain(tasks::bulk(&host));
    let tasks = tasks.chain(languages.tasks());
    tasks.filter(|task| task.name.contains(&filter)).try_for_each(|task| task.measure())
}
