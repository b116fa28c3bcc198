//! Directories with names of all kinds.

use std::collections::BTreeMap;

use arbitrary::Result;
use filemap::limits::MAX_FILE_NAME;
use filemap::store::key::{FileName, parse};

use crate::input::{self, Input};
use crate::memory::Disk;

/// Parts of names that mean something to a store, to zict or to a file system.
const PARTS: [&str; 24] = [
    "a",
    "b",
    "#",
    "#0",
    "#1",
    "#2",
    "#10",
    "#01",
    "#9223372036854775807",
    "#9223372036854775808",
    "%",
    "%61",
    "%2F",
    "%2f",
    "%FF",
    "%C3%A9",
    "é",
    " ",
    ".",
    "%temporary-filemap#",
    ".nfs00000000012d3a5c0000000",
    ".fuse_hidden000000040000000",
    "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk",
    "\u{1b}[2J",
];

/// The maximum number of names in a directory.
const MAX_NAMES: usize = 12;

/// A directory before anything has used it.
pub(crate) struct Given {
    /// The regular files.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// What no store may change, with the bytes of files. The names of directories end with a
    /// slash.
    foreign: BTreeMap<String, Option<Vec<u8>>>,
}

impl Given {
    /// Fills a disk with files, directories and pipes.
    pub(crate) fn choose(input: &mut Input<'_>, disk: &Disk) -> Result<Self> {
        let (mut files, mut foreign) = (Vec::new(), BTreeMap::new());
        let mut names = input::list(input, MAX_NAMES, name)?;
        names.sort();
        names.dedup();
        for name in names.into_iter().filter(|name| is_possible(name)) {
            match input::below(input, 12)? {
                0 => {
                    disk.put_directory(&name);
                    foreign.insert(format!("{name}/"), None);
                }
                1 => {
                    disk.put_pipe(&name);
                    foreign.insert(name, None);
                }
                2 => disk.put_unreadable(),
                _ => {
                    let bytes = input::list(input, 9, input::any)?;
                    disk.put(&name, &bytes);
                    if matches!(parse(&name), FileName::Foreign | FileName::Unnumbered(_)) {
                        foreign.insert(name.clone(), Some(bytes.clone()));
                    }
                    files.push((name, bytes));
                }
            }
        }
        if input::chance(input, 2)? {
            disk.repeat_entries();
        }
        Ok(Self { files, foreign })
    }

    /// Checks that everything that is no value is as it was.
    #[track_caller]
    pub(crate) fn check(&self, disk: &Disk) {
        let names = disk.names();
        for (name, bytes) in &self.foreign {
            assert!(names.contains(name), "`{name}` is gone");
            if let Some(bytes) = bytes {
                assert_eq!(disk.bytes(name), *bytes, "`{name}` has changed");
            }
        }
    }
}

/// A name, of parts that mean something or of any characters.
fn name(input: &mut Input<'_>) -> Result<String> {
    let mut name = String::new();
    for _ in 0..=input::below(input, 4)? {
        match input::below(input, 32)? {
            number if number < PARTS.len() => name.push_str(PARTS[number]),
            number if number < 28 => name.push(char::from(input.int_in_range(b' '..=b'~')?)),
            number if number < 30 => name.push_str(&input.arbitrary::<u64>()?.to_string()),
            _ => name.push(input.arbitrary()?),
        }
    }
    Ok(name)
}

/// Whether a file system can have the name.
fn is_possible(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && name.len() <= MAX_FILE_NAME && !name.contains(['/', '\0'])
}
