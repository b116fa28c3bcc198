//! How much of each budget a plugin uses: for metrics.

use super::{Budget, Budgets};

/// How much of each budget a plugin uses at one moment: the result of
/// [`Ctx::usage`](crate::Ctx::usage).
///
/// The fields have the names of the functions of [`CtxBuilder`](crate::CtxBuilder) without `max_`,
/// which say what counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// The number of open arrays, views, stores, streams, readers and writers.
    pub handles: Amount,
    /// The number of files and directories that are mapped or open.
    pub files: Amount,
    /// The address space of mappings, in bytes.
    pub mapped: Amount,
    /// The memory that was changed in the mode `copy-on-write`, in bytes.
    pub private: Amount,
    /// The memory for the keys of open stores, in bytes.
    pub index: Amount,
    /// The memory for the dtypes of open arrays and views, in bytes.
    pub dtypes: Amount,
    /// The number of windows in the plugin's memory.
    pub windows: Amount,
}

/// The part of a budget that is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    /// How much is in use. It can be more than `max`: keys that other plugins have added to a
    /// directory count for every plugin that has a store there.
    pub used: u64,
    /// How much the plugin may use.
    pub max: u64,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Objects: handles, files, windows.
    Count,
    /// Bytes of memory or of address space.
    Bytes,
}

impl Usage {
    /// Returns each amount with a name for a metric, the name of the field, and its unit.
    ///
    /// ```
    /// let ctx = filemap_host::CtxBuilder::new().max_files(16).build();
    /// for (name, unit, amount) in ctx.usage().named() {
    ///     println!("filemap_{name}_used {} of {} ({unit:?})", amount.used, amount.max);
    /// }
    /// ```
    #[must_use]
    pub const fn named(&self) -> [(&'static str, Unit, Amount); 7] {
        [
            ("handles", Unit::Count, self.handles),
            ("files", Unit::Count, self.files),
            ("mapped", Unit::Bytes, self.mapped),
            ("private", Unit::Bytes, self.private),
            ("index", Unit::Bytes, self.index),
            ("dtypes", Unit::Bytes, self.dtypes),
            ("windows", Unit::Count, self.windows),
        ]
    }
}

impl Budgets {
    pub(crate) fn usage(&self) -> Usage {
        let amount = |budget: &Budget| Amount { used: budget.used(), max: budget.max() };
        Usage {
            handles: amount(&self.handles),
            files: amount(&self.files),
            mapped: amount(&self.mapped),
            private: amount(&self.private),
            index: amount(&self.index),
            dtypes: amount(&self.dtypes),
            windows: amount(&self.windows),
        }
    }
}
