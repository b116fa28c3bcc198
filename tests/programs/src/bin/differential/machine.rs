//! The steps: each is a call of `filemap:data/array` or of the file system.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;

use super::answer;
use super::bindings::filemap::data::array::{Memmap, MemmapOptions, NpyOptions};
use super::bindings::filemap::data::descriptors::open_file;
use super::bindings::filemap::data::errors::{Error, ErrorCode};
use super::bindings::wasi::filesystem::preopens::get_directories;
use super::bindings::wasi::filesystem::types::{Descriptor, DescriptorFlags, OpenFlags, PathFlags};
use super::field::{
    advice, bytes, index, mode, number, numbers, operation, optional, order, version,
};

type Result<T = String> = std::result::Result<T, Error>;

/// The arrays of a program, by their numbers.
#[derive(Default)]
pub(crate) struct Machine {
    arrays: BTreeMap<u64, Memmap>,
}

impl Machine {
    /// Executes a line, and returns the answer.
    pub(crate) fn step(&mut self, fields: &[&str]) -> Result {
        match *fields {
            ["file", path, zeroes, content] => {
                let mut data = vec![0; number(zeroes)];
                data.extend(bytes(content));
                fs::write(path, data).expect("the file can be written");
                Ok(answer::done())
            }
            ["content", path] => content(path),
            ["drop", array] => {
                // An array that could not be made was reported by its own step.
                self.arrays.remove(&number(array));
                Ok(answer::done())
            }
            [kind @ ("open" | "open-file" | "open-npy" | "create-npy"), made, ref rest @ ..] => {
                let array = match (kind, rest) {
                    ("open", [path, rest @ ..]) => Memmap::open(path, &options(rest))?,
                    ("open-file", [path, access, rest @ ..]) => {
                        open_file(descriptor(path, access), &options(rest))?
                    }
                    ("open-npy", [path, how]) => Memmap::open_npy(path, mode(how), None)?,
                    ("create-npy", [path, rest @ ..]) => {
                        Memmap::create_npy(path, &npy_options(rest))?
                    }
                    _ => panic!("unknown step: {fields:?}"),
                };
                self.keep(made, array)
            }
            [
                kind @ ("view" | "field" | "view-as" | "reshape" | "transpose"),
                made,
                source,
                ref rest @ ..,
            ] => {
                let array = self.array(source)?;
                let array = match (kind, rest) {
                    ("view", [taken]) => array.view(&index(taken))?,
                    ("field", [name]) => {
                        array.field(&String::from_utf8(bytes(name)).expect("names are UTF-8"))?
                    }
                    ("view-as", [dtype]) => array.view_as(dtype)?,
                    ("reshape", [shape, sequence]) => {
                        array.reshape(&numbers(shape), order(sequence))?
                    }
                    ("transpose", [axes]) => array.transpose(optional(axes, numbers).as_deref())?,
                    _ => panic!("unknown step: {fields:?}"),
                };
                self.keep(made, array)
            }
            [kind, source, ref rest @ ..] => use_array(self.array(source)?, kind, rest),
            _ => panic!("unknown step: {fields:?}"),
        }
    }

    fn array(&self, name: &str) -> Result<&Memmap> {
        let missing = || Error {
            code: ErrorCode::Other,
            message: format!("there is no array a{name}: its step has failed"),
        };
        self.arrays.get(&number(name)).ok_or_else(missing)
    }

    fn keep(&mut self, name: &str, array: Memmap) -> Result {
        let info = array.info()?;
        self.arrays.insert(number(name), array);
        Ok(answer::info(&info))
    }
}

/// Executes a step that makes no array.
fn use_array(array: &Memmap, kind: &str, fields: &[&str]) -> Result {
    Ok(match (kind, fields) {
        ("read", [taken]) => answer::bytes(&array.read(&index(taken))?),
        ("shape-of", [taken]) => answer::shape(&array.shape_of(&index(taken))?),
        ("reduce", [what, axis]) => {
            answer::reduction(&array.reduce(operation(what), optional(axis, number))?)
        }
        ("read-bytes", [offset, length]) => {
            answer::bytes(&array.read_bytes(number(offset), number(length))?)
        }
        _ => {
            match (kind, fields) {
                ("write", [taken, data, shape]) => {
                    array.write(
                        &index(taken),
                        &bytes(data),
                        optional(shape, numbers).as_deref(),
                    )?;
                }
                ("fill", [data]) => array.fill(&bytes(data))?,
                ("write-bytes", [offset, data]) => {
                    array.write_bytes(number(offset), &bytes(data))?;
                }
                ("flush", []) => array.flush()?,
                ("advise", [what]) => array.advise(advice(what))?,
                _ => panic!("unknown step: {kind} {fields:?}"),
            }
            answer::done()
        }
    })
}

/// Returns the content of a file, and removes the file.
fn content(path: &str) -> Result {
    match fs::read(path) {
        Ok(content) => {
            fs::remove_file(path).expect("the file can be removed");
            Ok(answer::bytes(&content))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(Error { code: ErrorCode::NotFound, message: "there is no such file".into() })
        }
        Err(error) => panic!("{path}: {error}"),
    }
}

fn options(fields: &[&str]) -> MemmapOptions {
    let &[dtype, how, offset, shape, sequence] = fields else {
        panic!("invalid options: {fields:?}")
    };
    MemmapOptions {
        dtype: optional(dtype, String::from),
        mode: mode(how),
        offset: number(offset),
        shape: optional(shape, numbers),
        order: order(sequence),
    }
}

fn npy_options(fields: &[&str]) -> NpyOptions {
    let &[dtype, shape, sequence, which] = fields else { panic!("invalid options: {fields:?}") };
    NpyOptions {
        dtype: optional(dtype, String::from),
        shape: numbers(shape),
        order: order(sequence),
        version: optional(which, version),
    }
}

/// Opens the descriptor of a file.
fn descriptor(path: &str, access: &str) -> Descriptor {
    let flags = if access == "rb" {
        DescriptorFlags::READ
    } else {
        DescriptorFlags::READ | DescriptorFlags::WRITE
    };
    let (granted, rest) = path.split_once('/').expect("the path is in a granted directory");
    let (directory, _) = get_directories()
        .into_iter()
        .find(|(_, name)| name == granted)
        .expect("the directory was granted");
    directory
        .open_at(PathFlags::empty(), rest, OpenFlags::empty(), flags)
        .expect("the file can be opened")
}
