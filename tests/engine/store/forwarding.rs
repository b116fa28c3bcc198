//! Test doubles of a directory: methods that pass the call on to the directory inside.

/// Implements the listed methods of `Directory`, in an `impl` for a type that can be cloned and has
/// a directory in its field `inner`. The type names those that it answers in another way itself.
macro_rules! forward_to_inner {
    () => {};
    (identity $($other:ident)*) => {
        type Identity = <MemoryDirectory as Directory>::Identity;

        fn identity(&self) -> IoResult<Self::Identity> {
            self.inner.identity()
        }

        fn looks_like(&self, other: &Self) -> bool {
            self.inner.looks_like(&other.inner)
        }
        forward_to_inner!($($other)*);
    };
    (open_file $($other:ident)*) => {
        fn open_file(&self, path: &str, how: Open) -> IoResult<MemoryFile> {
            self.inner.open_file(path, how)
        }
        forward_to_inner!($($other)*);
    };
    (has_file $($other:ident)*) => {
        fn has_file(&self, name: &str) -> IoResult<bool> {
            self.inner.has_file(name)
        }
        forward_to_inner!($($other)*);
    };
    (read_link $($other:ident)*) => {
        fn read_link(&self, path: &str) -> IoResult<String> {
            self.inner.read_link(path)
        }
        forward_to_inner!($($other)*);
    };
    (open_directory $($other:ident)*) => {
        fn open_directory(&self, path: &str) -> IoResult<Self> {
            Ok(Self { inner: self.inner.open_directory(path)?, ..self.clone() })
        }
        forward_to_inner!($($other)*);
    };
    (create_directory $($other:ident)*) => {
        fn create_directory(&self, path: &str) -> IoResult<()> {
            self.inner.create_directory(path)
        }
        forward_to_inner!($($other)*);
    };
    (remove_directory $($other:ident)*) => {
        fn remove_directory(&self, path: &str) -> IoResult<()> {
            self.inner.remove_directory(path)
        }
        forward_to_inner!($($other)*);
    };
    (for_each_entry $($other:ident)*) => {
        fn for_each_entry(
            &self,
            is_locked: bool,
            visit: &mut dyn FnMut(DirectoryEntry<'_>),
        ) -> IoResult<bool> {
            self.inner.for_each_entry(is_locked, visit)
        }
        forward_to_inner!($($other)*);
    };
    (rename $($other:ident)*) => {
        fn rename(&self, from: &str, to: &str) -> IoResult<()> {
            self.inner.rename(from, to)
        }
        forward_to_inner!($($other)*);
    };
    (remove_file $($other:ident)*) => {
        fn remove_file(&self, path: &str) -> IoResult<()> {
            self.inner.remove_file(path)
        }
        forward_to_inner!($($other)*);
    };
    (sync $($other:ident)*) => {
        fn sync(&self) -> IoResult<()> {
            self.inner.sync()
        }
        forward_to_inner!($($other)*);
    };
}

pub(super) use forward_to_inner;
