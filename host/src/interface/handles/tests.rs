//! What a call on another thread does with the resource of a handle.

use std::pin::pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Waker};

use wasmtime_wasi::WasiCtx;
use wasmtime_wasi::runtime::in_tokio;

use super::*;
use crate::CtxBuilder;

/// A resource that reports its drop, and a disk that answers when it is told to.
struct Value {
    number: u32,
    dropped: Sender<u32>,
}

struct Disk {
    asked: Sender<()>,
    answer: Receiver<()>,
}

impl Drop for Value {
    fn drop(&mut self) {
        _ = self.dropped.send(self.number);
    }
}

struct Plugin {
    ctx: Ctx,
    wasi: WasiCtx,
    table: ResourceTable,
}

impl Plugin {
    fn new() -> Self {
        let (ctx, wasi) = (CtxBuilder::new().build(), WasiCtx::builder().build());
        Self { ctx, wasi, table: ResourceTable::new() }
    }

    fn host(&mut self) -> Host<'_> {
        let (wasi, table) = (self.wasi.filesystem(), &mut self.table);
        Host::asynchronous(CtxView { ctx: &mut self.ctx, wasi, table })
    }
}

impl Disk {
    /// Increments the number of a value, after the disk has answered.
    fn increment(self) -> impl FnOnce(&mut Value) + Send + 'static {
        move |value| {
            self.asked.send(()).unwrap();
            self.answer.recv().unwrap();
            value.number += 1;
        }
    }
}

/// A disk, the questions that it gets, and the way to answer them.
fn disk() -> (Disk, Receiver<()>, Sender<()>) {
    let ((asked, questions), (answers, answer)) = (channel(), channel());
    (Disk { asked, answer }, questions, answers)
}

#[test]
fn a_call_on_another_thread_puts_its_resource_back() {
    let mut plugin = Plugin::new();
    let (dropped, drops) = channel();
    let handle = plugin.table.push(Slot::new(Value { number: 1, dropped })).unwrap();
    for _ in 0..2 {
        let (disk, _questions, answers) = disk();
        answers.send(()).unwrap();
        in_tokio(plugin.host().run_blocking(&handle, disk.increment())).unwrap();
    }
    in_tokio(plugin.host().drop_blocking(handle)).unwrap();
    assert_eq!(drops.recv(), Ok(3));
}

#[test]
fn a_call_that_is_dropped_goes_on_and_keeps_its_resource_from_other_calls() {
    let mut plugin = Plugin::new();
    let (dropped, drops) = channel();
    let handle = plugin.table.push(Slot::new(Value { number: 1, dropped })).unwrap();
    let (disk, questions, answers) = disk();
    {
        let mut host = plugin.host();
        let mut call = pin!(host.run_blocking(&handle, disk.increment()));
        let mut context = Context::from_waker(Waker::noop());
        assert!(call.as_mut().poll(&mut context).is_pending());
        questions.recv().unwrap();
    }
    let refused = in_tokio(plugin.host().run_blocking(&handle, |_| ())).unwrap_err();
    assert!(refused.to_string().contains("was dropped before"), "{refused}");
    drop(plugin);
    assert!(drops.try_recv().is_err(), "the call still has the resource");
    answers.send(()).unwrap();
    assert_eq!(drops.recv(), Ok(2), "the call was complete before its resource was dropped");
}
