//! The error and its cases, in one file for the engine and for `filemap-plugin`.
//!
//! `plugin/src/error/cases.rs` is a symbolic link to this file: both crates have the same error,
//! and a plugin does not depend on the engine.

use alloc::string::String;
use core::fmt;

/// Calls the macro `$define` with the documentation and the name of every case, in the order of
/// `filemap:data/errors.error-code`.
macro_rules! for_each_error_case {
    ($define:ident) => {
        $define! {
            /// The file or directory does not exist. Similar to `FileNotFoundError` in Python.
            NotFound,
            /// The plugin has no permission, or the array or store was opened for reading only.
            /// Similar to `PermissionError` in Python.
            AccessDenied,
            /// Another process or host holds the file or directory. A later call may succeed.
            /// Similar to `BlockingIOError` in Python.
            Busy,
            /// An argument is invalid, alone or together with the file it names. Similar to
            /// `ValueError` in Python.
            InvalidArgument,
            /// An index or a range of bytes lies outside the array. Similar to `IndexError` in
            /// Python.
            OutOfBounds,
            /// The file is shorter than when it was opened, because something has truncated it. A
            /// native program over `mmap` gets the signal `SIGBUS`. Similar to `EOFError` in
            /// Python.
            Truncated,
            /// The disk or a quota is full. Similar to `OSError` with `errno.ENOSPC` in Python.
            NoSpace,
            /// The call asks for more than the provider gives a plugin, or than the plugin's memory
            /// holds. A smaller request may succeed. Similar to `MemoryError` in Python.
            LimitExceeded,
            /// The store, array, stream or writer was closed before. Similar to `ValueError` in
            /// Python (`I/O operation on closed file`).
            Closed,
            /// The content of the file is not what its format requires. Similar to `ValueError` in
            /// Python, as `numpy.load` raises it.
            Corrupt,
            /// The request is valid, but this provider, host or file system cannot fulfil it.
            /// Similar to `NotImplementedError` in Python.
            Unsupported,
            /// The storage cannot be reached now. A later call may succeed. A change on a server
            /// has happened completely or not at all. Similar to `ConnectionError` and
            /// `TimeoutError` in Python.
            Unavailable,
            /// The host ended the call before it was complete. Similar to `InterruptedError` in
            /// Python.
            Interrupted,
            /// Any other reason, for instance a failing disk. Similar to `OSError` in Python.
            Other,
        }
    };
}

pub(super) use for_each_error_case;

macro_rules! define_error {
    ($($(#[$documentation:meta])+ $case:ident,)+) => {
        /// Why a call failed: the case is for programs, the text for people.
        ///
        /// The text says what was asked, what is the case, and what to do. It begins in lower case
        /// and ends without a period, so that it can follow `failed to ...: `. After an error
        /// nothing has changed, except where the function or the case says otherwise. A missing key
        /// is not an error: it is `None`.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Error {
            $($(#[$documentation])+ $case(String),)+
        }

        impl Error {
            /// Returns the text for people.
            #[must_use]
            pub fn message(&self) -> &str {
                let ($(Self::$case(message))|+) = self;
                message
            }

            /// Returns the text for people, as an owned string.
            #[must_use]
            pub fn into_message(self) -> String {
                let ($(Self::$case(message))|+) = self;
                message
            }
        }
    };
}

for_each_error_case!(define_error);

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.message())
    }
}

impl core::error::Error for Error {}
