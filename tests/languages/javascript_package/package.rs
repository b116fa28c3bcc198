//! The types of the package, its command, and its files.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::tempdir;

use super::super::support::command::succeeds;
use super::super::support::files::file_contents;
use super::super::tools::{source, tool};
use super::{PACKAGE, build_command};

#[test]
fn the_types_accept_right_programs_and_refuse_wrong_ones() {
    let folder = PACKAGE.parent().unwrap().parent().unwrap();
    let sources = folder.join("types");
    let mut copy = Command::new("cp");
    succeeds(copy.arg("-r").arg(source("javascript/suite")).arg(&sources));
    let mut check = Command::new("node");
    check.arg(tool("javascript/node_modules/typescript/bin/tsc")).current_dir(&sources);
    check.args(["--strict", "--noEmit", "--target", "es2024", "--module", "preserve"]);
    check.args(["--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"]);
    check.args(["--allowImportingTsExtensions", "main.ts", "types.ts"]);
    succeeds(&mut check);

    // Each line that must be an error is one: without the comments, there are as many errors.
    let types = fs::read_to_string(sources.join("types.ts")).unwrap();
    fs::write(sources.join("types.ts"), types.replace("// @ts-expect-error", "//")).unwrap();
    let errors = check.output().unwrap();
    let errors = String::from_utf8(errors.stdout).unwrap();
    let count = errors.lines().filter(|line| line.starts_with("types.ts(")).count();
    assert_eq!(count, types.matches("// @ts-expect-error").count(), "{errors}");
    assert!(count > 20, "{errors}");
}

/// Checks that a program is not built, and why.
#[track_caller]
fn check_refused(arguments: &[&str], files: &[(&str, &str)], code: i32, message: &str) {
    let folder = tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let output = build_command(folder.path()).args(arguments).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    assert!(stderr.contains(message), "{stderr}");
    assert!(!folder.path().join("app.wasm").exists());
}

#[test]
fn the_command_says_why_it_builds_nothing() {
    check_refused(&[], &[], 2, "the command is `build` with one PROGRAM");
    check_refused(&["a.js", "b.js"], &[], 2, "the command is `build` with one PROGRAM");
    check_refused(&["app.py"], &[], 2, "`app.py` must be a module");
    check_refused(&["app.js", "--fast"], &[], 2, "'--fast'");
    check_refused(&["app.js", "-e", "v8"], &[], 2, "the engine must be starlingmonkey or quickjs");
    check_refused(&["app.js"], &[], 1, "no such file or directory");
    let check = |program, message| check_refused(&["app.js"], &[("app.js", program)], 1, message);
    check("import fs from 'node:fs'; fs.readFileSync('x');", "A plugin has no modules of Node");
    check("import { x } from './missing.js'; x();", "./missing.js");
    check("let = ;", "app.js");
    check("import { Files } from 'filemap-plugin'; new Files();", "Files");
    for program in ["\n\nawait null;", "\n\nconst f = async () => 1;", "\n\nasync function f() {}"]
    {
        let files = [("app.js", program)];
        let message = "app.js:3: QuickJS runs no promises";
        check_refused(&["app.js", "-e", "quickjs"], &files, 1, message);
    }
}

#[test]
fn the_package_has_what_it_needs_and_depends_on_the_versions_that_are_tested() {
    let names = file_contents_of_package();
    for name in [
        "package.json",
        "LICENSE-MIT",
        "wit/world.wit",
        "wit/deps/io/streams.wit",
        "src/index.d.ts",
    ] {
        assert!(names.contains(&name.to_owned()), "{names:?}");
    }
    assert!(!names.iter().any(|name| name.starts_with("test")), "{names:?}");
    let json = |path: PathBuf| -> serde_json::Value {
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    };
    let package = json(PACKAGE.join("package.json"));
    for (name, version) in package["dependencies"].as_object().unwrap() {
        let installed = json(tool(&format!("javascript/node_modules/{name}/package.json")));
        assert_eq!(installed["version"], *version, "{name}");
    }
}

/// Returns the names of the files of the package.
fn file_contents_of_package() -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(&*PACKAGE).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if name == "node_modules" {
            continue;
        }
        if entry.path().is_dir() {
            names.extend(
                file_contents(&entry.path()).into_keys().map(|file| format!("{name}/{file}")),
            );
        } else {
            names.push(name);
        }
    }
    names
}
