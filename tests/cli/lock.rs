//! The lock of a directory, between processes: one host at a time has a store open for writing.

use std::fs;
use std::path::PathBuf;

use tempfile::{TempDir, tempdir};

use super::session::Session;
use super::support::run::Provider;
use super::{assert_contains, file_names, plugin, run_plugin};

/// A directory with the store `store`, which has one key.
struct Bench {
    folder: TempDir,
}

const EMPTY: &str = "<File: work/store, 0 elements>";
const ONE: &str = "<File: work/store, 1 elements>";

impl Bench {
    fn new() -> Self {
        let folder = tempdir().unwrap();
        fs::create_dir_all(folder.path().join("work/store")).unwrap();
        Self { folder }
    }

    fn start(&self, provider: Provider) -> Session {
        let plugin = plugin(provider, "lock", self.folder.path());
        Session::start(&mut run_plugin(&plugin, &self.work(), &[]))
    }

    /// A process that has the store open for writing, with one key in it.
    fn holder(&self) -> Session {
        let mut holder = self.start(Provider::Native);
        assert_eq!(holder.ask("write work/store"), EMPTY);
        assert_eq!(holder.ask("set key value"), "set");
        holder
    }

    fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// Nothing but values lies in the directory.
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

/// Is refused, and told which directory it is about, and what can be done.
#[track_caller]
fn check_refused(session: &mut Session, path: &str) {
    let line = session.ask(&format!("write {path}"));
    assert_contains(&line, &["busy: ", &format!("`{path}`"), "read-only"]);
}

#[test]
fn a_second_process_may_not_write() {
    let bench = Bench::new();
    let (mut holder, mut other) = (bench.holder(), bench.start(Provider::Native));
    check_refused(&mut other, "work/store");
    bench.check_files(1);
    // Whoever was refused changes nothing for the first.
    assert_eq!(holder.ask("set key other"), "set");
    check_refused(&mut other, "work/store");
    holder.finish();
    other.finish();
    bench.check_files(1);
}

#[test]
fn another_path_to_the_directory_is_no_way_around() {
    let bench = Bench::new();
    let _holder = bench.holder();
    let mut other = bench.start(Provider::Native);
    check_refused(&mut other, "work/store/../store");
    std::os::unix::fs::symlink("store", bench.work().join("link")).unwrap();
    check_refused(&mut other, "work/link");
}

#[test]
fn a_second_process_may_read() {
    let bench = Bench::new();
    let (mut holder, mut reader) = (bench.holder(), bench.start(Provider::Native));
    assert_eq!(reader.ask("read work/store"), ONE);
    assert_eq!(reader.ask("get key"), "value");
    bench.check_files(1);
    // It has the keys of the moment when it was opened.
    assert_eq!(holder.ask("set key other"), "set");
    assert_eq!(holder.ask("set key-2 new"), "set");
    assert_contains(&reader.ask("get key"), &["not-found: ", "`key`"]);
    assert_eq!(reader.ask("get key-2"), "none");
    assert_eq!(reader.ask("read work/store"), "<File: work/store, 2 elements>");
    assert_eq!(reader.ask("get key"), "other");
}

#[test]
fn a_reader_keeps_nobody_from_writing() {
    let bench = Bench::new();
    let mut reader = bench.start(Provider::Native);
    assert_eq!(reader.ask("read work/store"), EMPTY);
    let mut holder = bench.holder();
    assert_eq!(reader.ask("get key"), "none");
    assert_eq!(holder.ask("get key"), "value");
}

#[test]
fn the_lock_ends_with_its_process() {
    let bench = Bench::new();
    let (mut holder, mut other) = (bench.holder(), bench.start(Provider::Native));
    check_refused(&mut other, "work/store");
    holder.kill();
    assert_eq!(other.ask("write work/store"), ONE);
    assert_eq!(other.ask("set key other"), "set");
    bench.check_files(1);
    other.kill();
    assert_eq!(bench.start(Provider::Native).ask("write work/store"), ONE);
}

#[test]
fn the_lock_ends_with_its_store() {
    let bench = Bench::new();
    let (mut holder, mut other) = (bench.holder(), bench.start(Provider::Native));
    assert_eq!(holder.ask("close"), "<File: work/store, 1 elements, closed>");
    assert_eq!(other.ask("write work/store"), ONE);
    check_refused(&mut holder, "work/store");
    assert_eq!(other.ask("drop"), "0 left");
    assert_eq!(holder.ask("write work/store"), ONE);
    check_refused(&mut other, "work/store");
    holder.finish();
    assert_eq!(other.ask("write work/store"), ONE);
    bench.check_files(1);
}

#[test]
fn one_process_opens_as_many_as_it_likes() {
    let bench = Bench::new();
    let (mut holder, mut other) = (bench.holder(), bench.start(Provider::Native));
    assert_eq!(holder.ask("write work/store"), ONE);
    assert_eq!(holder.ask("set key other"), "set");
    assert_eq!(holder.ask("read work/store"), ONE);
    bench.check_files(1);
    // The lock is there as long as one of those that write.
    assert_eq!(holder.ask("drop"), "2 left");
    assert_eq!(holder.ask("drop"), "1 left");
    assert_eq!(holder.ask("get key"), "other");
    check_refused(&mut other, "work/store");
    assert_eq!(holder.ask("drop"), "0 left");
    assert_eq!(other.ask("write work/store"), ONE);
}

#[test]
fn a_portable_process_cannot_lock_and_says_so() {
    let bench = Bench::new();
    let _holder = bench.holder();
    let mut portable = bench.start(Provider::Portable);
    assert_eq!(portable.ask("write work/store"), "<File: work/store, 1 elements, not locked>");
    assert_eq!(portable.ask("get key"), "value");
    assert_eq!(portable.ask("close"), "<File: work/store, 1 elements, not locked, closed>");
    assert_eq!(portable.ask("read work/store"), ONE);
    bench.check_files(1);
}

#[test]
fn a_portable_process_locks_nobody_out() {
    let bench = Bench::new();
    let mut portable = bench.start(Provider::Portable);
    assert_eq!(portable.ask("write work/store"), "<File: work/store, 0 elements, not locked>");
    bench.holder();
    bench.check_files(1);
}
