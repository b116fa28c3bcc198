//! Stores: directories that zict and filemap both write and read.

#[path = "store/awkward.rs"]
mod awkward;
#[path = "store/changes.rs"]
mod changes;
#[path = "store/contents.rs"]
mod contents;
#[path = "store/program.rs"]
mod program;
#[path = "store/questions.rs"]
mod questions;
#[path = "store/side.rs"]
pub(crate) mod side;
#[path = "store/turn.rs"]
mod turn;

use std::fs;
use std::path::PathBuf;

use serde_json::Value as Json;

use super::PROVIDERS;
use super::lines::decode;
use super::random::for_each_seed;
use super::support::folders::Folders;
use awkward::UNNUMBERED_NAMES;
use contents::{Contents, Value, check_files, put_unnumbered};
use program::{Program, RUNS};
use side::{SIDES, Side};
use turn::Turn;

/// The programs of one seed; `cargo xtask test --long` has a hundred seeds.
const PROGRAMS: usize = 40;

/// What every side does to see that all is there, and nothing else.
pub(crate) fn look(
    side: Side,
    at: (&str, &str),
    folders: &Folders,
    contents: &mut Contents,
    lines: &mut String,
) {
    let mut turn = Turn::begin(side, at, false, folders, contents, lines);
    turn.describe();
    turn.len();
    turn.list("keys", 7);
    turn.list("items", 3);
    if side != Side::Zict {
        turn.verify();
    }
    turn.end();
}

/// A directory, and what must be in it.
struct Bench {
    folders: Folders,
    contents: Contents,
}

impl Bench {
    const PLACE: (&str, &str) = ("work", "folder");

    fn new() -> Self {
        Self { folders: Folders::new(), contents: Contents::new() }
    }

    /// Lets one side take a turn, and all of them look at what came of it.
    #[track_caller]
    fn turn<T>(&mut self, side: Side, take: impl FnOnce(&mut Turn<'_>) -> T) {
        let mut lines = String::new();
        let mut turn =
            Turn::begin(side, Self::PLACE, true, &self.folders, &mut self.contents, &mut lines);
        take(&mut turn);
        assert!(turn.end().is_empty(), "all answers are known");
        side.run("work", &lines, &self.folders);
        self.check();
    }

    fn folder(&self) -> PathBuf {
        self.folders.work().join("folder")
    }

    #[track_caller]
    fn check(&mut self) {
        check_files(&self.folder(), &self.contents);
        for side in SIDES {
            let mut lines = String::new();
            look(side, Self::PLACE, &self.folders, &mut self.contents, &mut lines);
            side.run("work", &lines, &self.folders);
        }
    }
}

#[test]
fn each_side_reads_the_awkward_keys_of_each_other() {
    for side in SIDES {
        Bench::new().turn(side, awkward::take_turn);
    }
}

/// zict counts on from the number of files that it finds, so its numbers can be below those of
/// others.
#[test]
fn low_numbers_of_zict_are_as_good() {
    for provider in PROVIDERS {
        let mut bench = Bench::new();
        bench.turn(Side::Filemap(provider), |turn| {
            for _ in 0..10 {
                turn.update(&[("a", b"1".to_vec()), ("b", b"2".to_vec()), ("c", b"3".to_vec())]);
            }
        });
        bench.turn(Side::Zict, |turn| ["a", "d", "a"].map(|key| turn.set(key, b"4")));
        for name in ["a#5", "d#4"] {
            assert!(
                bench.folder().join(name).exists(),
                "{provider:?}: zict counts from 3 to `{name}`"
            );
        }
        bench.turn(Side::Filemap(provider), |turn| ["a", "b", "d"].map(|key| turn.set(key, b"5")));
        bench.turn(Side::Zict, |turn| ["d", "a", "e"].map(|key| turn.pop(key)));
    }
}

#[test]
fn files_without_a_number_are_read_by_all_and_changed_by_zict() {
    let mut bench = Bench::new();
    for name in UNNUMBERED_NAMES {
        put_unnumbered(&bench.folder(), &mut bench.contents, name, name.into());
    }
    let keys: Vec<_> = bench.contents.keys().cloned().collect();
    assert_eq!(keys.len(), UNNUMBERED_NAMES.len(), "each is another key: {keys:?}");
    bench.check();
    let all_calls = |turn: &mut Turn<'_>| {
        for key in &keys {
            turn.read("item", key);
            turn.read("map", key);
            turn.read_in_pieces(key, 2);
            turn.contains(key);
            turn.set_default(key, b"there is a value");
            turn.poke(key, 0, b"!");
            turn.discard(key);
            turn.set_parts(key, &[b"another ".to_vec(), b"value".to_vec()]);
            turn.update(&[("new", b"1".to_vec()), (key, b"2".to_vec())]);
            turn.write(key, &[b"3".to_vec()]);
            turn.remove(key);
            turn.set(key, b"4");
            turn.pop(key);
        }
        turn.set("new", b"5");
        turn.clear();
        turn.pop_items(1);
    };
    for side in [1, 2, 0].map(|side| SIDES[side]) {
        bench.turn(side, all_calls);
    }
    assert_eq!(bench.contents.len(), 0, "zict leaves nothing");
}

/// Many programs at once, because it takes a tenth of a second to start Python.
#[test]
fn random_programs_go_to_and_fro() {
    for_each_seed(|random| {
        let folders = Folders::new();
        let mut programs: Vec<_> =
            (0..PROGRAMS).map(|number| Program::new(number, random, &folders)).collect();
        for run in 0..RUNS {
            let mut lines = String::new();
            for program in &mut programs {
                program.run(run, random, &folders, &mut lines);
            }
            let mut answers = SIDES[run % SIDES.len()].run("work", &lines, &folders).into_iter();
            for program in &mut programs {
                program.settle(&mut answers, &folders);
            }
            assert_eq!(answers.next(), None, "nobody has asked for it");
        }
    });
}

#[test]
fn the_fixture_of_zict_is_read_whole() {
    let text = fs::read_to_string(Folders::data().join("store.json")).unwrap();
    let json: Json = serde_json::from_str(&text).unwrap();
    let entries = json["entries"].as_array().unwrap().iter().map(|entry| {
        let value = match entry["value"].as_str() {
            Some(digits) => decode(digits),
            // The long one, for which there is a formula in `tests/data/generate`.
            None => (0..70_000_u32)
                .map(|number| (31 * number + number / 256).to_le_bytes()[0])
                .collect(),
        };
        (entry["key"].as_str().unwrap().to_owned(), Value::from(value))
    });
    let mut contents: Contents = entries.collect();
    assert_eq!(contents.len(), 21);
    for provider in PROVIDERS {
        let (side, folders, mut lines) = (Side::Filemap(provider), Folders::new(), String::new());
        look(side, ("data", "store"), &folders, &mut contents, &mut lines);
        side.run("data", &lines, &folders);
    }
}
