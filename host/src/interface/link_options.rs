//! The interfaces that an embedder links.

/// Which interfaces of `filemap:data` are added to a linker, by
/// [`add_to_linker_with`](crate::add_to_linker_with) and
/// [`add_to_linker_with_async`](crate::add_to_linker_with_async): all of them, unless one is left
/// out.
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
}

impl LinkOptions {
    /// Returns the options that add all interfaces.
    #[must_use]
    pub const fn new() -> Self {
        Self { store: true, array: true, mapping: true, descriptors: true, bulk: true }
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
}

impl Default for LinkOptions {
    fn default() -> Self {
        Self::new()
    }
}
