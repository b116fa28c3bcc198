//! The option `--parent`.

use anyhow::{Context as _, Result, ensure};
use rustix::process::{Signal, getppid, set_parent_process_death_signal};

/// Makes the kernel kill this process when the thread ends that has started it, which is one of the
/// process `parent`.
pub(super) fn end_with(parent: u32) -> Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))
        .context("failed to ask the kernel to end this process with its parent (`--parent`)")?;
    // A parent that ended before sends no signal. This process has another parent then.
    let actual = getppid().map(|id| id.as_raw_nonzero().get().unsigned_abs());
    ensure!(
        actual == Some(parent),
        "cannot end with the process {parent} (`--parent`): it has ended, or is not the one that \
         started this command"
    );
    Ok(())
}
