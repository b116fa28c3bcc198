//! The page of `examples/browser` in Chromium, and its file system: the contract suite over the
//! browser's real one, and tests of its parts in Node.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::tempdir;

use super::example_run;
use super::support::command::{composed, succeeds};
use super::support::programs::{example, program, root};
use super::tools::{source, tool};

include!("../programs/src/bin/contract/list.rs");

macro_rules! names {
    ($($case:ident)*) => { &[$(stringify!($case)),*] };
}

/// The names of all cases of the contract suite.
const CASES: &[&str] = for_each_case!(names);

const NO_LINKS: &str = "browsers have no links, pipes and sockets";

/// The cases that cannot succeed in a browser, with the reason.
const IMPOSSIBLE: [(&str, &str); 14] = [
    ("paths_of_one_file_may_have_several_spellings", NO_LINKS),
    ("paths_are_made_absolute_for_the_filename", NO_LINKS),
    ("paths_that_leave_the_grant_by_a_link_are_access_denied", NO_LINKS),
    ("paths_of_a_dangling_link_make_its_target_in_mode_write", NO_LINKS),
    ("paths_of_a_dangling_link_make_nothing_after_an_error", NO_LINKS),
    ("paths_of_a_dangling_link_that_leaves_the_grant_are_access_denied", NO_LINKS),
    ("paths_with_a_slash_at_their_end_name_no_file", NO_LINKS),
    ("paths_of_symbolic_link_loops_are_invalid", NO_LINKS),
    ("paths_of_a_socket_are_invalid", NO_LINKS),
    ("paths_of_a_pipe_are_invalid", NO_LINKS),
    ("store_verify_lists_links_and_names_that_are_not_utf8", NO_LINKS),
    ("paths_may_contain_any_character_but_nul", "browsers on Windows allow no `\\` in a name"),
    ("array_of_a_sparse_file_of_terabytes_opens_at_once", "a site may not store terabytes"),
    (
        "bulk_value_may_be_larger_than_one_call_moves",
        "the streams of the preview2-shim take no length above 2^53 - 1",
    ),
];

/// Returns a command of Node with the program `name` of `tests/languages/browser`.
fn node(name: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(source("browser").join(name));
    command
}

/// Returns the path of Chromium.
#[track_caller]
fn chromium() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join("chromium"))
        .find(|file| file.exists())
        .expect("the command `chromium` is not installed; run `cargo xtask languages`")
}

/// Builds the page with this plugged plugin to a folder.
#[track_caller]
fn build_page(plugged: &Path, folder: &Path) {
    let mut build = Command::new("node");
    build.arg(root().join("examples/browser/build.mjs")).arg(plugged);
    succeeds(build.arg(tool("javascript/node_modules")).arg(folder));
}

/// Does the job of the example twice on a page with this plugged plugin. Returns what it prints,
/// and writes the files that it leaves to the folder `results`.
#[track_caller]
pub(crate) fn terrain(plugged: &Path, results: &Path) -> [String; 2] {
    let page = tempdir().unwrap();
    build_page(plugged, page.path());
    let mut driver = node("terrain.mjs");
    driver.args([page.path(), results, &tool("browser/node_modules"), &chromium()]);
    let printed = succeeds(&mut driver);
    let (first, second) = printed.split_once('\0').expect("the driver prints both texts");
    [first.to_owned(), second.to_owned()]
}

/// Returns a folder with the built page and with the plugin that is in it, `plugged.wasm`.
fn built_page() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        fs::create_dir(&folder).unwrap();
        build_page(&composed(&example("terrain"), &folder), &folder.join("page"));
        folder
    })
}

#[test]
fn the_page_computes_the_relief_and_finds_it_in_its_store_after_a_reload() {
    let (folder, built) = (tempdir().unwrap(), built_page());
    // The page must show what the command prints, and store what it stores.
    let (expected, results) = (folder.path().join("expected"), folder.path().join("results"));
    fs::create_dir(&expected).unwrap();
    fs::create_dir(&results).unwrap();
    for name in ["computed.txt", "found.txt"] {
        let plugin = built.join("plugged.wasm");
        let mut run = example_run::filemap_run(&[], &plugin, &example_run::model(), &results);
        fs::write(expected.join(name), succeeds(&mut run)).unwrap();
    }
    fs::copy(results.join("hillshade.png#0"), expected.join("hillshade.png")).unwrap();

    let screenshot = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser.png");
    let playwright = tool("browser/node_modules");
    let mut test = node("page.mjs");
    let page = built.join("page");
    succeeds(test.args([&page, &expected, &playwright, &chromium(), &screenshot]));
}

#[test]
fn results_whose_saving_was_interrupted_are_found_or_computed_again_and_never_wrong() {
    let page = built_page().join("page");
    let mut test = node("interrupted.mjs");
    let output = succeeds(test.args([&page, &tool("browser/node_modules"), &chromium()]));
    let numbers: Vec<u32> = output.split(' ').filter_map(|word| word.parse().ok()).collect();
    // Saving was interrupted before the first change and after the last, and between them.
    let [changes, old, new] = numbers[..] else { panic!("{output}") };
    assert!(changes > 10 && (1..changes).contains(&old) && (1..changes).contains(&new), "{output}");
}

#[test]
fn a_page_of_ones_own_runs_a_plugin_over_a_directory_of_the_browser() {
    let folder = tempdir().unwrap();
    let plugged = composed(&program("sums"), folder.path());
    let page = folder.path().join("page");
    let mut transpile = Command::new("node");
    transpile.arg(root().join("examples/browser/transpile.mjs"));
    let packages = tool("javascript/node_modules");
    succeeds(transpile.args([&plugged, &packages, &page]).arg("sums"));
    for file in ["index.html", "worker.js"] {
        fs::copy(root().join("examples/browser/small").join(file), page.join(file)).unwrap();
    }
    fs::copy(root().join("plugin/examples/table.npy"), page.join("table.npy")).unwrap();
    let mut test = node("small.mjs");
    let output = succeeds(test.args([&page, &tool("browser/node_modules"), &chromium()]));
    assert_eq!(output, "<File: data/results, 1 elements, not locked>\n");
}

#[test]
fn the_contract_holds_in_a_browser_and_what_a_plugin_wrote_is_in_its_file_system() {
    let folder = tempdir().unwrap();
    let page = built_page().join("page");
    let contract = composed(&program("contract"), folder.path());
    let cases = folder.path().join("cases.txt");
    fs::write(&cases, CASES.join("\n")).unwrap();

    let mut test = node("contract.mjs");
    let (jco, playwright) = (tool("javascript/node_modules"), tool("browser/node_modules"));
    let output = succeeds(test.args([&contract, &page, &jco, &playwright, &chromium(), &cases]));
    let failures: BTreeMap<&str, &str> = output
        .lines()
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split_once(':'))
        .collect();
    let impossible = BTreeMap::from(IMPOSSIBLE);
    for case in CASES {
        let is_impossible = impossible.contains_key(case);
        assert!(!failures.contains_key(case) || is_impossible, "{case} fails\n{output}");
        assert!(failures.contains_key(case) || !is_impossible, "{case} succeeds now");
    }
}

#[test]
fn the_file_system_of_the_page_keeps_old_or_new_values_and_says_what_fails() {
    let folder = root().join("examples/browser/filesystem/tests");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let tests: Vec<_> = files.filter(|file| file.to_string_lossy().ends_with(".test.js")).collect();
    assert!(!tests.is_empty());
    succeeds(Command::new("node").arg("--test").args(tests));
}
