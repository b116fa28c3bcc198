//! Reads the entries of a directory.
//!
//! Linux holds the lock of a directory during each `getdents`, and a rename needs the same lock. A
//! listing that one call returns is therefore the directory at one moment: it contains each file
//! under its old name or under its new one. (On a file system of a network or of a user's process
//! this covers the changes by this machine only, as a watch on the directory does.)

use std::io;

use cap_std::fs::Dir;
use filemap::fs::DirectoryEntry;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir, RawDirEntry};
use rustix::io::Errno;

/// The number of bytes of entries that one system call returns.
const BATCH: usize = 64 << 10;

/// The same, for a listing that should be of one moment: more than 100,000 keys of 100 characters.
/// The system takes pages for this memory only as far as there are entries.
const LARGE_BATCH: usize = 16 << 20;

/// Calls `visit` for each entry; `is_large` tells whether to read in large batches. Returns whether
/// the entries are those of one moment. Fails with `ECANCELED` when the call is interrupted.
pub(super) fn for_each_entry(
    directory: &Dir,
    is_large: bool,
    is_interrupted: &dyn Fn() -> bool,
    visit: &mut dyn FnMut(DirectoryEntry<'_>),
) -> io::Result<bool> {
    // The handle may have been opened with `O_PATH`, which cannot be listed.
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = rustix::fs::openat(directory, ".", flags, Mode::empty())?;
    let mut buffer = Vec::<u8>::with_capacity(if is_large { LARGE_BATCH } else { BATCH });
    let mut entries = RawDir::new(opened, buffer.spare_capacity_mut());
    let mut batches = 0_u32;
    loop {
        let is_new_batch = entries.is_buffer_empty();
        if is_interrupted() {
            return Err(Errno::CANCELED.into());
        }
        match entries.next() {
            Some(Ok(entry)) => {
                batches = batches.saturating_add(u32::from(is_new_batch));
                visit_entry(directory, &entry, visit)?;
            }
            // A directory that was removed meanwhile has no entries.
            None | Some(Err(Errno::NOENT)) => return Ok(batches <= 1),
            Some(Err(Errno::INTR)) => {}
            Some(Err(error)) => return Err(error.into()),
        }
    }
}

fn visit_entry(
    directory: &Dir,
    entry: &RawDirEntry<'_>,
    visit: &mut dyn FnMut(DirectoryEntry<'_>),
) -> io::Result<()> {
    let name = entry.file_name();
    if matches!(name.to_bytes(), b"." | b"..") {
        return Ok(());
    }
    let mut found = entry.file_type();
    // Some file systems do not list the type.
    if found == FileType::Unknown {
        found = match rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(status) => FileType::from_raw_mode(status.st_mode),
            // It was removed meanwhile.
            Err(Errno::NOENT) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
    }
    let (lossy, is_utf8) = (name.to_string_lossy(), name.to_str().is_ok());
    visit(DirectoryEntry { name: &lossy, is_utf8, is_file: found == FileType::RegularFile });
    Ok(())
}

#[cfg(test)]
mod tests {
    use cap_std::ambient_authority;
    use tempfile::TempDir;

    use super::*;

    /// A folder with this many files, whose names are 250 characters long.
    fn folder(files: usize) -> (TempDir, Dir) {
        let folder = TempDir::new().unwrap();
        for number in 0..files {
            std::fs::write(folder.path().join(format!("{number:0250}")), b"").unwrap();
        }
        let directory = Dir::open_ambient_dir(folder.path(), ambient_authority()).unwrap();
        (folder, directory)
    }

    #[test]
    fn a_directory_is_of_one_moment_if_one_batch_holds_it() {
        for (files, is_large, is_of_one_moment) in
            [(0, false, true), (10, false, true), (1000, false, false), (1000, true, true)]
        {
            let (_folder, directory) = folder(files);
            let mut names = Vec::new();
            let found = for_each_entry(&directory, is_large, &|| false, &mut |entry| {
                assert!(entry.is_utf8 && entry.is_file);
                names.push(entry.name.to_owned());
            });
            assert_eq!(found.unwrap(), is_of_one_moment, "{files} files, large: {is_large}");
            names.sort();
            let expected: Vec<_> = (0..files).map(|number| format!("{number:0250}")).collect();
            assert_eq!(names, expected);
        }
    }

    #[test]
    fn a_directory_that_was_removed_has_no_entries() {
        let (folder, directory) = folder(0);
        folder.close().unwrap();
        let mut visit = |entry: DirectoryEntry<'_>| panic!("{}", entry.name);
        assert!(for_each_entry(&directory, false, &|| false, &mut visit).unwrap());
    }

    #[test]
    fn an_interruption_ends_a_listing_before_the_next_entry() {
        let (_folder, directory) = folder(10);
        let seen = std::cell::Cell::new(0);
        let mut visit = |_: DirectoryEntry<'_>| seen.set(seen.get() + 1);
        let error = for_each_entry(&directory, false, &|| seen.get() == 4, &mut visit).unwrap_err();
        assert_eq!((seen.get(), Errno::from_io_error(&error)), (4, Some(Errno::CANCELED)));
    }
}
