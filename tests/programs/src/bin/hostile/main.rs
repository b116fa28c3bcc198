//! The hostile plugin: `hostile CASE` tries one attack, and traps unless it gets the right answer.
//!
//! `tests/hostile.rs` checks that the host is alive after each attack.

mod arrays;
#[path = "../../bindings.rs"]
mod bindings;
#[path = "../../bulk.rs"]
#[allow(dead_code, reason = "shared with other programs")]
mod bulk;
#[path = "../../dispatch.rs"]
mod dispatch;
mod empty_elements;
mod exhausted;
mod files;
mod limits;
#[path = "../../memory.rs"]
#[allow(dead_code, reason = "shared with other programs")]
mod memory;
mod numbers;
mod prepared;
mod provider;
mod reductions;
mod resizes;
mod stores;
mod streams;
#[path = "../../support.rs"]
#[allow(dead_code, reason = "shared with other programs")]
mod support;
mod writers;

use dispatch::run_case;

include!("list.rs");

fn main() {
    for_each_hostile_case!(run_case);
    for_each_prepared_hostile_case!(run_case);
    dispatch::unknown_case(&dispatch::case_name());
}

/// All cases, under their names in the list.
mod cases {
    pub(crate) use super::arrays::*;
    pub(crate) use super::empty_elements::*;
    pub(crate) use super::exhausted::*;
    pub(crate) use super::files::*;
    pub(crate) use super::limits::*;
    pub(crate) use super::numbers::*;
    pub(crate) use super::prepared::*;
    pub(crate) use super::reductions::*;
    pub(crate) use super::resizes::*;
    pub(crate) use super::stores::*;
    pub(crate) use super::streams::*;
    pub(crate) use super::writers::*;
}
