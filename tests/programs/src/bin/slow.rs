//! `slow CASE` prints `ready` and then makes one kind of call again and again, until the host ends
//! it. Then it prints `ended`, checks that the error is `interrupted`, and that a further call
//! fails too, and prints the message.
//!
//! The files that it works on, all in `work`, are those of `tests/interrupts.rs` or of the
//! benchmark `interrupts`.

#[path = "../bindings.rs"]
mod bindings;
#[path = "../support.rs"]
#[allow(dead_code, reason = "shared with other programs")]
mod support;

use std::time::Instant;

use bindings::{Advice, Error, ErrorCode, Memmap, Mode, NpyOptions, Operation, Order, Store};
use support::{CREATE, READ_ONLY, index, mask, options, shaped, take};

/// A sparse file of some gigabytes.
const SPARSE: &str = "work/large.bin";
/// A file of floats that are denormal.
const DENORMALS: &str = "work/denormals.bin";
/// A store with many keys.
const STORE: &str = "work/store";

const TRANSFER: usize = 128 << 20;

/// The maximum number of keys and of indices in one call.
const KEYS: usize = 10_000;
const INDICES: usize = 4 << 20;

/// Calls `call` until it fails, and returns the error. Prints in how many microseconds the same
/// call is refused afterwards: Wasmtime copies the arguments before filemap sees them.
fn until_interrupted<T>(mut call: impl FnMut() -> Result<T, Error>) -> Error {
    println!("ready");
    let error = loop {
        if let Err(error) = call() {
            break error;
        }
    };
    println!("ended");
    let start = Instant::now();
    assert!(call().is_err());
    println!("{}", start.elapsed().as_micros());
    error
}

fn open(path: &str, mode: Mode, dtype: &str) -> Memmap {
    Memmap::open(path, &options(mode, dtype)).unwrap()
}

/// Returns `count` indices below `end` that jump back and forth.
fn scattered(count: usize, end: i64) -> Vec<i64> {
    let next = |at: i64| at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    let numbers = std::iter::successors(Some(1), |&at| Some(next(at)));
    numbers.map(|at: i64| (at >> 8).rem_euclid(end)).take(count).collect()
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| number.to_string()).collect()
}

fn sparse(dtype: &str) -> Memmap {
    open(SPARSE, Mode::ReadOnly, dtype)
}

fn run(case: &str) -> Error {
    let reduce =
        |array: &Memmap, operation, axis| until_interrupted(|| array.reduce(operation, axis));
    match case {
        "sum" => reduce(&sparse("f8"), Operation::Sum, None),
        "variance-of-bytes" => reduce(&sparse("u1"), Operation::Var, None),
        "product-of-denormals" => {
            reduce(&open(DENORMALS, Mode::ReadOnly, "f8"), Operation::Prod, None)
        }
        "product-of-halves" => reduce(&sparse("f2"), Operation::Prod, None),
        "sum-apart" => {
            let every = sparse("u1").view(&index("::4099")).unwrap();
            reduce(&every, Operation::Sum, None)
        }
        "sum-of-rows" => {
            let array = Memmap::open(SPARSE, &shaped(Mode::ReadOnly, "f4", &[1 << 14, 1 << 14]));
            let array = array.unwrap().transpose(None).unwrap();
            reduce(&array, Operation::Std, Some(0))
        }
        _ => copy(case),
    }
}

fn copy(case: &str) -> Error {
    match case {
        "fill" => {
            let array = open(SPARSE, Mode::ReadWrite, "f8");
            until_interrupted(|| array.fill(&[1; 8]))
        }
        "fill-apart" => {
            let array = open(SPARSE, Mode::ReadWrite, "u1").view(&index("::-8209")).unwrap();
            until_interrupted(|| array.fill(&[1]))
        }
        "read" => {
            let array = sparse("u1");
            until_interrupted(|| array.read_bytes(0, TRANSFER as u64))
        }
        "read-reversed" => {
            let array = sparse("u1").view(&index(":134217728")).unwrap();
            let array = array.view(&index("::-1")).unwrap();
            until_interrupted(|| array.read(&[]))
        }
        "read-reversed-copy-on-write" => {
            let array = open(SPARSE, Mode::CopyOnWrite, "u1").view(&index(":134217728")).unwrap();
            array.view(&index("::4096")).unwrap().fill(&[1]).unwrap();
            let array = array.view(&index("::-1")).unwrap();
            until_interrupted(|| array.read(&[]))
        }
        "write" => {
            let array = open(SPARSE, Mode::ReadWrite, "u1");
            let data = vec![1; TRANSFER];
            until_interrupted(|| array.write_bytes(0, &data))
        }
        "write-copy-on-write" => {
            let array = open(SPARSE, Mode::CopyOnWrite, "u1");
            let data = vec![1; TRANSFER];
            until_interrupted(|| {
                let array = array.view(&[])?;
                array.write(&index(":268435456:2"), &data, None)
            })
        }
        "take" => {
            let (array, indices) = (sparse("u1"), take(scattered(INDICES, 1 << 28)));
            until_interrupted(|| array.read(std::slice::from_ref(&indices)))
        }
        "take-broadcast" => {
            let array = Memmap::open(SPARSE, &shaped(Mode::ReadOnly, "u1", &[1; 32])).unwrap();
            let zeroes = take(vec![0; INDICES]);
            let one = take(vec![0]);
            let mut indices = vec![one; 32];
            indices[31] = zeroes;
            until_interrupted(|| array.read(&indices))
        }
        "mask" => {
            let array = Memmap::open(SPARSE, &shaped(Mode::ReadOnly, "u1", &[1 << 26])).unwrap();
            let one = mask((0..1 << 26).map(|at| at % 64 == 0).collect());
            until_interrupted(|| array.shape_of(std::slice::from_ref(&one)))
        }
        "create" => until_interrupted(|| {
            let (dtype, version) = (Some("u1".into()), None);
            let options = NpyOptions { dtype, shape: vec![8 << 30], order: Order::C, version };
            Memmap::create_npy("work/new.npy", &options)
        }),
        "advise" => {
            let array = sparse("u1");
            until_interrupted(|| array.advise(Advice::WillNeed))
        }
        _ => use_store(case),
    }
}

fn use_store(case: &str) -> Error {
    let store = |options| Store::open(STORE, options).unwrap();
    match case {
        "verify" => {
            let store = store(READ_ONLY);
            until_interrupted(|| store.verify())
        }
        "clear" => {
            let store = store(CREATE);
            let items: Vec<_> = names(1000).into_iter().map(|name| (name, vec![1])).collect();
            until_interrupted(|| store.clear().and_then(|()| store.update(&items)))
        }
        "keys" => {
            let store = store(READ_ONLY);
            until_interrupted(|| {
                let keys = store.keys()?;
                while !keys.next(u32::MAX)?.is_empty() {}
                Ok(())
            })
        }
        "items" => {
            let store = store(READ_ONLY);
            until_interrupted(|| {
                let items = store.items()?;
                while !items.next(u32::MAX)?.is_empty() {}
                Ok(())
            })
        }
        "get-many" => {
            let store = store(READ_ONLY);
            let keys = names(KEYS);
            until_interrupted(|| store.get_many(&keys))
        }
        "update" | "update-data" => {
            let durability = if case == "update" {
                bindings::Durability::None
            } else {
                bindings::Durability::Data
            };
            let options = bindings::StoreOptions { durability, ..CREATE };
            let store = Store::open("work/updated", options).unwrap();
            let items: Vec<_> = names(KEYS).into_iter().map(|name| (name, vec![1])).collect();
            until_interrupted(|| store.update(&items))
        }
        "set" => {
            let store = Store::open("work/set", CREATE).unwrap();
            let value = vec![1; TRANSFER];
            until_interrupted(|| store.set("key", &value))
        }
        "open" => until_interrupted(|| Store::open(STORE, READ_ONLY)),
        _ => panic!("there is no case `{case}`"),
    }
}

fn main() {
    let case = std::env::args().nth(1).expect("the first argument is the name of a case");
    let error = run(&case);
    assert_eq!(error.code, ErrorCode::Interrupted, "{error:?}");
    let further = [
        Memmap::open(SPARSE, &options(Mode::ReadOnly, "u1")).map(drop),
        Store::open(STORE, READ_ONLY).map(drop),
    ];
    for further in further {
        assert_eq!(further.unwrap_err().code, ErrorCode::Interrupted);
    }
    println!("{}", error.message);
}
