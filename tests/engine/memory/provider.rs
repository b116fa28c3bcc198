//! Directories and files of a [`Disk`].

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use filemap::fs::{
    Access, Directory, DirectoryEntry, File, IoErrorKind, IoResult, Open, write_zeroes,
};
use filemap::region::{BufferedRegion, MapFile, Sharing, Window};

use super::{Content, Disk, Node, State};

/// An open directory of a [`Disk`].
#[derive(Clone)]
pub(crate) struct MemoryDirectory {
    pub(super) disk: Disk,
    /// The path on the disk; empty for the root.
    pub(super) path: String,
    pub(super) writeable: bool,
}

/// An open file of a [`Disk`].
#[derive(Clone)]
pub(crate) struct MemoryFile {
    disk: Disk,
    number: usize,
    access: Access,
}

impl MemoryDirectory {
    /// Returns the path on the disk that a relative path leads to.
    fn at(&self, path: &str) -> IoResult<String> {
        let mut names: Vec<&str> = self.path.split('/').filter(|name| !name.is_empty()).collect();
        let depth = names.len();
        for name in path.split('/').filter(|name| !matches!(*name, "" | ".")) {
            if name != ".." {
                names.push(name);
            } else if names.len() > depth {
                names.pop();
            } else {
                return Err(IoErrorKind::NotPermitted.into());
            }
        }
        Ok(names.join("/"))
    }

    fn check_writeable(&self) -> IoResult<()> {
        if self.writeable { Ok(()) } else { Err(IoErrorKind::NotPermitted.into()) }
    }
}

/// The lock on a directory, until it is dropped.
pub(crate) struct MemoryLock(MemoryDirectory);

impl Drop for MemoryLock {
    fn drop(&mut self) {
        self.0.disk.0.borrow_mut().locked.remove(&self.0.path);
    }
}

impl Directory for MemoryDirectory {
    fn checkpoint(&self) -> IoResult<()> {
        self.disk.0.borrow_mut().checkpoint()
    }

    type File = MemoryFile;
    type Lock<T> = RefCell<T>;
    type Identity = (*const (), String);
    type DirectoryLock = MemoryLock;

    fn identity(&self) -> IoResult<Self::Identity> {
        self.disk.step(|_| Ok((Rc::as_ptr(&self.disk.0).cast(), self.path.clone())))
    }

    fn looks_like(&self, _other: &Self) -> bool {
        true
    }

    fn try_lock(&self) -> IoResult<Option<MemoryLock>> {
        let locked = self.disk.step(|state| Ok(state.locked.insert(self.path.clone())))?;
        if locked { Ok(Some(MemoryLock(self.clone()))) } else { Err(IoErrorKind::Locked.into()) }
    }

    fn read_link(&self, path: &str) -> IoResult<String> {
        let path = self.at(path)?;
        self.disk.step(|state| Ok(state.links.get(&path).ok_or(IoErrorKind::Invalid)?.clone()))
    }

    fn has_file(&self, name: &str) -> IoResult<bool> {
        let path = self.at(name)?;
        self.disk.step(|state| Ok(matches!(state.find(&path)?, Some(Node::File(_)))))
    }

    fn open_file(&self, path: &str, how: Open) -> IoResult<MemoryFile> {
        let mut path = self.at(path)?;
        let number = self.disk.step(|state| {
            if how != Open::Read {
                self.check_writeable()?;
                state.check_mount()?;
            }
            if let Some(target) = state.links.get(&path) {
                path = self.at(target)?;
                if how == Open::CreateNew {
                    return Err(IoErrorKind::AlreadyExists.into());
                }
            }
            match (state.find(&path)?, how) {
                (Some(_), Open::CreateNew) => Err(IoErrorKind::AlreadyExists.into()),
                (Some(Node::File(number)), _) => Ok(number),
                (Some(Node::Directory), _) => Err(IoErrorKind::IsDirectory.into()),
                (Some(Node::Pipe), _) => Err(IoErrorKind::NotRegularFile.into()),
                (None, Open::CreateNew) => {
                    let number = state.files.len();
                    state.files.push(Content::default());
                    state.change_names(|names| _ = names.insert(path, Node::File(number)));
                    Ok(number)
                }
                (None, _) => Err(IoErrorKind::NotFound.into()),
            }
        })?;
        let access = Access { read: true, write: how != Open::Read };
        Ok(MemoryFile { disk: self.disk.clone(), number, access })
    }

    fn open_directory(&self, path: &str) -> IoResult<Self> {
        let path = self.at(path)?;
        self.disk.step(|state| match state.find(&path)? {
            Some(Node::Directory) => Ok(()),
            Some(_) => Err(IoErrorKind::NotDirectory.into()),
            None => Err(IoErrorKind::NotFound.into()),
        })?;
        Ok(Self { path, ..self.clone() })
    }

    fn create_directory(&self, path: &str) -> IoResult<()> {
        let path = self.at(path)?;
        self.disk.step(|state| {
            self.check_writeable()?;
            state.check_mount()?;
            if state.find(&path)?.is_some() {
                return Err(IoErrorKind::AlreadyExists.into());
            }
            state.change_names(|names| _ = names.insert(path, Node::Directory));
            Ok(())
        })
    }

    fn remove_directory(&self, path: &str) -> IoResult<()> {
        let path = self.at(path)?;
        self.disk.step(|state| {
            self.check_writeable()?;
            state.check_mount()?;
            let below = format!("{path}/");
            match state.find(&path)? {
                Some(Node::Directory)
                    if state.names.keys().any(|name| name.starts_with(&below)) =>
                {
                    Err(IoErrorKind::Other.into())
                }
                Some(Node::Directory) => {
                    state.change_names(|names| _ = names.remove(&path));
                    Ok(())
                }
                Some(_) => Err(IoErrorKind::NotDirectory.into()),
                None => Err(IoErrorKind::NotFound.into()),
            }
        })
    }

    fn for_each_entry(
        &self,
        _is_locked: bool,
        visit: &mut dyn FnMut(DirectoryEntry<'_>),
    ) -> IoResult<bool> {
        self.disk.step(|state| {
            let prefix =
                if self.path.is_empty() { String::new() } else { format!("{}/", self.path) };
            let names: Vec<_> =
                state.names.iter().map(|(path, node)| (path.clone(), *node)).collect();
            for (path, node) in &names {
                state.checkpoint()?;
                let name = path.strip_prefix(&prefix).filter(|name| !name.contains('/'));
                for _ in 0..=state.repeats {
                    if let Some(name) = name {
                        visit(DirectoryEntry {
                            name,
                            is_utf8: true,
                            is_file: matches!(node, Node::File(_)),
                        });
                    }
                }
            }
            (0..state.unreadable).for_each(|_| {
                visit(DirectoryEntry { name: "\u{fffd}", is_utf8: false, is_file: true });
            });
            Ok(true)
        })
    }

    fn rename(&self, from: &str, to: &str) -> IoResult<()> {
        let (from, to) = (self.at(from)?, self.at(to)?);
        self.disk.step(|state| {
            self.check_writeable()?;
            state.check_mount()?;
            let node = state.find(&from)?.ok_or(IoErrorKind::NotFound)?;
            if state.find(&to)? == Some(Node::Directory) {
                return Err(IoErrorKind::IsDirectory.into());
            }
            state.change_names(|names| {
                names.remove(&from);
                names.insert(to, node);
            });
            Ok(())
        })
    }

    fn remove_file(&self, path: &str) -> IoResult<()> {
        let path = self.at(path)?;
        self.disk.step(|state| {
            self.check_writeable()?;
            state.check_mount()?;
            match state.find(&path)? {
                Some(Node::Directory) => Err(IoErrorKind::IsDirectory.into()),
                Some(_) => {
                    state.change_names(|names| _ = names.remove(&path));
                    Ok(())
                }
                None => Err(IoErrorKind::NotFound.into()),
            }
        })
    }

    fn sync(&self) -> IoResult<()> {
        self.disk.step(|state| {
            if let Some(kind) = state.directory_sync {
                return Err(kind.into());
            }
            state.unsynced.clear();
            Ok(())
        })
    }
}

impl MemoryFile {
    fn step<T>(&self, act: impl FnOnce(&mut Content, usize) -> IoResult<T>) -> IoResult<T> {
        self.disk.step(|state| {
            let piece = if state.piece == 0 { usize::MAX } else { state.piece };
            act(&mut state.files[self.number], piece)
        })
    }

    /// Lets the file grow in a step, if there is room.
    fn grow(&self, state: &mut State, size: u64) -> IoResult<()> {
        self.check_writeable()?;
        state.grow(self.number, size)
    }

    fn check_writeable(&self) -> IoResult<()> {
        if self.access.write { Ok(()) } else { Err(IoErrorKind::NotPermitted.into()) }
    }

    /// Returns the same file with other permissions.
    pub(crate) fn with_access(self, access: Access) -> Self {
        Self { access, ..self }
    }
}

impl File for MemoryFile {
    fn checkpoint(&self) -> IoResult<()> {
        self.disk.0.borrow_mut().checkpoint()
    }

    fn access(&self) -> IoResult<Access> {
        self.step(|_, _| Ok(self.access))
    }

    fn size(&self) -> IoResult<u64> {
        self.step(|content, _| Ok(content.size))
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> IoResult<usize> {
        self.step(|content, piece| {
            let rest = usize::try_from(content.size.saturating_sub(offset)).unwrap_or(usize::MAX);
            let count = buffer.len().min(piece).min(rest);
            content.read(&mut buffer[..count], offset);
            Ok(count)
        })
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> IoResult<usize> {
        self.disk.step(|state| {
            let piece = if state.piece == 0 { usize::MAX } else { state.piece };
            let count = bytes.len().min(piece);
            self.grow(state, offset.saturating_add(count as u64))?;
            state.files[self.number].write(&bytes[..count], offset);
            Ok(count)
        })
    }

    fn set_size(&self, size: u64) -> IoResult<()> {
        self.step(|content, _| {
            self.check_writeable()?;
            content.resize(size);
            Ok(())
        })
    }

    fn reserve(&self, range: Range<u64>) -> IoResult<()> {
        // The files of a disk may be larger than the memory, so no zeroes are written.
        self.disk.step(|state| self.grow(state, range.end))
    }

    fn clear(&self, end: u64) -> IoResult<()> {
        write_zeroes(self, 0..end)
    }

    fn sync_data(&self) -> IoResult<()> {
        self.step(|content, _| {
            content.sync();
            Ok(())
        })
    }
}

impl MapFile for MemoryFile {
    type Region = BufferedRegion<Self>;

    fn map(&self, window: Window, sharing: Sharing) -> IoResult<Self::Region> {
        let appended = self.disk.0.borrow_mut().append_on_map.take();
        if let Some((offset, bytes)) = appended {
            return self.step(|content, _| {
                content.write(&bytes, offset);
                Err(IoErrorKind::NoMemory.into())
            });
        }
        self.disk.step(|state| {
            let size = state.files[self.number].size;
            assert!(
                state.is_resized || window.offset + window.length <= size,
                "{window:?} of a file of {size} bytes"
            );
            assert!(
                sharing != Sharing::Shared || self.access.write,
                "a shared mapping of a file that is read"
            );
            Ok(())
        })?;
        Ok(BufferedRegion::new(self.clone(), window, sharing))
    }
}
