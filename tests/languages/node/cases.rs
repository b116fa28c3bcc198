//! The contract suite in Node: every case of the test program `contract`, in one process of Node
//! for all cases, because a start of Node takes longer than a case.
//!
//! No case is excepted. The rules that a host of WASI has to keep, such as grants for reading and
//! links that lead out of a grant, hold in the package's file system.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::tempdir;

use super::super::support::command::composed;
use super::super::support::folders::Folders;
use super::super::support::programs::program;
use super::super::tools::source;
use super::{node_24, package, system_node};

include!("../../programs/src/bin/contract/list.rs");

macro_rules! names {
    ($($case:ident)*) => { [$(stringify!($case)),*] };
}

/// Returns a grant of a directory of the host, for the package's file system.
fn grant(guest: &str, host: &Path, write: bool) -> Value {
    json!({ "guest": guest, "host": host, "write": write, "confined": true })
}

/// Runs all cases of the plugin in this Node, and lists those that fail.
#[track_caller]
fn check(node: &Path, plugin: &Path) {
    let cache = tempdir().unwrap();
    let mut process = Command::new(node)
        .arg(source("node/contract.mjs"))
        .args([package(), plugin, cache.path()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut requests = process.stdin.take().unwrap();
    let mut answers = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut failures = Vec::new();
    for case in for_each_case!(names) {
        let folders = Folders::new();
        let grants = [
            grant("work", &folders.work(), true),
            grant("fixed", &folders.fixed(), false),
            grant("data", &Folders::data(), false),
        ];
        writeln!(requests, "{}", json!({ "args": ["contract", case], "grants": grants })).unwrap();
        let answer = answers.next().unwrap_or_else(|| panic!("Node ended in the case {case}"));
        let answer: Value = serde_json::from_str(&answer.unwrap()).unwrap();
        if answer["code"] != 0 {
            failures.push(format!("{case}: {answer:#}"));
        }
    }
    drop(requests);
    assert!(process.wait().unwrap().success());
    assert!(failures.is_empty(), "{} cases fail:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_case_of_the_contract_holds_in_node_24_composed_with_the_portable_component() {
    let folder = tempdir().unwrap();
    check(&node_24(), &composed(&program("contract"), folder.path()));
}

#[test]
fn every_case_of_the_contract_holds_in_node_20_linked_with_the_component_of_the_package() {
    check(&system_node(), &program("contract"));
}
