//! Stores: zict, the native provider and the portable provider take turns on the same directories,
//! and each checks all contents after every turn.

#[path = "store/changes.rs"]
mod changes;
#[path = "store/contents.rs"]
mod contents;
#[path = "store/edge_cases.rs"]
mod edge_cases;
#[path = "store/pending.rs"]
mod pending;
#[path = "store/program.rs"]
mod program;
#[path = "store/side.rs"]
pub(crate) mod side;
#[path = "store/turn.rs"]
mod turn;

use std::fs;
use std::path::PathBuf;

use serde_json::Value as Json;

use super::lines::decode;
use super::random::for_each_seed;
use super::support::cases::BOTH_PROVIDERS;
use super::support::folders::Folders;
use contents::{Contents, Value, check_files, put_unnumbered};
use edge_cases::UNNUMBERED_NAMES;
use program::{Program, RUNS};
use side::{SIDES, Side};
use turn::Turn;

/// The number of programs for each seed. `cargo xtask test --long` runs a hundred seeds.
const PROGRAMS: usize = 40;

/// Adds the lines by which a side checks that a store has these contents and no others.
pub(crate) fn inspect(
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

/// A directory and its expected contents.
struct Fixture {
    folders: Folders,
    contents: Contents,
}

impl Fixture {
    const PLACE: (&str, &str) = ("work", "folder");

    fn new() -> Self {
        Self { folders: Folders::new(), contents: Contents::new() }
    }

    /// Lets one side take a turn. Then all sides check the contents.
    #[track_caller]
    fn turn<T>(&mut self, side: Side, take: impl FnOnce(&mut Turn<'_>) -> T) {
        let mut lines = String::new();
        let mut turn =
            Turn::begin(side, Self::PLACE, true, &self.folders, &mut self.contents, &mut lines);
        take(&mut turn);
        assert!(turn.end().is_empty(), "the model predicts all answers");
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
            inspect(side, Self::PLACE, &self.folders, &mut self.contents, &mut lines);
            side.run("work", &lines, &self.folders);
        }
    }
}

#[test]
fn every_side_reads_the_edge_cases_that_another_side_wrote() {
    for side in SIDES {
        Fixture::new().turn(side, edge_cases::take_turn);
    }
}

/// zict numbers its files from the count of the files that it finds, so its numbers can be lower
/// than those of existing files.
#[test]
fn low_file_numbers_of_zict_are_accepted() {
    for provider in BOTH_PROVIDERS {
        let mut fixture = Fixture::new();
        fixture.turn(Side::Filemap(provider), |turn| {
            for _ in 0..10 {
                turn.update(&[("a", b"1".to_vec()), ("b", b"2".to_vec()), ("c", b"3".to_vec())]);
            }
        });
        fixture.turn(Side::Zict, |turn| ["a", "d", "a"].map(|key| turn.set(key, b"4")));
        for name in ["a#5", "d#4"] {
            assert!(
                fixture.folder().join(name).exists(),
                "{provider:?}: zict counts from 3 to `{name}`"
            );
        }
        fixture
            .turn(Side::Filemap(provider), |turn| ["a", "b", "d"].map(|key| turn.set(key, b"5")));
        fixture.turn(Side::Zict, |turn| ["d", "a", "e"].map(|key| turn.pop(key)));
    }
}

#[test]
fn files_without_a_number_are_read_by_all_sides_and_changed_by_zict_only() {
    let mut fixture = Fixture::new();
    for name in UNNUMBERED_NAMES {
        put_unnumbered(&fixture.folder(), &mut fixture.contents, name, name.into());
    }
    let keys: Vec<_> = fixture.contents.keys().cloned().collect();
    assert_eq!(keys.len(), UNNUMBERED_NAMES.len(), "every name has its own key: {keys:?}");
    fixture.check();
    let all_calls = |turn: &mut Turn<'_>| {
        for key in &keys {
            turn.read("item", key);
            turn.read("map", key);
            turn.read_in_pieces(key, 2);
            turn.contains(key);
            turn.set_default(key, b"there is a value");
            turn.write_in_place(key, 0, b"!");
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
        fixture.turn(side, all_calls);
    }
    assert_eq!(fixture.contents.len(), 0, "zict removes all files");
}

/// Runs many programs at once, because starting Python takes a tenth of a second.
#[test]
fn random_turns_of_all_sides_have_the_answers_of_the_model() {
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
                program.resolve(&mut answers, &folders);
            }
            assert_eq!(answers.next(), None, "every printed answer belongs to a line with `?`");
        }
    });
}

#[test]
fn the_fixture_written_by_zict_is_read() {
    let text = fs::read_to_string(Folders::data().join("store.json")).unwrap();
    let json: Json = serde_json::from_str(&text).unwrap();
    let entries = json["entries"].as_array().unwrap().iter().map(|entry| {
        let value = match entry["value"].as_str() {
            Some(digits) => decode(digits),
            // The long value, which `tests/data/generate` makes by this formula.
            None => (0..70_000_u32)
                .map(|number| (31 * number + number / 256).to_le_bytes()[0])
                .collect(),
        };
        (entry["key"].as_str().unwrap().to_owned(), Value::from(value))
    });
    let mut contents: Contents = entries.collect();
    assert_eq!(contents.len(), 21);
    for provider in BOTH_PROVIDERS {
        let (side, folders, mut lines) = (Side::Filemap(provider), Folders::new(), String::new());
        inspect(side, ("data", "store"), &folders, &mut contents, &mut lines);
        side.run("data", &lines, &folders);
    }
}
