//! A file system in memory for the engine to work on, which fails when it is told to.
//!
//! Every call that a provider would answer by a system call is one step, counted from 0 when a
//! fault is planned.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use filemap::fs::{IoErrorKind, IoResult, Preopens};

mod content;
mod provider;

use content::Content;
pub(crate) use provider::{MemoryDirectory, MemoryFile};

/// What happens at a planned step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It fails, and nothing is done.
    Fails(IoErrorKind),
    /// It is done, and reported as failed all the same.
    FailsAfterwards(IoErrorKind),
    /// The program stops before it; whatever it tries from then on fails.
    CrashBefore,
    /// The program stops after it.
    CrashAfter,
}

/// A disk; a clone is the same one.
#[derive(Clone, Default)]
pub(crate) struct Disk(Rc<RefCell<State>>);

/// The names on a disk, and what they name.
type Names = BTreeMap<String, Node>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    Directory,
    /// The number of the file among all that there ever were: a file lives on without a name.
    File(usize),
    Pipe,
}

#[derive(Default)]
struct State {
    names: Names,
    files: Vec<Content>,
    /// What the names were before each change since they were last synced.
    unsynced: Vec<Names>,
    /// Entries whose names are not UTF-8.
    unreadable: usize,
    /// How often a listing has every entry once more, as after an unlucky change in the middle of
    /// it.
    repeats: u8,
    /// The most bytes that one call reads or writes; 0 is any number.
    piece: usize,
    fault: Option<(u64, Fault)>,
    steps: u64,
    failed: bool,
    crashed: bool,
    /// Whether a test looks on: what it does is no step.
    is_watched: bool,
    /// The directories that a program has for itself.
    held: BTreeSet<String>,
}

impl Disk {
    /// A disk with these files.
    pub(crate) fn with(files: &[(&str, &[u8])]) -> Self {
        let disk = Self::default();
        for (name, bytes) in files {
            disk.put(name, bytes);
        }
        disk
    }

    /// Puts a file there, as another program would: no step, and synced.
    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        self.put_sparse(name, bytes.len() as u64, bytes);
    }

    /// The same for a file with zeroes after the bytes.
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

    /// Adds an entry whose name is not UTF-8.
    pub(crate) fn put_unreadable(&self) {
        self.0.borrow_mut().unreadable += 1;
    }

    /// Has every entry twice in each listing from now on.
    pub(crate) fn repeat_entries(&self) {
        self.0.borrow_mut().repeats = 1;
    }

    /// Lets one call read or write at most so many bytes from now on.
    pub(crate) fn in_pieces(&self, piece: usize) {
        self.0.borrow_mut().piece = piece;
    }

    /// Cuts a file off, or extends it, as another program would.
    pub(crate) fn resize(&self, name: &str, size: u64) {
        let state = &mut *self.0.borrow_mut();
        let Some(Node::File(number)) = state.names.get(name) else { panic!("no file `{name}`") };
        state.files[*number].resize(size);
    }

    /// All names, directories with a slash behind them.
    pub(crate) fn names(&self) -> Vec<String> {
        let state = self.0.borrow();
        let printed = |(name, node): (&String, &Node)| {
            if *node == Node::Directory { format!("{name}/") } else { name.clone() }
        };
        state.names.iter().map(printed).collect()
    }

    /// The bytes of a file.
    #[track_caller]
    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        let state = self.0.borrow();
        let Some(Node::File(number)) = state.names.get(name) else { panic!("no file `{name}`") };
        let content = &state.files[*number];
        let mut bytes = vec![0; usize::try_from(content.size).expect("a small file")];
        content.read(&mut bytes, 0);
        bytes
    }

    /// The size of a file.
    #[track_caller]
    pub(crate) fn size(&self, name: &str) -> u64 {
        let state = self.0.borrow();
        let Some(Node::File(number)) = state.names.get(name) else { panic!("no file `{name}`") };
        state.files[*number].size
    }

    /// Everything that a program could find out about the disk.
    pub(crate) fn image(&self) -> Vec<(String, Vec<u8>)> {
        let is_file = |name: &String| !name.ends_with('/');
        let content = |name: String| {
            if is_file(&name) { (name.clone(), self.bytes(&name)) } else { (name, Vec::new()) }
        };
        self.names().into_iter().map(content).collect()
    }

    /// Counts steps from 0, and lets the fault happen at that number.
    pub(crate) fn plan(&self, step: u64, fault: Fault) {
        let mut state = self.0.borrow_mut();
        (state.fault, state.steps, state.failed) = (Some((step, fault)), 0, false);
    }

    /// How many steps there were since the last plan, or ever.
    pub(crate) fn steps(&self) -> u64 {
        self.0.borrow().steps
    }

    /// Whether the planned fault has happened.
    pub(crate) fn has_failed(&self) -> bool {
        self.0.borrow().failed
    }

    /// The planned fault.
    pub(crate) fn fault(&self) -> Option<Fault> {
        self.0.borrow().fault.map(|(_, fault)| fault)
    }

    /// Whether the program has stopped.
    pub(crate) fn has_crashed(&self) -> bool {
        self.0.borrow().crashed
    }

    /// Lets a test look at something: none of that is a step.
    pub(crate) fn watch(&self, look: impl FnOnce()) {
        self.0.borrow_mut().is_watched = true;
        look();
        self.0.borrow_mut().is_watched = false;
    }

    /// Takes back the plan and the crash: the program is started again. What it held, it holds no
    /// more.
    pub(crate) fn restart(&self) {
        let mut state = self.0.borrow_mut();
        (state.fault, state.crashed) = (None, false);
        state.held.clear();
    }

    /// Takes back the plan: nothing fails any more, and the program goes on.
    pub(crate) fn calm(&self) {
        self.0.borrow_mut().fault = None;
    }

    /// How many changes of names a power cut may lose.
    pub(crate) fn unsynced_names(&self) -> usize {
        self.0.borrow().unsynced.len()
    }

    /// Cuts the power, which loses the last so many changes of names and all bytes that were not
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
        state.held.clear();
    }

    /// The whole disk, granted as `.` for reading and writing.
    pub(crate) fn preopens(&self) -> Preopens<MemoryDirectory> {
        Preopens::new(vec![(".".into(), self.root(true))])
    }

    /// The whole disk as a directory.
    pub(crate) fn root(&self, writeable: bool) -> MemoryDirectory {
        MemoryDirectory { disk: self.clone(), path: String::new(), writeable }
    }

    /// One step: does it, unless the plan says otherwise.
    fn step<T>(&self, act: impl FnOnce(&mut State) -> IoResult<T>) -> IoResult<T> {
        let state = &mut *self.0.borrow_mut();
        if state.crashed {
            return Err(IoErrorKind::Other.into());
        }
        if state.is_watched {
            return act(state);
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
    fn change_names(&mut self, change: impl FnOnce(&mut Names)) {
        self.unsynced.push(self.names.clone());
        change(&mut self.names);
    }

    /// What stands at a path, whose directories must be there.
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
