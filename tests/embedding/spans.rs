//! The spans of the feature `tracing`.

use std::cell::RefCell;

use filemap_host::CtxBuilder;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use wasmtime::Engine;

use super::host::{FORMS, Plugin, prepare};
use super::support::folders::Folders;

thread_local! {
    /// The names and fields of filemap's spans in this thread, a line for each; `None` if nothing
    /// collects them.
    static SPANS: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Collects the spans of each thread that asks for them.
///
/// It is the subscriber of the process. One for each thread would miss spans: the library remembers
/// for each kind of span whether anybody wants it, and tests in other threads change that.
struct Collector;

/// The fields of a span, in their order.
#[derive(Default)]
struct Fields(Vec<String>);

impl Visit for Fields {
    fn record_debug(&mut self, _field: &Field, value: &dyn std::fmt::Debug) {
        self.0.push(format!("{value:?}"));
    }

    fn record_str(&mut self, _field: &Field, value: &str) {
        self.0.push(value.to_owned());
    }
}

impl Subscriber for Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.target().starts_with("filemap_host")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::default();
        span.record(&mut fields);
        let line = format!("{}: {}", span.metadata().name(), fields.0.join(" "));
        SPANS.with_borrow_mut(|spans| spans.iter_mut().for_each(|spans| spans.push(line.clone())));
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}
    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}
    fn event(&self, _event: &Event<'_>) {}
    fn enter(&self, _span: &Id) {}
    fn exit(&self, _span: &Id) {}
}

#[test]
fn each_call_of_a_host_function_is_a_span() {
    tracing::subscriber::set_global_default(Collector).unwrap();
    for form in FORMS {
        let prepared = prepare(&Engine::default(), form, "console");
        let commands = "store work/store\nset key 10\nopen work/bytes.bin r\nread 0 1\ndrop\n";
        let folders = Folders::new();
        let mut plugin = Plugin::console(&prepared, &folders, &CtxBuilder::new(), commands);
        SPANS.set(Some(Vec::new()));
        let exit = plugin.run_in(form).unwrap();
        let spans = SPANS.take().unwrap();
        assert_eq!(exit, 0, "{form:?}");
        let expected = [
            "store [static]store.open",
            "store [method]store.set",
            "array [static]memmap.open",
            "array [method]memmap.read",
            "array [drop]memmap",
            "store [drop]store",
        ];
        let expected = expected.map(|call| format!("wit-bindgen import: {call}"));
        assert_eq!(spans, expected, "{form:?}");
    }
}
