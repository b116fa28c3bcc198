//! Random programs: turns of all sides on one directory.

use std::fs;

use super::super::lines::fields;
use super::super::random::Random;
use super::super::support::folders::Folders;
use super::contents::{Contents, check_files, put_unnumbered};
use super::edge_cases::{KEYS, UNNUMBERED_NAMES};
use super::inspect;
use super::pending::PendingAnswer;
use super::side::{SIDES, Side};
use super::turn::Turn;

/// The number of runs of a side. Each program takes a turn in about every fourth run; in the last
/// runs, all sides only check the contents.
pub(crate) const RUNS: usize = 24;

/// A directory, its expected contents, and the next turn.
pub(crate) struct Program {
    place: String,
    contents: Contents,
    /// The keys that the program uses, in the store or not.
    keys: Vec<String>,
    /// The run in which the program takes its next turn.
    next_turn: usize,
    pending: Vec<PendingAnswer>,
}

impl Program {
    /// Creates an empty directory, or one with files as zict 2 wrote them.
    pub(crate) fn new(number: usize, random: &mut Random, folders: &Folders) -> Self {
        let place = format!("stores/{number}");
        let directory = folders.work().join(&place);
        fs::create_dir_all(&directory).unwrap();
        let mut keys: Vec<_> = (0..4 + random.below(10)).map(|_| key(random)).collect();
        let mut contents = Contents::new();
        if random.below(3) == 0 {
            for _ in 0..=random.below(5) {
                let key = &keys[random.below(keys.len())];
                let name = match &**key {
                    // A file cannot have these names.
                    "" | "." | ".." => "number".into(),
                    _ if random.below(2) == 0 => {
                        UNNUMBERED_NAMES[random.below(UNNUMBERED_NAMES.len())].into()
                    }
                    key => filemap::store::key::quote(key),
                };
                put_unnumbered(&directory, &mut contents, &name, value(random));
            }
            keys.extend(contents.keys().cloned());
        }
        Self { place, contents, keys, next_turn: random.below(SIDES.len()), pending: Vec::new() }
    }

    /// Adds the lines of one side's run: it checks the contents, and takes a turn if the program
    /// has one in this run.
    pub(crate) fn run(
        &mut self,
        run: usize,
        random: &mut Random,
        folders: &Folders,
        lines: &mut String,
    ) {
        let side = SIDES[run % SIDES.len()];
        inspect(side, ("work", &self.place), folders, &mut self.contents, lines);
        if run != self.next_turn || run + SIDES.len() >= RUNS {
            return;
        }
        // All sides check the contents before the next turn, whichever side takes it.
        self.next_turn += SIDES.len() + random.below(SIDES.len());
        let turn =
            Turn::begin(side, ("work", &self.place), true, folders, &mut self.contents, lines);
        self.pending = take_turn(turn, random, &self.keys);
    }

    /// Resolves the pending answers, and checks that every key has its file.
    #[track_caller]
    pub(crate) fn resolve(
        &mut self,
        answers: &mut impl Iterator<Item = String>,
        folders: &Folders,
    ) {
        for pending in self.pending.drain(..) {
            pending.resolve(&mut self.contents, answers);
        }
        check_files(&folders.work().join(&self.place), &self.contents);
    }
}

fn take_turn(mut turn: Turn<'_>, random: &mut Random, keys: &[String]) -> Vec<PendingAnswer> {
    for _ in 0..4 + random.below(20) {
        match random.below(20) {
            0 if turn.side != Side::Zict => walk(&mut turn, random, keys),
            1 => turn.reopen(),
            2 => change_long_key(&mut turn, random, keys),
            3..12 => read(&mut turn, random, keys),
            _ => change(&mut turn, random, keys),
        }
    }
    match random.below(4) {
        0 => turn.pop_items(1 + random.below(3)),
        1 => {
            turn.close();
            for _ in 0..random.below(4) {
                read(&mut turn, random, keys);
                change(&mut turn, random, keys);
            }
        }
        _ => {}
    }
    turn.end()
}

fn read(turn: &mut Turn<'_>, random: &mut Random, keys: &[String]) {
    let key = &keys[random.below(keys.len())];
    match random.below(18) {
        0 => turn.read("item", key),
        1 => turn.read("get", key),
        2 => turn.read("map", key),
        3 => turn.read_in_pieces(key, 1 + random.below(100)),
        4 => turn.get_or(key, &value(random)),
        5 => {
            let keys: Vec<_> =
                (0..random.below(5)).map(|_| &*keys[random.below(keys.len())]).collect();
            turn.get_many(&keys);
        }
        6 | 7 => {
            let size = turn.contents.get(key).map_or(0, |value| value.bytes.len());
            let mut bound =
                || if random.below(20) == 0 { u64::MAX } else { random.below(size + 3) as u64 };
            turn.get_range(key, bound(), bound());
        }
        8 => turn.size_of(key),
        9 => turn.contains(key),
        10 => turn.len(),
        11 => turn.list("iterate", 1 + random.below(9)),
        12 => turn.list("keys", 1 + random.below(9)),
        13 => turn.list("values", 1 + random.below(9)),
        14 => {
            let mut other: Vec<_> = turn
                .contents
                .iter()
                .map(|(key, value)| (key.clone(), value.bytes.clone()))
                .collect();
            match (random.below(4), other.last_mut()) {
                (0, Some((_, value))) => value.push(0),
                (1, _) => _ = other.pop(),
                _ => {}
            }
            turn.equals(&other);
        }
        15 => turn.describe(),
        16 => turn.count_files(),
        _ => turn.hold(key),
    }
}

fn change(turn: &mut Turn<'_>, random: &mut Random, keys: &[String]) {
    let key = &keys[random.below(keys.len())];
    let parts: Vec<_> = (0..random.below(4)).map(|_| value(random)).collect();
    match random.below(48) {
        0..12 => turn.set(key, &value(random)),
        12..16 => turn.set_parts(key, &parts),
        16..20 => turn.write(key, &parts),
        // It is unspecified whether filemap refuses an aborted value of a file without a number.
        20..24 if turn.may_change(key) => turn.abandon(key, &parts),
        24..28 => turn.set_default(key, &value(random)),
        28..32 => {
            let items: Vec<_> =
                parts.into_iter().map(|part| (&*keys[random.below(keys.len())], part)).collect();
            turn.update(&items);
        }
        32..35 => turn.discard(key),
        35..38 => turn.remove(key),
        38..41 => turn.pop(key),
        41..44 => turn.pop_or(key, &value(random)),
        44 => turn.clear(),
        _ => {
            let size = turn.contents.get(key).map_or(0, |value| value.bytes.len());
            // A held reader would see the bytes that are written in place.
            if size > 0 && !turn.holds(key) {
                let offset = random.below(size);
                let length = 1 + random.below((size - offset).min(40));
                turn.write_in_place(key, offset, &random.bytes(length));
            }
        }
    }
}

/// Reads a stream of keys or items, and changes the store between the calls.
fn walk(turn: &mut Turn<'_>, random: &mut Random, keys: &[String]) {
    turn.start_walk(random.below(2) == 0);
    for _ in 0..random.below(6) {
        turn.continue_walk(1 + random.below(4));
        for _ in 0..random.below(4) {
            change(turn, random, keys);
        }
    }
    turn.finish_walk();
}

/// Makes a change with a key that is too long for a file name. It is refused and changes nothing.
fn change_long_key(turn: &mut Turn<'_>, random: &mut Random, keys: &[String]) {
    let long = if random.below(2) == 0 { "k".repeat(254) } else { "\u{e9}".repeat(43) };
    let (value, other) = (value(random), &keys[random.below(keys.len())]);
    let long = fields([long.as_bytes(), &value]);
    match ["set", "parts", "write", "setdefault", "update"][random.below(5)] {
        "update" if turn.may_change(other) => {
            let other = fields([other.as_bytes(), &value]);
            // zict changes the keys before the one at which it fails; filemap changes none.
            let zict = turn.side == Side::Zict;
            turn.query_invalid(&if zict {
                format!("update{long}{other}")
            } else {
                format!("update{other}{long}")
            });
        }
        operation => turn.query_invalid(&format!("{operation}{long}")),
    }
}

fn key(random: &mut Random) -> String {
    match random.below(2) {
        0 => KEYS[random.below(KEYS.len())].into(),
        _ => random.text(),
    }
}

/// Returns a value: mostly empty or short, sometimes longer than a page, and rarely longer than one
/// call of WASI reads.
fn value(random: &mut Random) -> Vec<u8> {
    let length = match random.below(400) {
        0 => 66_000,
        1..10 => random.below(5_000),
        10..80 => 0,
        80..200 => random.below(300),
        _ => random.below(20),
    };
    random.bytes(length)
}
