//! Stores on one directory, compared with a plain mapping.

mod action;
mod entry;

use std::rc::Rc;

use arbitrary::Result;
use filemap::array::{Memmap, Mode};
use filemap::error::Error;
use filemap::fs::IoErrorKind;
use filemap::region::BufferedRegion;
use filemap::store::key::{FileName, MAX_GENERATION, parse, quote};
use filemap::store::{Durability, OpenOptions, Registry, Store};

use crate::complaint;
use crate::input::{self, Input};
use crate::memory::{Disk, Fault, MemoryDirectory, MemoryFile};
pub(crate) use action::Action;
pub(crate) use entry::{Content, Entry, Mapping, of_files};

/// The directory of the stores.
pub(crate) const PATH: &str = ".";

/// The maximum number of stores, and of arrays over values, that are open at once.
const MAX_OPEN: usize = 3;

/// The number of generations before the last one from which on a store may refuse a new value.
const NEAR_THE_END: u64 = 100_000;

/// The stores that are open, and what they have to contain.
pub(crate) struct Stores {
    disk: Disk,
    registry: Registry<MemoryDirectory>,
    opened: Vec<(Store<MemoryDirectory>, OpenOptions)>,
    pub(crate) mapping: Mapping,
    /// Arrays over values, with the bytes that they have to show.
    arrays: Vec<(Memmap<BufferedRegion<MemoryFile>>, Mode, Content)>,
    /// The keys that calls name.
    keys: Vec<String>,
    /// Whether the directory may have no generations left.
    is_near_the_end: bool,
    durability: Durability,
}

/// What goes wrong in a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trouble {
    /// The disk does something wrong at a step.
    Fault(u64, Fault),
    /// The host ends the call at a checkpoint.
    Interruption(u64),
}

impl Stores {
    /// Begins with the files of a disk, whose values are in `mapping`.
    pub(crate) fn new(disk: &Disk, mapping: Mapping, input: &mut Input<'_>) -> Result<Self> {
        let mut keys: Vec<_> = ["a", "", "a#1", "../é", "%temporary-filemap#3"]
            .into_iter()
            .chain(mapping.keys().map(|key| &**key))
            .map(String::from)
            .collect();
        keys.push("k".repeat(236));
        let is_last = |name: &String| {
            matches!(parse(name.trim_end_matches('/')),
                FileName::Value(_, generation) if generation > MAX_GENERATION - NEAR_THE_END)
        };
        Ok(Self {
            disk: disk.clone(),
            registry: Registry::new(),
            opened: Vec::new(),
            mapping,
            arrays: Vec::new(),
            keys,
            is_near_the_end: disk.names().iter().any(is_last),
            durability: *input.choose(&[Durability::None, Durability::Data, Durability::Full])?,
        })
    }

    /// Makes a call of one of the stores, opens one or drops one, and checks everything.
    pub(crate) fn step(&mut self, input: &mut Input<'_>) -> Result<()> {
        match input::below(input, 16)? {
            0..=1 => self.open(input::chance(input, 8)?),
            2 if !self.opened.is_empty() => {
                let number = input::below(input, self.opened.len())?;
                drop(self.opened.remove(number));
            }
            3 => self.open_array(input)?,
            4 => self.write_array(input)?,
            _ => {
                let action = Action::choose(input, &self.keys)?;
                self.act(&action, None, input)?;
            }
        }
        self.check();
        Ok(())
    }

    /// Makes a call during which something goes wrong, and checks everything.
    pub(crate) fn step_in_trouble(&mut self, input: &mut Input<'_>) -> Result<()> {
        let step = input::below(input, 24)? as u64;
        let trouble = match input::below(input, 5)? {
            0 => Trouble::Fault(step, Fault::CrashBefore),
            1 => Trouble::Fault(step, Fault::CrashAfter),
            2 => Trouble::Interruption(1 + step),
            3 => Trouble::Fault(step, Fault::Fails(IoErrorKind::NoSpace)),
            _ => Trouble::Fault(step, Fault::Fails(IoErrorKind::Other)),
        };
        let action = Action::choose(input, &self.keys)?;
        self.act(&action, Some(trouble), input)?;
        self.check();
        Ok(())
    }

    /// Opens a store.
    fn open(&mut self, read_only: bool) {
        let options = OpenOptions { create: false, read_only, durability: self.durability };
        if self.opened.len() == MAX_OPEN {
            self.opened.remove(0);
        }
        let store = Store::open(&self.registry, &self.disk.preopens(), PATH, options);
        self.opened.push((store.expect("a store"), options));
    }

    /// Makes a call, and does the same in the model.
    fn act(
        &mut self,
        action: &Action,
        trouble: Option<Trouble>,
        input: &mut Input<'_>,
    ) -> Result<()> {
        if self.opened.is_empty() {
            self.open(false);
        }
        let number = input::below(input, self.opened.len())?;
        let (store, options) = &self.opened[number];
        let before = self.mapping.clone();
        let wanted = action.act_on(&mut self.mapping, options.read_only);
        match trouble {
            Some(Trouble::Fault(step, fault)) => self.disk.plan(step, fault),
            Some(Trouble::Interruption(checkpoint)) => self.disk.interrupt_at(checkpoint),
            None => {}
        }
        let answer = action.act(store);
        let is_hit = self.disk.has_failed() && matches!(trouble, Some(Trouble::Fault(..)))
            || self.disk.is_interrupted();
        let has_crashed = self.disk.has_crashed();
        if has_crashed {
            self.restart();
            self.take_over(&before);
            return Ok(());
        }
        self.disk.clear_fault();
        self.disk.end_interruption();
        match answer {
            Ok(answer) => {
                assert_eq!(Some(answer), wanted, "{action:?}");
            }
            Err(error) => {
                complaint::check(&error);
                let may_fail = wanted.is_none() || is_hit || self.may_refuse(action, &error);
                assert!(may_fail, "{action:?}: {error}");
                if is_hit && !action.is_undone(self.durability) {
                    self.take_over(&before);
                } else {
                    self.mapping = before;
                }
            }
        }
        Ok(())
    }

    /// Whether a store may refuse a call although the model does not: the names of files are used
    /// up, in length or in number.
    fn may_refuse(&self, action: &Action, error: &Error) -> bool {
        // A key that zict wrote can be longer than a new one, and replaced while its name fits.
        let is_long = |key: &str| quote(key).len() > filemap::limits::MAX_QUOTED_KEY;
        match error {
            Error::LimitExceeded(_) => self.is_near_the_end,
            Error::InvalidArgument(_) => action.keys().into_iter().any(is_long),
            _ => false,
        }
    }

    /// Ends the program without dropping anything properly, and begins a new one.
    fn restart(&mut self) {
        // A crashed program does nothing when its stores are dropped.
        self.opened.clear();
        self.arrays.clear();
        self.registry = Registry::new();
        self.disk.restart();
        self.open(false);
    }

    /// Takes over what a call has done that failed in the middle: each key has its old or its new
    /// value.
    fn take_over(&mut self, before: &Mapping) {
        let (store, _) = self.opened.last().expect("a store");
        for key in before.keys().chain(self.mapping.clone().keys()) {
            let value = store.get(key).expect("a value");
            let of = |entry: Option<&Entry>| entry.map(|entry| entry.content.borrow().clone());
            let (old, new) = (before.get(key), self.mapping.get(key));
            if value == of(new) {
                continue;
            }
            assert_eq!(value, of(old), "`{key}` has neither its old value nor its new one");
            match old {
                Some(old) => _ = self.mapping.insert(key.clone(), old.clone()),
                None => _ = self.mapping.remove(key),
            }
        }
    }

    /// Opens a value as an array.
    fn open_array(&mut self, input: &mut Input<'_>) -> Result<()> {
        let key = input.choose(&self.keys)?.clone();
        let mode = *input.choose(&[Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite])?;
        let Some((store, options)) = self.opened.last() else { return Ok(()) };
        let array = store.open_value(&key, mode);
        let array = match self.mapping.get(&key) {
            Some(entry) if mode == Mode::ReadWrite && (options.read_only || !entry.is_numbered) => {
                assert_eq!(complaint::checked(array).map(|_| ()), None);
                return Ok(());
            }
            None if mode == Mode::ReadWrite && options.read_only => {
                assert_eq!(complaint::checked(array).map(|_| ()), None);
                return Ok(());
            }
            entry => {
                let array = array.expect("an array");
                assert_eq!(array.is_some(), entry.is_some());
                array.zip(entry.map(|entry| Rc::clone(&entry.content)))
            }
        };
        if self.arrays.len() == MAX_OPEN {
            self.arrays.remove(0);
        }
        self.arrays.extend(array.map(|(array, content)| (array, mode, content)));
        Ok(())
    }

    /// Writes into a value by an array, which the store shows if it has the value still.
    fn write_array(&mut self, input: &mut Input<'_>) -> Result<()> {
        if self.arrays.is_empty() {
            return Ok(());
        }
        let number = input::below(input, self.arrays.len())?;
        let (array, mode, content) = &self.arrays[number];
        let (at, data) = (input::below(input, 8)?, input::list(input, 4, input::any)?);
        let written = complaint::checked(array.write_bytes(at as u64, &data));
        let end = at + data.len();
        let fits = end <= content.borrow().len() && *mode != Mode::ReadOnly;
        assert_eq!(written.is_some(), fits, "a write of {at}..{end} in mode {mode}");
        match mode {
            _ if !fits => {}
            Mode::CopyOnWrite if data.is_empty() => {}
            Mode::CopyOnWrite => {
                // The array shows a copy from now on, as all bytes lie in one page.
                let mut copy = content.borrow().clone();
                copy[at..end].copy_from_slice(&data);
                self.arrays[number].2 = entry::content(copy);
            }
            _ => content.borrow_mut()[at..end].copy_from_slice(&data),
        }
        Ok(())
    }

    /// Checks all stores and arrays.
    fn check(&self) {
        self.disk.watch(|| {
            for (store, _) in &self.opened {
                self.check_store(store);
            }
            for (array, _, content) in &self.arrays {
                assert_eq!(array.read(&[]).as_ref(), Ok(&*content.borrow()));
            }
        });
    }

    fn check_store(&self, store: &Store<MemoryDirectory>) {
        let mut keys = store.keys().expect("a stream");
        let keys = keys.next(u32::MAX).expect("the keys");
        assert!(keys.iter().eq(self.mapping.keys()), "{keys:?}");
        assert_eq!(store.len(), Ok(keys.len() as u64));
        for key in &keys {
            let value = store.get(key).expect("a value");
            let wanted = self.mapping[key].content.borrow();
            assert_eq!(value.as_ref(), Some(&*wanted), "`{key}`");
        }
        let findings = store.verify().expect("the findings");
        assert_eq!((findings.missing, findings.missing_keys), (0, Vec::new()));
    }
}
