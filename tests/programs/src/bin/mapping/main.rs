//! The plugin of the tests of `mapping`: `mapping CASE` checks one case, and traps where it does
//! not hold.

#[path = "../contract/bindings.rs"]
mod bindings;
mod ends;
mod errors;
mod memory;
mod reading;
#[path = "../contract/support.rs"]
#[allow(dead_code, reason = "shared with the contract suite")]
mod support;
mod trap;
mod writing;

include!("list.rs");

fn main() {
    let case = std::env::args().nth(1).expect("the name of a case");
    match case.as_str() {
        "stores_into_a_window_that_is_read" => trap::stores_into_a_window_that_is_read(),
        "traps_with_windows" => trap::traps_with_windows(),
        "ends_with_windows" => trap::ends_with_windows(),
        "is_unsupported" => errors::is_unsupported(),
        _ => {}
    }
    macro_rules! call {
        ($($name:ident)*) => {
            match case.as_str() {
                $(stringify!($name) => cases::$name(),)*
                _ => assert!(trap::NAMES.contains(&&*case), "there is no case `{case}`"),
            }
        };
    }
    for_each_case!(call);
}

/// All cases, under their names in the list.
mod cases {
    pub(crate) use super::ends::*;
    pub(crate) use super::errors::*;
    pub(crate) use super::reading::*;
    pub(crate) use super::writing::*;
}
