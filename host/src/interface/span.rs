//! A `tracing` span around each call of a host function, with the feature `tracing`.

/// The span of one call. Without the feature it is empty, and costs nothing.
pub(super) struct CallSpan {
    #[cfg(feature = "tracing")]
    span: tracing::Span,
}

#[cfg(feature = "tracing")]
impl CallSpan {
    /// Returns a span like those that Wasmtime's `bindgen!` generates and WASI's functions have.
    pub(super) fn new(interface: &'static str, function: &'static str) -> Self {
        let span = tracing::trace_span!("wit-bindgen import", module = interface, function);
        Self { span }
    }

    /// Enters the span until the returned guard is dropped.
    pub(super) fn enter(self) -> impl Sized {
        self.span.entered()
    }

    /// Enters the span each time the future is polled.
    pub(super) fn instrument<F: Future>(self, future: F) -> impl Future<Output = F::Output> {
        tracing::Instrument::instrument(future, self.span)
    }
}

#[cfg(not(feature = "tracing"))]
impl CallSpan {
    pub(super) const fn new(_interface: &'static str, _function: &'static str) -> Self {
        Self {}
    }

    pub(super) const fn enter(self) -> impl Sized {
        self
    }

    pub(super) const fn instrument<F: Future>(self, future: F) -> F {
        future
    }
}
