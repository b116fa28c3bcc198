//! The plugin of the contract suite: `contract CASE` checks one case, and traps if it fails.
//!
//! `tests/support/folders.rs` describes the folders and files that a case finds.

mod array_advise;
mod array_bytes;
mod array_close;
mod array_create;
mod array_docstring;
mod array_dtypes;
mod array_errors;
mod array_fancy;
mod array_fancy_write;
mod array_far;
mod array_fields;
mod array_fill;
mod array_index;
mod array_info;
mod array_npy;
mod array_open;
mod array_reduce;
mod array_reduce_kinds;
mod array_reduce_numbers;
mod array_reduce_variance;
mod array_reshape;
mod array_resize;
mod array_resize_npy;
mod array_sharing;
mod array_views;
mod array_write;
#[path = "../../bindings.rs"]
mod bindings;
#[path = "../../bulk.rs"]
mod bulk;
mod bulk_read;
mod bulk_value;
mod bulk_write;
mod bulk_writer;
mod descriptors;
#[path = "../../dispatch.rs"]
mod dispatch;
mod paths;
mod store;
mod store_changes;
mod store_files;
mod store_items;
mod store_keys;
mod store_long_keys;
mod store_mapping;
mod store_open;
mod store_reader;
mod store_shared;
mod store_unnumbered;
mod store_update;
mod store_value;
mod store_verify;
mod store_writer;
#[path = "../../support.rs"]
mod support;

use dispatch::run_case;

include!("list.rs");

fn main() {
    for_each_case!(run_case);
    dispatch::unknown_case(&dispatch::case_name());
}

/// All cases, under their names in the list.
mod cases {
    pub(crate) use super::array_advise::*;
    pub(crate) use super::array_bytes::*;
    pub(crate) use super::array_close::*;
    pub(crate) use super::array_create::*;
    pub(crate) use super::array_docstring::*;
    pub(crate) use super::array_dtypes::*;
    pub(crate) use super::array_errors::*;
    pub(crate) use super::array_fancy::*;
    pub(crate) use super::array_fancy_write::*;
    pub(crate) use super::array_far::*;
    pub(crate) use super::array_fields::*;
    pub(crate) use super::array_fill::*;
    pub(crate) use super::array_index::*;
    pub(crate) use super::array_info::*;
    pub(crate) use super::array_npy::*;
    pub(crate) use super::array_open::*;
    pub(crate) use super::array_reduce::*;
    pub(crate) use super::array_reduce_kinds::*;
    pub(crate) use super::array_reduce_numbers::*;
    pub(crate) use super::array_reduce_variance::*;
    pub(crate) use super::array_reshape::*;
    pub(crate) use super::array_resize::*;
    pub(crate) use super::array_resize_npy::*;
    pub(crate) use super::array_sharing::*;
    pub(crate) use super::array_views::*;
    pub(crate) use super::array_write::*;
    pub(crate) use super::bulk_read::*;
    pub(crate) use super::bulk_value::*;
    pub(crate) use super::bulk_write::*;
    pub(crate) use super::bulk_writer::*;
    pub(crate) use super::descriptors::*;
    pub(crate) use super::paths::*;
    pub(crate) use super::store::*;
    pub(crate) use super::store_changes::*;
    pub(crate) use super::store_files::*;
    pub(crate) use super::store_items::*;
    pub(crate) use super::store_keys::*;
    pub(crate) use super::store_long_keys::*;
    pub(crate) use super::store_mapping::*;
    pub(crate) use super::store_open::*;
    pub(crate) use super::store_reader::*;
    pub(crate) use super::store_shared::*;
    pub(crate) use super::store_unnumbered::*;
    pub(crate) use super::store_update::*;
    pub(crate) use super::store_value::*;
    pub(crate) use super::store_verify::*;
    pub(crate) use super::store_writer::*;
}
