//! Engines with fuel, epochs and the pooling allocator, and prepared instances, in both forms.

use std::pin::pin;

use filemap_host::CtxBuilder;
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Trap};

use super::host::{FORMS, Form, Plugin, prepare};
use super::support::executor::{poll, single_threaded};
use super::support::folders::Folders;

/// Commands for `console` that call stores and arrays, and what it prints.
const COMMANDS: &str =
    "store work/store\nset key 5000\nget key\nopen work/bytes.bin r\nread 0 64\n";
const OUTPUT: &str = "ok\nok\n5000 bytes, 0 zeroes\nok\n64 bytes, 1 zeroes\n";

/// Returns the trap that ended a plugin.
#[track_caller]
fn trap(result: wasmtime::Result<i32>) -> Trap {
    *result.unwrap_err().downcast_ref().expect("a trap")
}

#[test]
fn fuel_ends_a_plugin_and_calls_cost_none_of_it() {
    let engine = Engine::new(Config::new().consume_fuel(true)).unwrap();
    for form in FORMS {
        let folders = Folders::new();
        let prepared = prepare(&engine, form, "console");
        let mut plugin = Plugin::console(&prepared, &folders, &CtxBuilder::new(), COMMANDS);
        plugin.store.set_fuel(100_000_000).unwrap();
        if form == Form::Asynchronous {
            plugin.store.fuel_async_yield_interval(Some(1000)).unwrap();
        }
        assert_eq!(plugin.run_in(form).unwrap(), 0, "{form:?}");
        assert_eq!(plugin.output(), OUTPUT, "{form:?}");
        assert!(plugin.store.get_fuel().unwrap() < 100_000_000, "{form:?}");

        let spin = prepare(&engine, form, "command");
        let mut plugin = Plugin::with_arguments(&spin, &folders, &["command", "spin"]);
        plugin.store.set_fuel(10_000_000).unwrap();
        assert_eq!(trap(plugin.run_in(form)), Trap::OutOfFuel, "{form:?}");
    }
}

#[test]
fn an_epoch_that_has_passed_ends_a_plugin() {
    let engine = Engine::new(Config::new().epoch_interruption(true)).unwrap();
    for form in FORMS {
        let folders = Folders::new();
        let prepared = prepare(&engine, form, "console");
        let mut plugin = Plugin::console(&prepared, &folders, &CtxBuilder::new(), COMMANDS);
        plugin.store.set_epoch_deadline(1 << 40);
        assert_eq!(plugin.run_in(form).unwrap(), 0, "{form:?}");
        assert_eq!(plugin.output(), OUTPUT, "{form:?}");

        let spin = prepare(&engine, form, "command");
        let mut plugin = Plugin::with_arguments(&spin, &folders, &["command", "spin"]);
        plugin.store.set_epoch_deadline(1);
        engine.increment_epoch();
        assert_eq!(trap(plugin.run_in(form)), Trap::Interrupt, "{form:?}");
    }
}

#[test]
fn an_epoch_lets_other_tasks_run_and_a_time_out_end_the_plugin() {
    let engine = Engine::new(Config::new().epoch_interruption(true)).unwrap();
    let folders = Folders::new();
    let spin = prepare(&engine, Form::Asynchronous, "command");
    let prepared = prepare(&engine, Form::Asynchronous, "console");
    single_threaded().block_on(async {
        let mut spinning = Plugin::with_arguments(&spin, &folders, &["command", "spin"]);
        spinning.store.epoch_deadline_async_yield_and_update(1);
        spinning.store.set_epoch_deadline(1);
        engine.increment_epoch();
        // The plugin gives up its thread at the passed epoch, and is dropped there.
        assert!(poll(pin!(spinning.run_async())).is_pending());

        let mut plugin = Plugin::console(&prepared, &folders, &CtxBuilder::new(), COMMANDS);
        plugin.store.set_epoch_deadline(1 << 40);
        assert_eq!(plugin.run_async().await.unwrap(), 0);
        assert_eq!(plugin.output(), OUTPUT);
    });
}

#[test]
fn the_pooling_allocator_reuses_the_slots_of_plugins() {
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(2).total_core_instances(20);
    pool.total_memories(2).total_tables(4).total_stacks(2);
    let mut config = Config::new();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    let engine = Engine::new(&config).unwrap();
    for form in FORMS {
        let prepared = prepare(&engine, form, "console");
        // More plugins than the pool has slots.
        for _ in 0..5 {
            let folders = Folders::new();
            let mut plugin = Plugin::console(&prepared, &folders, &CtxBuilder::new(), COMMANDS);
            assert_eq!(plugin.run_in(form).unwrap(), 0, "{form:?}");
            assert_eq!(plugin.output(), OUTPUT, "{form:?}");
        }
    }
}

#[test]
fn one_prepared_instance_serves_many_plugins_at_once() {
    let engine = Engine::default();
    for form in FORMS {
        let folders = Folders::new();
        let prepared = prepare(&engine, form, "console");
        // Each has a store of its own, and all map one file.
        let plugins = (0..8).map(|number| {
            let commands = COMMANDS.replace("work/store", &format!("work/store-{number}"));
            Plugin::console(&prepared, &folders, &CtxBuilder::new(), &commands)
        });
        let plugins: Vec<_> = match form {
            Form::Synchronous => std::thread::scope(|scope| {
                let run = |mut plugin: Plugin| {
                    assert_eq!(plugin.run().unwrap(), 0);
                    plugin
                };
                let threads: Vec<_> =
                    plugins.map(|plugin| scope.spawn(move || run(plugin))).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            }),
            Form::Asynchronous => {
                let runtime = single_threaded();
                let run = |mut plugin: Plugin| async move {
                    assert_eq!(plugin.run_async().await.unwrap(), 0);
                    plugin
                };
                let tasks: Vec<_> = plugins.map(|plugin| runtime.spawn(run(plugin))).collect();
                tasks.into_iter().map(|task| runtime.block_on(task).unwrap()).collect()
            }
        };
        assert_eq!(plugins.len(), 8);
        for plugin in plugins {
            assert_eq!(plugin.output(), OUTPUT, "{form:?}");
        }
    }
}
