//! The common cases under Wasmtime's own implementation, the crate `wasmtime-wasi-keyvalue`: so
//! the cases say what components expect, and not only what filemap does.

use filemap_cli::host::exit_code;
use wasmtime::Store;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime_wasi::p2::bindings::sync::Command;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_keyvalue::{WasiKeyValue, WasiKeyValueCtx, WasiKeyValueCtxBuilder};

use crate::support::programs::program;
use crate::support::run::{Provider, engine};

struct State {
    wasi: WasiCtx,
    keyvalue: WasiKeyValueCtx,
    table: ResourceTable,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

fn check(case: &str) {
    let engine = engine(Provider::Native);
    let mut linker = Linker::<State>::new(engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker).unwrap();
    wasmtime_wasi_keyvalue::add_to_linker(&mut linker, |state| {
        WasiKeyValue::new(&state.keyvalue, &mut state.table)
    })
    .unwrap();
    let stderr = MemoryOutputPipe::new(1 << 20);
    let wasi = WasiCtx::builder().stderr(stderr.clone()).args(&["keyvalue", case]).build();
    let keyvalue = WasiKeyValueCtxBuilder::new().build();
    let mut store = Store::new(engine, State { wasi, keyvalue, table: ResourceTable::new() });
    let component = Component::from_file(engine, program("keyvalue")).unwrap();
    let command = Command::instantiate(&mut store, &component, &linker).unwrap();
    let exit = exit_code(command.wasi_cli_run().call_run(&mut store));
    let text = String::from_utf8_lossy(&stderr.contents()).into_owned();
    assert_eq!(exit.map_err(|trap| format!("{trap:?}")), Ok(0), "{text}");
}

macro_rules! tests_under_wasmtimes_own {
    ($($case:ident)*) => {
        $(#[test] fn $case() { check(stringify!($case)); })*
    };
}

for_each_common_case!(tests_under_wasmtimes_own);
