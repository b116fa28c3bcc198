//! `bench-plugin WAY WORK PATH SIZE COUNT` does a work in one of several ways, and prints the
//! seconds that it took, without its preparation, and a result, which is the same for every way.

#![allow(clippy::cast_precision_loss, reason = "counts and sizes are far below 2^53")]

mod lists;
mod provided;

use bench_works::job::Job;
use bench_works::standard;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().expect("usage: bench-plugin WAY WORK PATH SIZE COUNT");
    let way = next();
    let (work, path) = (next(), next());
    let mut number = || next().parse().expect("SIZE and COUNT are numbers");
    let job = Job { work, path, size: number(), count: number() };
    let measured = match &*way {
        "provided" => provided::run(&job),
        "lists" => lists::run(&job),
        "standard" => standard::run(&job),
        _ => panic!("there is no way `{way}`"),
    };
    match measured {
        Ok(measured) => println!("{} {}", measured.seconds, measured.result),
        Err(error) => panic!("{}: {error}", job.work),
    }
}
