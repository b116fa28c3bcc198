//! What a call keeps of the budgets while its work goes on after its future was dropped.

use std::pin::pin;
use std::sync::mpsc::channel;
use std::task::{Context, Waker};

use tempfile::TempDir;
use wasmtime::component::{Resource, ResourceTable};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::filesystem::{FsPerms, WasiFilesystemCtxView};
use wasmtime_wasi::p2::bindings::filesystem::preopens::Host as _;
use wasmtime_wasi::runtime::in_tokio;

use super::bindings::array::Mode;
use super::bindings::bulk::Host as _;
use super::bindings::descriptors::Host as _;
use super::bindings::store::{Durability, HostStore as _, StoreOptions};
use super::handles::Host;
use super::slot::StoreSlot;
use crate::{Ctx, CtxBuilder, CtxView};

const READ_ONLY: StoreOptions =
    StoreOptions { create: false, read_only: true, durability: Durability::None };

/// The state of a plugin in the asynchronous form, which has a folder as `default`.
struct Plugin {
    ctx: Ctx,
    wasi: WasiCtx,
    table: ResourceTable,
    _folder: TempDir,
}

impl Plugin {
    /// A plugin with a store of one key.
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("key#0"), b"value").unwrap();
        let mut wasi = WasiCtx::builder();
        wasi.preopened_dir(folder.path(), "default", FsPerms::ReadWrite).unwrap();
        let (ctx, table) = (CtxBuilder::new().build(), ResourceTable::new());
        Self { ctx, wasi: wasi.build(), table, _folder: folder }
    }

    fn host(&mut self) -> Host<'_> {
        let (wasi, table) = (self.wasi.filesystem(), &mut self.table);
        Host::asynchronous(CtxView { ctx: &mut self.ctx, wasi, table })
    }

    /// Opens the store for reading.
    fn open(&mut self) -> Resource<StoreSlot> {
        in_tokio(self.host().open("default".into(), READ_ONLY)).ok().unwrap()
    }

    /// The numbers of handles and files in use.
    fn used(&self) -> (u64, u64) {
        let usage = self.ctx.usage();
        (usage.handles.used, usage.files.used)
    }

    /// Drops the future of a call while its work waits at the first checkpoint. Returns what is in
    /// use then, and waits until nothing is in use any more.
    #[track_caller]
    fn used_by_dropped(mut self, call: impl AsyncFnOnce(&mut Host<'_>)) -> (u64, u64) {
        let ((asked, questions), (answers, answer)) = (channel(), channel());
        self.ctx.interrupter().call_at(1, move || {
            asked.send(()).unwrap();
            answer.recv().unwrap();
        });
        {
            let mut host = self.host();
            let mut call = pin!(call(&mut host));
            assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            questions.recv().unwrap();
        }
        let used = self.used();
        answers.send(()).unwrap();
        while self.used() != (0, 0) {
            std::thread::yield_now();
        }
        used
    }
}

#[test]
fn an_opening_keeps_its_reservations() {
    let used = Plugin::new().used_by_dropped(async |host| {
        let options = StoreOptions { read_only: false, ..READ_ONLY };
        drop(host.open("default".into(), options).await);
    });
    assert_eq!(used, (1, 2), "a store, and its directory and lock");
}

#[test]
fn an_opening_from_a_descriptor_keeps_its_reservations() {
    let mut plugin = Plugin::new();
    let (mut table, ctx) = (ResourceTable::new(), plugin.wasi.filesystem());
    let listed = WasiFilesystemCtxView { ctx, table: &mut table }.get_directories();
    let (handle, _) = listed.unwrap().remove(0);
    let directory = plugin.table.push(table.delete(handle).unwrap()).unwrap();
    let used = plugin.used_by_dropped(async |host| {
        drop(host.open_directory(directory, READ_ONLY).await);
    });
    assert_eq!(used, (1, 1), "a store, and its directory");
}

#[cfg(feature = "keyvalue")]
#[test]
fn an_opening_of_a_bucket_keeps_its_reservations() {
    let used = Plugin::new().used_by_dropped(async |host| {
        let open = super::keyvalue::HostOpen::open(host, String::new());
        drop(open.await);
    });
    assert_eq!(used, (1, 2), "a store, and its directory and lock");
}

#[test]
fn an_opening_of_a_value_keeps_its_reservations() {
    let mut plugin = Plugin::new();
    let store = plugin.open();
    let used = plugin.used_by_dropped(async |host| {
        drop(host.open_value(store, "key".into(), Mode::ReadOnly).await);
    });
    assert_eq!(used, (2, 1), "a store and an array, and the directory");
}

#[test]
fn an_opening_of_a_stream_keeps_its_reservations() {
    let mut plugin = Plugin::new();
    let store = plugin.open();
    let used = plugin.used_by_dropped(async |host| {
        drop(host.read_value_via_stream(store, "key".into(), 0).await);
    });
    assert_eq!(used, (2, 2), "a store and a stream, and their files");
}
