//! What an opening from a descriptor leaves if the plugin may not have another array, and what it
//! keeps if its call is dropped.

use std::fs::File as StdFile;
use std::io::Read as _;
use std::os::unix::fs::FileExt as _;
use std::pin::pin;
use std::sync::mpsc::channel;
use std::task::{Context, Waker};

use filemap::error::Error;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::filesystem::{self as wasi, FsPerms, OpenMode};

use super::super::bindings::array::{MemmapOptions, Mode, Order};
use super::super::bindings::descriptors::Host as _;
use super::super::blocking::now;
use super::super::trappable_error::TrappableError;
use super::*;
use crate::{CtxBuilder, CtxView};

/// Structured elements of two bytes, in the mode `read-write`.
fn options(shape: u64) -> MemmapOptions {
    MemmapOptions {
        dtype: Some("[('a', 'u1'), ('b', 'u1')]".into()),
        mode: Mode::ReadWrite,
        offset: 0,
        shape: Some(vec![shape]),
        order: Order::C,
    }
}

/// A file of four bytes.
fn four_bytes() -> StdFile {
    let file = tempfile::tempfile().unwrap();
    file.write_all_at(b"1234", 0).unwrap();
    file
}

/// Pushes a descriptor of a file onto a plugin's table.
fn push(table: &mut ResourceTable, file: &StdFile) -> Resource<Descriptor> {
    let (file, mode) = (file.try_clone().unwrap(), OpenMode::READ | OpenMode::WRITE);
    let file = wasi::File::new(file, FsPerms::ReadWrite, mode, false);
    table.push(Descriptor::File(file)).unwrap()
}

/// Opens a file of four bytes as an array of 100 elements, by a plugin with these limits and with
/// an array of one element. Returns the error, and the file's bytes.
fn opened_under(limits: &CtxBuilder) -> (Option<Error>, Vec<u8>) {
    let (mut ctx, mut wasi, mut table) =
        (limits.build(), WasiCtx::builder().build(), ResourceTable::new());
    let (wasi, table) = (wasi.filesystem(), &mut table);
    let mut host = Host::synchronous(CtxView { ctx: &mut ctx, wasi, table });
    let mut open = |file: &StdFile, shape| {
        let descriptor = push(host.table, file);
        now(host.open_file(descriptor, options(shape)))
    };
    let file = four_bytes();
    assert!(open(&file, 1).is_ok());
    let error = match open(&file, 100) {
        Ok(_) => None,
        Err(TrappableError::Plugin(error)) => Some(error),
        Err(TrappableError::Trap(trap)) => panic!("{trap}"),
    };
    let mut bytes = Vec::new();
    (&file).read_to_end(&mut bytes).unwrap();
    (error, bytes)
}

#[test]
fn a_file_is_not_extended_if_the_array_exceeds_a_quota() {
    let (error, bytes) = opened_under(&CtxBuilder::new());
    assert_eq!((error, bytes.len()), (None, 200));
    for limits in [CtxBuilder::new().max_dtypes(500), CtxBuilder::new().max_handles(1)] {
        let (error, bytes) = opened_under(&limits);
        assert!(matches!(error, Some(Error::LimitExceeded(_))), "{error:?}");
        assert_eq!(bytes, b"1234");
    }
}

#[test]
fn an_opening_that_is_dropped_keeps_its_reservations_while_it_goes_on() {
    let (mut ctx, mut wasi, mut table) =
        (CtxBuilder::new().build(), WasiCtx::builder().build(), ResourceTable::new());
    let ((asked, questions), (answers, answer)) = (channel::<()>(), channel::<()>());
    ctx.interrupter().call_at(1, move || {
        asked.send(()).unwrap();
        answer.recv().unwrap();
    });
    let descriptor = push(&mut table, &four_bytes());
    {
        let (wasi, table) = (wasi.filesystem(), &mut table);
        let mut host = Host::asynchronous(CtxView { ctx: &mut ctx, wasi, table });
        let mut call = pin!(host.open_file(descriptor, options(1)));
        let mut context = Context::from_waker(Waker::noop());
        assert!(call.as_mut().poll(&mut context).is_pending());
        questions.recv().unwrap();
    }
    let usage = ctx.usage();
    assert_eq!(usage.handles.used, 1);
    assert!(usage.dtypes.used > 0);
    answers.send(()).unwrap();
}
