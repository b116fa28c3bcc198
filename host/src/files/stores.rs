//! The stores of this process: the index that stores on one directory share, and the accounts by
//! which plugins pay for it.

use std::sync::LazyLock;

use filemap::store::Registry;

use super::NativeDirectory;

pub(super) mod accounts;

/// The directories in which plugins of this process have stores open, each with its index.
pub(crate) static REGISTRY: LazyLock<Registry<NativeDirectory>> = LazyLock::new(Registry::new);

#[cfg(test)]
mod tests;
