//! What a host has open for a plugin: after a hundred thousand operations no more than before, and
//! in the end nothing.

use tempfile::tempdir;

use super::session::Session;
use super::support::process::open_files;
use super::support::run::Provider;
use super::{plugin, run_plugin};

fn check(provider: Provider) {
    let folder = tempdir().unwrap();
    let plugin = plugin(provider, "handles", folder.path());
    let mut session = Session::start(&mut run_plugin(&plugin, folder.path(), &[]));
    assert_eq!(session.line(), "ready");
    let mut count = |word| {
        assert_eq!(session.ask(""), word);
        open_files(session.process())
    };
    let [nothing, begun, done, closed] = ["nothing", "begun", "done", "closed"].map(&mut count);
    assert!(nothing < begun, "a store has its directory open");
    assert_eq!((done, closed), (begun, nothing), "{nothing} at first, {begun} with the store");
    session.finish();
}

#[test]
fn natively_as_much_is_open_after_every_operation_as_before() {
    check(Provider::Native);
}

#[test]
fn portably_as_much_is_open_after_every_operation_as_before() {
    check(Provider::Portable);
}
