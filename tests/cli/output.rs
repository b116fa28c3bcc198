//! The option `--output` of `filemap component`, `plug` and `wit`: a regular file is replaced as a
//! whole, a device or a pipe is written to, and nothing else is replaced.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::{FileTypeExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Stdio;
use std::thread;

use rustix::fs::{CWD, FileType, makedev, mknodat};
use tempfile::tempdir;

use super::run_filemap;
use super::support::command::filemap;
use super::support::programs::program;

/// Writes the portable component to `path`.
fn write_component(path: &Path) -> super::Outcome {
    run_filemap(["component".as_ref(), "--output".as_ref(), path.as_os_str()])
}

/// Returns whether a file is a component.
fn is_component(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\0asm") && bytes.len() > 100_000
}

/// Returns the number of entries of a folder: a failed call leaves no temporary file.
fn count(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

/// Makes a node of a device, or says that this user may not.
fn make_node(path: &Path, kind: FileType, major: u32, minor: u32) -> bool {
    match mknodat(CWD, path, kind, 0o600.into(), makedev(major, minor)) {
        Ok(()) => true,
        Err(error) => {
            eprintln!("NOT TESTED, because this user cannot make a device: {error}");
            false
        }
    }
}

#[test]
fn the_output_replaces_a_regular_file_and_keeps_a_link_to_it() {
    let folder = tempdir().unwrap();
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    fs::write(&file, "old").unwrap();
    let old = File::open(&file).unwrap();
    write_component(&file).succeeds();
    assert!(is_component(&fs::read(&file).unwrap()));
    assert_eq!(std::io::read_to_string(old).unwrap(), "old", "an open file is unchanged");

    fs::write(&file, "old").unwrap();
    symlink("file", &link).unwrap();
    write_component(&link).succeeds();
    assert!(link.is_symlink());
    assert!(is_component(&fs::read(&file).unwrap()));
    assert_eq!(count(folder.path()), 2);
}

#[test]
fn the_output_through_a_dangling_link_makes_its_target() {
    let folder = tempdir().unwrap();
    let link = folder.path().join("link");
    symlink("target", &link).unwrap();
    write_component(&link).succeeds();
    assert!(link.is_symlink());
    assert!(is_component(&fs::read(folder.path().join("target")).unwrap()));
    assert_eq!(count(folder.path()), 2);
}

#[test]
fn the_output_to_a_pipe_is_written_to_the_pipe() {
    let folder = tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    mknodat(CWD, &pipe, FileType::Fifo, 0o600.into(), 0).unwrap();
    let reader = thread::spawn({
        let pipe = pipe.clone();
        move || {
            let mut bytes = Vec::new();
            File::open(pipe).unwrap().read_to_end(&mut bytes).unwrap();
            bytes
        }
    });
    write_component(&pipe).succeeds();
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    assert!(is_component(&reader.join().unwrap()));
}

#[test]
fn the_output_to_a_character_device_is_written_to_the_device() {
    let folder = tempdir().unwrap();
    // The same numbers as `/dev/null`.
    let device = folder.path().join("null");
    if !make_node(&device, FileType::CharacterDevice, 1, 3) {
        return;
    }
    let plugin = program("lock");
    let plug: [&OsStr; 4] =
        ["plug".as_ref(), plugin.as_os_str(), "--output".as_ref(), device.as_os_str()];
    for outcome in [write_component(&device), run_filemap(plug)] {
        // A file system that is mounted with `nodev` opens no device.
        if outcome.code != Some(0) {
            assert!(outcome.stderr.contains("ermission denied"), "{outcome:?}");
        }
        assert!(fs::symlink_metadata(&device).unwrap().file_type().is_char_device());
        assert_eq!(count(folder.path()), 1);
    }
    // A link to a device, too.
    symlink("null", folder.path().join("link")).unwrap();
    write_component(&folder.path().join("link"));
    assert!(fs::symlink_metadata(&device).unwrap().file_type().is_char_device());
    assert!(folder.path().join("link").is_symlink());
}

#[test]
fn the_output_to_a_block_device_a_socket_or_a_directory_is_refused_by_name() {
    let folder = tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let _listener = UnixListener::bind(at("socket")).unwrap();
    fs::create_dir(at("folder")).unwrap();
    // These numbers are for local use and have no device.
    let has_device = make_node(&at("disk"), FileType::BlockDevice, 240, 0);
    let kinds = [("socket", "a socket"), ("folder", "a directory"), ("disk", "a block device")];
    for (name, kind) in &kinds[..2 + usize::from(has_device)] {
        let text = write_component(&at(name)).fails_with(1);
        for part in [format!("`{}`", at(name).display()), format!("it is {kind}")] {
            assert!(text.contains(&part), "`{part}` is missing in: {text}");
        }
    }
    assert!(fs::symlink_metadata(at("socket")).unwrap().file_type().is_socket());
    assert!(at("folder").is_dir() && count(&at("folder")) == 0);
    assert_eq!(count(folder.path()), 2 + usize::from(has_device));
}

#[test]
fn the_files_of_the_interface_replace_no_pipe() {
    let folder = tempdir().unwrap();
    let socket = folder.path().join("array.wit");
    let _listener = UnixListener::bind(&socket).unwrap();
    let outcome = run_filemap(["wit".as_ref(), "-o".as_ref(), folder.path().as_os_str()]);
    assert!(outcome.fails_with(1).contains("it is a socket"));
    assert!(fs::symlink_metadata(&socket).unwrap().file_type().is_socket());
}

#[test]
fn a_link_to_standard_output_is_written_through() {
    // As `/dev/stdout` is, which a test must not name: it would be replaced if this failed.
    let folder = tempdir().unwrap();
    let link = folder.path().join("stdout");
    symlink("/proc/self/fd/1", &link).unwrap();
    let written = |stdout: Stdio| {
        let mut command = filemap();
        command.args(["component", "--output"]).arg(&link).stdout(stdout);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        assert!(link.is_symlink());
        output.stdout
    };
    assert!(is_component(&written(Stdio::piped())));

    let file = folder.path().join("file");
    written(File::create(&file).unwrap().into());
    assert!(is_component(&fs::read(&file).unwrap()));

    let removed = folder.path().join("removed");
    let mut opened =
        File::options().read(true).write(true).create_new(true).open(&removed).unwrap();
    fs::remove_file(&removed).unwrap();
    written(opened.try_clone().unwrap().into());
    let mut bytes = Vec::new();
    opened.read_to_end(&mut bytes).unwrap();
    assert!(is_component(&bytes));
    assert_eq!(count(folder.path()), 2);
}
