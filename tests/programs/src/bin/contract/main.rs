//! The plugin of the contract suite: `contract CASE` checks one case, and traps where it does not hold.
//!
//! `tests/support/folders.rs` says which folders and files it finds.

mod array_bytes;
mod array_errors;
mod array_index;
mod array_info;
mod array_npy;
mod array_open;
mod array_sharing;
mod array_write;
mod bindings;
mod descriptors;
mod paths;
mod store;
mod store_files;
mod store_keys;
mod store_open;
mod support;

include!("list.rs");

fn main() {
    let case = std::env::args().nth(1).expect("the name of a case");
    macro_rules! call {
        ($($case:ident)*) => {
            match case.as_str() {
                $(stringify!($case) => cases::$case(),)*
                other => panic!("there is no case `{other}`"),
            }
        };
    }
    for_each_case!(call);
}

/// All cases, under their names in the list. One that the list lacks is a function that is never used, and the
/// compiler says so.
mod cases {
    pub(crate) use super::array_bytes::*;
    pub(crate) use super::array_errors::*;
    pub(crate) use super::array_index::*;
    pub(crate) use super::array_info::*;
    pub(crate) use super::array_npy::*;
    pub(crate) use super::array_open::*;
    pub(crate) use super::array_sharing::*;
    pub(crate) use super::array_write::*;
    pub(crate) use super::descriptors::*;
    pub(crate) use super::paths::*;
    pub(crate) use super::store::*;
    pub(crate) use super::store_files::*;
    pub(crate) use super::store_keys::*;
    pub(crate) use super::store_open::*;
}
