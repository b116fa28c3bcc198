//! How much of its budgets a plugin uses.

use std::pin::pin;

use filemap_host::CtxBuilder;
use filemap_host::limits::{Amount, Unit};
use wasmtime::Engine;

use super::host::{Form, Plugin, prepare};
use super::support::executor::{hold_disk, poll, single_threaded};
use super::support::folders::Folders;

#[test]
fn usage_counts_what_a_plugin_has_open() {
    let prepared = prepare(&Engine::default(), Form::Synchronous, "console");
    let folders = Folders::new();
    let context = CtxBuilder::new().max_files(16).max_mapped(1 << 20);
    // The plugin ends by a trap, with everything open.
    let commands =
        "store work/store\nset key 10\nopen work/bytes.bin c\nwrite 0 5 1\nout-of-bounds\n";
    let mut plugin = Plugin::console(&prepared, &folders, &context, commands);
    let before = plugin.store.data().filemap.usage();
    assert_eq!(before.files, Amount { used: 0, max: 16 });
    assert!(before.named().iter().all(|(_, _, amount)| amount.used == 0));

    assert!(plugin.run().is_err());
    assert_eq!(plugin.output(), "ok\nok\nok\nok\n");
    let usage = plugin.store.data().filemap.usage();
    assert_eq!(usage.handles.used, 2, "a store and an array");
    assert_eq!(usage.files, Amount { used: 3, max: 16 }, "a directory, its lock, and a file");
    assert_eq!(usage.mapped, Amount { used: 64, max: 1 << 20 });
    assert_eq!(usage.private.used, 4096, "one page was changed");
    assert!(usage.index.used > 0, "there is a key");
    assert_eq!(usage.windows.used, 0);
    let units = usage.named().map(|(name, unit, _)| (name, unit));
    assert!(units.contains(&("files", Unit::Count)) && units.contains(&("index", Unit::Bytes)));
}

#[test]
fn a_plugin_that_is_dropped_gives_everything_back() {
    let prepared = prepare(&Engine::default(), Form::Asynchronous, "console");
    let runtime = single_threaded();
    let commands = "open work/bytes.bin r\n";
    let folders = Folders::new();
    let mut plugin = Plugin::console(&prepared, &folders, &CtxBuilder::new(), commands);
    runtime.block_on(async {
        let _disk = hold_disk(&runtime);
        assert!(poll(pin!(plugin.run_async())).is_pending(), "`open` is held");
    });
    runtime.block_on(runtime.spawn_blocking(|| ())).unwrap();
    let usage = plugin.store.data().filemap.usage();
    assert!(usage.named().iter().all(|(_, _, amount)| amount.used == 0), "{usage:?}");
}
