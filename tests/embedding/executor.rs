//! What the asynchronous form does with the thread of its executor.

use std::pin::pin;

use filemap_host::CtxBuilder;
use wasmtime::Engine;

use super::host::{Form, Plugin, prepare};
use super::support::executor::{hold_disk, poll, single_threaded};
use super::support::files::file_contents;
use super::support::folders::Folders;
use super::support::run::{Provider, run_within};

#[test]
fn a_call_that_waits_for_the_disk_leaves_its_thread_to_other_plugins() {
    let (engine, folders, runtime) = (Engine::default(), Folders::new(), single_threaded());
    let slow = prepare(&engine, Form::Asynchronous, "console");
    let other = prepare(&engine, Form::Asynchronous, "command");
    let disk = hold_disk(&runtime);
    let commands = "store work/store\nset key 5000\n";
    let mut slow = Plugin::console(&slow, &folders, &CtxBuilder::new(), commands);
    runtime.block_on(async {
        let mut waiting = pin!(slow.run_async());
        assert!(poll(waiting.as_mut()).is_pending(), "the disk is held");

        let mut other = Plugin::with_arguments(&other, &folders, &["command", "args", "x"]);
        assert_eq!(other.run_async().await.unwrap(), 0);
        assert_eq!(other.output(), "[\"x\"]\n");
        assert!(poll(waiting.as_mut()).is_pending(), "the disk is still held");
        assert!(!folders.work().join("store").exists());

        disk.send(()).unwrap();
        assert_eq!(waiting.await.unwrap(), 0);
    });
    assert_eq!(slow.output(), "ok\nok\n");
}

#[test]
fn the_thread_of_the_executor_does_not_touch_files() {
    // All cases of the contract suite and of the hostile plugins run in this way too.
    let case = "store work/store";
    let run = |context: &CtxBuilder| {
        run_within(Provider::Asynchronous, "console", &[case], &Folders::new(), context).stdout
    };
    assert_eq!(run(&CtxBuilder::new()), "ok\n");
    // The kernel refuses every access in this thread, so the check above would find one.
    let refused = run(&CtxBuilder::new().allow_blocking_current_thread(true));
    assert!(refused.starts_with("ErrorCode::AccessDenied: "), "{refused}");
}

#[test]
fn a_context_that_may_block_its_thread_needs_no_other() {
    let (engine, folders, runtime) = (Engine::default(), Folders::new(), single_threaded());
    let prepared = prepare(&engine, Form::Asynchronous, "console");
    let _held = hold_disk(&runtime);
    let context = CtxBuilder::new().allow_blocking_current_thread(true);
    let commands = "store work/store\nset key 5000\nstream other 5000\nget other\n";
    let mut plugin = Plugin::console(&prepared, &folders, &context, commands);
    assert_eq!(runtime.block_on(plugin.run_async()).unwrap(), 0);
    assert_eq!(plugin.output(), "ok\nok\nok\n5000 bytes, 0 zeroes\n");
}

#[test]
fn a_plugin_that_is_dropped_during_a_call_leaves_its_store_as_it_was() {
    let (engine, folders, runtime) = (Engine::default(), Folders::new(), single_threaded());
    let prepared = prepare(&engine, Form::Asynchronous, "console");
    let run = |commands: &str| {
        let mut plugin = Plugin::console(&prepared, &folders, &CtxBuilder::new(), commands);
        assert_eq!(runtime.block_on(plugin.run_async()).unwrap(), 0);
        plugin.output()
    };
    assert_eq!(run("store work/store\nset key 10\n"), "ok\nok\n");
    let before = file_contents(&folders.work().join("store"));

    let mut plugin =
        Plugin::console(&prepared, &folders, &CtxBuilder::new(), "store work/store\nset key 99\n");
    let held = runtime.block_on(async {
        let mut running = pin!(plugin.run_async());
        // The store is opened while the disk is free, and the value is set while it is held.
        let disk = hold_disk(&runtime);
        assert!(poll(running.as_mut()).is_pending());
        drop(disk);
        runtime.spawn_blocking(|| ()).await.unwrap();
        let held = hold_disk(&runtime);
        assert!(poll(running.as_mut()).is_pending(), "`set` is held");
        held
    });
    assert_eq!(plugin.output(), "ok\n", "the store was opened");
    drop(plugin);
    // The disk is held until the plugin is gone. Then everything that waits for it runs.
    drop(held);
    runtime.block_on(runtime.spawn_blocking(|| ())).unwrap();
    assert_eq!(file_contents(&folders.work().join("store")), before);
    assert_eq!(run("store work/store\nget key\n"), "ok\n10 bytes, 0 zeroes\n", "it is not locked");
}
