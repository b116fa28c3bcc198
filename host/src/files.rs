//! The plugin's files and directories: those of the host, under the permissions of the plugin's
//! WASI descriptors.
//!
//! This module implements the engine's file system traits. Paths are resolved by cap-std, as in
//! wasmtime-wasi: a path that leaves the granted directory is an error. It knows neither mapped
//! pages nor the WIT.

mod directory;
mod directory_lock;
mod file;
mod io_error;
mod listing;
mod mutex;
mod rename_watcher;
mod stored;
mod stores;

pub(crate) use directory::NativeDirectory;
pub(crate) use file::NativeFile;
pub(crate) use io_error::{io_error, retry};
pub(crate) use stores::REGISTRY;
#[cfg(test)]
pub(crate) use stores::index_reservations::registered_reservations;
pub(crate) use stores::index_reservations::{
    IndexReservation, IndexReservations, WeakIndexReservation, reserve_for_all,
};
pub(crate) use stores::update_reservations::UpdateReservations;
pub(crate) use stores::update_under_way::UpdateUnderWay;
