//! `bench-plugin TASK METHOD PATH` does a task over a file by one of several methods. It prints the
//! seconds from the open to the result, and the result, which is the same for every method.

mod bindings;
mod bulk;
mod sums;

use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, task, method, path] = &arguments[..] else {
        panic!("usage: bench-plugin TASK METHOD PATH")
    };
    let start = Instant::now();
    let result = match (&**task, &**method) {
        ("sum", "map") => sums::map(path),
        ("sum", "lists") => sums::lists(path),
        ("sum", "std") => sums::std(path),
        ("read", "streams") => bulk::read_by_streams(path),
        ("read", "lists") => bulk::read_by_lists(path),
        ("read", "std") => bulk::read_by_std(path),
        ("write", "streams") => bulk::write_by_streams(path),
        ("write", "lists") => bulk::write_by_lists(path),
        ("write", "std") => bulk::write_by_std(path),
        ("map", "filemap") => bulk::map(path),
        ("map", "std") => bulk::map_by_std(path),
        ("windows", "filemap") => bulk::windows(path),
        ("windows", "std") => bulk::windows_by_std(path),
        _ => panic!("the task `{task}` has no method `{method}`"),
    };
    println!("{} {}", start.elapsed().as_secs_f64(), result.unwrap());
}
