//! The ways to do a work: filemap's providers, and what a user would pick instead.

/// A way to do a work.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// The native provider.
    Native,
    /// The native provider, with two threads for one call.
    NativeThreads,
    /// The native provider, with quotas that are not reached.
    NativeQuotas,
    /// The native provider, with an engine that counts the plugin's instructions.
    NativeFuel,
    /// The native provider in its asynchronous form, which may block the thread of the executor.
    Asynchronous,
    /// The same, with calls that wait for files on a pool of threads, the default.
    AsynchronousOnPool,
    /// The native provider, with files mapped into the plugin's memory.
    Mapping,
    /// The portable component, composed with the plugin.
    Portable,
    /// The native provider, by the WIT's calls with lists.
    NativeLists,
    /// The portable component, by the same calls.
    PortableLists,
    /// The plugin's standard library, with WASI on the plugin's thread, as in `filemap run`.
    Standard,
    /// The same, with WASI on a pool of threads, the default of wasmtime-wasi.
    StandardOnPool,
    /// numpy, in Python.
    Numpy,
    /// zict, in Python.
    Zict,
    /// The standard library, natively: the same system calls without WebAssembly.
    Floor,
    /// Mapped memory, natively.
    Mapped,
}

impl Way {
    /// The heading of the way's column.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::NativeThreads => "native, 2 threads",
            Self::NativeQuotas => "native, quotas",
            Self::NativeFuel => "native, fuel",
            Self::Asynchronous => "async",
            Self::AsynchronousOnPool => "async (pool)",
            Self::Mapping => "native --map",
            Self::Portable => "portable",
            Self::NativeLists => "native, lists",
            Self::PortableLists => "portable, lists",
            Self::Standard => "std::fs",
            Self::StandardOnPool => "std::fs (pool)",
            Self::Numpy => "numpy",
            Self::Zict => "zict",
            Self::Floor => "Rust, std::fs",
            Self::Mapped => "Rust, mmap",
        }
    }
}
