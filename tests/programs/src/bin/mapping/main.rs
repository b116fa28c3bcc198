//! The plugin of the tests of `mapping`: `mapping CASE` checks one case, and traps if it fails.

#[path = "../../bindings.rs"]
mod bindings;
#[path = "../../dispatch.rs"]
mod dispatch;
mod ends;
mod errors;
#[allow(dead_code, reason = "shared with other programs")]
#[path = "../../memory.rs"]
mod memory;
mod reading;
#[path = "../../support.rs"]
#[allow(dead_code, reason = "shared with other programs")]
mod support;
mod trap;
mod writing;

use dispatch::run_case;

include!("list.rs");

fn main() {
    for_each_case!(run_case);
    // These cases are not in the list, because a test checks their outcome.
    match dispatch::case_name().as_str() {
        "stores_into_a_read_only_window" => trap::stores_into_a_read_only_window(),
        "traps_with_windows" => trap::traps_with_windows(),
        "ends_with_windows" => trap::ends_with_windows(),
        "is_unsupported" => errors::is_unsupported(),
        other => dispatch::unknown_case(other),
    }
}

/// All cases, under their names in the list.
mod cases {
    pub(crate) use super::ends::*;
    pub(crate) use super::errors::*;
    pub(crate) use super::reading::*;
    pub(crate) use super::writing::*;
}
