//! `filemap run`: exit codes, the plugin's arguments, streams and directories, error messages, and
//! the cache of compiled code.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;

use tempfile::tempdir;

use super::support::command::filemap;
use super::support::files::file_contents;
use super::support::programs::{example, program};
use super::{Outcome, assert_contains, outcome, run_filemap};

/// Runs the test program `command` with options of `filemap run` and arguments of the program.
fn run(options: &[&str], arguments: &[&str]) -> Outcome {
    outcome(filemap().arg("run").args(options).arg(program("command")).args(arguments))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

mod exit_code {
    use super::*;

    #[test]
    fn of_a_success_is_0() {
        run(&[], &["succeed"]).succeeds();
        run(&[], &["exit", "0"]).succeeds();
    }

    #[test]
    fn of_a_failure_is_1() {
        assert_eq!(run(&[], &["fail"]).fails_with(1), "Error: \"it was asked to\"\n");
        assert_eq!(run(&[], &["exit", "1"]).fails_with(1), "");
    }

    /// `wasi:cli/exit` of WASI 0.2 takes a `result` without a number. The function with a number is
    /// unstable, and Rust's standard library does not call it. So the exit code is 1 under every
    /// Wasmtime.
    #[test]
    fn of_any_other_number_is_1() {
        assert_eq!(run(&[], &["exit", "3"]).fails_with(1), "");
        assert_eq!(run(&[], &["exit", "7"]).fails_with(1), "");
    }

    #[test]
    fn of_a_trap_is_134() {
        let stderr = run(&[], &["abort"]).fails_with(134);
        assert_contains(&stderr, &["the plugin `", "command.wasm` trapped: wasm `unreachable`"]);
        let stderr = run(&[], &["panic"]).fails_with(134);
        assert_contains(&stderr, &["panicked at", "it was asked to", "the plugin `"]);
    }
}

mod plugin_gets {
    use super::*;

    #[test]
    fn all_arguments_after_its_path() {
        let words = ["args", "", "--dir", "-h", "--help", "--", "two words", "naïve"];
        let expected = format!("{:?}\n", &words[1..]);
        assert_eq!(run(&[], &words).succeeds(), expected);
        // `--help` after the plugin's path is the plugin's argument, too, and this plugin rejects
        // it.
        assert_contains(&run(&[], &["--help"]).fails_with(1), &["usage: command"]);
    }

    #[test]
    fn the_given_environment_variables_only() {
        assert_eq!(run(&[], &["env"]).succeeds(), "[]\n");
        let options = ["--env", "A=b", "--env=EMPTY=", "--env", "C=d=e"];
        let expected = "[(\"A\", \"b\"), (\"EMPTY\", \"\"), (\"C\", \"d=e\")]\n";
        assert_eq!(run(&options, &["env"]).succeeds(), expected);
    }

    #[test]
    fn standard_input_and_output() {
        // More bytes than the buffer of a pipe, and not UTF-8.
        let bytes: Vec<u8> = (0..1_000_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        let mut command = filemap();
        command
            .arg("run")
            .arg(program("command"))
            .arg("cat")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (mut stdin, sent) = (child.stdin.take().unwrap(), bytes.clone());
        let sender = std::thread::spawn(move || stdin.write_all(&sent));
        let output = child.wait_with_output().unwrap();
        sender.join().unwrap().unwrap();
        assert!(
            output.status.success() && output.stdout == bytes,
            "{} bytes were returned",
            output.stdout.len()
        );
    }

    #[test]
    fn standard_error() {
        let outcome = run(&[], &["complain"]);
        assert_eq!(
            (outcome.code, &*outcome.stdout, &*outcome.stderr),
            (Some(0), "", "it is raining\n")
        );
    }
}

mod grant {
    use super::*;

    #[test]
    fn is_empty_by_default() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("x");
        fs::write(&path, "x").unwrap();
        assert_contains(&run(&[], &["read", text(&path)]).fails_with(1), &["Error: "]);
    }

    #[test]
    fn has_the_path_of_the_directory_by_default() {
        let folder = tempdir().unwrap();
        let (directory, path) = (text(folder.path()), folder.path().join("x"));
        run(&["--dir", directory], &["write", text(&path), "hello"]).succeeds();
        assert_eq!(fs::read_to_string(&path).unwrap(), "hello");
        assert_eq!(run(&["--dir-ro", directory], &["read", text(&path)]).succeeds(), "hello");
    }

    #[test]
    fn has_the_relative_path_of_the_directory_by_default() {
        let folder = tempdir().unwrap();
        fs::create_dir(folder.path().join("here")).unwrap();
        let mut command = filemap();
        command.current_dir(folder.path()).args(["run", "--dir", "here"]).arg(program("command"));
        outcome(command.args(["write", "here/x", "hello"])).succeeds();
        assert_eq!(fs::read_to_string(folder.path().join("here/x")).unwrap(), "hello");
    }

    #[test]
    fn can_have_another_name() {
        let folder = tempdir().unwrap();
        let grant = format!("{}::there", text(folder.path()));
        run(&["--dir", &grant], &["write", "there/x", "hello"]).succeeds();
        assert_eq!(run(&["--dir-ro", &grant], &["read", "there/x"]).succeeds(), "hello");
        let path = folder.path().join("x");
        run(&["--dir", &grant], &["read", text(&path)]).fails_with(1);
    }

    #[test]
    fn can_be_read_only() {
        let folder = tempdir().unwrap();
        let grant = format!("{}::there", text(folder.path()));
        let stderr = run(&["--dir-ro", &grant], &["write", "there/x", "hello"]).fails_with(1);
        assert_contains(&stderr, &["not permitted"]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn of_several_directories_keeps_their_permissions_apart() {
        let (one, two) = (tempdir().unwrap(), tempdir().unwrap());
        let (fixed, work) =
            (format!("{}::fixed", text(one.path())), format!("{}::work", text(two.path())));
        let options = ["--dir-ro", &fixed, "--dir", &work];
        run(&options, &["write", "work/x", "hello"]).succeeds();
        run(&options, &["write", "fixed/x", "hello"]).fails_with(1);
    }
}

mod error {
    use super::*;

    #[test]
    fn names_a_missing_grant() {
        let terrain = example("terrain");
        let stderr = run_filemap(["run".as_ref(), terrain.as_os_str()]).fails_with(1);
        assert_contains(
            &stderr,
            &[
                "no directory granted",
                "`dem/jacksboro.npy`",
                "(granted: none)",
                "grant it the directory `dem`",
            ],
        );

        let folder = tempdir().unwrap();
        let grant = format!("{}::there", text(folder.path()));
        let arguments = ["run", "--dir", &grant, text(&terrain), "a/b/x.npy"];
        let parts = [
            "`a/b/x.npy`",
            "(granted: `there`)",
            "grant it the directory `a/b`, or another directory under this name",
        ];
        assert_contains(&run_filemap(arguments).fails_with(1), &parts);
    }

    #[test]
    fn names_a_missing_directory() {
        let expected = "failed to grant `no/such`: there is no such directory; create it, or \
            grant another one\n";
        assert_eq!(run(&["--dir", "no/such"], &["succeed"]).fails_with(1), expected);
        assert_eq!(run(&["--dir-ro", "no/such::x"], &["succeed"]).fails_with(1), expected);
        // A file is not a directory.
        let plugin = program("command");
        let grant = text(&plugin);
        assert_contains(
            &run(&["--dir", grant], &["succeed"]).fails_with(1),
            &["there is no such directory"],
        );
    }

    #[test]
    fn names_a_missing_plugin() {
        let stderr = run_filemap(["run", "no-such.wasm"]).fails_with(1);
        assert_eq!(
            stderr,
            "failed to read `no-such.wasm`: No such file or directory (os error 2)\n"
        );
    }

    #[test]
    fn names_a_file_that_is_not_a_component() {
        let folder = tempdir().unwrap();
        for (name, content) in
            [("core.wasm", &b"\0asm\x01\0\0\0"[..]), ("text", b"fn main() {}"), ("empty", b"")]
        {
            let path = folder.path().join(name);
            fs::write(&path, content).unwrap();
            let expected = format!(
                "failed to load `{}`: it is not a component; build it for the target \
                 wasm32-wasip2\n",
                path.display()
            );
            assert_eq!(run_filemap(["run", text(&path)]).fails_with(1), expected);
        }
        let (whole, cut) = (fs::read(program("command")).unwrap(), folder.path().join("cut.wasm"));
        fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
        assert_contains(
            &run_filemap(["run", text(&cut)]).fails_with(1),
            &["failed to load `", "cut.wasm`: "],
        );
    }

    #[test]
    fn names_a_component_that_is_not_a_command() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("filemap.wasm");
        run_filemap(["component", "-o", text(&path)]).succeeds();
        let stderr = run_filemap(["run", text(&path)]).fails_with(1);
        assert_contains(&stderr, &["failed to start `", "filemap.wasm`: ", "wasi:cli/run@0.2.0"]);
    }

    #[test]
    fn of_wrong_arguments_shows_the_usage() {
        assert_contains(
            &run_filemap(["run"]).fails_with(2),
            &["Usage: filemap run", "<PLUGIN.wasm> [ARGS]..."],
        );
        assert_contains(
            &run(&["--env", "X"], &["env"]).fails_with(2),
            &["'X' for '--env <KEY=VALUE>'", "no `=`"],
        );
        assert_contains(&run(&["--walk"], &["succeed"]).fails_with(2), &["'--walk'"]);
    }
}

mod cache {
    use super::*;

    #[test]
    fn has_compiled_code_after_the_first_run() {
        let folder = tempdir().unwrap();
        let start = || {
            let mut command = filemap();
            command.env("XDG_CACHE_HOME", folder.path());
            command.arg("run").arg(program("command")).arg("succeed");
            outcome(&mut command).succeeds();
            file_contents(&folder.path().join("wasmtime")).len()
        };
        assert_ne!(start(), 0, "the compiled plugin is in the cache");
        start();
    }

    #[test]
    fn becomes_a_folder_of_its_user_only() {
        let folder = tempdir().unwrap();
        let cache = folder.path().join("wasmtime");
        fs::create_dir(&cache).unwrap();
        let run = || {
            let mut command = filemap();
            command.env("XDG_CACHE_HOME", folder.path());
            command.arg("run").arg(program("command")).arg("succeed");
            outcome(&mut command).succeeds();
            fs::metadata(&cache).unwrap().permissions().mode() & 0o7777
        };
        for mode in [0o777, 0o1777, 0o770, 0o702] {
            fs::set_permissions(&cache, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(run(), 0o700, "{mode:o}");
        }
        fs::set_permissions(&cache, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(run(), 0o755, "only its user can write to it");
    }

    #[test]
    fn that_cannot_be_created_is_a_warning() {
        let mut command = filemap();
        command.env("XDG_CACHE_HOME", "/dev/null/cache");
        command.arg("run").arg(program("command")).arg("succeed");
        let outcome = outcome(&mut command);
        assert_eq!(outcome.code, Some(0));
        assert_contains(&outcome.stderr, &["warning: compiled code is not cached: "]);
    }
}
