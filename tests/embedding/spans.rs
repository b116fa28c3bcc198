//! The spans of the feature `tracing`.

use std::sync::{Arc, Mutex};

use filemap_host::CtxBuilder;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use wasmtime::Engine;

use super::host::{FORMS, Plugin, prepare};
use super::support::folders::Folders;

/// Collects the names and fields of filemap's spans, a line for each.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<String>>>);

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

impl Subscriber for Spans {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.target().starts_with("filemap_host")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::default();
        span.record(&mut fields);
        let mut spans = self.0.lock().unwrap();
        spans.push(format!("{}: {}", span.metadata().name(), fields.0.join(" ")));
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, _span: &Id, _values: &Record<'_>) {}
    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}
    fn event(&self, _event: &Event<'_>) {}
    fn enter(&self, _span: &Id) {}
    fn exit(&self, _span: &Id) {}
}

#[test]
fn each_call_of_a_host_function_is_a_span() {
    for form in FORMS {
        let spans = Spans::default();
        let prepared = prepare(&Engine::default(), form, "console");
        let commands = "store work/store\nset key 10\nopen work/bytes.bin r\nread 0 1\ndrop\n";
        let folders = Folders::new();
        let mut plugin = Plugin::console(&prepared, &folders, &CtxBuilder::new(), commands);
        tracing::subscriber::with_default(spans.clone(), || {
            assert_eq!(plugin.run_in(form).unwrap(), 0, "{form:?}");
        });
        let expected = [
            "store [static]store.open",
            "store [method]store.set",
            "array [static]memmap.open",
            "array [method]memmap.read",
            "array [drop]memmap",
            "store [drop]store",
        ];
        let expected = expected.map(|call| format!("wit-bindgen import: {call}"));
        assert_eq!(*spans.0.lock().unwrap(), expected, "{form:?}");
    }
}
