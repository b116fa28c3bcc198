//! The plugin of the differential test: it executes programs of steps on arrays, and writes the
//! answers to a file.
//!
//! `tests/oracle/differential` generates the programs, executes them with numpy, and compares the
//! answers. Each step and each answer is a line. Fields are separated by tabs, lists by commas;
//! bytes are in hexadecimal, and `-` is `none`.

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
    let program = fs::read_to_string(program).expect("the program can be read");
    let mut answers = fs::File::create(answers).expect("the answers can be created");
    let mut machine = machine::Machine::default();
    for line in program.lines() {
        let fields: Vec<_> = line.split('\t').collect();
        let answer = machine.step(&fields).unwrap_or_else(|error| answer::failure(&error));
        // At once: if a step traps, the answers before it show which step it was.
        writeln!(answers, "{answer}").expect("the answers can be written");
    }
}
