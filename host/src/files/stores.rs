//! The stores of this process: the index that all stores on one directory share, and its
//! reservations from the budgets of plugins.

use std::sync::LazyLock;

use filemap::store::Registry;

use super::NativeDirectory;

pub(super) mod index_reservations;
pub(super) mod update_reservations;
pub(super) mod update_under_way;

/// The directories in which plugins of this process have stores open, each with its index.
pub(crate) static REGISTRY: LazyLock<Registry<NativeDirectory>> = LazyLock::new(Registry::new);

#[cfg(test)]
mod tests;
