//! `filemap run`: how a plugin ends, what it is given, and what is said where something is missing.

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use tempfile::tempdir;

use super::support::programs::{example, program};
use super::{Outcome, assert_contains, filemap, outcome, run_filemap};

/// Runs the test program `command`, with options for `filemap run` and arguments for the program.
fn run(options: &[&str], arguments: &[&str]) -> Outcome {
    let (options, arguments) =
        (options.iter().map(OsString::from), arguments.iter().map(OsString::from));
    run_filemap(
        ["run".into()]
            .into_iter()
            .chain(options)
            .chain([program("command").into()])
            .chain(arguments),
    )
}

/// The path as an option gives it.
fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

mod ends {
    use super::*;

    #[test]
    fn well_with_0() {
        run(&[], &["succeed"]).succeeds();
        run(&[], &["exit", "0"]).succeeds();
    }

    #[test]
    fn badly_with_1() {
        assert_eq!(run(&[], &["fail"]).fails_with(1), "Error: \"it was asked to\"\n");
        assert_eq!(run(&[], &["exit", "1"]).fails_with(1), "");
    }

    /// `wasi:cli/exit` of WASI 0.2 takes a `result` without a number; one with a number is not
    /// stable, and Rust's standard library does not call it. So any Wasmtime shows 1 here.
    #[test]
    fn with_1_whatever_number_the_plugin_meant() {
        assert_eq!(run(&[], &["exit", "3"]).fails_with(1), "");
        assert_eq!(run(&[], &["exit", "7"]).fails_with(1), "");
    }

    #[test]
    fn by_a_trap_with_134() {
        let stderr = run(&[], &["abort"]).fails_with(134);
        assert_contains(
            &stderr,
            &["failed to run `", "command.wasm`: the plugin trapped", "wasm `unreachable`"],
        );
        let stderr = run(&[], &["panic"]).fails_with(134);
        assert_contains(&stderr, &["panicked at", "it was asked to", "failed to run `"]);
    }
}

mod gives {
    use super::*;

    #[test]
    fn arguments_whatever_they_look_like() {
        let words = ["args", "", "--dir", "-h", "--help", "--", "two words", "naïve"];
        let expected = format!("{:?}\n", &words[1..]);
        assert_eq!(run(&[], &words).succeeds(), expected);
        // `--help` right behind the plugin is the plugin's too, and this one knows no such command.
        assert_contains(&run(&[], &["--help"]).fails_with(1), &["usage: command"]);
    }

    #[test]
    fn variables_and_none_of_the_users() {
        assert_eq!(run(&[], &["env"]).succeeds(), "[]\n");
        let options = ["--env", "A=b", "--env=EMPTY=", "--env", "C=d=e"];
        let expected = "[(\"A\", \"b\"), (\"EMPTY\", \"\"), (\"C\", \"d=e\")]\n";
        assert_eq!(run(&options, &["env"]).succeeds(), expected);
    }

    #[test]
    fn standard_input_and_output() {
        // More than a pipe holds, and not only text.
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
            "{} bytes came back",
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

mod grants {
    use super::*;

    #[test]
    fn nothing_without_an_option() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("x");
        fs::write(&path, "x").unwrap();
        assert_contains(&run(&[], &["read", text(&path)]).fails_with(1), &["Error: "]);
    }

    #[test]
    fn a_directory_under_its_own_name() {
        let folder = tempdir().unwrap();
        let (directory, path) = (text(folder.path()), folder.path().join("x"));
        run(&["--dir", directory], &["write", text(&path), "hello"]).succeeds();
        assert_eq!(fs::read_to_string(&path).unwrap(), "hello");
        assert_eq!(run(&["--dir-ro", directory], &["read", text(&path)]).succeeds(), "hello");
    }

    #[test]
    fn a_relative_directory_under_its_own_name() {
        let folder = tempdir().unwrap();
        fs::create_dir(folder.path().join("here")).unwrap();
        let mut command = filemap();
        command.current_dir(folder.path()).args(["run", "--dir", "here"]).arg(program("command"));
        outcome(&command.args(["write", "here/x", "hello"]).output().unwrap()).succeeds();
        assert_eq!(fs::read_to_string(folder.path().join("here/x")).unwrap(), "hello");
    }

    #[test]
    fn a_directory_under_another_name() {
        let folder = tempdir().unwrap();
        let grant = format!("{}::there", text(folder.path()));
        run(&["--dir", &grant], &["write", "there/x", "hello"]).succeeds();
        assert_eq!(run(&["--dir-ro", &grant], &["read", "there/x"]).succeeds(), "hello");
        let path = folder.path().join("x");
        run(&["--dir", &grant], &["read", text(&path)]).fails_with(1);
    }

    #[test]
    fn reading_only() {
        let folder = tempdir().unwrap();
        let grant = format!("{}::there", text(folder.path()));
        let stderr = run(&["--dir-ro", &grant], &["write", "there/x", "hello"]).fails_with(1);
        assert_contains(&stderr, &["not permitted"]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn both_kinds_side_by_side() {
        let (one, two) = (tempdir().unwrap(), tempdir().unwrap());
        let (fixed, work) =
            (format!("{}::fixed", text(one.path())), format!("{}::work", text(two.path())));
        let options = ["--dir-ro", &fixed, "--dir", &work];
        run(&options, &["write", "work/x", "hello"]).succeeds();
        run(&options, &["write", "fixed/x", "hello"]).fails_with(1);
    }
}

mod says {
    use super::*;

    #[test]
    fn which_grant_is_missing() {
        let terrain = example("terrain");
        let stderr = run_filemap(["run".as_ref(), terrain.as_os_str()]).fails_with(1);
        assert_contains(
            &stderr,
            &[
                "no directory granted",
                "`dem/jacksboro.npy`",
                "(granted: none)",
                "`filemap run --dir dem`",
            ],
        );

        let folder = tempdir().unwrap();
        let grant = format!("{}::there", text(folder.path()));
        let arguments = ["run", "--dir", &grant, text(&terrain), "a/b/x.npy"];
        let parts = [
            "`a/b/x.npy`",
            "(granted: `there`)",
            "`filemap run --dir a/b`",
            "`--dir DIRECTORY::a/b`",
        ];
        assert_contains(&run_filemap(arguments).fails_with(1), &parts);
    }

    #[test]
    fn which_directory_is_missing() {
        let expected = "failed to grant `no/such`: there is no such directory; create it, or \
            grant another one\n";
        assert_eq!(run(&["--dir", "no/such"], &["succeed"]).fails_with(1), expected);
        assert_eq!(run(&["--dir-ro", "no/such::x"], &["succeed"]).fails_with(1), expected);
        // A file is none either.
        let plugin = program("command");
        let grant = text(&plugin);
        assert_contains(
            &run(&["--dir", grant], &["succeed"]).fails_with(1),
            &["there is no such directory"],
        );
    }

    #[test]
    fn which_plugin_is_missing() {
        let stderr = run_filemap(["run", "no-such.wasm"]).fails_with(1);
        assert_eq!(
            stderr,
            "failed to read `no-such.wasm`: No such file or directory (os error 2)\n"
        );
    }

    #[test]
    fn what_is_no_component() {
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
    fn what_is_no_command() {
        let folder = tempdir().unwrap();
        let path = folder.path().join("filemap.wasm");
        run_filemap(["component", "-o", text(&path)]).succeeds();
        let stderr = run_filemap(["run", text(&path)]).fails_with(1);
        assert_contains(&stderr, &["failed to start `", "filemap.wasm`: ", "wasi:cli/run"]);
    }

    #[test]
    fn how_it_is_used() {
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

mod keeps {
    use super::*;

    #[test]
    fn compiled_code() {
        let folder = tempdir().unwrap();
        let start = || {
            let mut command = filemap();
            command
                .env("XDG_CACHE_HOME", folder.path())
                .arg("run")
                .arg(program("command"))
                .arg("succeed");
            outcome(&command.output().unwrap()).succeeds();
            count_files(&folder.path().join("wasmtime"))
        };
        assert_ne!(start(), 0, "the compiled plugin is there");
        start();
    }

    #[test]
    fn going_without_a_place_for_it() {
        let mut command = filemap();
        command
            .env("XDG_CACHE_HOME", "/dev/null/cache")
            .arg("run")
            .arg(program("command"))
            .arg("succeed");
        let outcome = outcome(&command.output().unwrap());
        assert_eq!(outcome.code, Some(0));
        assert_contains(&outcome.stderr, &["warning: compiled code is not cached: "]);
    }

    /// The number of files in a folder and in those below it.
    fn count_files(folder: &Path) -> usize {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { count_files(&path) } else { 1 }).sum()
    }
}
