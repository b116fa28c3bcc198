//! The folders that a test grants to its plugin.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::programs::root;

/// New folders for a test plugin:
///
/// - `work`, for reading and writing. In it: the directory `folder`, the file `bytes.bin` (the
///   bytes 0 to 63), the sparse file `sparse.bin` of 6 GB whose last eight bytes are the float64
///   6.25, a `pipe`, a `socket`, and the symbolic links `inside` (to `bytes.bin`), `outside` (to a
///   file beside `work`), `absolute` (to the same by its whole path), `dangling` (to nothing),
///   `leaving` (to nothing, beside `work`) and `loop` (to itself). In the directory `links`, the
///   link `chain` leads to `dangling`.
/// - `fixed`, for reading only. In it: `bytes.bin` as above, the directory `store` with the file
///   `key#0`, `value`, and the directory `odd` with the same, a symbolic link to it named `link#1`,
///   and a file whose name is not UTF-8.
/// - `data`, for reading only: `tests/data`.
///
/// Beside them is `secret.bin`, which no plugin is granted.
pub(crate) struct Folders {
    base: PathBuf,
    /// Removes the folders.
    _owner: Option<TempDir>,
}

/// The size of `sparse.bin`, which is more than a 32-bit plugin can address.
pub(crate) const SPARSE: u64 = 6_000_000_000;

impl Folders {
    pub(crate) fn new() -> Self {
        Self::in_directory(&tempfile::env::temp_dir())
    }

    /// New folders in a directory.
    pub(crate) fn in_directory(directory: &Path) -> Self {
        let owner = tempfile::tempdir_in(directory).expect("a temporary directory can be created");
        let folders = Self { base: owner.path().into(), _owner: Some(owner) };
        let bytes: Vec<u8> = (0..64).collect();
        let base = &folders.base;
        fs::write(base.join("secret.bin"), b"nobody may read this").unwrap();

        let work = folders.work();
        fs::create_dir_all(work.join("folder")).unwrap();
        fs::write(work.join("bytes.bin"), &bytes).unwrap();
        symlink("bytes.bin", work.join("inside")).unwrap();
        symlink("../secret.bin", work.join("outside")).unwrap();
        symlink(base.join("secret.bin"), work.join("absolute")).unwrap();
        symlink("nowhere", work.join("dangling")).unwrap();
        symlink("../nowhere", work.join("leaving")).unwrap();
        fs::create_dir(work.join("links")).unwrap();
        symlink("../dangling", work.join("links/chain")).unwrap();
        symlink("loop", work.join("loop")).unwrap();
        UnixListener::bind(work.join("socket")).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            work.join("pipe"),
            rustix::fs::FileType::Fifo,
            0o600.into(),
            0,
        )
        .unwrap();
        let sparse = fs::File::create(work.join("sparse.bin")).unwrap();
        sparse.set_len(SPARSE).unwrap();
        std::os::unix::fs::FileExt::write_all_at(&sparse, &6.25_f64.to_le_bytes(), SPARSE - 8)
            .unwrap();

        fs::create_dir_all(folders.fixed().join("store")).unwrap();
        fs::write(folders.fixed().join("bytes.bin"), &bytes).unwrap();
        fs::write(folders.fixed().join("store/key#0"), b"value").unwrap();
        let odd = folders.fixed().join("odd");
        fs::create_dir(&odd).unwrap();
        fs::write(odd.join("key#0"), b"value").unwrap();
        symlink("key#0", odd.join("link#1")).unwrap();
        fs::write(odd.join(OsStr::from_bytes(b"\xff#2")), b"value").unwrap();
        folders
    }

    /// The folders that another process has made, and removes.
    pub(crate) const fn of_another_process(base: PathBuf) -> Self {
        Self { base, _owner: None }
    }

    /// The directory of the folders.
    pub(crate) fn base(&self) -> &Path {
        &self.base
    }

    pub(crate) fn work(&self) -> PathBuf {
        self.base.join("work")
    }

    pub(crate) fn fixed(&self) -> PathBuf {
        self.base.join("fixed")
    }

    pub(crate) fn data() -> PathBuf {
        root().join("tests/data")
    }
}
