//! Open files of the host: the count after a hundred thousand operations is the count after the
//! first, and closing the store closes them all.

use tempfile::tempdir;

use super::support::process::open_files;
use super::support::run::Provider;
use super::support::session::Session;
use super::{plugin, run_plugin};

fn check(provider: Provider) {
    let folder = tempdir().unwrap();
    let plugin = plugin(provider, "handles", folder.path());
    let mut session = Session::start(&mut run_plugin(&plugin, folder.path(), &[]));
    assert_eq!(session.line(), "ready");
    let mut count_at = |line| {
        assert_eq!(session.ask(""), line);
        open_files(session.process_id())
    };
    let [before, begun, done, closed] = ["nothing", "begun", "done", "closed"].map(&mut count_at);
    assert!(before < begun, "a store has its directory open");
    assert_eq!((done, closed), (begun, before), "{before} before the store, {begun} with it");
    session.finish();
}

#[test]
fn operations_leave_no_open_files_natively() {
    check(Provider::Native);
}

#[test]
fn operations_leave_no_open_files_portably() {
    check(Provider::Portable);
}
