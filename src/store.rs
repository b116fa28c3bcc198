//! A directory as a mapping from strings to bytes.
//!
//! A value is written under a temporary name, synced as far as the durability says, and then renamed to
//! its own, which has a generation that was never used before. Only then is the file of the generation
//! before removed. So at every moment there is a whole value under a name of the key, and opening a
//! directory that a crash has left needs only to take the newest generation of each key and to remove the
//! rest.

mod scan;

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Bound;

use crate::error::{Error, Result, printed};
use crate::fs::{Directory, File, IoErrorKind, IoResult, Open};
use crate::key::{self, Generation, MAX_GENERATION};
use crate::limits::{MAX_INDEX, MAX_TRANSFER, check_transfer, zeroed};
use crate::preopen::Preopens;
use scan::Scan;

/// How many temporary names are tried that turn out to be in use by somebody else.
const TEMPORARY_TRIES: u32 = 16;

/// What must have reached the disk when a write returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Durability {
    /// Nothing.
    None,
    /// The bytes of a value, before it takes its name.
    Data,
    /// The bytes and the name.
    Full,
}

/// How to open a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenOptions {
    /// Whether to make the directory where there is none.
    pub create: bool,
    /// Whether to refuse every change.
    pub read_only: bool,
    /// What must have reached the disk when a write returns.
    pub durability: Durability,
}

/// A mapping from strings to bytes that lives in a directory: what `zict.File` is to Python.
#[derive(Debug)]
pub struct Store<D> {
    /// `None` after `close`.
    directory: Option<D>,
    /// The path that was opened, for people.
    name: String,
    options: OpenOptions,
    /// The generation of the value of every key. The name of its file follows from the two.
    index: BTreeMap<String, Generation>,
    /// About how much memory the index takes, in bytes.
    index_size: u64,
    /// Larger than every generation that is or was in the directory.
    next_generation: Generation,
    /// How many entries of the directory were no values when it was opened.
    ignored: u64,
    /// Values that have a newer one, and whose files could not be removed yet.
    outdated: Vec<(String, Generation)>,
}

impl<D: Directory> Store<D> {
    /// Opens the directory at `path`.
    ///
    /// # Errors
    ///
    /// As `filemap:data/store.store.open` says.
    pub fn open(preopens: &Preopens<D>, path: &str, options: OpenOptions) -> Result<Self> {
        let (grant, rest) = preopens.resolve(path)?;
        let opened = match grant.open_directory(&rest) {
            Err(error) if error.kind == IoErrorKind::NotFound && options.create && !options.read_only => {
                create_directories(grant, &rest, options.durability)
                    .map_err(|error| Error::io("create the directory", path, &error))?;
                grant.open_directory(&rest)
            }
            result => result,
        };
        let directory = opened.map_err(|error| Error::io("open the directory", path, &error))?;
        Self::open_directory(directory, path, options)
    }

    /// Opens a directory that `name` stands for in messages.
    ///
    /// # Errors
    ///
    /// As `filemap:data/store.store.open-directory` says.
    pub fn open_directory(directory: D, name: &str, options: OpenOptions) -> Result<Self> {
        let Scan { index, next_generation, ignored, outdated, unfinished, .. } =
            Scan::of(&directory).map_err(|error| Error::io("list the directory", name, &error))?;
        let name = name.to_string();
        let index_size = index.keys().map(|key| cost(key)).sum();
        let directory = Some(directory);
        let mut store = Self { directory, name, options, index, index_size, next_generation, ignored, outdated };
        if !options.read_only {
            store.probe()?;
            for generation in unfinished {
                // What cannot be removed now is found again by whoever opens the directory next.
                _ = store.directory()?.remove_file(&key::temporary_name(generation));
            }
            _ = store.remove_outdated(None);
        }
        Ok(store)
    }

    /// Finds out whether the directory may be written to, by writing to it: no other question that one
    /// can ask has the same answer everywhere.
    fn probe(&self) -> Result<()> {
        let directory = self.directory()?;
        // At most the last generation: the name of a later one would be nobody's, and stay after a crash.
        let name = key::temporary_name(self.next_generation.min(MAX_GENERATION));
        match directory.open_file(&name, Open::CreateNew) {
            Ok(file) => {
                drop(file);
                _ = directory.remove_file(&name);
                Ok(())
            }
            Err(error) if error.kind == IoErrorKind::NotPermitted => Err(Error::AccessDenied(format!(
                "the directory `{}` may only be read: grant it for writing (`filemap run --dir`), or open the store `read-only`",
                self.name
            ))),
            // A full disk, for instance, is no reason not to read.
            Err(_) => Ok(()),
        }
    }

    /// The value of `key`, or `None` where there is no such key.
    ///
    /// # Errors
    ///
    /// [`Error::LimitExceeded`] for a value larger than one call may move, [`Error::NotFound`] where somebody
    /// else has removed its file, and those of the file system.
    pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        let Some((file, size)) = self.value(key)? else { return Ok(None) };
        self.read(key, &file, 0, size).map(Some)
    }

    /// The bytes `offset` to `offset + length` of the value, cut off where it ends.
    ///
    /// # Errors
    ///
    /// Those of [`Store::get`].
    pub fn get_range(&self, key: &str, offset: u64, length: u64) -> Result<Option<Vec<u8>>> {
        let Some((file, size)) = self.value(key)? else { return Ok(None) };
        let length = length.min(size.saturating_sub(offset));
        self.read(key, &file, offset, length).map(Some)
    }

    /// The length of the value in bytes.
    ///
    /// # Errors
    ///
    /// Those of [`Store::get`].
    pub fn size_of(&self, key: &str) -> Result<Option<u64>> {
        Ok(self.value(key)?.map(|(_, size)| size))
    }

    /// Makes the concatenation of `parts` the value of `key`. After an error the old value is there as it was.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a key that is too long for a file name, [`Error::AccessDenied`] in a
    /// read-only store, [`Error::LimitExceeded`], [`Error::NoSpace`], and those of the file system.
    pub fn set(&mut self, key: &str, parts: &[impl AsRef<[u8]>]) -> Result<()> {
        self.check_writeable()?;
        let size = parts.iter().map(|part| part.as_ref().len() as u64).sum();
        check_transfer(size, "the value", "split it over several keys")?;
        if self.memory() + self.cost(key) > MAX_INDEX {
            let keys = self.index.len();
            return Err(Error::LimitExceeded(format!(
                "the {keys} keys of `{}` take as much memory as those of a store may: use another directory for more",
                self.name
            )));
        }

        let (file, generation) = self.create_temporary(key)?;
        let temporary = key::temporary_name(generation);
        let name = key::file_name(key, generation)?;
        let published = self.publish(&file, parts, &temporary, &name);
        drop(file);
        if let Err(error) = published {
            let directory = self.directory()?;
            let removed = directory.remove_file(&temporary);
            if removed.is_err_and(|error| error.kind == IoErrorKind::NotFound) {
                // It has its name already; a file of that name would otherwise be somebody else's.
                _ = directory.remove_file(&name);
            }
            return Err(Error::io(&format!("write the value of `{}` in", printed(key)), &self.name, &error));
        }
        if let Some(old) = self.index.insert(key.to_string(), generation) {
            // The new value stands, whether the old one can be removed now or only later.
            self.outdated.push((key.to_string(), old));
            _ = self.remove_outdated(Some(key));
        } else {
            self.index_size += cost(key);
        }
        Ok(())
    }

    /// Removes `key` and says whether it was there.
    ///
    /// # Errors
    ///
    /// [`Error::AccessDenied`] in a read-only store, and those of the file system.
    pub fn remove(&mut self, key: &str) -> Result<bool> {
        self.check_writeable()?;
        let Some(generation) = self.index.get(key).copied() else { return Ok(false) };
        let failed = |store: &Self, error| {
            Error::io(&format!("remove the value of `{}` from", printed(key)), &store.name, &error)
        };
        // The older values first: with the newest gone, the next opening would take one of them for it.
        self.remove_outdated(Some(key)).map_err(|error| failed(self, error))?;
        remove_file(self.directory()?, key, generation).map_err(|error| failed(self, error))?;
        self.index.remove(key);
        self.index_size -= cost(key);
        if self.options.durability == Durability::Full {
            self.directory()?.sync().map_err(|error| failed(self, error))?;
        }
        Ok(true)
    }

    /// Whether there is such a key.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    pub fn contains(&self, key: &str) -> Result<bool> {
        self.directory()?;
        Ok(self.index.contains_key(key))
    }

    /// The number of keys.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`].
    #[expect(
        clippy::len_without_is_empty,
        reason = "a closed store is neither empty nor not, and the WIT has only `len`"
    )]
    pub fn len(&self) -> Result<u64> {
        self.directory()?;
        Ok(self.index.len() as u64)
    }

    /// About how much memory the keys take, in bytes.
    #[must_use]
    pub fn memory(&self) -> u64 {
        self.index_size + self.outdated.iter().map(|(key, _)| cost(key)).sum::<u64>()
    }

    /// By how much that grows when `key` gets a value.
    #[must_use]
    pub fn cost(&self, key: &str) -> u64 {
        if self.index.contains_key(key) { 0 } else { cost(key) }
    }

    /// At most `most` keys in the order of their bytes, beginning behind `after`: a cursor that needs
    /// nothing from the store while the store changes.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`], and [`Error::InvalidArgument`] where `most` is 0.
    pub fn keys_after(&self, after: Option<&str>, most: u32) -> Result<Vec<String>> {
        self.directory()?;
        if most == 0 {
            return Err(Error::InvalidArgument("at most 0 keys were asked for: ask for 1 or more".into()));
        }
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        // One call moves no more than its share, however many keys were asked for; the rest comes with the next.
        let mut moved = 0;
        let fits = |key: &&String| {
            moved += cost(key);
            moved <= MAX_TRANSFER
        };
        let keys = self.index.range::<str, _>((from, Bound::Unbounded)).map(|(key, _)| key);
        Ok(keys.take(most).take_while(fits).cloned().collect())
    }

    /// Removes all keys; files that are not keys stay.
    ///
    /// # Errors
    ///
    /// Those of [`Store::remove`]; some keys may be removed then.
    pub fn clear(&mut self) -> Result<()> {
        self.check_writeable()?;
        let keys: Vec<_> = self.index.keys().cloned().collect();
        keys.iter().try_for_each(|key| self.remove(key).map(drop))
    }

    /// One line for people: the directory, the number of keys, and how many other entries it had.
    #[must_use]
    pub fn describe(&self) -> String {
        let (name, elements, ignored) = (&self.name, self.index.len(), self.ignored);
        let others = match ignored {
            0 => String::new(),
            1 => ", 1 other file ignored".into(),
            _ => format!(", {ignored} other files ignored"),
        };
        let closed = if self.directory.is_some() { "" } else { ", closed" };
        format!("<File: {name}, {elements} elements{others}{closed}>")
    }

    /// Lets go of the directory.
    pub fn close(&mut self) {
        self.directory = None;
    }

    /// Removes the outdated values of a key, or of all, and keeps in mind what cannot be removed.
    fn remove_outdated(&mut self, of: Option<&str>) -> IoResult<()> {
        let Some(directory) = &self.directory else { return Ok(()) };
        let mut result = Ok(());
        self.outdated.retain(|(key, generation)| {
            if of.is_some_and(|of| of != key) {
                return true;
            }
            let removed = remove_file(directory, key, *generation);
            let stays = removed.is_err();
            result = result.clone().and(removed);
            stays
        });
        result
    }

    fn directory(&self) -> Result<&D> {
        let name = &self.name;
        self.directory.as_ref().ok_or_else(|| Error::Closed(format!("the store `{name}` was closed; open it again")))
    }

    fn check_writeable(&self) -> Result<()> {
        self.directory()?;
        if self.options.read_only {
            let name = &self.name;
            return Err(Error::AccessDenied(format!("the store `{name}` was opened `read-only`: open it without")));
        }
        Ok(())
    }

    /// The file of a value, and its size.
    fn value(&self, key: &str) -> Result<Option<(D::File, u64)>> {
        let directory = self.directory()?;
        let Some(&generation) = self.index.get(key) else { return Ok(None) };
        let opened = directory.open_file(&key::file_name(key, generation)?, Open::Read);
        let value = opened.and_then(|file| Ok((file.size()?, file)));
        let (size, file) = value.map_err(|error| self.read_failed(key, &error))?;
        Ok(Some((file, size)))
    }

    fn read(&self, key: &str, file: &D::File, offset: u64, length: u64) -> Result<Vec<u8>> {
        check_transfer(length, "the value", "read it in pieces by `get-range`")?;
        let mut buffer = zeroed(length)?;
        file.read_exact(&mut buffer, offset).map_err(|error| self.read_failed(key, &error))?;
        Ok(buffer)
    }

    fn read_failed(&self, key: &str, error: &crate::fs::IoError) -> Error {
        Error::io(&format!("read the value of `{}` in", printed(key)), &self.name, error)
    }

    /// Makes the temporary file of a new generation, which no other file has.
    fn create_temporary(&mut self, key: &str) -> Result<(D::File, Generation)> {
        let mut tries = 0;
        loop {
            let generation = self.next_generation;
            if generation > MAX_GENERATION {
                let name = &self.name;
                return Err(Error::LimitExceeded(format!(
                    "the directory `{name}` has a file of the last generation {MAX_GENERATION}: move its values to a new directory"
                )));
            }
            // Before anything is made: the key may be too long.
            key::file_name(key, generation)?;
            self.next_generation += 1;
            match self.directory()?.open_file(&key::temporary_name(generation), Open::CreateNew) {
                Ok(file) => return Ok((file, generation)),
                Err(error) if error.kind == IoErrorKind::AlreadyExists && tries < TEMPORARY_TRIES => tries += 1,
                Err(error) => return Err(Error::io("make a file in", &self.name, &error)),
            }
        }
    }

    /// Writes a value to its temporary file and gives it its name.
    fn publish(&self, file: &D::File, parts: &[impl AsRef<[u8]>], temporary: &str, name: &str) -> IoResult<()> {
        let mut offset = 0;
        for part in parts {
            file.write_all(part.as_ref(), offset)?;
            offset += part.as_ref().len() as u64;
        }
        if self.options.durability >= Durability::Data {
            file.sync_data()?;
        }
        let Some(directory) = &self.directory else { return Err(IoErrorKind::Closed.into()) };
        directory.rename(temporary, name)?;
        if self.options.durability == Durability::Full { directory.sync() } else { Ok(()) }
    }
}

/// Removes the file of a value. That somebody else has done so is as good, also where a directory has its name now:
/// no directory is a value.
fn remove_file(directory: &impl Directory, key: &str, generation: Generation) -> IoResult<()> {
    let Ok(name) = key::file_name(key, generation) else { return Ok(()) };
    match directory.remove_file(&name) {
        Err(error) if !matches!(error.kind, IoErrorKind::NotFound | IoErrorKind::IsDirectory) => Err(error),
        _ => Ok(()),
    }
}

/// About what a key costs in memory, and what belongs to it, in bytes.
const fn cost(key: &str) -> u64 {
    key.len() as u64 + 64
}

/// Makes the directories of a path that are not there yet.
fn create_directories(grant: &impl Directory, path: &str, durability: Durability) -> IoResult<()> {
    let ends = path.match_indices('/').map(|(end, _)| end).chain([path.len()]);
    let mut parent = ".";
    for end in ends {
        match grant.create_directory(&path[..end]) {
            Ok(()) if durability == Durability::Full => grant.open_directory(parent)?.sync()?,
            Err(error) if error.kind != IoErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        parent = &path[..end];
    }
    Ok(())
}
