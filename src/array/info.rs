//! The properties of an array, as `memmap.info` returns them.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::mode::Mode;
use super::{Memmap, Source};
use crate::error::Result;
use crate::fs::absolute_path;
use crate::layout::Order;
use crate::region::Region;

/// The properties of an array: the WIT's `memmap-info`, which describes each field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the WIT describes them")]
pub struct Info {
    pub dtype: String,
    pub item_size: u64,
    pub shape: Vec<u64>,
    pub strides: Vec<i64>,
    pub order: Option<Order>,
    pub offset: u64,
    pub mode: Mode,
    pub writeable: bool,
    pub filename: Option<String>,
    pub size: u64,
    pub nbytes: u64,
}

impl<R: Region> Memmap<R> {
    /// Returns the properties of this array.
    ///
    /// # Errors
    ///
    /// [`Error::Closed`](crate::error::Error::Closed).
    pub fn info(&self) -> Result<Info> {
        let layout = self.layout()?;
        let Source { filename, mode, offset, .. } = &*self.source;
        Ok(Info {
            dtype: layout.dtype.to_string(),
            item_size: layout.dtype.size(),
            shape: layout.shape.clone(),
            strides: layout.strides.clone(),
            order: layout.order(),
            offset: *offset,
            mode: *mode,
            writeable: mode.is_writeable(),
            filename: filename.as_deref().map(absolute_path),
            size: layout.size(),
            nbytes: layout.nbytes(),
        })
    }
}
