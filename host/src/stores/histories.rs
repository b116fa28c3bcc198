//! Random calls on one store by several threads, for tests of every kind of store.

mod linearizability;

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use super::KeyValueStore;
use linearizability::Call;
pub(crate) use linearizability::{Event, final_values};

/// The number of threads.
const THREADS: usize = 8;

/// The number of calls of each thread in a round.
const CALLS: u64 = 12;

/// The seeds of `count` rounds: of more rounds with `FILEMAP_TEST_CASES`, and of other ones with
/// `FILEMAP_TEST_SEED`.
pub(crate) fn seeds(count: u64) -> std::ops::Range<u64> {
    let variable = |name, default| {
        std::env::var(name).map_or(default, |number| number.parse::<u64>().unwrap())
    };
    let first = variable("FILEMAP_TEST_SEED", 0);
    first..first + count * variable("FILEMAP_TEST_CASES", 1)
}

/// Pseudorandom numbers, the same for the same seed: `SplitMix64`.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

/// The value with this number: the number, repeated. No two values are equal, and a mixture of two
/// values is none.
pub(crate) fn value(number: u64) -> Vec<u8> {
    let repeats = usize::try_from(Random(number).below(1500)).unwrap() + 1;
    number.to_le_bytes().repeat(repeats)
}

/// The number of a value. Panics if the value is a mixture of two.
pub(crate) fn number(bytes: &[u8]) -> u64 {
    let number = u64::from_le_bytes(bytes[..8].try_into().unwrap());
    assert_eq!(bytes, value(number), "a torn value");
    number
}

/// Makes a call, and returns it with its result.
fn act(store: &dyn KeyValueStore, key: &str, call: &Call) -> Call {
    let found = |bytes: Option<Vec<u8>>| bytes.map(|bytes| number(&bytes));
    match call {
        Call::Get(_) => Call::Get(found(store.get(key).unwrap())),
        Call::Set(new) => {
            let bytes = value(*new);
            let (first, second) = bytes.split_at(bytes.len() / 2);
            match new % 3 {
                0 => store.set(key, &[first.to_vec(), second.to_vec()]).unwrap(),
                1 => store.update(&[(key.to_owned(), bytes)]).unwrap(),
                _ => {
                    let mut writer = store.writer(key).unwrap();
                    writer.write(first).unwrap();
                    writer.write(second).unwrap();
                    writer.commit().unwrap();
                }
            }
            Call::Set(*new)
        }
        Call::Remove(_) => Call::Remove(store.remove(key).unwrap()),
        Call::Pop(_) => Call::Pop(found(store.pop(key).unwrap())),
        Call::SetDefault(new, _) => {
            Call::SetDefault(*new, number(&store.set_default(key, &value(*new)).unwrap()))
        }
        Call::Contains(_) => Call::Contains(store.contains(key).unwrap()),
    }
}

/// Runs random calls in several threads, each with a separate store. Returns for each key the
/// calls with their times.
pub(crate) fn run(
    open: &(dyn Fn() -> Box<dyn KeyValueStore> + Sync),
    keys: &[&str],
    seed: u64,
) -> Vec<Vec<Event>> {
    let (clock, barrier) = (AtomicU64::new(0), Barrier::new(THREADS));
    let calls = |thread: usize| {
        let store = open();
        let mut random = Random(seed ^ (thread as u64) << 32);
        let mut events = Vec::new();
        barrier.wait();
        for count in 0..CALLS {
            let key = usize::try_from(random.below(keys.len() as u64)).unwrap();
            let new = seed << 20 | (thread as u64) << 10 | count;
            let call = match random.below(12) {
                0..=3 => Call::Get(None),
                4..=7 => Call::Set(new),
                8 => Call::Remove(false),
                9 => Call::Pop(None),
                10 => Call::SetDefault(new, 0),
                _ => Call::Contains(false),
            };
            let begin = clock.fetch_add(1, Ordering::SeqCst);
            let call = act(&*store, keys[key], &call);
            let end = clock.fetch_add(1, Ordering::SeqCst);
            events.push((key, Event { call, begin, end }));
        }
        events
    };
    let events: Vec<(usize, Event)> = thread::scope(|scope| {
        let calls = &calls;
        let threads: Vec<_> =
            (0..THREADS).map(|thread| scope.spawn(move || calls(thread))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let of_key = |wanted| {
        events.iter().filter(|(key, _)| *key == wanted).map(|(_, event)| event.clone()).collect()
    };
    (0..keys.len()).map(of_key).collect()
}
