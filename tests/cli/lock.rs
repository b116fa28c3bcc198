//! The lock of a store's directory between processes: one native host at a time has it open for
//! writing. The portable provider cannot lock.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::Command;

use tempfile::{TempDir, tempdir};

use super::support::command::filemap;
use super::support::files::file_names;
use super::support::run::Provider;
use super::support::session::Session;
use super::{assert_contains, plugin, run_plugin};

const EMPTY_STORE: &str = "<File: work/store, 0 elements>";
const STORE_OF_ONE: &str = "<File: work/store, 1 elements>";

/// The directory `work` with the empty store `store`, and processes that have it open.
struct Fixture {
    folder: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempdir().unwrap();
        fs::create_dir_all(folder.path().join("work/store")).unwrap();
        Self { folder }
    }

    fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Starts a process that opens stores when it is asked to.
    fn start(&self, provider: Provider) -> Session {
        let plugin = plugin(provider, "lock", self.folder.path());
        Session::start(&mut run_plugin(&plugin, &self.work(), &[]))
    }

    /// Starts a process that has the store open for writing, and sets its one key.
    fn start_writer(&self) -> Session {
        let mut writer = self.start(Provider::Native);
        assert_eq!(writer.ask("write work/store"), EMPTY_STORE);
        assert_eq!(writer.ask("set key value"), "set");
        writer
    }

    /// Asserts that the directory has `count` values and no other file.
    #[track_caller]
    fn check_files(&self, count: usize) {
        let names = file_names(&self.work().join("store"));
        assert!(
            names.len() == count && names.iter().all(|name| name.starts_with("key#")),
            "{names:?}"
        );
        assert_eq!(file_names(&self.work()), ["store"]);
    }
}

/// Asserts that the process cannot open `path` for writing. The error names the path and suggests
/// to open it read-only.
#[track_caller]
fn check_busy(session: &mut Session, path: &str) {
    let line = session.ask(&format!("write {path}"));
    assert_contains(&line, &["busy: ", &format!("`{path}`"), "read-only"]);
}

#[test]
fn a_second_writer_is_refused_with_busy() {
    let fixture = Fixture::new();
    let (mut writer, mut other) = (fixture.start_writer(), fixture.start(Provider::Native));
    check_busy(&mut other, "work/store");
    fixture.check_files(1);
    // The refused open does not affect the first writer.
    assert_eq!(writer.ask("set key other"), "set");
    check_busy(&mut other, "work/store");
    writer.finish();
    other.finish();
    fixture.check_files(1);
}

#[test]
fn the_lock_holds_under_every_path_of_the_directory() {
    let fixture = Fixture::new();
    let _writer = fixture.start_writer();
    let mut other = fixture.start(Provider::Native);
    check_busy(&mut other, "work/store/../store");
    symlink("store", fixture.work().join("link")).unwrap();
    check_busy(&mut other, "work/link");
}

#[test]
fn a_second_process_can_read() {
    let fixture = Fixture::new();
    let (mut writer, mut reader) = (fixture.start_writer(), fixture.start(Provider::Native));
    assert_eq!(reader.ask("read work/store"), STORE_OF_ONE);
    assert_eq!(reader.ask("get key"), "value");
    fixture.check_files(1);
    // The reader keeps the list of keys from when it opened the store.
    assert_eq!(writer.ask("set key other"), "set");
    assert_eq!(writer.ask("set key-2 new"), "set");
    assert_contains(&reader.ask("get key"), &["not-found: ", "`key`"]);
    assert_eq!(reader.ask("get key-2"), "none");
    assert_eq!(reader.ask("read work/store"), "<File: work/store, 2 elements>");
    assert_eq!(reader.ask("get key"), "other");
}

#[test]
fn a_reader_does_not_lock_out_a_writer() {
    let fixture = Fixture::new();
    let mut reader = fixture.start(Provider::Native);
    assert_eq!(reader.ask("read work/store"), EMPTY_STORE);
    let mut writer = fixture.start_writer();
    assert_eq!(reader.ask("get key"), "none");
    assert_eq!(writer.ask("get key"), "value");
}

#[test]
fn the_lock_is_released_when_its_process_is_killed() {
    let fixture = Fixture::new();
    let (mut writer, mut other) = (fixture.start_writer(), fixture.start(Provider::Native));
    check_busy(&mut other, "work/store");
    writer.kill();
    assert_eq!(other.ask("write work/store"), STORE_OF_ONE);
    assert_eq!(other.ask("set key other"), "set");
    fixture.check_files(1);
    other.kill();
    assert_eq!(fixture.start(Provider::Native).ask("write work/store"), STORE_OF_ONE);
}

#[test]
fn the_lock_is_released_when_the_process_is_killed_that_started_the_plugin() {
    let fixture = Fixture::new();
    let plugin = plugin(Provider::Native, "lock", fixture.folder.path());
    let filemap = run_plugin(&plugin, &fixture.work(), &[]);
    // The shell has another command to run, so it starts `filemap` as a process of its own.
    let mut shell = Command::new("sh");
    shell.args(["-c", "\"$0\" run --parent $$ \"$@\"; :"]).arg(filemap.get_program());
    shell.args(filemap.get_args().skip(1));
    for (name, value) in filemap.get_envs() {
        shell.env(name, value.unwrap());
    }
    let mut writer = Session::start(&mut shell);
    assert_eq!(writer.ask("write work/store"), EMPTY_STORE);
    let mut other = fixture.start(Provider::Native);
    check_busy(&mut other, "work/store");
    writer.kill();
    // The end of the plugin's output: the plugin has ended, although its input is still open.
    assert_eq!(writer.next_line(), None);
    assert_eq!(other.ask("write work/store"), EMPTY_STORE);
}

#[test]
fn a_plugin_does_not_start_for_a_process_that_has_not_started_it() {
    let fixture = Fixture::new();
    let plugin = plugin(Provider::Native, "lock", fixture.folder.path());
    let mut command = filemap();
    let output = command.args(["run", "--parent", "1"]).arg(plugin).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_contains(&String::from_utf8(output.stderr).unwrap(), &["the process 1 (`--parent`)"]);
}

#[test]
fn the_lock_is_released_when_its_store_is_closed_or_dropped() {
    let fixture = Fixture::new();
    let (mut writer, mut other) = (fixture.start_writer(), fixture.start(Provider::Native));
    assert_eq!(writer.ask("close"), "<File: work/store, 1 elements, closed>");
    assert_eq!(other.ask("write work/store"), STORE_OF_ONE);
    check_busy(&mut writer, "work/store");
    assert_eq!(other.ask("drop"), "0 left");
    assert_eq!(writer.ask("write work/store"), STORE_OF_ONE);
    check_busy(&mut other, "work/store");
    writer.finish();
    assert_eq!(other.ask("write work/store"), STORE_OF_ONE);
    fixture.check_files(1);
}

#[test]
fn one_process_can_open_the_store_several_times() {
    let fixture = Fixture::new();
    let (mut writer, mut other) = (fixture.start_writer(), fixture.start(Provider::Native));
    assert_eq!(writer.ask("write work/store"), STORE_OF_ONE);
    assert_eq!(writer.ask("set key other"), "set");
    assert_eq!(writer.ask("read work/store"), STORE_OF_ONE);
    fixture.check_files(1);
    // The process keeps the lock until its last writable store is dropped.
    assert_eq!(writer.ask("drop"), "2 left");
    assert_eq!(writer.ask("drop"), "1 left");
    assert_eq!(writer.ask("get key"), "other");
    check_busy(&mut other, "work/store");
    assert_eq!(writer.ask("drop"), "0 left");
    assert_eq!(other.ask("write work/store"), STORE_OF_ONE);
}

#[test]
fn a_portable_process_reports_not_locked_when_it_opens_a_locked_store() {
    let fixture = Fixture::new();
    let _writer = fixture.start_writer();
    let mut portable = fixture.start(Provider::Portable);
    assert_eq!(portable.ask("write work/store"), "<File: work/store, 1 elements, not locked>");
    assert_eq!(portable.ask("get key"), "value");
    assert_eq!(portable.ask("close"), "<File: work/store, 1 elements, not locked, closed>");
    assert_eq!(portable.ask("read work/store"), STORE_OF_ONE);
    fixture.check_files(1);
}

#[test]
fn a_portable_process_does_not_lock_out_a_native_writer() {
    let fixture = Fixture::new();
    let mut portable = fixture.start(Provider::Portable);
    assert_eq!(portable.ask("write work/store"), "<File: work/store, 0 elements, not locked>");
    fixture.start_writer();
    fixture.check_files(1);
}
