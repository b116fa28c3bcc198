//! What several runs of the program do together: their arguments are not cases.

use crate::keyvalue::increment;
use crate::open;

/// `count`: counts this run and prints how many there were.
pub(crate) fn count() {
    println!("{}", increment(&open(), "runs", 1).unwrap());
}

/// `increment COUNT`: increments a counter by 1, `COUNT` times. Prints each sum.
pub(crate) fn increment_many_times() {
    let count: u64 = std::env::args().nth(2).unwrap().parse().unwrap();
    let bucket = open();
    for _ in 0..count {
        println!("{}", increment(&bucket, "shared", 1).unwrap());
    }
}
