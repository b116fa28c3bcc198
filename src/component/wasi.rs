//! Files and directories of the portable provider: WASI descriptors.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::convert::Infallible;

use ::wasi::filesystem::preopens::get_directories;
use ::wasi::filesystem::types::{
    Descriptor, DescriptorFlags, DescriptorType, ErrorCode, OpenFlags, PathFlags,
};
use ::wasi::io::streams::{InputStream, OutputStream};

use crate::fs::{
    Access, Directory, DirectoryEntry, File, IoError, IoErrorKind, IoResult, Open, Preopens,
    are_equal_at_one_moment, reserve_bytes,
};
use crate::region::{BufferedRegion, MapFile, Sharing, Window};

/// The maximum number of directory entries that WASI reports as errors: names that are not UTF-8,
/// and files removed during the listing. A host that reports such an error forever must not cause
/// an endless loop.
const MAX_UNREADABLE_NAMES: u32 = 1 << 20;

/// A regular file. A clone shares the descriptor, because WASI cannot duplicate one.
#[derive(Clone)]
pub(super) struct WasiFile(Rc<Descriptor>);

/// A directory.
pub(super) struct WasiDirectory(Rc<Descriptor>);

/// The identity of a directory, which keeps its descriptor open.
#[derive(Clone)]
pub(super) struct WasiIdentity {
    descriptor: Rc<Descriptor>,
    /// Whether the host knows the directory again: some hosts say of every descriptor that it is
    /// another object.
    is_known: bool,
}

/// Returns the directories that were granted to the component.
pub(super) fn preopens() -> Preopens<WasiDirectory> {
    Preopens::new(
        get_directories()
            .into_iter()
            .map(|(descriptor, guest)| (guest, WasiDirectory(Rc::new(descriptor))))
            .collect(),
    )
}

impl WasiFile {
    /// Takes a descriptor. Fails if it is not a regular file.
    pub(super) fn new(descriptor: Descriptor) -> IoResult<Self> {
        check_regular(descriptor.get_type()?)?;
        Ok(Self(Rc::new(descriptor)))
    }
}

/// Fails with the kind that says what the file is, unless it is a regular file.
fn check_regular(kind: DescriptorType) -> IoResult<()> {
    match kind {
        DescriptorType::RegularFile => Ok(()),
        DescriptorType::Directory => Err(IoErrorKind::IsDirectory.into()),
        _ => Err(IoErrorKind::NotRegularFile.into()),
    }
}

impl WasiFile {
    /// Returns the host's stream that reads from `offset`.
    pub(super) fn input_stream(&self, offset: u64) -> IoResult<InputStream> {
        Ok(self.0.read_via_stream(offset)?)
    }

    /// Returns the host's stream that writes from `offset`.
    pub(super) fn output_stream(&self, offset: u64) -> IoResult<OutputStream> {
        Ok(self.0.write_via_stream(offset)?)
    }
}

impl WasiDirectory {
    /// Returns the type of a name without opening it: opening a pipe would wait for its other end,
    /// and WASI has no error for a socket.
    fn kind_of(&self, path: &str) -> Option<DescriptorType> {
        Some(self.0.stat_at(PathFlags::SYMLINK_FOLLOW, path).ok()?.type_)
    }

    /// Fails for a name that must not be opened, such as a pipe.
    fn check_openable(&self, path: &str) -> IoResult<()> {
        match self.kind_of(path) {
            None | Some(DescriptorType::RegularFile | DescriptorType::Directory) => Ok(()),
            Some(_) => Err(IoErrorKind::NotRegularFile.into()),
        }
    }

    /// Returns what the host says about the directory and changes with its names.
    fn status(&self) -> Option<[u64; 5]> {
        let found = self.0.stat().ok()?;
        let hash = self.0.metadata_hash().ok()?;
        let changed = found.data_modification_timestamp?;
        let time = changed.seconds ^ u64::from(changed.nanoseconds) << 34;
        Some([found.size, found.link_count, time, hash.lower, hash.upper])
    }

    /// Opens a borrowed directory again.
    pub(super) fn reopen(descriptor: &Descriptor) -> IoResult<Self> {
        let flags = DescriptorFlags::READ;
        let reopened =
            descriptor.open_at(PathFlags::SYMLINK_FOLLOW, ".", OpenFlags::DIRECTORY, flags)?;
        Ok(Self(Rc::new(reopened)))
    }
}

impl File for WasiFile {
    fn access(&self) -> IoResult<Access> {
        let flags = self.0.get_flags()?;
        Ok(Access {
            read: flags.contains(DescriptorFlags::READ),
            write: flags.contains(DescriptorFlags::WRITE),
        })
    }

    fn size(&self) -> IoResult<u64> {
        Ok(self.0.stat()?.size)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> IoResult<usize> {
        let (bytes, _end) = self.0.read(buffer.len() as u64, offset)?;
        let Some(target) = buffer.get_mut(..bytes.len()) else {
            return Err(too_many_bytes());
        };
        target.copy_from_slice(&bytes);
        Ok(bytes.len())
    }

    fn read_vec(&self, length: u64, offset: u64) -> IoResult<Vec<u8>> {
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < length {
            let left = length - bytes.len() as u64;
            let (piece, _end) = self.0.read(left, offset.saturating_add(bytes.len() as u64))?;
            if piece.is_empty() {
                return Err(IoErrorKind::Truncated.into());
            }
            if bytes.is_empty() {
                // Often this is all: Wasmtime returns up to 64 KiB.
                bytes = piece;
            } else {
                reserve_bytes(&mut bytes, left)?;
                bytes.extend_from_slice(&piece);
            }
        }
        if bytes.len() as u64 > length { Err(too_many_bytes()) } else { Ok(bytes) }
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> IoResult<usize> {
        let written = self.0.write(bytes, offset)?;
        Ok(usize::try_from(written).unwrap_or(usize::MAX).min(bytes.len()))
    }

    fn set_size(&self, size: u64) -> IoResult<()> {
        Ok(self.0.set_size(size)?)
    }

    fn sync_data(&self) -> IoResult<()> {
        Ok(self.0.sync_data()?)
    }
}

/// The error for a read that breaks WASI's rules.
fn too_many_bytes() -> IoError {
    IoError {
        kind: IoErrorKind::Other,
        detail: String::from("it returned more bytes than requested"),
    }
}

impl MapFile for WasiFile {
    type Region = BufferedRegion<Self>;

    fn map(&self, window: Window, sharing: Sharing) -> IoResult<Self::Region> {
        Ok(BufferedRegion::new(self.clone(), window, sharing))
    }
}

impl PartialEq for WasiIdentity {
    fn eq(&self, other: &Self) -> bool {
        !self.is_known || self.descriptor.is_same_object(&other.descriptor)
    }
}

impl Directory for WasiDirectory {
    type File = WasiFile;
    type Lock<T> = RefCell<T>;
    type Identity = WasiIdentity;
    /// WASI has no locks.
    type DirectoryLock = Infallible;

    fn identity(&self) -> IoResult<WasiIdentity> {
        let again = self.open_directory(".")?;
        let is_known = again.0.is_same_object(&self.0);
        Ok(WasiIdentity { descriptor: Rc::clone(&self.0), is_known })
    }

    fn looks_like(&self, other: &Self) -> bool {
        are_equal_at_one_moment(|| self.status(), || other.status())
    }

    fn try_lock(&self) -> IoResult<Option<Infallible>> {
        Ok(None)
    }

    fn read_link(&self, path: &str) -> IoResult<String> {
        Ok(self.0.readlink_at(path)?)
    }

    fn has_file(&self, name: &str) -> IoResult<bool> {
        match self.0.stat_at(PathFlags::empty(), name) {
            Ok(found) => Ok(found.type_ == DescriptorType::RegularFile),
            Err(ErrorCode::NoEntry) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn open_file(&self, path: &str, how: Open) -> IoResult<WasiFile> {
        let (open, flags) = match how {
            Open::Read => (OpenFlags::empty(), DescriptorFlags::READ),
            Open::ReadWrite => (OpenFlags::empty(), DescriptorFlags::READ | DescriptorFlags::WRITE),
            Open::CreateNew => (
                OpenFlags::CREATE | OpenFlags::EXCLUSIVE,
                DescriptorFlags::READ | DescriptorFlags::WRITE,
            ),
        };
        if how == Open::CreateNew {
            // Whatever has the name, it is not opened, and a new file is a regular file.
            let created = self.0.open_at(PathFlags::SYMLINK_FOLLOW, path, open, flags)?;
            return Ok(WasiFile(Rc::new(created)));
        }
        self.check_openable(path)?;
        WasiFile::new(self.0.open_at(PathFlags::SYMLINK_FOLLOW, path, open, flags)?)
    }

    fn open_with_size(&self, name: &str) -> IoResult<(WasiFile, u64)> {
        // A pipe may have taken the name since the listing, and its opening would wait. The length
        // comes with the type: another question after the opening would be one call more.
        let found = self.0.stat_at(PathFlags::SYMLINK_FOLLOW, name)?;
        check_regular(found.type_)?;
        let (open, flags) = (OpenFlags::empty(), DescriptorFlags::READ);
        let file = self.0.open_at(PathFlags::SYMLINK_FOLLOW, name, open, flags)?;
        Ok((WasiFile(Rc::new(file)), found.size))
    }

    fn open_directory(&self, path: &str) -> IoResult<Self> {
        if !matches!(self.kind_of(path), None | Some(DescriptorType::Directory)) {
            return Err(IoErrorKind::NotDirectory.into());
        }
        let flags = DescriptorFlags::READ;
        Ok(Self(Rc::new(self.0.open_at(
            PathFlags::SYMLINK_FOLLOW,
            path,
            OpenFlags::DIRECTORY,
            flags,
        )?)))
    }

    fn create_directory(&self, path: &str) -> IoResult<()> {
        Ok(self.0.create_directory_at(path)?)
    }

    fn remove_directory(&self, path: &str) -> IoResult<()> {
        Ok(self.0.remove_directory_at(path)?)
    }

    fn for_each_entry(
        &self,
        _is_locked: bool,
        visit: &mut dyn FnMut(DirectoryEntry<'_>),
    ) -> IoResult<bool> {
        let before = self.status();
        let stream = self.0.read_directory()?;
        let mut unreadable = 0;
        loop {
            match stream.read_directory_entry() {
                Ok(Some(entry)) => {
                    let is_file = entry.type_ == DescriptorType::RegularFile;
                    visit(DirectoryEntry { name: &entry.name, is_utf8: true, is_file });
                }
                // WASI does not report renames, but their time.
                Ok(None) => return Ok(before == self.status()),
                Err(ErrorCode::IllegalByteSequence) if unreadable < MAX_UNREADABLE_NAMES => {
                    unreadable += 1;
                    // WASI does not return the name.
                    visit(DirectoryEntry { name: "\u{fffd}", is_utf8: false, is_file: false });
                }
                // The entry was removed during the listing.
                Err(ErrorCode::NoEntry) if unreadable < MAX_UNREADABLE_NAMES => unreadable += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn rename(&self, from: &str, to: &str) -> IoResult<()> {
        Ok(self.0.rename_at(from, &self.0, to)?)
    }

    fn remove_file(&self, path: &str) -> IoResult<()> {
        Ok(self.0.unlink_file_at(path)?)
    }

    fn sync(&self) -> IoResult<()> {
        Ok(self.0.sync()?)
    }
}

impl From<ErrorCode> for IoError {
    fn from(code: ErrorCode) -> Self {
        let kind = match code {
            ErrorCode::NoEntry => IoErrorKind::NotFound,
            ErrorCode::Exist => IoErrorKind::AlreadyExists,
            ErrorCode::Access | ErrorCode::NotPermitted | ErrorCode::ReadOnly => {
                IoErrorKind::NotPermitted
            }
            ErrorCode::IsDirectory => IoErrorKind::IsDirectory,
            ErrorCode::NotDirectory => IoErrorKind::NotDirectory,
            ErrorCode::NameTooLong => IoErrorKind::NameTooLong,
            ErrorCode::IllegalByteSequence | ErrorCode::Invalid => IoErrorKind::Invalid,
            ErrorCode::Loop => IoErrorKind::LinkLoop,
            ErrorCode::FileTooLarge => IoErrorKind::FileTooLarge,
            ErrorCode::InsufficientSpace | ErrorCode::Quota => IoErrorKind::NoSpace,
            ErrorCode::InsufficientMemory => IoErrorKind::NoMemory,
            ErrorCode::Unsupported => IoErrorKind::Unsupported,
            ErrorCode::Busy | ErrorCode::TextFileBusy | ErrorCode::WouldBlock => IoErrorKind::Busy,
            ErrorCode::NoDevice => IoErrorKind::Unavailable,
            ErrorCode::Interrupted => IoErrorKind::Interrupted,
            _ => IoErrorKind::Other,
        };
        let detail =
            if kind == IoErrorKind::Other { String::from(code.name()) } else { String::new() };
        Self { kind, detail }
    }
}
