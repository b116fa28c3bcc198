//! Stores of several threads on one directory.

use std::cell::Cell;
use std::collections::HashSet;

use filemap::error::Error;
use filemap::fs::{Directory as _, IoResult};
use filemap::store::{Registry, Store};
use filemap_models::disk::Disk;
use filemap_models::sync::{Arc, AtomicU64, Mutex, Ordering, PoisonError};
use filemap_models::updates::Updates;
use filemap_models::{check, thread};

use crate::linearizability::{Call, Event, final_values};

/// A directory, and what the stores of a process on it share.
#[derive(Clone)]
struct Process {
    disk: Disk,
    registry: Arc<Registry<Disk>>,
}

impl Process {
    fn new() -> Self {
        Self { disk: Disk::default(), registry: Arc::new(Registry::new()) }
    }

    fn open(&self) -> Store<Disk> {
        self.disk.store(&self.registry)
    }

    /// Starts a thread with a store of its own.
    fn spawn(&self, act: impl FnOnce(&Store<Disk>) + Send + 'static) -> thread::JoinHandle<()> {
        let process = self.clone();
        thread::spawn(move || act(&process.open()))
    }

    /// Returns the checkpoint of an update's caller, which interrupts the process. Once the thread
    /// of the update has begun, it gets so many steps before.
    fn interrupted_after(&self, steps: usize) -> impl Fn() -> IoResult<()> {
        let is_first = Cell::new(true);
        move || {
            if !is_first.take() {
                (0..steps).for_each(|_| thread::yield_now());
                self.disk.set_interrupted(true);
            }
            self.disk.checkpoint()
        }
    }

    /// Asserts that the directory is not locked, and that each key has one file and no other file
    /// is left. Returns the keys and values.
    fn end(self) -> Vec<(String, Vec<u8>)> {
        let names = self.disk.names();
        let items: Vec<_> = self.disk.reopened().into_iter().collect();
        assert_eq!(names.len(), items.len(), "{names:?}");
        items
    }
}

fn join(threads: impl IntoIterator<Item = thread::JoinHandle<()>>) {
    for thread in threads {
        thread.join().unwrap();
    }
}

fn item(key: &str, value: u8) -> (String, Vec<u8>) {
    (key.into(), vec![value])
}

#[test]
fn the_directory_is_locked_until_the_last_store_is_closed() {
    check(|| {
        let process = Process::new();
        join(["a", "b", "c"].map(|key| {
            let disk = process.disk.clone();
            process.spawn(move |store| {
                assert!(disk.is_locked());
                store.set(key, &[[1]]).unwrap();
                assert_eq!(store.get(key), Ok(Some(vec![1])));
                assert!(disk.is_locked());
            })
        }));
        assert_eq!(process.end(), [item("a", 1), item("b", 1), item("c", 1)]);
    });
}

#[test]
fn calls_on_one_key_take_effect_one_after_the_other() {
    check(|| {
        let process = Process::new();
        let (clock, events) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(Vec::new())));
        let thread = |calls: fn(&Store<Disk>, u64) -> Call, number: u64| {
            let (clock, events) = (Arc::clone(&clock), Arc::clone(&events));
            process.spawn(move |store| {
                for number in [number, number + 1] {
                    let begin = clock.fetch_add(1, Ordering::SeqCst);
                    let call = calls(store, number);
                    let end = clock.fetch_add(1, Ordering::SeqCst);
                    events.lock().unwrap().push(Event { call, begin, end });
                }
            })
        };
        // The index is read from the directory once.
        let store = process.open();
        join([thread(set_or_remove, 2), thread(set_default_or_pop, 5), thread(get_or_contains, 8)]);
        let events = events.lock().unwrap_or_else(PoisonError::into_inner).clone();
        drop(store);
        let found = process.end().pop().map(|(_, value)| u64::from(value[0]));
        let possible = final_values(&events);
        assert!(possible.is_some_and(|values: HashSet<_>| values.contains(&found)), "{events:?}");
    });
}

fn set_or_remove(store: &Store<Disk>, number: u64) -> Call {
    if number.is_multiple_of(2) {
        store.set("key", &[[u8::try_from(number).unwrap()]]).unwrap();
        return Call::Set(number);
    }
    Call::Remove(store.remove("key").unwrap())
}

fn set_default_or_pop(store: &Store<Disk>, number: u64) -> Call {
    let first = |value: Vec<u8>| u64::from(value[0]);
    if number.is_multiple_of(2) {
        return Call::Pop(store.pop("key").unwrap().map(first));
    }
    let value = store.set_default("key", &[u8::try_from(number).unwrap()]).unwrap();
    Call::SetDefault(number, first(value))
}

fn get_or_contains(store: &Store<Disk>, number: u64) -> Call {
    if number.is_multiple_of(2) {
        return Call::Get(store.get("key").unwrap().map(|value| u64::from(value[0])));
    }
    Call::Contains(store.contains("key").unwrap())
}

#[test]
fn updates_of_the_same_keys_do_not_mix() {
    check(|| {
        let process = Process::new();
        join([1, 2].map(|value| {
            process.spawn(move |store| store.update(&[("a", [value]), ("b", [value])]).unwrap())
        }));
        let items = process.end();
        assert!([1, 2].iter().any(|value| items == [item("a", *value), item("b", *value)]));
    });
}

#[test]
fn increments_of_one_counter_add_up() {
    check(|| {
        let (process, sums) = (Process::new(), Arc::new(Mutex::new(Vec::new())));
        join([1, 2, 3].map(|_| {
            let sums = Arc::clone(&sums);
            process.spawn(move |store| {
                for _ in 0..2 {
                    let sum = store.increment("count", 1).unwrap();
                    sums.lock().unwrap().push(sum);
                }
            })
        }));
        let mut sums = sums.lock().unwrap_or_else(PoisonError::into_inner).clone();
        sums.sort_unstable();
        assert_eq!(sums, [1, 2, 3, 4, 5, 6], "each sum is returned once");
        assert_eq!(process.end(), [("count".into(), b"6".to_vec())]);
    });
}

#[test]
fn a_reader_finds_a_key_that_is_replaced() {
    check(|| {
        let process = Process::new();
        let store = process.open();
        store.set("key", &[[1]]).unwrap();
        let writer = process.spawn(|store| {
            store.set("key", &[[2]]).unwrap();
            store.set("key", &[[3]]).unwrap();
        });
        let reader = process.spawn(|store| {
            let mut last = 1;
            for _ in 0..2 {
                let [value] = store.get("key").unwrap().unwrap()[..] else { panic!("torn") };
                assert!(value >= last, "{value} after {last}");
                last = value;
            }
        });
        join([writer, reader]);
        drop(store);
        assert_eq!(process.end(), [item("key", 3)]);
    });
}

#[test]
fn clear_and_set_leave_the_index_and_the_directory_alike() {
    check(|| {
        let process = Process::new();
        let store = process.open();
        store.update(&[("a", [1]), ("b", [1])]).unwrap();
        join([
            process.spawn(|store| store.clear().unwrap()),
            process.spawn(|store| store.set("a", &[[2]]).unwrap()),
            process.spawn(|store| _ = store.pop_item().unwrap()),
        ]);
        let index: Vec<_> = store.items().unwrap().next(9).unwrap();
        drop(store);
        assert_eq!(index, process.end());
    });
}

#[test]
fn an_interrupted_update_has_happened_or_not() {
    check(|| {
        let process = Process::new();
        let store = process.open();
        store.update(&[("a", [1]), ("b", [1])]).unwrap();
        let disk = process.disk.clone();
        let interrupter = thread::spawn(move || disk.set_interrupted(true));
        let result = store.update(&[("a", [2]), ("b", [2]), ("c", [2])]);
        interrupter.join().unwrap();
        process.disk.set_interrupted(false);
        drop(store);
        let old = vec![item("a", 1), item("b", 1)];
        let new = vec![item("a", 2), item("b", 2), item("c", 2)];
        match result {
            Ok(()) => assert_eq!(process.end(), new),
            Err(Error::Interrupted(_)) => assert_eq!(process.end(), old),
            Err(error) => panic!("{error}"),
        }
    });
}

#[test]
fn an_update_whose_caller_has_left_happens_before_later_calls_or_not_at_all() {
    let outcomes = std::sync::Arc::new(std::sync::Mutex::new(HashSet::new()));
    let seen = std::sync::Arc::clone(&outcomes);
    check(move || {
        for steps in [0, 10, 20, 40] {
            let process = Process::new();
            let (store, updates) = (process.open(), Updates::default());
            store.update(&[("a", [1]), ("b", [1])]).unwrap();
            let items = [("a", [2]), ("b", [2]), ("c", [2])];
            let result = updates.update(&store, &items, &process.interrupted_after(steps));
            process.disk.set_interrupted(false);
            store.set("a", &[[3]]).unwrap();
            drop(store);
            updates.wait();
            let found = process.end();
            let has_happened = found == [item("a", 3), item("b", 2), item("c", 2)];
            assert!(has_happened || found == [item("a", 3), item("b", 1)], "{found:?}");
            match result {
                Ok(()) => assert!(has_happened),
                Err(Error::Interrupted(_)) => _ = seen.lock().unwrap().insert(has_happened),
                Err(error) => panic!("{error}"),
            }
        }
    });
    // Threads of the system may all be as fast.
    if cfg!(feature = "shuttle") {
        assert_eq!(outcomes.lock().unwrap().len(), 2, "some happened and some did not");
    }
}

#[test]
fn clear_and_pop_item_come_after_an_update_whose_caller_has_left() {
    check(|| {
        for (steps, clears) in [(0, true), (20, true), (40, true), (20, false), (40, false)] {
            let process = Process::new();
            let (store, updates) = (process.open(), Updates::default());
            let items = [("a", [1]), ("b", [1])];
            _ = updates.update(&store, &items, &process.interrupted_after(steps));
            process.disk.set_interrupted(false);
            store.wait_for_changes(None).unwrap();
            let popped = if clears {
                store.clear().unwrap();
                None
            } else {
                store.pop_item().unwrap()
            };
            drop(store);
            updates.wait();
            let left = if popped.is_some() { vec![item("b", 1)] } else { vec![] };
            assert_eq!(process.end(), left, "popped: {popped:?}");
        }
    });
}

#[test]
fn nothing_is_committed_after_a_host_has_interrupted_an_update_and_waited() {
    check(|| {
        let (process, updates) = (Process::new(), Updates::default());
        let store = process.open();
        let updating = thread::spawn({
            let (disk, updates) = (process.disk.clone(), updates.clone());
            move || _ = updates.update(&store, &[("a", [1]), ("b", [1])], &|| disk.checkpoint())
        });
        process.disk.set_interrupted(true);
        updates.wait();
        let found = process.disk.names().into_iter().filter(|name| !name.starts_with('%')).count();
        assert!(found == 0 || found == 2);
        join([updating]);
        updates.wait();
        process.disk.set_interrupted(false);
        assert_eq!(process.end().len(), found);
    });
}
