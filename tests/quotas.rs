//! The quotas of the native provider and of `filemap run`: each row of the tables in
//! `docs/embedding.md` is reached, with its exact message, and the plugin goes on after it has
//! given something back.

#[path = "quotas/budgets.rs"]
mod budgets;
#[path = "quotas/calls.rs"]
mod calls;
#[path = "embedding/host.rs"]
#[allow(dead_code, reason = "shared with other tests")]
mod host;
#[path = "quotas/process.rs"]
mod process;
#[path = "quotas/resources.rs"]
mod resources;
#[path = "quotas/stored.rs"]
mod stored;
mod support;
#[path = "quotas/table.rs"]
mod table;
#[path = "quotas/unchanged.rs"]
mod unchanged;

use std::sync::OnceLock;

use filemap_host::CtxBuilder;
use filemap_host::limits::Usage;
use host::{Form, Plugin, State, prepare};
use support::folders::Folders;
use wasmtime::component::InstancePre;
use wasmtime::{Config, Engine};

/// A quota, and how a plugin reaches it.
pub(crate) struct Quota<'a> {
    pub(crate) limits: CtxBuilder,
    /// Commands of the program `console` that succeed.
    pub(crate) before: &'a [&'a str],
    /// A command that exceeds the quota.
    pub(crate) over: &'a str,
    pub(crate) message: &'a str,
    /// Commands that give something back; all succeed.
    pub(crate) giving_back: &'a [&'a str],
    /// A command that succeeds then, in most cases the one that has failed.
    pub(crate) after: &'a str,
}

impl Quota<'_> {
    /// Asserts that the plugin reaches the quota, and which message it gets.
    #[track_caller]
    pub(crate) fn check_reached(&self) {
        let commands: Vec<_> = self.before.iter().copied().chain([self.over]).collect();
        let printed = run(&self.limits, &commands).0;
        let (last, before) = printed.split_last().unwrap();
        assert!(before.iter().all(|line| line == "ok"), "{printed:#?}");
        assert_eq!(last, &format!("ErrorCode::LimitExceeded: {}", self.message));
    }

    /// Asserts that the plugin goes on after it has given something back.
    #[track_caller]
    pub(crate) fn check_goes_on(&self) {
        let before: Vec<_> = self.before.iter().copied().chain([self.over]).collect();
        let after = self.giving_back.iter().copied().chain([self.after]);
        let commands: Vec<_> = before.iter().copied().chain(after).collect();
        let printed = run(&self.limits, &commands).0;
        assert!(
            printed[self.before.len()].starts_with("ErrorCode::LimitExceeded: "),
            "{printed:#?}"
        );
        let after = &printed[before.len()..];
        assert!(after.iter().all(|line| line == "ok"), "{printed:#?}");
    }
}

/// Makes a module with two tests of each quota.
macro_rules! tests_of_quotas {
    ($($name:ident: $quota:expr;)*) => {
        $(mod $name {
            use super::*;

            #[test]
            fn is_reached() {
                $quota.check_reached();
            }

            #[test]
            fn is_given_back() {
                $quota.check_goes_on();
            }
        })*
    };
}
pub(crate) use tests_of_quotas;

/// Runs the program `console` in new folders under limits. Returns what it has printed, and what it
/// has used when its input has ended, with everything open.
#[track_caller]
pub(crate) fn run(limits: &CtxBuilder, commands: &[&str]) -> (Vec<String>, Usage) {
    run_in(limits, &Folders::new(), commands)
}

/// Like [`run`], in given folders.
#[track_caller]
pub(crate) fn run_in(
    limits: &CtxBuilder,
    folders: &Folders,
    commands: &[&str],
) -> (Vec<String>, Usage) {
    // It ends by a trap, because it would close everything otherwise.
    let input = commands.join("\n") + "\nout-of-bounds\n";
    let limits = limits.clone().map_into_guest(true);
    let mut plugin = Plugin::console(console(), folders, &limits, &input);
    plugin.run().expect_err("the last command traps");
    let printed: Vec<_> = plugin.output().lines().map(str::to_owned).collect();
    assert_eq!(printed.len(), commands.len(), "{printed:#?}");
    (printed, plugin.store.data().filemap.usage())
}

/// Returns the program `console`, compiled for the first engine of this process.
fn console() -> &'static InstancePre<State> {
    static CONSOLE: OnceLock<InstancePre<State>> = OnceLock::new();
    CONSOLE.get_or_init(|| {
        let engine = Engine::new(filemap_host::map_into_guest(&mut Config::new())).unwrap();
        prepare(&engine, Form::Synchronous, "console")
    })
}
