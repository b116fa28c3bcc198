//! Components written by hand, which use the canonical ABI as no compiler does: they receive
//! results in windows, pass windows to each other, have several memories, and break its rules.
//!
//! Each plugin is a file of `tests/hostile/handwritten`, which follows `prelude.wat` in its module.

use std::fs;

use filemap_cli::host::{self, State};
use filemap_host::CtxBuilder;
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions};
use wasmtime::component::Component;
use wasmtime::{Engine, Store};
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::filesystem::FsPerms;
use wit_component::{ComponentEncoder, StringEncoding};
use wit_parser::Resolve;

use super::support::folders::Folders;
use super::support::neighbour::Neighbour;
use super::support::programs::root;
use super::support::run::{Provider, engine};

const WORLDS: &str = "
    package filemap:handwritten;

    interface sink {
        prepare: func();
        sum: func(bytes: list<u8>) -> u64;
    }

    world plugin {
        import filemap:data/array@0.1.0;
        import filemap:data/mapping@0.1.0;
        export run: func();
    }

    world caller {
        include plugin;
        import sink;
    }

    world callee {
        import filemap:data/array@0.1.0;
        import filemap:data/mapping@0.1.0;
        export sink;
    }
";

/// The functions of another component, for the world `caller`.
const SINK: &str = r#"
    (import "filemap:handwritten/sink" "prepare" (func $prepare))
    (import "filemap:handwritten/sink" "sum" (func $sum (param i32 i32) (result i64)))
"#;

/// The size of `work/file.bin`, which is that of a window.
const SIZE: usize = 65_536;

/// The content of `work/file.bin` before a plugin runs.
fn content() -> Vec<u8> {
    (0..251).cycle().take(SIZE).collect()
}

/// Returns the component of a file in `tests/hostile/handwritten`.
fn component(name: &str, world: &str) -> Vec<u8> {
    let text = |name: &str| {
        fs::read_to_string(root().join("tests/hostile/handwritten").join(name)).unwrap()
    };
    let sink = if world == "caller" { SINK } else { "" };
    let own = text(&format!("{name}.wat"));
    let text = format!("(module {sink} {} {own})", text("prelude.wat"));
    let mut module = wat::parse_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut resolve = Resolve::default();
    resolve.push_dir(root().join("wit")).unwrap();
    let package = resolve.push_str("handwritten.wit", WORLDS).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    wit_component::embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)
        .unwrap();
    let mut encoder = ComponentEncoder::default().validate(true).module(&module).unwrap();
    encoder.encode().unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

/// Returns the component `caller`, whose sink is the component `sink`.
fn with_sink(caller: &str) -> Vec<u8> {
    let mut graph = CompositionGraph::new();
    let [sink, caller] = [("sink", "callee"), (caller, "caller")].map(|(name, world)| {
        let bytes = component(name, world);
        let package = Package::from_bytes(name, None, bytes, graph.types_mut()).unwrap();
        graph.register_package(package).unwrap()
    });
    wac_graph::plug(&mut graph, vec![sink], caller).unwrap();
    graph.encode(EncodeOptions::default()).unwrap()
}

/// Runs a component beside a well-behaved plugin. Returns its end, and the file afterwards.
#[track_caller]
fn run(component: &[u8]) -> (wasmtime::Result<()>, Vec<u8>) {
    let folders = Folders::new();
    let file = folders.work().join("file.bin");
    fs::write(&file, content()).unwrap();
    let neighbour = Neighbour::start(Provider::Mapping);
    let mut wasi = WasiCtx::builder();
    wasi.preopened_dir(folders.work(), "work", FsPerms::ReadWrite).unwrap();
    let filemap = CtxBuilder::new().map_into_guest(true).build();
    let engine = engine(Provider::Mapping);
    let mut store = Store::new(engine, State::new(wasi.build(), filemap, ()));
    let mut run = || {
        let component = Component::new(engine, component)?;
        let instance = host::linker(engine, true)?.instantiate(&mut store, &component)?;
        instance.get_typed_func::<(), ()>(&mut store, "run")?.call(&mut store, ())
    };
    let result = run();
    drop(store);
    neighbour.finish();
    (result, fs::read(file).unwrap())
}

/// Runs a plugin that must end well. Returns the file afterwards.
#[track_caller]
fn file_after(component: &[u8]) -> Vec<u8> {
    let (result, file) = run(component);
    result.unwrap_or_else(|error| panic!("{error:?}"));
    file
}

/// Makes tests of plugins that end well and leave the file as it was.
macro_rules! tests_of_plugins {
    ($($name:ident)*) => {
        $(#[test] fn $name() {
            assert!(file_after(&component(stringify!($name), "plugin")) == content());
        })*
    };
}

tests_of_plugins! {
    result_into_a_read_only_window
    copy_from_another_memory
    window_of_a_dropped_array
}

#[test]
fn error_into_a_truncated_window() {
    let file = file_after(&component("error_into_a_truncated_window", "plugin"));
    assert!(file == content()[..100]);
}

#[test]
fn argument_in_a_truncated_window() {
    let file = file_after(&component("argument_in_a_truncated_window", "plugin"));
    assert!(file[..50] == [0; 50] && file[50..] == content()[50..100]);
}

#[test]
fn bytes_of_a_truncated_window_for_a_component() {
    let file = file_after(&with_sink("bytes_of_a_truncated_window_for_a_component"));
    assert!(file == content()[..100]);
}

#[test]
fn bytes_for_a_component_with_a_window() {
    // A store instruction copies the bytes, as one of the plugin's own.
    let (result, file) = run(&with_sink("bytes_for_a_component_with_a_window"));
    let trap = format!("{:?}", result.unwrap_err());
    assert!(trap.contains("out of bounds memory access"), "{trap}");
    assert!(file == content());
}

/// Makes tests of plugins that trap, with a part of the message, and leave the file as it was.
macro_rules! tests_of_traps {
    ($($name:ident: $trap:literal,)*) => {
        $(#[test] fn $name() {
            let (result, file) = run(&component(stringify!($name), "plugin"));
            let trap = format!("{:?}", result.unwrap_err());
            assert!(trap.contains($trap), "{trap}");
            assert!(file == content());
        })*
    };
}

tests_of_traps! {
    endless_recursion: "call stack exhausted",
    store_into_a_read_only_window: "memory fault",
    memory_for_a_result_out_of_bounds: "realloc return: beyond end of memory",
    call_while_the_host_returns: "cannot leave component instance",
    trap_while_the_host_returns: "wasm `unreachable` instruction executed",
    argument_out_of_bounds: "out of bounds",
    result_out_of_bounds: "out of bounds",
    result_that_is_not_aligned: "not aligned",
    handle_that_was_never_given: "unknown handle index 77",
    handle_after_its_drop: "unknown handle index",
    mode_that_does_not_exist: "77",
    path_that_is_not_utf_8: "utf-8",
}

#[test]
fn memory_that_threads_share_is_refused() {
    let text = "(component (core module $m (memory 1 1 shared) (func (param i32) (drop
        (i32.atomic.rmw.add (local.get 0) (i32.const 1))))) (core instance (instantiate $m)))";
    // Memory with windows must not change while the host reads it.
    let mut config = wasmtime::Config::new();
    let engine = Engine::new(filemap_host::map_into_guest(&mut config)).unwrap();
    let error = Component::new(&engine, wat::parse_str(text).unwrap()).err().unwrap();
    assert!(format!("{error:?}").contains("threads"), "{error:?}");
}
