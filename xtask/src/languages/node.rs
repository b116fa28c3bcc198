//! What the package for Node depends on, and a second version of Node.

use std::path::Path;

use anyhow::Result;

use super::javascript::npm;

/// Installs the versions that the lock file in `source` lists into `folder`.
pub(super) fn install(source: &Path, folder: &Path) -> Result<()> {
    npm(
        source,
        folder,
        "Node 24 and the package's dependencies",
        "the tests of the package for Node",
    )
}
