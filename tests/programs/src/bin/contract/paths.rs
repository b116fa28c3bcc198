//! Paths: their spellings, and the files that they cannot reach.

use crate::bindings::wit_array::NpyOptions;
use crate::bindings::wit_store::StoreOptions;
use crate::bindings::{Durability, Error, ErrorCode, Memmap, Mode, Order, Store};
use crate::support::{CREATE, described, exists, fails, index, numbers, options, shaped, size};

/// Opens a read-only array at this path.
fn open(path: &str) -> Result<Memmap, Error> {
    Memmap::open(path, &options(Mode::ReadOnly, "u1"))
}

/// Options for a new array of 16 bytes.
fn npy() -> NpyOptions {
    NpyOptions { dtype: None, shape: vec![2], order: Order::C, version: None }
}

/// Checks that an array in any mode, and a store, are `access-denied` at this path.
#[track_caller]
fn denied(path: &str, parts: &[&str]) {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite, Mode::Write] {
        fails(Memmap::open(path, &shaped(mode, "u1", &[4])), ErrorCode::AccessDenied, parts);
    }
    fails(Memmap::open_npy(path, Mode::ReadOnly, None), ErrorCode::AccessDenied, parts);
    for (create, read_only) in [(false, true), (false, false), (true, false)] {
        let options = StoreOptions { create, read_only, durability: Durability::None };
        fails(Store::open(path, options), ErrorCode::AccessDenied, parts);
    }
}

pub(crate) fn paths_of_one_file_may_have_several_spellings() {
    for path in [
        "work/bytes.bin",
        "./work/bytes.bin",
        "/work/bytes.bin",
        "work//bytes.bin",
        "/./work/./bytes.bin",
        "work/folder/../bytes.bin",
        "work/inside",
    ] {
        let array = open(path).unwrap_or_else(|error| panic!("{path}: {error:?}"));
        assert_eq!(array.read(&index("7")).unwrap(), [7], "{path}");
    }
}

pub(crate) fn paths_are_made_absolute_for_the_filename() {
    for (path, filename) in [
        ("work/bytes.bin", "/work/bytes.bin"),
        ("./work/bytes.bin", "/work/bytes.bin"),
        ("/work/bytes.bin", "/work/bytes.bin"),
        ("work//bytes.bin", "/work/bytes.bin"),
        ("/./work/./bytes.bin", "/work/bytes.bin"),
        ("work/folder/../bytes.bin", "/work/bytes.bin"),
        // As in `os.path.abspath`, links are not followed.
        ("work/inside", "/work/inside"),
    ] {
        let array = open(path).unwrap();
        assert_eq!(array.info().unwrap().filename.as_deref(), Some(filename), "{path}");
        assert_eq!(
            array.view(&[]).unwrap().info().unwrap().filename.as_deref(),
            Some(filename),
            "{path}"
        );
    }
    let array = Memmap::open_npy("./data/arrays/../arrays/1d.npy", Mode::ReadOnly, None).unwrap();
    assert_eq!(array.info().unwrap().filename.as_deref(), Some("/data/arrays/1d.npy"));
}

pub(crate) fn paths_of_a_store_may_have_several_spellings() {
    let options = StoreOptions { create: false, read_only: true, durability: Durability::None };
    for path in ["fixed/store", "./fixed/store/", "/fixed//store", "fixed/store/../store/."] {
        let store = Store::open(path, options).unwrap_or_else(|error| panic!("{path}: {error:?}"));
        assert_eq!(store.get("key").unwrap().as_deref(), Some(&b"value"[..]), "{path}");
    }
}

pub(crate) fn paths_that_leave_the_grant_by_dots_are_access_denied() {
    for path in
        ["work/../secret.bin", "work/folder/../../secret.bin", "/work/../secret.bin", "work/.."]
    {
        denied(path, &[&format!("`{path}`"), "leaves the granted directory"]);
    }
    assert!(!exists("work/secret.bin"));
}

pub(crate) fn paths_into_another_grant_by_dots_are_access_denied() {
    denied("work/../fixed/bytes.bin", &["`work/../fixed/bytes.bin`"]);
}

pub(crate) fn paths_that_leave_the_grant_by_a_link_are_access_denied() {
    for path in ["work/outside", "work/absolute"] {
        denied(path, &[&format!("`{path}`"), "leaves the granted directory"]);
    }
}

pub(crate) fn paths_outside_every_grant_are_access_denied_and_the_message_names_the_missing_grant()
{
    let granted = "(granted: `work`, `fixed`, `data`)";
    denied(
        "elsewhere/x.bin",
        &["`elsewhere/x.bin`", granted, "grant it the directory `elsewhere`"],
    );
    denied("/etc/passwd", &["`/etc/passwd`", granted, "grant it the directory `/etc`"]);
    denied("workshop/x.bin", &["`workshop/x.bin`", granted, "directory `workshop`"]);
    denied("x.bin", &["`x.bin`", granted, "directory `.`, or another directory under this name"]);
    denied("", &["holds ``", granted]);
    denied("../secret.bin", &["`../secret.bin`", granted, "cannot be granted"]);
}

pub(crate) fn paths_that_the_file_system_rejects_are_invalid() {
    let long = format!("work/{}", "x".repeat(256));
    fails(open(&long), ErrorCode::InvalidArgument, &[&long, "longer than the file system allows"]);
}

pub(crate) fn paths_with_a_nul_character_are_invalid() {
    let text = [r"the path `work/a\x00b` has a NUL character, which no name of a file can have"];
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite, Mode::Write] {
        let opened = Memmap::open("work/a\0b", &shaped(mode, "u1", &[4]));
        fails(opened, ErrorCode::InvalidArgument, &text);
    }
    fails(Memmap::open_npy("work/a\0b", Mode::ReadOnly, None), ErrorCode::InvalidArgument, &text);
    fails(Memmap::create_npy("work/a\0b", &npy()), ErrorCode::InvalidArgument, &text);
    fails(Store::open("work/a\0b", CREATE), ErrorCode::InvalidArgument, &text);
    fails(open("elsewhere/\0"), ErrorCode::InvalidArgument, &["NUL character"]);
    assert!(!exists("work/a"));
}

pub(crate) fn paths_in_messages_are_printable() {
    let name = "a\nb\x1b[2J\u{9b}2J\u{202e}";
    let quoted = r"a\nb\x1b[2J\x9b2J\u202e";
    let path = format!("work/{name}");
    let open = |options| Memmap::open(&path, &options);
    fails(open(options(Mode::ReadOnly, "u1")), ErrorCode::NotFound, &[&format!("`work/{quoted}`")]);
    std::fs::write(&path, [0; 3]).unwrap();
    let parts = ["size of available data is not a multiple", quoted];
    fails(open(options(Mode::ReadOnly, "u2")), ErrorCode::InvalidArgument, &parts);
    fails(open(options(Mode::ReadOnly, name)), ErrorCode::InvalidArgument, &[quoted]);
    fails(
        Memmap::open_npy(&path, Mode::ReadOnly, None),
        ErrorCode::Corrupt,
        &[&format!("`work/{quoted}` is not a valid .npy file")],
    );

    // The file is a value of zict 2, which is not changed.
    let store = Store::open("work", CREATE).unwrap();
    let parts = [&*format!("the value of `{quoted}` is in the file `{quoted}`")];
    fails(store.set(name, b"v"), ErrorCode::AccessDenied, &parts);
    std::fs::create_dir(format!("{path}2")).unwrap();
    let store = Store::open(&format!("{path}2"), CREATE).unwrap();
    assert_eq!(described(&store), format!("<File: work/{quoted}2, 0 elements>"));
}

pub(crate) fn paths_through_a_missing_directory_are_not_found() {
    for path in ["work/no/x.bin", "work/no/../bytes.bin"] {
        fails(open(path), ErrorCode::NotFound, &[&format!("`{path}`")]);
    }
    fails(
        open("work/bytes.bin/../bytes.bin"),
        ErrorCode::InvalidArgument,
        &["`work/bytes.bin/../bytes.bin`"],
    );
}

pub(crate) fn paths_of_a_dangling_link_are_not_found() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        fails(
            Memmap::open("work/dangling", &shaped(mode, "u1", &[4])),
            ErrorCode::NotFound,
            &["`work/dangling`"],
        );
    }
}

pub(crate) fn paths_of_a_dangling_link_make_its_target_in_mode_write() {
    for path in ["work/dangling", "work/links/chain"] {
        let array = Memmap::open(path, &shaped(Mode::Write, "u1", &[4])).unwrap();
        array.write(&[], &[5], Some(&[])).unwrap();
        array.flush().unwrap();
        assert_eq!(std::fs::read("work/nowhere").unwrap(), [5; 4], "{path}");
        drop(array);
        std::fs::remove_file("work/nowhere").unwrap();
        assert!(exists(path), "the link is unchanged");

        drop(Memmap::create_npy(path, &npy()).unwrap());
        assert_eq!(size("work/nowhere"), 128 + 16, "{path}");
        std::fs::remove_file("work/nowhere").unwrap();
    }
}

pub(crate) fn paths_of_a_dangling_link_make_nothing_after_an_error() {
    let opened = Memmap::open("work/dangling", &shaped(Mode::Write, "u1", &[i64::MAX as u64]));
    fails(opened, ErrorCode::InvalidArgument, &["`work/dangling`"]);
    assert!(!exists("work/nowhere") && exists("work/dangling"));
}

pub(crate) fn paths_of_a_dangling_link_that_leaves_the_grant_are_access_denied() {
    let opened = Memmap::open("work/leaving", &shaped(Mode::Write, "u1", &[4]));
    fails(opened, ErrorCode::AccessDenied, &["`work/leaving`", "leaves the granted directory"]);
    fails(Memmap::create_npy("work/leaving", &npy()), ErrorCode::AccessDenied, &["`work/leaving`"]);
}

pub(crate) fn paths_with_a_slash_at_their_end_name_no_file() {
    let modes = [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite, Mode::Write];
    std::fs::copy("data/arrays/1d.npy", "work/1d.npy").unwrap();
    for end in ["/", "//", "/.", "/./", "/./."] {
        let (bytes, one) = (format!("work/bytes.bin{end}"), format!("work/1d.npy{end}"));
        let text = "it is a file, not a directory";
        for mode in modes {
            let opened = Memmap::open(&bytes, &shaped(mode, "u1", &[4]));
            fails(opened, ErrorCode::InvalidArgument, &[&format!("`{bytes}`"), text]);
        }
        for mode in &modes[..3] {
            fails(Memmap::open_npy(&one, *mode, None), ErrorCode::InvalidArgument, &[&one, text]);
        }
        fails(Memmap::create_npy(&one, &npy()), ErrorCode::InvalidArgument, &[&one, text]);
        // As by `open` in POSIX, a missing file is `EISDIR` only where it would be made.
        let missing = format!("work/no.npy{end}");
        fails(Memmap::open_npy(&missing, Mode::ReadOnly, None), ErrorCode::NotFound, &[&missing]);
        let text = "it is a directory, not a file";
        fails(Memmap::create_npy(&missing, &npy()), ErrorCode::InvalidArgument, &[&missing, text]);
        let folder = format!("work/folder{end}");
        fails(Memmap::create_npy(&folder, &npy()), ErrorCode::InvalidArgument, &[&folder, text]);
        for path in ["work/pipe", "work/socket"] {
            let path = format!("{path}{end}");
            fails(open(&path), ErrorCode::InvalidArgument, &[&path, "not a directory"]);
        }
        fails(open(&format!("work/outside{end}")), ErrorCode::AccessDenied, &["`work/outside"]);
        let store = format!("work/bytes.bin{end}");
        fails(Store::open(&store, CREATE), ErrorCode::InvalidArgument, &["not a directory"]);
        drop(Store::open(&format!("work/folder{end}"), CREATE).unwrap());
    }
    assert!(!exists("work/no.npy"));
    assert_eq!(std::fs::read("work/bytes.bin").unwrap(), numbers());
}

pub(crate) fn paths_of_symbolic_link_loops_are_invalid() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite, Mode::Write] {
        let opened = Memmap::open("work/loop", &shaped(mode, "u1", &[4]));
        fails(opened, ErrorCode::InvalidArgument, &["`work/loop`", "too many symbolic links"]);
    }
}

/// Checks that a special file at this path is an error, and that no call blocks on it.
#[track_caller]
fn is_no_file(path: &str) {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite, Mode::Write] {
        let opened = Memmap::open(path, &shaped(mode, "u1", &[4]));
        fails(
            opened,
            ErrorCode::InvalidArgument,
            &[&format!("`{path}`"), "neither a regular file nor a directory"],
        );
    }
}

pub(crate) fn paths_of_a_socket_are_invalid() {
    is_no_file("work/socket");
}

pub(crate) fn paths_of_a_pipe_are_invalid() {
    is_no_file("work/pipe");
}

pub(crate) fn paths_may_contain_any_character_but_nul() {
    for name in ["a b", "#", "%41", "naïve", "🦀", "\\", "*?\"<>|", "\n"] {
        let path = format!("work/{name}");
        let array = Memmap::open(&path, &shaped(Mode::Write, "u1", &[1])).unwrap();
        array.write(&[], &[5], Some(&[])).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), [5], "{name}");
    }
}
