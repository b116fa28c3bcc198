//! The hostile plugin: `hostile MISDEED` tries one, and traps where it is not answered as it should
//! be.
//!
//! What every misdeed must leave behind is a host that is alive; `tests/hostile.rs` sees to that.

mod arrays;
#[path = "../contract/bindings.rs"]
mod bindings;
#[path = "../contract/bulk.rs"]
#[allow(dead_code, reason = "shared with the contract suite")]
mod bulk;
mod files;
mod nothing;
mod numbers;
mod piles;
mod prepared;
mod reductions;
mod resizes;
mod stores;
mod streams;
#[path = "../contract/support.rs"]
#[allow(dead_code, reason = "shared with the contract suite")]
mod support;
mod truncated;
mod writers;

include!("list.rs");

fn main() {
    let name = std::env::args().nth(1).expect("the name of a misdeed");
    macro_rules! calls {
        ($($misdeed:ident)*) => {
            match name.as_str() {
                $(stringify!($misdeed) => return misdeeds::$misdeed(),)*
                _ => {}
            }
        };
    }
    for_each_misdeed!(calls);
    for_each_prepared_misdeed!(calls);
    panic!("there is no misdeed `{name}`");
}

/// All misdeeds, under their names in the list.
mod misdeeds {
    pub(crate) use super::arrays::*;
    pub(crate) use super::files::*;
    pub(crate) use super::nothing::*;
    pub(crate) use super::numbers::*;
    pub(crate) use super::piles::*;
    pub(crate) use super::prepared::*;
    pub(crate) use super::reductions::*;
    pub(crate) use super::resizes::*;
    pub(crate) use super::stores::*;
    pub(crate) use super::streams::*;
    pub(crate) use super::writers::*;
}

/// How a store is opened here.
const STORE: bindings::wit_store::StoreOptions = bindings::wit_store::StoreOptions {
    create: true,
    read_only: false,
    durability: bindings::Durability::None,
};
