//! Arrays: files that numpy and filemap both write and read.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use super::lines::{decode, encode, or_dash};
use super::python::python;
use super::random::{Random, for_each_seed};
use super::support::folders::Folders;
use super::{PROVIDERS, plugin};

/// Every element type, as numpy prints it.
const DTYPES: [&str; 25] = [
    "|b1", "|i1", "|u1", "<i2", ">i2", "<u2", ">u2", "<i4", ">i4", "<u4", ">u4", "<i8", ">i8", "<u8", ">u8", "<f2",
    ">f2", "<f4", ">f4", "<f8", ">f8", "<c8", ">c8", "<c16", ">c16",
];

/// One array: how it is opened, its file, and what it is.
struct Spec {
    how: &'static str,
    file: String,
    dtype: String,
    order: char,
    offset: u64,
    shape: Vec<u64>,
    /// The bytes of the elements in C order.
    data: Vec<u8>,
}

impl Spec {
    fn line(&self) -> String {
        let Self { how, file, dtype, order, offset, shape, data } = self;
        let shape = or_dash(shape.iter().map(u64::to_string).collect::<Vec<_>>().join(","));
        format!("{how} {file} {dtype} {order} {offset} {shape} {}\n", encode(data))
    }
}

fn lines(specs: &[Spec]) -> String {
    specs.iter().map(Spec::line).collect()
}

/// Arrays with random elements.
struct Maker<'a>(&'a mut Random);

impl Maker<'_> {
    fn make(&mut self, how: &'static str, name: &str, dtype: &str, layout: (char, u64, &[u64])) -> Spec {
        let (order, offset, shape) = layout;
        let item_size: u64 = dtype[2..].parse().unwrap();
        let mut data = self.0.bytes(usize::try_from(shape.iter().product::<u64>() * item_size).unwrap());
        if dtype == "|b1" {
            // There are two of them.
            for byte in &mut data {
                *byte &= 1;
            }
        }
        let dtype_name = dtype.replace('<', "le-").replace('>', "be-").replace('|', "");
        let ending = if how == "npy" { "npy" } else { "bin" };
        let file = format!("{dtype_name}-{name}-{order}.{ending}");
        Spec { how, file, dtype: dtype.into(), order, offset, shape: shape.into(), data }
    }

    /// Files without a header: of all types and orders, from the start and from an odd offset, made and extended.
    fn raw(&mut self) -> Vec<Spec> {
        let mut specs = Vec::new();
        for dtype in DTYPES {
            for order in ['C', 'F'] {
                specs.push(self.make("w+", "plain", dtype, (order, 0, &[3, 4])));
                specs.push(self.make("w+", "cube", dtype, (order, 13, &[2, 3, 4])));
                let extended = self.make("r+", "extended", dtype, (order, 7, &[5, 3]));
                let start = self.make("w+", "", "|u1", ('C', 0, &[7]));
                specs.extend([Spec { file: extended.file.clone(), ..start }, extended]);
            }
            specs.push(self.make("w+", "line", dtype, ('C', 1, &[9])));
            specs.push(self.make("w+", "scalar", dtype, ('C', 0, &[])));
        }
        specs
    }

    /// `.npy` files of all types and orders. numpy makes the header as long as it takes for the data to begin at 128.
    fn npy(&mut self) -> Vec<Spec> {
        let mut specs = Vec::new();
        for dtype in DTYPES {
            for order in ['C', 'F'] {
                specs.push(self.make("npy", "plain", dtype, (order, 128, &[3, 4])));
                specs.push(self.make("npy", "cube", dtype, (order, 128, &[2, 3, 4])));
            }
            specs.push(self.make("npy", "line", dtype, ('C', 128, &[9])));
            specs.push(self.make("npy", "scalar", dtype, ('C', 128, &[])));
        }
        specs
    }
}

/// Lets numpy do something in the directory `folder`.
#[track_caller]
fn numpy(action: &str, specs: &[Spec], folders: &Folders) {
    let (folder, path) = (folder(folders), folders.work().join("lines"));
    fs::write(&path, lines(specs)).unwrap();
    python("tests/oracle/arrays.py", [action.as_ref(), folder.as_os_str(), path.as_os_str()]);
}

/// An empty directory to begin with.
fn folder(folders: &Folders) -> PathBuf {
    folders.work().join("folder")
}

#[test]
fn numpy_reads_what_filemap_writes_and_would_have_written_the_same() {
    for_each_seed(|random| {
        let specs = Maker(random).raw();
        let by_numpy = Folders::new();
        numpy("write", &specs, &by_numpy);
        for provider in PROVIDERS {
            let folders = Folders::new();
            plugin(provider, "arrays-write", "work/folder", &lines(&specs), &folders);
            numpy("check", &specs, &folders);
            for Spec { file, .. } in &specs {
                let read = |folders| fs::read(folder(folders).join(file)).unwrap();
                assert_eq!(read(&folders), read(&by_numpy), "{provider:?}: {file}");
            }
        }
    });
}

#[test]
fn filemap_reads_what_numpy_writes() {
    for_each_seed(|random| {
        let mut maker = Maker(random);
        let specs = [maker.raw(), maker.npy()].into_iter().flatten().collect::<Vec<_>>();
        let folders = Folders::new();
        numpy("write", &specs, &folders);
        for provider in PROVIDERS {
            plugin(provider, "arrays-check", "work/folder", &lines(&specs), &folders);
        }
    });
}

#[test]
fn numpy_reads_its_own_files_after_filemap_has_changed_them() {
    for_each_seed(|random| {
        let mut maker = Maker(random);
        let folders = Folders::new();
        numpy("write", &maker.npy(), &folders);
        for provider in PROVIDERS {
            let specs = maker.npy();
            plugin(provider, "arrays-write", "work/folder", &lines(&specs), &folders);
            numpy("check", &specs, &folders);
        }
    });
}

#[test]
fn the_fixtures_of_numpy_are_read_whole() {
    let text = fs::read_to_string(Folders::data().join("arrays/manifest.json")).unwrap();
    let Value::Object(manifest) = serde_json::from_str(&text).unwrap() else { panic!("the manifest is an object") };
    let specs: Vec<_> = manifest.iter().map(|(file, entry)| fixture(file, entry)).collect();
    assert!(specs.len() > 100, "{} of them", specs.len());
    for provider in PROVIDERS {
        plugin(provider, "arrays-check", "data/arrays", &lines(&specs), &Folders::new());
    }
}

/// What the manifest says of a file.
fn fixture(file: &str, entry: &Value) -> Spec {
    let file = file.to_owned();
    if entry.get("corrupt").is_some() {
        return Spec {
            how: "corrupt",
            file,
            dtype: "?".into(),
            order: 'C',
            offset: 0,
            shape: Vec::new(),
            data: Vec::new(),
        };
    }
    Spec {
        // Opened for reading only, whatever stands here.
        how: if entry.get("version").is_some() { "npy" } else { "w+" },
        file,
        dtype: entry["dtype"].as_str().unwrap().into(),
        order: if entry["fortran_order"] == true { 'F' } else { 'C' },
        offset: entry["offset"].as_u64().unwrap_or(0),
        shape: entry["shape"].as_array().unwrap().iter().map(|axis| axis.as_u64().unwrap()).collect(),
        data: decode(entry["data"].as_str().unwrap()),
    }
}
