//! The report on a plugin that trapped.

use std::fmt::Write as _;

use filemap::message;
use wasmtime::{Error, FrameInfo, WasmBacktrace};

/// The number of frames that are shown by default.
const SHOWN_FRAMES: usize = 8;

/// Returns why the plugin `name` ended: one line, and its backtrace, with all frames on request.
pub(super) fn report(name: &str, error: &Error, all: bool) -> String {
    let mut report = message!("the plugin `{name}` trapped: {}", cause(error));
    report.push('\n');
    let Some(backtrace) = error.downcast_ref::<WasmBacktrace>() else { return report };
    let frames = backtrace.frames();
    let shown = if all { frames.iter().collect() } else { shortened(frames) };
    for (number, frame) in shown.iter().enumerate() {
        report.push_str(&message!("{number:>4}: {}", function(frame)));
        if all {
            let module = frame.module().name().unwrap_or("a module without a name");
            let offset = frame.module_offset().unwrap_or_default();
            report.push_str(&message!(" ({module}, at {offset:#x})"));
        }
        report.push('\n');
    }
    let hidden = frames.len() - shown.len();
    if hidden > 0 {
        _ = writeln!(
            report,
            "      {hidden} more; `filemap run --backtrace` shows all {}",
            frames.len()
        );
    }
    report
}

/// Returns the messages of an error but for the backtrace, from the outside to the cause.
fn cause(error: &Error) -> String {
    let backtrace = error.downcast_ref::<WasmBacktrace>().map(ToString::to_string);
    let messages = error.chain().map(ToString::to_string);
    let messages: Vec<_> = messages
        .filter(|message| Some(message) != backtrace.as_ref())
        .map(|message| message.trim_start_matches("wasm trap: ").to_owned())
        .collect();
    messages.join(": ")
}

/// Returns the frames that matter, as Rust's standard library chooses them for a panic: without
/// those that report the panic, and without those that start `main`.
fn shortened(frames: &[FrameInfo]) -> Vec<&FrameInfo> {
    let position = |marker: &str| {
        frames.iter().position(|frame| frame.func_name().is_some_and(|name| name.contains(marker)))
    };
    let first = position("__rust_end_short_backtrace").map_or(0, |marker| marker + 1);
    let last = position("__rust_begin_short_backtrace")
        .filter(|&marker| marker > first)
        .unwrap_or(frames.len());
    frames[first..last].iter().take(SHOWN_FRAMES).collect()
}

/// Returns the name of a function as its source has it, in Rust and C++.
fn function(frame: &FrameInfo) -> String {
    match frame.func_name() {
        Some(name) => demangle(name),
        None => format!("function {} without a name", frame.func_index()),
    }
}

fn demangle(name: &str) -> String {
    if let Ok(name) = rustc_demangle::try_demangle(name) {
        // Without the hash at the end.
        return format!("{name:#}");
    }
    let symbol = cpp_demangle::Symbol::new(name).ok();
    symbol.and_then(|symbol| symbol.demangle().ok()).unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_functions_are_those_of_the_source() {
        for (symbol, name) in [
            ("_ZN7command4main17h05af221e174051e9E", "command::main"),
            ("_RNvCskwGfYPst2Cb_3foo3bar", "foo::bar"),
            ("_Z3addiPKc", "add(int, char const*)"),
            ("main", "main"),
            ("_Znonsense", "_Znonsense"),
        ] {
            assert_eq!(demangle(symbol), name);
        }
    }
}
