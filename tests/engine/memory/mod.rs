//! A file system in memory with planned faults.
//!
//! Every call that a provider would implement by a system call is one step. Planning a fault resets
//! the count of steps to 0.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use filemap::fs::{IoErrorKind, IoResult, Preopens};

mod content;
mod provider;

use content::Content;
pub(crate) use provider::{MemoryDirectory, MemoryFile};

/// The effect of a fault on its step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The step fails and has no effect.
    Fails(IoErrorKind),
    /// The step takes effect and reports an error.
    FailsAfterwards(IoErrorKind),
    /// The program crashes before the step. All later steps fail.
    CrashBefore,
    /// The program crashes after the step.
    CrashAfter,
}

/// A disk. A clone is the same disk.
#[derive(Clone, Default)]
pub(crate) struct Disk(Rc<RefCell<State>>);

/// The names on a disk.
type Names = BTreeMap<String, Node>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    Directory,
    /// An index into all files that ever existed: a file can outlive its name.
    File(usize),
    Pipe,
}

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of a disk")]
struct State {
    names: Names,
    files: Vec<Content>,
    /// The names before each change since the last sync.
    unsynced: Vec<Names>,
    /// Symbolic links, each with its target from the root. They are followed once, by `open_file`.
    links: BTreeMap<String, String>,
    /// The number of entries whose names are not UTF-8.
    unreadable: usize,
    /// How often a listing repeats every entry, like after an unfortunate change during the
    /// listing.
    repeats: u8,
    /// The maximum number of bytes of one read or write; 0 means no limit.
    piece: usize,
    /// The number of bytes by which files can grow; `None` means no limit. What a file gives up, it
    /// does not get back.
    room: Option<u64>,
    /// What another program writes to a file when it is mapped, and the offset. Mapping it fails.
    append_on_map: Option<(u64, Vec<u8>)>,
    fault: Option<(u64, Fault)>,
    steps: u64,
    failed: bool,
    crashed: bool,
    /// Whether a test is inspecting the disk. Its calls are no steps.
    is_watched: bool,
    /// Whether every change fails with an error that no one knows, as on a read-only mount under a
    /// host that has no word for it.
    is_mounted_read_only: bool,
    /// The error of a sync of a directory, where the file system cannot do that.
    directory_sync: Option<IoErrorKind>,
    /// The directories that a program has locked.
    locked: BTreeSet<String>,
    /// The number of checkpoints until the host ends the calls; `None` if it does not.
    checkpoints_left: Option<u64>,
    /// The step before which another program changes the size of a file, the file, and its sizes.
    resizing: Option<(u64, usize, Vec<u64>)>,
    /// Whether another program has done so.
    is_resized: bool,
}

impl Disk {
    /// Creates a disk with files.
    pub(crate) fn with(files: &[(&str, &[u8])]) -> Self {
        let disk = Self::default();
        for (name, bytes) in files {
            disk.put(name, bytes);
        }
        disk
    }

    /// Creates a file like another program would: without a step, and synced.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        self.put_sparse(name, bytes.len() as u64, bytes);
    }

    /// Creates a file with zeroes after its bytes, like [`Disk::put`].
    pub(crate) fn put_sparse(&self, name: &str, size: u64, bytes: &[u8]) {
        let mut content = Content::default();
        content.write(bytes, 0);
        content.resize(size);
        content.sync();
        let state = &mut *self.0.borrow_mut();
        state.names.insert(name.into(), Node::File(state.files.len()));
        state.files.push(content);
    }

    pub(crate) fn put_directory(&self, name: &str) {
        self.0.borrow_mut().names.insert(name.into(), Node::Directory);
    }

    pub(crate) fn put_pipe(&self, name: &str) {
        self.0.borrow_mut().names.insert(name.into(), Node::Pipe);
    }

    pub(crate) fn put_link(&self, name: &str, target: &str) {
        self.0.borrow_mut().links.insert(name.into(), target.into());
    }

    /// Adds an entry whose name is not UTF-8.
    pub(crate) fn put_unreadable(&self) {
        self.0.borrow_mut().unreadable += 1;
    }

    /// Makes every change fail with `other`, even the removal of a name that cannot exist, like a
    /// read-only mount under Wasmtime.
    pub(crate) fn mount_read_only(&self) {
        self.0.borrow_mut().is_mounted_read_only = true;
    }

    /// Makes every sync of a directory fail.
    pub(crate) fn refuse_directory_sync(&self, kind: IoErrorKind) {
        self.0.borrow_mut().directory_sync = Some(kind);
    }

    /// Makes each listing return every entry twice.
    pub(crate) fn repeat_entries(&self) {
        self.0.borrow_mut().repeats = 1;
    }

    /// Limits the number of bytes of one read or write.
    pub(crate) fn in_pieces(&self, piece: usize) {
        self.0.borrow_mut().piece = piece;
    }

    /// Truncates or extends a file like another program would.
    pub(crate) fn resize(&self, name: &str, size: u64) {
        let state = &mut *self.0.borrow_mut();
        let Some(Node::File(number)) = state.names.get(name) else { panic!("no file `{name}`") };
        state.files[*number].resize(size);
    }

    /// Lets another program give a file these sizes, one after the other, before a step. Resets the
    /// count of steps.
    pub(crate) fn resize_at(&self, step: u64, name: &str, sizes: &[u64]) {
        let state = &mut *self.0.borrow_mut();
        let Some(Node::File(number)) = state.names.get(name) else { panic!("no file `{name}`") };
        state.resizing = Some((step, *number, sizes.into()));
        (state.steps, state.is_resized) = (0, false);
    }

    /// Returns whether another program has changed the size of the file, and lets it do so no more.
    pub(crate) fn end_resizing(&self) -> bool {
        let state = &mut *self.0.borrow_mut();
        state.resizing = None;
        std::mem::take(&mut state.is_resized)
    }

    /// Replaces the bytes of a file like another program would, in place.
    #[track_caller]
    pub(crate) fn overwrite(&self, name: &str, bytes: &[u8]) {
        self.resize(name, bytes.len() as u64);
        let state = &mut *self.0.borrow_mut();
        let Some(Node::File(number)) = state.names.get(name) else { panic!("no file `{name}`") };
        state.files[*number].write(bytes, 0);
    }

    /// Limits the number of bytes by which files can grow. Another program takes what they give up.
    pub(crate) fn limit_room(&self, room: u64) {
        self.0.borrow_mut().room = Some(room);
    }

    /// Makes mapping a file fail, after another program has written to it.
    pub(crate) fn append_on_map(&self, offset: u64, bytes: &[u8]) {
        self.0.borrow_mut().append_on_map = Some((offset, bytes.into()));
    }

    /// Returns all names; directories end with a slash.
    pub(crate) fn names(&self) -> Vec<String> {
        let state = self.0.borrow();
        let printed = |(name, node): (&String, &Node)| {
            if *node == Node::Directory { format!("{name}/") } else { name.clone() }
        };
        state.names.iter().map(printed).collect()
    }

    /// Returns the bytes of a file.
    #[track_caller]
    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        let state = self.0.borrow();
        let Some(Node::File(number)) = state.names.get(name) else { panic!("no file `{name}`") };
        let content = &state.files[*number];
        let mut bytes = vec![0; usize::try_from(content.size).expect("a small file")];
        content.read(&mut bytes, 0);
        bytes
    }

    /// Returns the size of a file.
    #[track_caller]
    pub(crate) fn size(&self, name: &str) -> u64 {
        let state = self.0.borrow();
        let Some(Node::File(number)) = state.names.get(name) else { panic!("no file `{name}`") };
        state.files[*number].size
    }

    /// Returns everything that a program could observe on the disk.
    pub(crate) fn image(&self) -> Vec<(String, Vec<u8>)> {
        let is_file = |name: &String| !name.ends_with('/');
        let content = |name: String| {
            if is_file(&name) { (name.clone(), self.bytes(&name)) } else { (name, Vec::new()) }
        };
        self.names().into_iter().map(content).collect()
    }

    /// Resets the count of steps and plans a fault.
    pub(crate) fn plan(&self, step: u64, fault: Fault) {
        let mut state = self.0.borrow_mut();
        (state.fault, state.steps, state.failed) = (Some((step, fault)), 0, false);
    }

    /// Returns the number of steps since the last plan.
    pub(crate) fn steps(&self) -> u64 {
        self.0.borrow().steps
    }

    /// Returns whether the planned fault has happened.
    pub(crate) fn has_failed(&self) -> bool {
        self.0.borrow().failed
    }

    /// Returns the planned fault.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.0.borrow().fault.map(|(_, fault)| fault)
    }

    /// Returns whether the program has crashed.
    pub(crate) fn has_crashed(&self) -> bool {
        self.0.borrow().crashed
    }

    /// Lets a test inspect the disk without steps.
    pub(crate) fn watch(&self, look: impl FnOnce()) {
        self.0.borrow_mut().is_watched = true;
        look();
        self.0.borrow_mut().is_watched = false;
    }

    /// Restarts the program: clears the plan, the crash and the program's locks.
    pub(crate) fn restart(&self) {
        let mut state = self.0.borrow_mut();
        (state.fault, state.crashed) = (None, false);
        state.locked.clear();
    }

    /// Clears the plan without restarting the program.
    pub(crate) fn clear_fault(&self) {
        self.0.borrow_mut().fault = None;
    }

    /// Ends the calls of the program at its checkpoint with this number; the next one is 1.
    pub(crate) fn interrupt_at(&self, checkpoint: u64) {
        self.0.borrow_mut().checkpoints_left = Some(checkpoint);
    }

    /// Returns whether the calls of the program are ended.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.0.borrow().checkpoints_left == Some(0)
    }

    /// Lets the program go on.
    pub(crate) fn end_interruption(&self) {
        self.0.borrow_mut().checkpoints_left = None;
    }

    /// Returns the number of changes of names that a power cut may lose.
    pub(crate) fn unsynced_names(&self) -> usize {
        self.0.borrow().unsynced.len()
    }

    /// Cuts the power: loses the last `lost_names` changes of names, and all bytes that were not
    /// synced.
    pub(crate) fn cut_power(&self, lost_names: usize) {
        let state = &mut *self.0.borrow_mut();
        let kept = state.unsynced.len() - lost_names;
        if let Some(names) = state.unsynced.drain(..).nth(kept) {
            state.names = names;
        }
        for file in &mut state.files {
            *file = file.synced.take().map(|synced| *synced).unwrap_or_default();
            file.sync();
        }
        (state.fault, state.crashed) = (None, false);
        state.locked.clear();
    }

    /// Returns the whole disk as a grant for `.`, for reading and writing.
    pub(crate) fn preopens(&self) -> Preopens<MemoryDirectory> {
        Preopens::new(vec![(".".into(), self.root(true))])
    }

    /// Returns the whole disk as a directory.
    pub(crate) fn root(&self, writeable: bool) -> MemoryDirectory {
        MemoryDirectory { disk: self.clone(), path: String::new(), writeable }
    }

    /// Performs a step, unless a fault is planned for it.
    fn step<T>(&self, act: impl FnOnce(&mut State) -> IoResult<T>) -> IoResult<T> {
        let state = &mut *self.0.borrow_mut();
        if state.crashed {
            return Err(IoErrorKind::Other.into());
        }
        if state.is_watched {
            return act(state);
        }
        let is_now = |resizing: &mut (u64, usize, Vec<u64>)| resizing.0 == state.steps;
        if let Some((_, number, sizes)) = state.resizing.take_if(is_now) {
            for size in sizes {
                state.files[number].resize(size);
            }
            state.is_resized = true;
        }
        let due = state.fault.filter(|(step, _)| *step == state.steps);
        state.steps += 1;
        state.failed |= due.is_some();
        match due.map(|(_, fault)| fault) {
            None => act(state),
            Some(Fault::Fails(kind)) => Err(kind.into()),
            Some(Fault::FailsAfterwards(kind)) => act(state).and(Err(kind.into())),
            Some(Fault::CrashBefore) => {
                state.crashed = true;
                Err(IoErrorKind::Other.into())
            }
            Some(Fault::CrashAfter) => {
                _ = act(state);
                state.crashed = true;
                Err(IoErrorKind::Other.into())
            }
        }
    }
}

impl State {
    /// Passes a checkpoint. The last one that is left fails, and so do all that follow.
    fn checkpoint(&mut self) -> IoResult<()> {
        match &mut self.checkpoints_left {
            _ if self.is_watched => Ok(()),
            None => Ok(()),
            Some(0) => Err(IoErrorKind::Interrupted.into()),
            Some(left) => {
                *left -= 1;
                if *left == 0 { Err(IoErrorKind::Interrupted.into()) } else { Ok(()) }
            }
        }
    }

    /// Lets the file `number` grow to `size`, if there is room.
    fn grow(&mut self, number: usize, size: u64) -> IoResult<()> {
        let missing = size.saturating_sub(self.files[number].size);
        if let Some(room) = &mut self.room {
            *room = room.checked_sub(missing).ok_or(IoErrorKind::NoSpace)?;
        }
        if missing > 0 {
            self.files[number].resize(size);
        }
        Ok(())
    }

    fn check_mount(&self) -> IoResult<()> {
        if self.is_mounted_read_only { Err(IoErrorKind::Other.into()) } else { Ok(()) }
    }

    fn change_names(&mut self, change: impl FnOnce(&mut Names)) {
        self.unsynced.push(self.names.clone());
        change(&mut self.names);
    }

    /// Looks up a path, whose parent directories must exist.
    fn find(&self, path: &str) -> IoResult<Option<Node>> {
        for (end, _) in path.match_indices('/') {
            match self.names.get(&path[..end]) {
                Some(Node::Directory) => {}
                Some(_) => return Err(IoErrorKind::NotDirectory.into()),
                None => return Err(IoErrorKind::NotFound.into()),
            }
        }
        if path.split('/').any(|name| name.len() > 255) {
            return Err(IoErrorKind::NameTooLong.into());
        }
        Ok(if path.is_empty() { Some(Node::Directory) } else { self.names.get(path).copied() })
    }
}
