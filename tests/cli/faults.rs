//! Unlucky machines: stray signals, limits of the process, and system calls that are refused.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::fs::{CWD, FileType, mknodat};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::tempdir;

use super::support::cases::BOTH_PROVIDERS;
use super::support::files::file_names;
use super::support::fuse::fuse_tools;
use super::support::mounted::mounted;
use super::support::programs::root;
use super::support::run::Provider;
use super::support::seccomp::refuse;
use super::support::session::Session;
use super::{assert_contains, filemap, outcome, plugin, run_plugin, run_plugin_with};

/// Starts the plugin `console` with the directory `work`, in a mount namespace in which `script`
/// has run. Returns `None`, and prints that the test was skipped, where the system does not allow
/// mounting.
fn start_mounted(provider: Provider, script: &str, folder: &Path, work: &Path) -> Option<Session> {
    let command = run_plugin(&plugin(provider, "console", folder), work, &[]);
    match mounted(script, work, &command) {
        Ok(mut command) => Some(Session::start(&mut command)),
        Err(refused) => {
            eprintln!("NOT TESTED, because this system does not allow mounting: {refused}");
            None
        }
    }
}

/// Sends a signal to the host, as a stray `kill` does, and asserts that it survives.
#[track_caller]
fn send(session: &mut Session, signal: Signal) {
    // An answer shows that the host runs.
    assert_eq!(session.ask("drop"), "ok");
    let process = Pid::from_raw(session.process_id().try_into().unwrap()).unwrap();
    kill_process(process, signal).unwrap();
    assert_eq!(session.ask("drop"), "ok", "{signal:?}");
}

#[test]
fn a_write_without_room_is_no_space_after_a_stray_sigbus() {
    let folder = tempdir().unwrap();
    let disk = folder.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let script = r#"mount -t tmpfs -o size=1m filemap-test "$1"; truncate -s 4000000 "$1/sparse""#;
    let Some(mut session) = start_mounted(Provider::Native, script, folder.path(), &disk) else {
        return;
    };
    for _ in 0..2 {
        send(&mut session, Signal::BUS);
        assert_eq!(session.ask("open work/sparse r+"), "ok");
        assert_contains(&session.ask("write 0 3000000 1"), &["NoSpace: ", "`work/sparse`"]);
    }
    session.finish();
}

#[test]
fn a_truncated_window_has_zeroes_after_a_stray_sigbus() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("array");
    let plugin = plugin(Provider::Native, "console", folder.path());
    let mut session = Session::start(&mut run_plugin_with(&["--map"], &plugin, folder.path(), &[]));
    for _ in 0..2 {
        send(&mut session, Signal::BUS);
        fs::write(&path, vec![1; 100_000]).unwrap();
        assert_eq!(session.ask("open work/array r"), "ok");
        assert_eq!(session.ask("window"), "ok");
        File::options().write(true).open(&path).unwrap().set_len(0).unwrap();
        // The rest of the plugin's memory behind the window is zero too.
        assert_eq!(session.ask("window-read"), "100000 bytes, 100000 zeroes");
        assert_contains(&session.ask("window-remove"), &["Truncated: "]);
        assert_contains(&session.ask("read 0 1"), &["Truncated: "]);
    }
    session.finish();
}

#[test]
fn a_trap_ends_the_plugin_and_not_the_host_after_a_stray_sigsegv() {
    for options in [&["--map"][..], &[]] {
        let folder = tempdir().unwrap();
        let plugin = plugin(Provider::Native, "console", folder.path());
        let mut session =
            Session::start(&mut run_plugin_with(options, &plugin, folder.path(), &[]));
        for _ in 0..2 {
            send(&mut session, Signal::SEGV);
        }
        session.tell("out-of-bounds");
        assert_eq!(session.wait().code(), Some(134), "{options:?}");
    }
}

/// Starts the plugin `console` under a limit of the process, which a shell sets by `ulimit`.
fn start_limited(provider: Provider, limit: &str, folder: &Path, work: &Path) -> Session {
    let command = run_plugin(&plugin(provider, "console", folder), work, &[]);
    Session::start(&mut limited(limit, &command))
}

/// Returns the command under a limit, which a shell sets by `ulimit`.
fn limited(limit: &str, command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("ulimit {limit} && exec \"$@\""), "sh"]);
    shell.arg(command.get_program()).args(command.get_args());
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell
}

/// Every write past the maximum size of files is `invalid-argument`, as on a file system with such
/// a maximum, and leaves the files as they were.
#[track_caller]
fn check_maximum_size(provider: Provider) {
    let (folder, work) = (tempdir().unwrap(), tempdir().unwrap());
    fs::write(work.path().join("old"), [1; 1000]).unwrap();
    // 51,200 or 102,400 bytes, depending on the shell.
    let mut session = start_limited(provider, "-f 100", folder.path(), work.path());
    let too_large = ["InvalidArgument: ", "the file would be larger"];
    for line in [
        "create-npy work/new.npy 800000",
        "open work/new w+ 800000",
        "open work/old r+ 800000",
        "open work/old w+ 800000",
        "create-npy work/old 800000",
    ] {
        assert_contains(&session.ask(line), &too_large);
        assert_eq!(file_names(work.path()), ["old"], "{line}");
        assert_eq!(fs::read(work.path().join("old")).unwrap(), [1; 1000], "{line}");
    }
    assert_eq!(session.ask("open work/old r+"), "ok");
    assert_contains(&session.ask("resize 800000"), &too_large);
    assert_eq!(session.ask("read 0 1000"), "1000 bytes, 0 zeroes");
    assert_eq!(fs::read(work.path().join("old")).unwrap(), [1; 1000]);

    assert_eq!(session.ask("store work/store"), "ok");
    assert_eq!(session.ask("set key 1000"), "ok");
    for (line, answer) in [
        ("set key 200000", too_large[1]),
        ("set new 200000", too_large[1]),
        ("writer key 200000", too_large[1]),
        ("stream key 200000", "the stream failed"),
    ] {
        assert_contains(&session.ask(line), &[answer]);
        assert_eq!(session.ask("get key"), "1000 bytes, 0 zeroes", "{line}");
        assert_eq!(file_names(&work.path().join("store")).len(), 1, "{line}");
    }
    session.finish();
}

#[test]
fn a_file_past_the_maximum_size_of_files_is_an_error_natively() {
    check_maximum_size(Provider::Native);
}

#[test]
fn a_file_past_the_maximum_size_of_files_is_an_error_portably() {
    check_maximum_size(Provider::Portable);
}

#[test]
fn a_command_that_writes_past_the_maximum_size_of_files_fails_and_leaves_no_file() {
    let folder = tempdir().unwrap();
    let mut command = filemap();
    command.arg("component").arg("-o").arg(folder.path().join("new.wasm"));
    let stderr = outcome(&mut limited("-f 100", &command)).fails_with(1);
    assert_contains(&stderr, &["new.wasm", "File too large"]);
    assert_eq!(file_names(folder.path()), [""; 0]);
}

/// Creates and changes an array in a `.npy` file.
#[track_caller]
fn check_new_array(session: &mut Session) {
    assert_eq!(session.ask("create-npy work/new.npy 100000"), "ok");
    assert_eq!(session.ask("write 0 50000 1"), "ok");
    assert_eq!(session.ask("resize 200000"), "ok");
    assert_eq!(session.ask("read 0 200000"), "200000 bytes, 150000 zeroes");
    assert_eq!(session.ask("flush"), "ok");
}

#[test]
fn arrays_are_created_where_the_free_space_is_unknown() {
    for provider in BOTH_PROVIDERS {
        let folder = tempdir().unwrap();
        let disk = folder.path().join("disk");
        fs::create_dir(&disk).unwrap();
        // Without a size, the file system says that it has 0 blocks, of which 0 are free.
        let script = r#"mount -t tmpfs -o size=0 filemap-test "$1""#;
        let Some(mut session) = start_mounted(provider, script, folder.path(), &disk) else {
            return;
        };
        check_new_array(&mut session);
        session.finish();
    }
}

/// Starts the plugin `console` under a kernel that refuses system calls.
fn start_refused(calls: &[i64], errno: i32, folder: &Path, work: &Path) -> Session {
    let mut command = run_plugin(&plugin(Provider::Native, "console", folder), work, &[]);
    for &call in calls {
        refuse(&mut command, call, errno);
    }
    Session::start(&mut command)
}

#[test]
fn arrays_are_created_where_the_kernel_does_not_say_how_much_space_is_free() {
    for errno in [libc::ENOSYS, libc::EPERM, libc::EACCES, libc::EINVAL, libc::EOVERFLOW] {
        let (folder, work) = (tempdir().unwrap(), tempdir().unwrap());
        let calls = [libc::SYS_fstatfs, libc::SYS_statfs];
        let mut session = start_refused(&calls, errno, folder.path(), work.path());
        check_new_array(&mut session);
        session.finish();
    }
}

#[test]
fn arrays_are_created_where_the_kernel_refuses_to_reserve_space() {
    for errno in [libc::ENOSYS, libc::EOPNOTSUPP, libc::EPERM, libc::EACCES, libc::EINVAL] {
        let (folder, work) = (tempdir().unwrap(), tempdir().unwrap());
        let calls = [libc::SYS_fallocate];
        let mut session = start_refused(&calls, errno, folder.path(), work.path());
        check_new_array(&mut session);
        // Zeroes were written, so that the blocks are on the disk.
        let blocks = fs::metadata(work.path().join("new.npy")).unwrap().blocks();
        assert!(blocks * 512 >= 200_000, "errno {errno}: {blocks} blocks");
        session.finish();
    }
}

/// Starts a process that holds a lease on a file, and gives it up a while after the kernel asks.
fn start_lease(path: &Path, kind: &str) -> Session {
    let mut command = Command::new("python3");
    command.arg(root().join("tests/cli/lease.py")).arg(path).arg(kind);
    let mut lease = Session::start(&mut command);
    assert_eq!(lease.line(), "ready");
    lease
}

#[test]
fn a_file_under_a_lease_is_opened_when_the_lease_ends() {
    for provider in BOTH_PROVIDERS {
        let (folder, work) = (tempdir().unwrap(), tempdir().unwrap());
        let plugin = plugin(provider, "console", folder.path());
        let mut session = Session::start(&mut run_plugin(&plugin, work.path(), &[]));
        let path = work.path().join("array.npy");
        assert_eq!(session.ask("create-npy work/array.npy 10"), "ok");
        assert_eq!(session.ask("store work/store"), "ok");
        assert_eq!(session.ask("set key 10"), "ok");
        assert_eq!(session.ask("drop"), "ok");
        let value = work.path().join("store/key#0");
        for (line, path, kind, answer) in [
            ("open-npy work/array.npy r", &path, "write", "ok"),
            ("drop", &path, "write", ""),
            ("open-npy work/array.npy r+", &path, "read", "ok"),
            ("drop", &path, "read", ""),
            ("open work/array.npy w+ 10", &path, "read", "ok"),
            ("get key", &value, "write", "10 bytes, 0 zeroes"),
            ("open-value key r", &value, "write", "ok"),
        ] {
            if answer.is_empty() {
                assert_eq!(session.ask(line), "ok");
                continue;
            }
            let mut lease = start_lease(path, kind);
            assert_eq!(session.ask(line), answer, "{provider:?}: {line}");
            assert_eq!(lease.line(), "given up", "{provider:?}: {line}");
            lease.finish();
        }
        session.finish();
    }
}

#[test]
fn a_pipe_is_refused_at_once() {
    for provider in BOTH_PROVIDERS {
        let (folder, work) = (tempdir().unwrap(), tempdir().unwrap());
        let pipe = work.path().join("pipe");
        mknodat(CWD, &pipe, FileType::Fifo, 0o600.into(), 0).unwrap();
        let plugin = plugin(provider, "console", folder.path());
        let mut session = Session::start(&mut run_plugin(&plugin, work.path(), &[]));
        let start = Instant::now();
        for line in ["open work/pipe r", "open work/pipe r+", "open work/pipe w+ 10"] {
            assert_contains(&session.ask(line), &["InvalidArgument: ", "regular file"]);
        }
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        session.finish();
    }
}

/// Waits until a directory has these names. FUSE closes files a while after the program, and hides
/// removed files until then.
#[track_caller]
fn wait_for_names(directory: &Path, names: &[&str]) {
    let start = Instant::now();
    while file_names(directory) != names {
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", file_names(directory));
    }
}

/// Shows the directory by `bindfs` without the cache of pages, until the process ends.
const MOUNT_DIRECT_IO: &str = r#"bindfs -o direct_io "$1" "$1" > /dev/null 2>&1
(while kill -0 $$; do sleep 0.1; done; umount "$1") > /dev/null 2>&1 &"#;

#[test]
fn on_fuse_with_direct_io_arrays_are_mapped_for_reading_and_not_for_writing() {
    if !fuse_tools() {
        return;
    }
    let (folder, work) = (tempdir().unwrap(), tempdir().unwrap());
    let path = work.path().join("array");
    fs::write(&path, vec![1; 100_000]).unwrap();
    let (base, work) = (work.path().to_owned(), work.path());
    let Some(mut session) = start_mounted(Provider::Native, MOUNT_DIRECT_IO, folder.path(), work)
    else {
        return;
    };
    assert_eq!(session.ask("open work/array r"), "ok");
    assert_eq!(session.ask("read 0 100000"), "100000 bytes, 0 zeroes");
    // The file changes below the mount.
    fs::write(&path, vec![0; 100_000]).unwrap();
    assert_eq!(session.ask("read 0 100000"), "100000 bytes, 100000 zeroes");
    assert_eq!(session.ask("open work/array c"), "ok");
    assert_eq!(session.ask("write 0 50000 1"), "ok");
    assert_eq!(session.ask("read 0 100000"), "100000 bytes, 50000 zeroes");

    assert_eq!(session.ask("store work/store"), "ok");
    assert_eq!(session.ask("set key 1000"), "ok");
    assert_eq!(session.ask("open-value key r"), "ok");
    assert_eq!(session.ask("read 0 1000"), "1000 bytes, 0 zeroes");
    for line in [
        "open work/array r+",
        "open work/array r+ 200000",
        "open work/array w+ 200000",
        "open work/new w+ 200000",
        "create-npy work/new.npy 1000",
        "open-value key r+",
    ] {
        let answer = session.ask(line);
        assert_contains(&answer, &["Unsupported: ", "mapped for writing", "`copy-on-write`"]);
        wait_for_names(&base, &["array", "store"]);
        assert_eq!(fs::read(&path).unwrap(), vec![0; 100_000], "{line}");
    }
    session.finish();
}

#[test]
fn a_plugin_that_has_used_up_the_file_descriptors_can_print_and_do_more() {
    for provider in BOTH_PROVIDERS {
        let (folder, work) = (tempdir().unwrap(), tempdir().unwrap());
        fs::write(work.path().join("array"), [1; 1000]).unwrap();
        let plugin = plugin(provider, "console", folder.path());
        // Under the lowest limits, the command cannot start.
        for limit in [8, 10, 12, 14, 16, 20, 24, 32, 64, 100, 128, 256] {
            // The plugin neither reads nor prints before.
            let command = run_plugin(&plugin, work.path(), &["exhaust", "work/array"]);
            let mut session = Session::start(&mut limited(&format!("-n {limit}"), &command));
            let Some(answer) = session.next_line() else {
                assert_eq!((session.wait().code(), limit < 32), (Some(1), true), "{limit}");
                continue;
            };
            // WASI 0.2 has no code for too many files, and Wasmtime says `io`.
            let code = if provider == Provider::Native { "LimitExceeded: " } else { "Other: " };
            assert_contains(&answer, &[code]);
            for line in ["store work/store", "create-npy work/new.npy 9", "store-ro work/store"] {
                // A call that needs fewer descriptors than the failed one can succeed.
                let answer = session.ask(line);
                assert!(answer == "ok" || answer.contains(code), "{line}: {answer}");
            }
            if limit < 32 {
                // There may be no array.
                continue;
            }
            for _ in 0..8 {
                assert_eq!(session.ask("drop"), "ok");
            }
            assert_eq!(session.ask("open work/array r"), "ok");
            assert_eq!(session.ask("read 0 1000"), "1000 bytes, 0 zeroes");
            session.finish();
        }
    }
}

#[test]
fn arrays_and_stores_work_where_the_kernel_refuses_a_call() {
    let folder = tempdir().unwrap();
    for call in [
        libc::SYS_openat2,
        libc::SYS_statx,
        libc::SYS_flock,
        libc::SYS_inotify_init1,
        libc::SYS_inotify_add_watch,
        libc::SYS_madvise,
        libc::SYS_msync,
        libc::SYS_renameat2,
        libc::SYS_faccessat2,
        libc::SYS_fadvise64,
    ] {
        for errno in [libc::ENOSYS, libc::EPERM] {
            let work = tempdir().unwrap();
            let mut session = start_refused(&[call], errno, folder.path(), work.path());
            check_new_array(&mut session);
            for line in [
                "store work/store",
                "set key 1000",
                "writer key 5000",
                "open-value key r+",
                "flush",
                "store-ro work/store",
            ] {
                assert_eq!(session.ask(line), "ok", "call {call}, errno {errno}: {line}");
            }
            assert_eq!(session.ask("get key"), "5000 bytes, 0 zeroes");
            session.finish();
        }
    }
}
