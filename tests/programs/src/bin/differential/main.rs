//! The plugin of the differential test: it does the steps of programs about arrays, and writes down
//! what came of each.
//!
//! `tests/oracle/differential` makes the programs, does the same with numpy, and compares. A line
//! is a step, a line is an answer; the fields have tabs between them. `-` stands for nothing, bytes
//! are in hexadecimal, and lists have commas.

mod answer;
#[path = "../../bindings.rs"]
mod bindings;
mod field;
mod machine;

use std::fs;
use std::io::Write as _;

const USAGE: &str = "usage: differential PROGRAM ANSWERS";

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [program, answers] = &arguments[..] else { panic!("{USAGE}") };
    let program = fs::read_to_string(program).expect("the program is there");
    let mut answers = fs::File::create(answers).expect("the answers have a place");
    let mut machine = machine::Machine::default();
    for line in program.lines() {
        let fields: Vec<_> = line.split('\t').collect();
        let answer = machine.step(&fields).unwrap_or_else(|error| answer::failure(&error));
        // At once: where a step traps, the answers before it tell which one it was.
        writeln!(answers, "{answer}").expect("the answers have room");
    }
}
