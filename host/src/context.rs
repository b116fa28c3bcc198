//! The state that filemap keeps for one plugin, and the embedder's view of it.
//!
//! This module is below `interface`: it must not know the WIT or its bindings.

use std::sync::Arc;

use filemap::fs::Preopens;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::filesystem::WasiFilesystemCtx;

use crate::files::{IndexReservations, NativeDirectory};
use crate::interrupter::Interrupter;
use crate::limits::{Budgets, Usage};
use crate::pages::PluginWindows;
use crate::stores::ServedStores;

mod builder;
mod caps;

pub use builder::CtxBuilder;

/// The state that filemap keeps for one plugin: its caps and how much of each is in use, its
/// granted directories, and its windows.
///
/// Each plugin needs a separate context, built by a [`CtxBuilder`].
#[derive(Debug)]
pub struct Ctx {
    pub(crate) budgets: Budgets,
    /// The directories that the plugin was granted. They are read from WASI at the first use, and
    /// do not change afterwards.
    pub(crate) preopens: Option<Arc<Preopens<NativeDirectory>>>,
    /// The windows in the plugin's memory; `None` if the embedder does not allow any.
    pub(crate) windows: Option<PluginWindows>,
    /// The reservations for the index of each directory in which the plugin has stores open.
    pub(crate) index_reservations: IndexReservations,
    /// The stores on servers that the plugin may open.
    pub(crate) stores: ServedStores,
    /// Whether the asynchronous host functions wait for the disk on the thread of the call.
    pub(crate) allow_blocking_current_thread: bool,
}

impl Ctx {
    /// Returns how much of each budget the plugin uses now, and how much it may use.
    ///
    /// While a call of the plugin runs, it has the plugin's store. An embedder reads the usage
    /// between two calls, or in a host function of its own.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.budgets.usage()
    }

    /// Returns the handle that ends the calls of this plugin.
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    ///
    /// let ctx = filemap_host::CtxBuilder::new().build();
    /// let interrupter = ctx.interrupter();
    /// // Before a call of the plugin: all calls of filemap in it together may take a second.
    /// interrupter.set_deadline(Instant::now() + Duration::from_secs(1));
    /// // From another thread, at any time:
    /// std::thread::spawn({
    ///     let interrupter = interrupter.clone();
    ///     move || interrupter.interrupt()
    /// });
    /// // Before the plugin is used again:
    /// interrupter.reset();
    /// ```
    #[must_use]
    pub fn interrupter(&self) -> Interrupter {
        self.budgets.interrupter.clone()
    }
}

impl Drop for Ctx {
    /// Ends the call that goes on in another thread after the embedder has dropped its future.
    fn drop(&mut self) {
        self.budgets.interrupter.interrupt();
    }
}

/// The parts of an embedder's state that the host functions use.
pub struct CtxView<'a> {
    /// The plugin's state in filemap.
    pub ctx: &'a mut Ctx,
    /// The plugin's grants of files: `WasiCtx::filesystem`.
    pub wasi: &'a mut WasiFilesystemCtx,
    /// The table of the plugin's resources, the same that WASI uses.
    pub table: &'a mut ResourceTable,
}

/// A view of the embedder's state, the `T` of `Store<T>`, for the host functions.
pub trait View: Send {
    /// Borrows the parts that the host functions use.
    fn filemap(&mut self) -> CtxView<'_>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropping_a_context_ends_the_work_that_another_thread_does_for_the_plugin() {
        let ctx = CtxBuilder::new().build();
        let interrupter = ctx.interrupter();
        assert!(!interrupter.is_interrupted());
        drop(ctx);
        assert!(interrupter.is_interrupted());
    }
}
