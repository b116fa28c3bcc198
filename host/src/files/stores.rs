//! The state that the stores of this process share.

use std::sync::LazyLock;

use filemap::store::Registry;

use super::NativeDirectory;

pub(super) mod accounts;

/// The directories in which plugins of this process have stores open. Stores on one directory
/// share its index.
pub(crate) static REGISTRY: LazyLock<Registry<NativeDirectory>> = LazyLock::new(Registry::new);

#[cfg(test)]
mod tests;
