//! The plugin of the tests of the crate `filemap-plugin`: `plugin_crate CASE` checks one case, and
//! traps where it does not hold.

mod array;
mod bulk;
mod reading;
mod store;
mod support;
mod writing;

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

/// All cases, under their names in the list. One that the list lacks is a function that is never
/// used, and the compiler says so.
mod cases {
    pub(crate) use super::array::*;
    pub(crate) use super::bulk::*;
    pub(crate) use super::reading::*;
    pub(crate) use super::store::*;
    pub(crate) use super::writing::*;
}
