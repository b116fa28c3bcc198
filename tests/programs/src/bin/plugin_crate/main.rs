//! The plugin of the tests of the crate `filemap-plugin`: `plugin_crate CASE` checks one case, and
//! traps if it fails.

mod array;
mod bulk;
#[path = "../../dispatch.rs"]
mod dispatch;
mod reading;
mod store;
mod support;
mod writing;

use dispatch::run_case;

include!("list.rs");

fn main() {
    for_each_case!(run_case);
    dispatch::unknown_case(&dispatch::case_name());
}

/// All cases, under their names in the list.
mod cases {
    pub(crate) use super::array::*;
    pub(crate) use super::bulk::*;
    pub(crate) use super::reading::*;
    pub(crate) use super::store::*;
    pub(crate) use super::writing::*;
}
