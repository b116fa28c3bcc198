//! What a plugin pays for what its stores take.

use tempfile::TempDir;
use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::filesystem::FsPerms;

use crate::interface::bindings::bulk::Host as _;
use crate::interface::bindings::errors::{Error as WitError, ErrorCode};
use crate::interface::bindings::store::{self as wit, HostStore as _, HostValueWriter};
use crate::interface::errors;
use crate::interface::resources::StoreResource;
use crate::interface::trappable_error::TrappableError;
use crate::{Ctx, CtxBuilder, CtxView};

/// A plugin that calls the host functions, and has a folder as `d`.
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

    fn view(&mut self) -> CtxView<'_> {
        CtxView { ctx: &mut self.ctx, wasi: self.wasi.filesystem(), table: &mut self.table }
    }

    fn open(&mut self, read_only: bool) -> Resource<StoreResource> {
        let options =
            wit::StoreOptions { create: false, read_only, durability: wit::Durability::None };
        self.view().open("d".into(), options).ok().unwrap()
    }

    fn index_used(&self) -> u64 {
        self.ctx.budgets.index.used()
    }

    fn files_used(&self) -> u64 {
        self.ctx.budgets.files.used()
    }
}

/// The same handle once more: the functions take theirs away.
fn again<T: 'static>(resource: &Resource<T>) -> Resource<T> {
    Resource::new_own(resource.rep())
}

fn kind(error: TrappableError) -> WitError {
    errors::into_wit(error).unwrap()
}

#[test]
fn an_index_is_paid_for_as_long_as_it_is_there() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new());
    let kept = plugin.open(true);
    let writer = plugin.open(false);
    for number in 0..1000 {
        plugin.view().set(again(&writer), format!("key {number}"), vec![]).ok().unwrap();
    }
    wit::HostStore::drop(&mut plugin.view(), writer).unwrap();
    let (held, paid) = (plugin.table.get(&kept).unwrap().store.memory(), plugin.index_used());
    assert!(paid >= held, "the index takes {held} bytes, and {paid} are paid for");
}

#[test]
fn an_index_that_is_read_anew_is_paid_for_by_all_that_have_it() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new().max_index(1000));
    let kept = plugin.open(true);
    for number in 0..1000 {
        std::fs::write(folder.path().join(format!("key{number}#{number}")), b"").unwrap();
    }
    let options =
        wit::StoreOptions { create: false, read_only: true, durability: wit::Durability::None };
    let refused = plugin.view().open("d".into(), options);
    assert!(refused.is_err());
    let (held, paid) = (plugin.table.get(&kept).unwrap().store.memory(), plugin.index_used());
    assert!(
        paid >= held,
        "the index takes {held} bytes, {paid} are paid for, and the budget is 1000"
    );
}

#[test]
fn a_store_that_is_closed_gives_its_files_back() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new().max_files(2));
    let store = plugin.open(false);
    plugin.view().close(again(&store)).unwrap();
    assert_eq!(plugin.files_used(), 0, "no file is open any more");
}

#[test]
fn a_store_that_is_dropped_gives_its_index_back_also_beside_a_writer() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new());
    let store = plugin.open(false);
    plugin.view().set(again(&store), "k".into(), vec![]).ok().unwrap();
    let _writer = plugin.view().writer(again(&store), "other".into()).ok().unwrap();
    wit::HostStore::drop(&mut plugin.view(), store).unwrap();
    assert_eq!(plugin.index_used(), 0);
}

#[test]
fn a_value_that_was_committed_gives_its_file_back() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new());
    let store = plugin.open(false);
    let writer = plugin.view().writer(again(&store), "other".into()).ok().unwrap();
    plugin.view().commit(again(&writer)).ok().unwrap();
    assert_eq!(plugin.files_used(), 2);
}

#[test]
fn a_writer_whose_stream_is_not_complete_keeps_its_file_and_pays_for_it() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new());
    let store = plugin.open(false);
    let writer = plugin.view().writer(again(&store), "k".into()).ok().unwrap();
    let stream = plugin.view().write_value_via_stream(again(&writer), 1).ok().unwrap();
    assert_eq!(plugin.files_used(), 4);
    plugin.table.delete(stream).unwrap();
    assert_eq!(plugin.files_used(), 3);
    for _ in 0..2 {
        let refused =
            kind(plugin.view().commit(again(&writer)).expect_err("the stream has taken nothing"));
        assert!(matches!(refused.code, ErrorCode::InvalidArgument), "{refused:?}");
        assert_eq!(plugin.files_used(), 3);
    }
    HostValueWriter::drop(&mut plugin.view(), writer).unwrap();
    assert_eq!(plugin.files_used(), 2);
}

#[test]
fn after_a_commit_over_the_budget_a_writer_is_closed() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new().max_index(10));
    let store = plugin.open(false);
    let writer = plugin.view().writer(again(&store), "k".into()).ok().unwrap();
    let first = kind(plugin.view().commit(again(&writer)).expect_err("an error"));
    assert!(matches!(first.code, ErrorCode::LimitExceeded), "{first:?}");
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    let second = kind(
        plugin.view().write(again(&writer), vec![1]).expect_err("`write` works after `commit`"),
    );
    assert!(matches!(second.code, ErrorCode::Closed), "{second:?}");
    assert_eq!(files, 0, "litter");
}

#[test]
fn the_error_is_the_same_as_under_the_other_provider() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder, &CtxBuilder::new().max_index(10));
    let (reading, closed) = (plugin.open(true), plugin.open(false));
    plugin.view().close(again(&closed)).unwrap();
    let denied =
        kind(plugin.view().set(again(&reading), "k".into(), vec![]).expect_err("an error"));
    assert!(matches!(denied.code, ErrorCode::AccessDenied), "{denied:?}");
    let gone = kind(plugin.view().set(again(&closed), "k".into(), vec![]).expect_err("an error"));
    assert!(matches!(gone.code, ErrorCode::Closed), "{gone:?}");
}
