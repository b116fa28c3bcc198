//! A check of the table of commands in `ARCHITECTURE.md`.

use std::fs;

use clap::CommandFactory as _;

use super::{pages, tree};
use crate::Xtask;

#[test]
fn every_command_is_described() {
    let page = fs::read_to_string(pages::path("ARCHITECTURE.md")).unwrap();
    let mut described = tree::first_column(&page, "Build and test");
    let command = Xtask::command();
    let mut commands: Vec<_> = command
        .get_subcommands()
        .map(|subcommand| format!("cargo xtask {}", subcommand.get_name()))
        .collect();
    described.sort();
    commands.sort();
    assert_eq!(
        described, commands,
        "the table of commands in `ARCHITECTURE.md` (left) has to list each command (right) once"
    );
}
