//! The messages of `filemap` quote names of files and of plugins in a printable form.

use std::fs;

use tempfile::tempdir;

use super::{assert_contains, run_filemap};

/// A name that begins a line and clears a terminal.
const NAME: &str = "x\ny\u{1b}[2J";

/// How a message quotes it.
const QUOTED: &str = r"x\ny\x1b[2J";

/// A program that traps in a function of that name.
const TRAPPING: &str = r#"(component
    (core module $module
        (func $"x\ny\1b[2J" (result i32) unreachable)
        (func (export "run") (result i32) (call $"x\ny\1b[2J")))
    (core instance $instance (instantiate $module))
    (func $run (result (result)) (canon lift (core func $instance "run")))
    (instance $interface (export "run" (func $run)))
    (export "wasi:cli/run@0.2.0" (instance $interface)))"#;

#[test]
fn the_name_of_a_missing_plugin_is_printable() {
    for command in [&["run"][..], &["plug", "--output", "-"]] {
        let stderr = run_filemap(command.iter().copied().chain([NAME])).fails_with(1);
        assert_eq!(
            stderr,
            format!("failed to read `{QUOTED}`: No such file or directory (os error 2)\n")
        );
    }
}

#[test]
fn the_names_of_a_trap_are_printable() {
    let folder = tempdir().unwrap();
    let plugin = folder.path().join(NAME);
    fs::write(&plugin, wat::parse_str(TRAPPING).unwrap()).unwrap();
    let stderr = run_filemap(["run".as_ref(), plugin.as_os_str()]).fails_with(134);
    assert_contains(&stderr, &[&format!("{QUOTED}` trapped: wasm `unreachable`")]);
    assert_contains(&stderr, &[&format!("   0: {QUOTED}\n")]);
    assert!(!stderr.contains('\u{1b}'), "{stderr:?}");
}
