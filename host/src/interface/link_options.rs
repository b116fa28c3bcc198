//! The interfaces that an embedder links.

/// Which interfaces are added to a linker, by
/// [`add_to_linker_with`](crate::add_to_linker_with) and
/// [`add_to_linker_with_async`](crate::add_to_linker_with_async): all of `filemap:data`, unless one
/// is left out, and with the feature `keyvalue` also `wasi:keyvalue`, if it is asked for.
///
/// A plugin that imports an interface that is not there is not instantiated, and Wasmtime's error
/// names the interface. The interface `errors`, which has types only, is always added.
///
/// ```
/// // Stores only, without arrays, windows and bulk data.
/// let options = filemap_host::LinkOptions::new().array(false).mapping(false).bulk(false);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "there is one for each interface")]
pub struct LinkOptions {
    pub(super) store: bool,
    pub(super) array: bool,
    pub(super) mapping: bool,
    pub(super) descriptors: bool,
    pub(super) bulk: bool,
    #[cfg(feature = "keyvalue")]
    pub(super) keyvalue: bool,
}

impl LinkOptions {
    /// Returns the options that add all interfaces of `filemap:data`.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            store: true,
            array: true,
            mapping: true,
            descriptors: true,
            bulk: true,
            #[cfg(feature = "keyvalue")]
            keyvalue: false,
        }
    }

    /// Sets whether to add `store`: directories as mappings. A plugin needs it for `bulk`, and for
    /// `open-directory` of `descriptors`.
    #[must_use]
    pub const fn store(mut self, added: bool) -> Self {
        self.store = added;
        self
    }

    /// Sets whether to add `array`: files as arrays. A plugin needs it for `mapping`, for `bulk`,
    /// for `open-value` of `store`, and for `open-file` of `descriptors`.
    #[must_use]
    pub const fn array(mut self, added: bool) -> Self {
        self.array = added;
        self
    }

    /// Sets whether to add `mapping`: files in the plugin's memory. It is `unsupported` without
    /// [`CtxBuilder::map_into_guest`](crate::CtxBuilder::map_into_guest).
    #[must_use]
    pub const fn mapping(mut self, added: bool) -> Self {
        self.mapping = added;
        self
    }

    /// Sets whether to add `descriptors`: arrays and stores on WASI's descriptors.
    #[must_use]
    pub const fn descriptors(mut self, added: bool) -> Self {
        self.descriptors = added;
        self
    }

    /// Sets whether to add `bulk`: arrays and values as WASI's streams.
    #[must_use]
    pub const fn bulk(mut self, added: bool) -> Self {
        self.bulk = added;
        self
    }

    /// Sets whether to add `wasi:keyvalue/{store,atomics,batch}@0.2.0-draft`, whose buckets are the
    /// plugin's stores: the identifier of a bucket is the path of a directory that WASI grants, or
    /// that of a store on a server. Default: no, because the embedder may link another
    /// implementation, such as `wasmtime-wasi-keyvalue`.
    ///
    /// A bucket has the limits of a store, and the [`Interrupter`](crate::Interrupter) ends its
    /// calls. The page `docs/keyvalue.md` of the repository says what holds.
    #[cfg(feature = "keyvalue")]
    #[must_use]
    pub const fn keyvalue(mut self, added: bool) -> Self {
        self.keyvalue = added;
        self
    }
}

impl Default for LinkOptions {
    fn default() -> Self {
        Self::new()
    }
}
