//! A plugin that reads commands from its standard input, one per line, and answers each by a line:
//! `ok`, a result, or the code and the message of the error. The arguments are the first command.
//! Tests put it on odd file systems and under hosts that lack something.
//!
//! - `create-npy PATH COUNT`, `open PATH MODE [COUNT]` and `open-npy PATH MODE` open an array of
//!   bytes. `MODE` is one of numpy's. The next commands use the last array.
//! - `write FIRST LENGTH BYTE`, `read FIRST LENGTH`, `resize COUNT`, `flush`. `read` answers the
//!   number of bytes and the number of zeroes among them.
//! - `window` puts the last array into the plugin's memory. `window-read` counts as `read` does,
//!   and `window-remove` removes it.
//! - `exhaust PATH` opens the file as arrays until that fails. It answers the error, and keeps the
//!   arrays. `open-all PATH` does not keep them. `without-room PATH COMMAND` does the same, and
//!   runs the command before it drops them.
//! - `read-every STEP` reads every so many bytes, and `sum FIRST LENGTH` and `fill FIRST LENGTH`
//!   are one call on a part.
//! - `view` makes a view of the last array, and `drop` drops the last array or view.
//! - `store PATH` opens a store for writing, and `store-ro PATH` for reading only. `set KEY
//!   LENGTH`, `writer KEY LENGTH`, `stream KEY LENGTH`, `get KEY`, `open-value KEY MODE`, `remove
//!   KEY`, `pop KEY`, `clear`, `update COUNT LENGTH` and `get-many COUNT` use the last store, and
//!   `drop-store` drops it. The two last ones have the keys 0, 1, 2 and so on.
//! - `parts KEY COUNT` sets a value that consists of empty parts.
//! - `begin KEY LENGTH` begins a value by a writer, and `reader KEY` opens one. `release` drops all
//!   that these commands have opened.
//! - `wasi-write PATH LENGTH` makes a file without filemap, and `wasi-open PATH` opens one until
//!   that fails, and answers how it fails. `wasi-hold PATH COUNT` opens one so many times, or until
//!   that fails, and keeps the files until `release`.
//! - `out-of-bounds` ends the plugin by a trap: it reads memory that it does not have.

#[path = "../bindings.rs"]
mod bindings;
#[path = "../memory.rs"]
#[allow(dead_code, reason = "shared with other programs")]
mod memory;
#[path = "../support.rs"]
#[allow(dead_code, reason = "shared with other programs")]
mod support;

use bindings::bulk::write_value_via_stream;
use bindings::wit_store::{ValueReader, ValueWriter};
use bindings::{Error, Memmap, Mode, NpyOptions, Operation, Order, Store};
use memory::Memory;
use support::{CREATE, READ_ONLY, index, options, shaped};

fn main() {
    let mut console = Console::default();
    let first = std::env::args().skip(1).collect::<Vec<_>>().join(" ");
    if !first.is_empty() {
        console.run(&first);
    }
    for line in std::io::stdin().lines() {
        console.run(&line.unwrap());
    }
}

#[derive(Default)]
struct Console {
    arrays: Vec<Memmap>,
    stores: Vec<Store>,
    writers: Vec<ValueWriter>,
    readers: Vec<Option<ValueReader>>,
    files: Vec<std::fs::File>,
    /// A window, and its length.
    window: Option<(Memory, usize)>,
}

impl Console {
    /// Runs a command and prints its answer.
    fn run(&mut self, line: &str) {
        let words: Vec<_> = line.split(' ').collect();
        match self.answer(&words) {
            Ok(answer) => println!("{answer}"),
            Err(error) => println!("{:?}: {}", error.code, error.message),
        }
    }

    fn answer(&mut self, words: &[&str]) -> Result<String, Error> {
        match *words {
            ["create-npy", path, count] => {
                let (dtype, shape) = (Some("u1".into()), vec![number(count)]);
                let options = NpyOptions { dtype, shape, order: Order::C, version: None };
                self.arrays.push(Memmap::create_npy(path, &options)?);
            }
            ["open", path, name] => {
                self.arrays.push(Memmap::open(path, &options(mode(name), "u1"))?);
            }
            ["open", path, name, count] => {
                let options = shaped(mode(name), "u1", &[number(count)]);
                self.arrays.push(Memmap::open(path, &options)?);
            }
            ["open-npy", path, name] => {
                self.arrays.push(Memmap::open_npy(path, mode(name), None)?);
            }
            ["write", first, length, byte] => {
                let data = vec![byte.parse().unwrap(); size(length)];
                self.array().write(&index(&range(first, length)), &data, None)?;
            }
            ["read", first, length] => {
                return Ok(count(&self.array().read(&index(&range(first, length)))?));
            }
            ["resize", count] => self.array().resize(number(count))?,
            ["flush"] => self.array().flush()?,
            ["window"] => {
                let length = self.array().info()?.nbytes;
                let bytes = usize::try_from(length).unwrap();
                let memory = Memory::for_bytes(bytes);
                memory.place(self.array(), 0, length)?;
                self.window = Some((memory, bytes));
            }
            ["window-read"] => {
                let (memory, length) = self.window.as_ref().expect("a window is placed");
                return Ok(count(&memory.bytes_at(0, *length)));
            }
            ["exhaust", path] => loop {
                self.arrays.push(Memmap::open(path, &options(Mode::ReadOnly, "u1"))?);
            },
            ["open-all", path] => {
                let mut arrays = Vec::new();
                return loop {
                    match Memmap::open(path, &options(Mode::ReadOnly, "u1")) {
                        Ok(array) => arrays.push(array),
                        Err(error) => break Err(error),
                    }
                };
            }
            ["without-room", path, ref command @ ..] => {
                let mut arrays = Vec::new();
                while let Ok(array) = Memmap::open(path, &options(Mode::ReadOnly, "u1")) {
                    arrays.push(array);
                }
                return self.answer(command);
            }
            ["window-remove"] => {
                let (memory, length) = self.window.take().expect("a window is placed");
                memory.remove(length as u64)?;
            }
            ["read-every", step] => {
                return Ok(count(&self.array().read(&index(&format!("::{step}")))?));
            }
            ["sum", first, length] => {
                let part = self.array().view(&index(&range(first, length)))?;
                drop(part.reduce(Operation::Sum, None)?);
            }
            ["fill", first, length] => {
                self.array().view(&index(&range(first, length)))?.fill(&[1])?;
            }
            ["view"] => {
                let view = self.array().view(&[])?;
                self.arrays.push(view);
            }
            ["drop"] => drop(self.arrays.pop()),
            _ => return self.answer_of_store(words),
        }
        Ok("ok".into())
    }

    /// Runs a command that uses stores.
    fn answer_of_store(&mut self, words: &[&str]) -> Result<String, Error> {
        match *words {
            ["store", path] => self.stores.push(Store::open(path, CREATE)?),
            ["store-ro", path] => self.stores.push(Store::open(path, READ_ONLY)?),
            ["set", key, length] => self.store().set(key, &vec![1; size(length)])?,
            ["writer", key, length] => {
                let writer = self.store().writer(key)?;
                for piece in vec![1; size(length)].chunks(1000) {
                    writer.write(piece)?;
                }
                writer.commit()?;
            }
            ["stream", key, length] => {
                let writer = self.store().writer(key)?;
                let output = write_value_via_stream(&writer, number(length))?;
                for piece in vec![1; size(length)].chunks(4096) {
                    if output.blocking_write_and_flush(piece).is_err() {
                        return Ok("the stream failed".into());
                    }
                }
                drop(output);
                writer.commit()?;
            }
            ["get", key] => {
                let value = self.store().get(key)?;
                return Ok(value.map_or("none".into(), |value| count(&value)));
            }
            ["remove", key] => _ = self.store().remove(key)?,
            ["pop", key] => drop(self.store().pop(key)?),
            ["clear"] => self.store().clear()?,
            ["update", count, length] => {
                let item = |number: u64| (number.to_string(), vec![1; size(length)]);
                let items: Vec<_> = (0..number(count)).map(item).collect();
                self.store().update(&items)?;
            }
            ["get-many", count] => {
                let keys: Vec<_> = (0..number(count)).map(|number| number.to_string()).collect();
                drop(self.store().get_many(&keys)?);
            }
            ["parts", key, count] => {
                self.store().set_parts(key, &vec![Vec::new(); size(count)])?;
            }
            ["drop-store"] => drop(self.stores.pop()),
            ["begin", key, length] => {
                let writer = self.store().writer(key)?;
                writer.write(&vec![1; size(length)])?;
                self.writers.push(writer);
            }
            ["reader", key] => {
                let reader = self.store().reader(key)?;
                self.readers.push(reader);
            }
            ["release"] => {
                self.writers.clear();
                self.readers.clear();
                self.files.clear();
            }
            ["wasi-hold", path, count] => {
                for _ in 0..size(count) {
                    match std::fs::File::open(path) {
                        Ok(file) => self.files.push(file),
                        Err(error) => return Ok(format!("no more: {error}")),
                    }
                }
            }
            ["open-value", key, name] => match self.store().open_value(key, mode(name))? {
                Some(array) => self.arrays.push(array),
                None => return Ok("none".into()),
            },
            _ => return Ok(answer_without_filemap(words)),
        }
        Ok("ok".into())
    }

    fn array(&self) -> &Memmap {
        self.arrays.last().expect("an array is open")
    }

    fn store(&self) -> &Store {
        self.stores.last().expect("a store is open")
    }
}

/// Runs a command that uses WASI only.
fn answer_without_filemap(words: &[&str]) -> String {
    match *words {
        ["wasi-write", path, length] => match std::fs::write(path, vec![1; size(length)]) {
            Ok(()) => "ok".into(),
            Err(error) => format!("{:?}", error.kind()),
        },
        ["wasi-open", path] => {
            let mut files = Vec::new();
            loop {
                match std::fs::File::open(path) {
                    Ok(file) => files.push(file),
                    Err(error) => break format!("no more: {error}"),
                }
            }
        }
        ["out-of-bounds"] => {
            memory::read_out_of_bounds();
            "ok".into()
        }
        _ => panic!("unknown command: {words:?}"),
    }
}

fn mode(name: &str) -> Mode {
    match name {
        "r" => Mode::ReadOnly,
        "c" => Mode::CopyOnWrite,
        "r+" => Mode::ReadWrite,
        "w+" => Mode::Write,
        _ => panic!("unknown mode: {name}"),
    }
}

fn number(text: &str) -> u64 {
    text.parse().expect("a number")
}

fn size(text: &str) -> usize {
    text.parse().expect("a number")
}

/// The index of `length` bytes, in Python's syntax.
fn range(first: &str, length: &str) -> String {
    format!("{first}:{}", number(first) + number(length))
}

fn count(bytes: &[u8]) -> String {
    let zeroes = bytes.iter().map(|&byte| u64::from(byte == 0)).sum::<u64>();
    format!("{} bytes, {zeroes} zeroes", bytes.len())
}
