//! What stores take of a plugin's budgets.

mod handles;
mod index;
mod interrupts;

use tempfile::TempDir;
use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::filesystem::FsPerms;

use crate::interface::bindings::bulk::Host as _;
use crate::interface::bindings::errors::{Error as WitError, ErrorCode};
use crate::interface::bindings::store::{self as wit, HostStore as _, HostValueWriter as _};
use crate::interface::blocking::now;
use crate::interface::errors::IntoWit as _;
use crate::interface::handles::Host;
use crate::interface::slot::StoreSlot;
use crate::interface::trappable_error::{Result, TrappableError};
use crate::{Ctx, CtxBuilder, CtxView};

/// The state of a plugin that has a folder as `d`, for calls of the host functions.
struct Plugin {
    ctx: Ctx,
    wasi: WasiCtx,
    table: ResourceTable,
}

impl Plugin {
    fn new(folder: &TempDir, caps: &CtxBuilder) -> Self {
        let mut wasi = WasiCtx::builder();
        wasi.preopened_dir(folder.path(), "d", FsPerms::ReadWrite).unwrap();
        Self { ctx: caps.build(), wasi: wasi.build(), table: ResourceTable::new() }
    }

    fn view(&mut self) -> Host<'_> {
        let (wasi, table) = (self.wasi.filesystem(), &mut self.table);
        Host::synchronous(CtxView { ctx: &mut self.ctx, wasi, table })
    }

    fn open(&mut self, read_only: bool) -> Resource<StoreSlot> {
        self.try_open("d", read_only).ok().unwrap()
    }

    fn try_open(&mut self, path: &str, read_only: bool) -> Result<Resource<StoreSlot>> {
        let options =
            wit::StoreOptions { create: false, read_only, durability: wit::Durability::None };
        now(self.view().open(path.into(), options))
    }

    /// Returns the memory of the index of an open store.
    fn index_memory(&self, store: &Resource<StoreSlot>) -> u64 {
        self.table.get(store).unwrap().get().unwrap().store.index_memory().unwrap()
    }

    fn index_used(&self) -> u64 {
        self.ctx.budgets.index.used()
    }

    fn files_used(&self) -> u64 {
        self.ctx.budgets.files.used()
    }
}

/// Copies a handle, because the host functions consume theirs.
fn copy<T: 'static>(resource: &Resource<T>) -> Resource<T> {
    Resource::new_own(resource.rep())
}

fn plugin_error(error: TrappableError) -> WitError {
    let result: Result<()> = Err(error);
    result.into_wit().unwrap().0.unwrap_err()
}

#[test]
fn an_index_is_reserved_until_its_last_store_is_dropped() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new());
    let reader = plugin.open(true);
    let writer = plugin.open(false);
    for number in 0..1000 {
        now(plugin.view().set(copy(&writer), format!("key {number}"), vec![])).ok().unwrap();
    }
    now(wit::HostStore::drop(&mut plugin.view(), writer)).unwrap();
    let (taken, reserved) = (plugin.index_memory(&reader), plugin.index_used());
    assert!(reserved >= taken, "the index takes {taken} bytes, and {reserved} are reserved");
}

#[test]
fn a_failed_opening_that_rereads_the_index_grows_the_reservation() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new().max_index(1000));
    let reader = plugin.open(true);
    for number in 0..1000 {
        std::fs::write(folder.path().join(format!("key{number}#{number}")), b"").unwrap();
    }
    let options =
        wit::StoreOptions { create: false, read_only: true, durability: wit::Durability::None };
    let refused = now(plugin.view().open("d".into(), options));
    assert!(refused.is_err());
    let (taken, reserved) = (plugin.index_memory(&reader), plugin.index_used());
    assert!(
        reserved >= taken,
        "the index takes {taken} bytes, {reserved} are reserved, and the budget is 1000"
    );
}

#[test]
fn reservations_do_not_grow_with_the_openings_of_a_directory_that_stays_open() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new());
    let _kept = plugin.open(false);
    for _ in 0..100 {
        let store = plugin.open(true);
        now(wit::HostStore::drop(&mut plugin.view(), store)).unwrap();
    }
    assert_eq!(plugin.ctx.index_reservations.count(), 1);
}

#[test]
fn keys_count_for_the_plugin_that_keeps_the_index_after_their_writer_has_closed_it() {
    let folder = TempDir::new().unwrap();
    let mut first = Plugin::new(&folder, &CtxBuilder::new());
    let mut second = Plugin::new(&folder, &CtxBuilder::new());
    let reader = first.open(true);
    let writer = second.open(false);
    for number in 0..100 {
        now(second.view().set(copy(&writer), format!("key {number}"), vec![])).ok().unwrap();
    }
    now(second.view().close(writer)).unwrap();
    let (taken, reserved) = (first.index_memory(&reader), first.index_used());
    assert!(
        taken > 0 && reserved >= taken,
        "the index takes {taken} bytes, reserved are {reserved}"
    );
    assert_eq!(second.index_used(), 0);

    // The same after a listing of another plugin, whose end closes the store.
    for number in 0..100 {
        std::fs::write(folder.path().join(format!("more{number}#{number}")), b"").unwrap();
    }
    let mut third = Plugin::new(&folder, &CtxBuilder::new());
    let _closed_by_the_end = third.open(true);
    drop(third);
    let (grown, reserved) = (first.index_memory(&reader), first.index_used());
    assert!(
        grown > taken && reserved >= grown,
        "the index takes {grown} bytes, reserved are {reserved}"
    );
    now(wit::HostStore::drop(&mut first.view(), reader)).unwrap();
    assert_eq!(first.index_used(), 0);
}

#[test]
fn a_plugin_that_the_keys_of_others_put_over_its_budget_can_remove_keys() {
    let folder = TempDir::new().unwrap();
    let mut small = Plugin::new(&folder, &CtxBuilder::new().max_index(1000));
    let mut large = Plugin::new(&folder, &CtxBuilder::new());
    let (store, other) = (small.open(false), large.open(false));
    for number in 0..100 {
        now(large.view().set(copy(&other), format!("key {number}"), vec![])).ok().unwrap();
    }
    now(wit::HostStore::drop(&mut large.view(), other)).unwrap();
    let refused = plugin_error(
        now(small.view().set(copy(&store), "new".into(), vec![]))
            .expect_err("it is over its budget"),
    );
    assert!(matches!(refused.code, ErrorCode::LimitExceeded), "{refused:?}");
    now(small.view().clear(copy(&store))).ok().unwrap();
    assert_eq!(small.index_used(), 0);
    now(small.view().set(copy(&store), "new".into(), vec![])).ok().unwrap();
}

#[test]
fn a_closed_store_releases_its_files() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new().max_files(2));
    let store = plugin.open(false);
    now(plugin.view().close(copy(&store))).unwrap();
    assert_eq!(plugin.files_used(), 0, "open files after `close`");
}

#[test]
fn a_dropped_store_gives_its_index_back_although_a_writer_is_open() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new());
    let store = plugin.open(false);
    now(plugin.view().set(copy(&store), "k".into(), vec![])).ok().unwrap();
    let _writer = now(plugin.view().writer(copy(&store), "other".into())).ok().unwrap();
    now(wit::HostStore::drop(&mut plugin.view(), store)).unwrap();
    assert_eq!(plugin.index_used(), 0);
}

#[test]
fn a_committed_writer_gives_its_file_back() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new());
    let store = plugin.open(false);
    let writer = now(plugin.view().writer(copy(&store), "other".into())).ok().unwrap();
    now(plugin.view().commit(copy(&writer))).ok().unwrap();
    assert_eq!(plugin.files_used(), 2);
}

#[test]
fn a_writer_with_an_incomplete_stream_keeps_its_file() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new());
    let store = plugin.open(false);
    let writer = now(plugin.view().writer(copy(&store), "k".into())).ok().unwrap();
    let stream = now(plugin.view().write_value_via_stream(copy(&writer), 1)).ok().unwrap();
    assert_eq!(plugin.files_used(), 4);
    plugin.table.delete(stream).unwrap();
    assert_eq!(plugin.files_used(), 3);
    for _ in 0..2 {
        let refused = plugin_error(
            now(plugin.view().commit(copy(&writer))).expect_err("the stream has taken nothing"),
        );
        assert!(matches!(refused.code, ErrorCode::InvalidArgument), "{refused:?}");
        assert_eq!(plugin.files_used(), 3);
    }
    now(wit::HostValueWriter::drop(&mut plugin.view(), writer)).unwrap();
    assert_eq!(plugin.files_used(), 2);
}

#[test]
fn a_commit_over_the_budget_closes_the_writer() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new().max_index(10));
    let store = plugin.open(false);
    let writer = now(plugin.view().writer(copy(&store), "k".into())).ok().unwrap();
    let over_budget = plugin_error(now(plugin.view().commit(copy(&writer))).expect_err("an error"));
    assert!(matches!(over_budget.code, ErrorCode::LimitExceeded), "{over_budget:?}");
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    let closed = plugin_error(
        now(plugin.view().write(copy(&writer), vec![1])).expect_err("`write` works after `commit`"),
    );
    assert!(matches!(closed.code, ErrorCode::Closed), "{closed:?}");
    assert_eq!(files, 0, "the discarded value has left a file");
}

#[test]
fn read_only_and_closed_stores_fail_as_such_although_the_budget_is_small() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new().max_index(10));
    let (reading, closed) = (plugin.open(true), plugin.open(false));
    now(plugin.view().close(copy(&closed))).unwrap();
    let denied = plugin_error(
        now(plugin.view().set(copy(&reading), "k".into(), vec![])).expect_err("an error"),
    );
    assert!(matches!(denied.code, ErrorCode::AccessDenied), "{denied:?}");
    let closed_error = plugin_error(
        now(plugin.view().set(copy(&closed), "k".into(), vec![])).expect_err("an error"),
    );
    assert!(matches!(closed_error.code, ErrorCode::Closed), "{closed_error:?}");
}
