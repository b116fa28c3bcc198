//! A host like those of embedders, in both forms.

use filemap_host::{Ctx, CtxBuilder, CtxView, LinkOptions};
use wasmtime::component::{Component, InstancePre, Linker, ResourceTable};
use wasmtime::{Engine, Result, Store};
use wasmtime_wasi::filesystem::FsPerms;
use wasmtime_wasi::p2::bindings::{CommandPre, sync};
use wasmtime_wasi::p2::pipe::{MemoryInputPipe, MemoryOutputPipe};
use wasmtime_wasi::{I32Exit, WasiCtx, WasiCtxView, WasiView};

use super::support::executor::single_threaded;
use super::support::folders::Folders;
use super::support::programs;

/// The form in which the host functions are linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Synchronous,
    Asynchronous,
}

pub(crate) const FORMS: [Form; 2] = [Form::Synchronous, Form::Asynchronous];

/// The state of a plugin's store. It does not implement `filemap_host::View`.
pub(crate) struct State {
    wasi: WasiCtx,
    pub(crate) filemap: Ctx,
    pub(crate) table: ResourceTable,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

/// Returns a linker with WASI and with the interfaces of `options`.
pub(crate) fn linker(engine: &Engine, form: Form, options: &LinkOptions) -> Linker<State> {
    let mut linker = Linker::<State>::new(engine);
    let view: fn(&mut State) -> CtxView<'_> = |state| {
        let (wasi, table) = (state.wasi.filesystem(), &mut state.table);
        CtxView { ctx: &mut state.filemap, wasi, table }
    };
    match form {
        Form::Synchronous => {
            wasmtime_wasi::p2::add_to_linker_sync(&mut linker).unwrap();
            filemap_host::add_to_linker_with(&mut linker, options, view).unwrap();
        }
        Form::Asynchronous => {
            wasmtime_wasi::p2::add_to_linker_async(&mut linker).unwrap();
            filemap_host::add_to_linker_with_async(&mut linker, options, view).unwrap();
        }
    }
    linker
}

/// Compiles a test program.
pub(crate) fn compile(engine: &Engine, program: &str) -> Component {
    Component::from_file(engine, programs::program(program)).unwrap()
}

/// Compiles and links a test program.
pub(crate) fn prepare(engine: &Engine, form: Form, program: &str) -> InstancePre<State> {
    let linker = linker(engine, form, &LinkOptions::new());
    linker.instantiate_pre(&compile(engine, program)).unwrap()
}

/// A plugin that is about to run: a test program with its arguments and its input.
pub(crate) struct Plugin {
    pub(crate) store: Store<State>,
    stdout: MemoryOutputPipe,
    instance: InstancePre<State>,
}

impl Plugin {
    /// Prepares the program `console` to run these commands, one per line.
    pub(crate) fn console(
        instance: &InstancePre<State>,
        folders: &Folders,
        context: &CtxBuilder,
        commands: &str,
    ) -> Self {
        let mut wasi = WasiCtx::builder();
        wasi.stdin(MemoryInputPipe::new(commands.to_owned()));
        Self::new(instance, folders, context, wasi.arg("console"))
    }

    /// Prepares a program with arguments.
    pub(crate) fn with_arguments(
        instance: &InstancePre<State>,
        folders: &Folders,
        arguments: &[&str],
    ) -> Self {
        Self::new(instance, folders, &CtxBuilder::new(), WasiCtx::builder().args(arguments))
    }

    fn new(
        instance: &InstancePre<State>,
        folders: &Folders,
        context: &CtxBuilder,
        wasi: &mut wasmtime_wasi::WasiCtxBuilder,
    ) -> Self {
        let stdout = MemoryOutputPipe::new(1 << 20);
        wasi.stdout(stdout.clone());
        wasi.preopened_dir(folders.work(), "work", FsPerms::ReadWrite).unwrap();
        let (wasi, filemap, table) = (wasi.build(), context.build(), ResourceTable::new());
        let store = Store::new(instance.engine(), State { wasi, filemap, table });
        Self { store, stdout, instance: instance.clone() }
    }

    /// Runs the plugin in the synchronous form, and returns its exit code.
    pub(crate) fn run(&mut self) -> Result<i32> {
        let prepared = sync::CommandPre::new(self.instance.clone())?;
        let command = prepared.instantiate(&mut self.store)?;
        exit_code(command.wasi_cli_run().call_run(&mut self.store))
    }

    /// Runs the plugin in the asynchronous form, and returns its exit code.
    pub(crate) async fn run_async(&mut self) -> Result<i32> {
        let prepared = CommandPre::new(self.instance.clone())?;
        let command = prepared.instantiate_async(&mut self.store).await?;
        exit_code(command.wasi_cli_run().call_run(&mut self.store).await)
    }

    /// Runs the plugin in either form. A new runtime runs an asynchronous one.
    pub(crate) fn run_in(&mut self, form: Form) -> Result<i32> {
        match form {
            Form::Synchronous => self.run(),
            Form::Asynchronous => single_threaded().block_on(self.run_async()),
        }
    }

    /// Returns what the plugin has printed.
    pub(crate) fn output(&self) -> String {
        String::from_utf8(self.stdout.contents().to_vec()).unwrap()
    }
}

fn exit_code(result: Result<Result<(), ()>>) -> Result<i32> {
    match result {
        Ok(result) => Ok(i32::from(result.is_err())),
        Err(error) => error.downcast::<I32Exit>().map(|exit| exit.0),
    }
}
