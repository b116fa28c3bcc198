//! What the host functions of `wasi:keyvalue` have besides those of stores.

use tempfile::TempDir;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::filesystem::FsPerms;

use super::*;
use crate::{Ctx, CtxBuilder};

/// The state of a plugin that has a folder as `default`.
struct Plugin {
    ctx: Ctx,
    wasi: WasiCtx,
    table: ResourceTable,
}

impl Plugin {
    fn new(folder: &TempDir) -> Self {
        let mut wasi = WasiCtx::builder();
        wasi.preopened_dir(folder.path(), "default", FsPerms::ReadWrite).unwrap();
        let ctx = CtxBuilder::new().build();
        Self { ctx, wasi: wasi.build(), table: ResourceTable::new() }
    }

    fn host(&mut self) -> Host<'_> {
        let (wasi, table) = (self.wasi.filesystem(), &mut self.table);
        Host::synchronous(CtxView { ctx: &mut self.ctx, wasi, table })
    }

    /// Opens the bucket without a name.
    fn open(&mut self) -> Result<Resource<StoreSlot>> {
        now(HostOpen::open(&mut self.host(), String::new()))
    }
}

/// Returns the text of an error that is neither `no-such-store` nor `access-denied`.
#[track_caller]
fn other<T>(result: Result<T>) -> String {
    match result {
        Err(KeyvalueError::Plugin(keyvalue::Error::Other(text))) => text,
        _ => panic!("the call did not fail with `other`"),
    }
}

#[test]
fn every_call_of_an_interrupted_plugin_fails() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder);
    let bucket = plugin.open().ok().unwrap();
    let copy = || Resource::new_own(bucket.rep());
    let (key, keys) = (|| "key".to_owned(), || vec!["key".to_owned()]);
    plugin.ctx.interrupter().interrupt();
    let mut texts = vec![other(plugin.open())];
    let mut host = plugin.host();
    let host = &mut host;
    texts.push(other(now(HostBucket::get(host, copy(), key()))));
    texts.push(other(now(HostBucket::set(host, copy(), key(), Vec::new()))));
    texts.push(other(now(HostBucket::delete(host, copy(), key()))));
    texts.push(other(now(HostBucket::exists(host, copy(), key()))));
    texts.push(other(now(HostBucket::list_keys(host, copy(), None))));
    texts.push(other(now(HostAtomics::increment(host, copy(), key(), 1))));
    texts.push(other(now(HostBatch::get_many(host, copy(), keys()))));
    texts.push(other(now(HostBatch::set_many(host, copy(), vec![(key(), Vec::new())]))));
    texts.push(other(now(HostBatch::delete_many(host, copy(), keys()))));
    for text in texts {
        assert!(text.contains("the host ended the call"), "{text}");
    }
    now(HostBucket::drop(host, copy())).unwrap();
}

#[test]
fn a_bucket_gives_back_what_it_has_taken_of_the_budgets() {
    let folder = TempDir::new().unwrap();
    let mut plugin = Plugin::new(&folder);
    let bucket = plugin.open().ok().unwrap();
    let used = |plugin: &Plugin| {
        let budgets = &plugin.ctx.budgets;
        (budgets.handles.used(), budgets.files.used())
    };
    assert_eq!(used(&plugin), (1, 2));
    now(HostBucket::drop(&mut plugin.host(), bucket)).unwrap();
    assert_eq!(used(&plugin), (0, 0));
}
