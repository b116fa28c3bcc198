//! Goes through a file in one of several ways: `bench-plugin TASK WAY PATH`. Prints the seconds
//! from opening the file to the result, and the result, which is the same for every way of a task.

mod bindings;
mod bulk;
mod sums;

use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, task, way, path] = &arguments[..] else { panic!("bench-plugin TASK WAY PATH") };
    let begin = Instant::now();
    let result = match (&**task, &**way) {
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
        _ => panic!("there is no way `{way}` of the task `{task}`"),
    };
    println!("{} {}", begin.elapsed().as_secs_f64(), result.unwrap());
}
