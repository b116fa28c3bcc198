//! How much of each budget a plugin uses: for metrics.

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
    /// The number of page tables that mappings keep until the next call.
    pub page_tables: Amount,
    /// The bytes that the plugin has added to files. They are counted only under a limit; without
    /// one, it is 0.
    pub stored_bytes: Amount,
    /// The number of keys that the plugin has added to stores. They are counted only under a limit;
    /// without one, it is 0.
    pub stored_keys: Amount,
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
    /// Objects: handles, files, windows, keys.
    Count,
    /// Bytes of memory, of address space or of files.
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
    pub const fn named(&self) -> [(&'static str, Unit, Amount); 10] {
        [
            ("handles", Unit::Count, self.handles),
            ("files", Unit::Count, self.files),
            ("mapped", Unit::Bytes, self.mapped),
            ("private", Unit::Bytes, self.private),
            ("index", Unit::Bytes, self.index),
            ("dtypes", Unit::Bytes, self.dtypes),
            ("windows", Unit::Count, self.windows),
            ("page_tables", Unit::Count, self.page_tables),
            ("stored_bytes", Unit::Bytes, self.stored_bytes),
            ("stored_keys", Unit::Count, self.stored_keys),
        ]
    }
}
