//! The pages for each language and each host, followed word for word in an empty folder.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::tempdir;

use super::page::{Step, matches, script, steps};
use super::support::command::filemap;
use super::support::programs::{FILEMAP, root};

/// Defines a test for each page, and the list of all pages.
macro_rules! pages {
    ($($(#[$attribute:meta])* $test:ident: $page:literal $([$($tools:literal),*])?;)*) => {
        $(
            $(#[$attribute])*
            #[test]
            fn $test() {
                follow($page, &[$($($tools),*)?]);
            }
        )*
        const PAGES: &[&str] = &[$($page),*];
    };
}

// The folders in brackets are searched for programs first. They are folders of installed tools.
pages! {
    a_plugin_in_c: "docs/plugins/c.md" ["c/bin"];
    a_plugin_in_rust: "docs/plugins/rust.md";
    a_plugin_in_javascript: "docs/plugins/javascript.md";
    a_plugin_in_python: "docs/plugins/python.md";
    a_host_in_python: "docs/hosts/python.md";
    a_plugged_plugin_in_wasmtime: "docs/hosts/stock-wasmtime.md" ["python-host/commands"];
    programs_in_node: "docs/hosts/node.md";
    a_page_in_a_browser: "docs/hosts/browser.md";
}

#[test]
fn every_page_has_a_test() {
    let folders = ["docs/hosts", "docs/plugins"];
    let names = |folder| {
        let entries = fs::read_dir(root().join(folder)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.map(move |name| format!("{folder}/{name}"))
    };
    let found: BTreeSet<_> = folders.into_iter().flat_map(names).collect();
    let tested: BTreeSet<_> = PAGES.iter().map(|&page| page.to_owned()).collect();
    assert_eq!(found, tested, "the pages (left) and those with a test (right)");
}

#[test]
fn a_page_with_another_output_fails() {
    let page = "```console\n$ echo one\none\n$ echo two\n2\n```\n";
    let message = attempt(page, &[]).unwrap_err();
    assert!(message.contains("shows:\n2\nand it printed:\ntwo\n"), "{message}");
}

#[test]
fn a_page_with_a_command_that_fails_fails() {
    let page = "```sh\nmissing-command\n```\n```sh\necho never\n```\n";
    let message = attempt(page, &[]).unwrap_err();
    assert!(message.starts_with("`missing-command` failed and printed:\n"), "{message}");
}

/// Follows a page. These folders of installed tools are searched for programs first.
#[track_caller]
fn follow(page: &str, tools: &[&str]) {
    let text = fs::read_to_string(root().join(page)).unwrap();
    let tools: Vec<_> = tools.iter().map(|tool| super::tools::tool(tool)).collect();
    attempt(&text, &tools).unwrap_or_else(|message| panic!("{page}: {message}"));
}

/// Follows a page with this text in an empty folder, beside a folder `filemap` with the repository.
fn attempt(page: &str, tools: &[PathBuf]) -> Result<(), String> {
    let folder = tempdir().unwrap();
    let (work, programs) = (folder.path().join("work"), folder.path().join("programs"));
    fs::create_dir(&work).unwrap();
    fs::create_dir(&programs).unwrap();
    symlink(root(), folder.path().join("filemap")).unwrap();
    symlink(FILEMAP, programs.join("filemap")).unwrap();

    // A random number cannot be in the output by chance.
    let mark = format!("end-of-step-{}", folder.path().file_name().unwrap().to_string_lossy());
    let steps = steps(page);
    let mut bash = bash(&work, &programs, tools);
    let output = bash.args(["-c", &script(&steps, &mark)]).output().unwrap();
    let output = String::from_utf8_lossy(&output.stdout);
    let mut printed = output.split(&mark);
    for step in &steps {
        let printed_here = printed.next().unwrap_or_default();
        let Step::Run { command, output } = step else { continue };
        // The text after the last mark belongs to the command that failed.
        if printed.clone().next().is_none() {
            return Err(format!("`{command}` failed and printed:\n{printed_here}"));
        }
        if let Some(shown) = output
            && !matches(printed_here, shown)
        {
            return Err(format!("`{command}` shows:\n{shown}and it printed:\n{printed_here}"));
        }
    }
    Ok(())
}

/// Returns bash, in the folder `work`, with these programs and tools on the path.
fn bash(work: &Path, programs: &Path, tools: &[PathBuf]) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = [programs.to_owned()].into_iter().chain(tools.iter().cloned());
    let path = std::env::join_paths(folders.chain(std::env::split_paths(&path))).unwrap();
    let mut bash = Command::new("bash");
    // Where the command `filemap` keeps compiled code in tests.
    for (name, value) in filemap().get_envs() {
        bash.env(name, value.unwrap());
    }
    // With these, the package for Python does not build Wasmtime again.
    bash.env("FILEMAP_COMMAND", FILEMAP).env("FILEMAP_PLUG", super::python_host::plug_program());
    bash.current_dir(work).env("PATH", path).env("REPOSITORY", root()).stdin(Stdio::null());
    bash
}
