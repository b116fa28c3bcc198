//! Wasmtime's cache of compiled code, if no other user can change it.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use rustix::process::geteuid;
use wasmtime::Cache;

/// The permissions of the folder: for its owner only.
const OWNER_ONLY: u32 = 0o700;

/// The permissions to write of the group and of others.
const WRITE_BY_OTHERS: u32 = 0o022;

const ROOT: u32 = 0;

/// Opens the cache in the user's cache folder, or in that of Wasmtime's configuration.
///
/// Wasmtime does not check this code before it runs it. So every user who can write to the folder
/// can run code as this user, outside of any sandbox. This function takes the permission to write
/// from all others, and fails if it cannot.
pub(super) fn open() -> Result<Cache> {
    let cache = Cache::from_file(None).map_err(anyhow::Error::from)?;
    let folder = cache.directory();
    protect(folder).with_context(|| format!("failed to protect `{}`", folder.display()))?;
    Ok(cache)
}

fn protect(folder: &Path) -> Result<()> {
    let metadata = fs::metadata(folder)?;
    match protection(geteuid().as_raw(), metadata.uid(), metadata.mode()) {
        Protection::Sufficient => Ok(()),
        Protection::Restrict => {
            Ok(fs::set_permissions(folder, Permissions::from_mode(OWNER_ONLY))?)
        }
        Protection::Impossible => bail!(
            "another user can change the compiled code in it, which runs outside of the sandbox; \
             set `XDG_CACHE_HOME` to a folder of your own"
        ),
    }
}

/// What a folder needs so that only trusted users can write to it.
#[derive(Debug, PartialEq, Eq)]
enum Protection {
    Sufficient,
    /// Permissions for its owner only.
    Restrict,
    /// This user cannot protect the folder.
    Impossible,
}

fn protection(user: u32, owner: u32, mode: u32) -> Protection {
    let others_write = mode & WRITE_BY_OTHERS != 0;
    match owner {
        _ if owner != user && owner != ROOT => Protection::Impossible,
        _ if !others_write => Protection::Sufficient,
        _ if owner == user || user == ROOT => Protection::Restrict,
        _ => Protection::Impossible,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_user_and_root_may_write_to_the_cache() {
        const USER: u32 = 1000;
        for (user, owner, mode, expected) in [
            (USER, USER, 0o700, Protection::Sufficient),
            (USER, USER, 0o755, Protection::Sufficient),
            (USER, USER, 0o775, Protection::Restrict),
            (USER, USER, 0o1777, Protection::Restrict),
            (USER, ROOT, 0o755, Protection::Sufficient),
            (USER, ROOT, 0o1777, Protection::Impossible),
            (USER, 1001, 0o700, Protection::Impossible),
            (ROOT, ROOT, 0o755, Protection::Sufficient),
            (ROOT, ROOT, 0o777, Protection::Restrict),
            (ROOT, USER, 0o700, Protection::Impossible),
        ] {
            assert_eq!(protection(user, owner, mode), expected, "{user} {owner} {mode:o}");
        }
    }
}
