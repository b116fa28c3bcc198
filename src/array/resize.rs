//! Resizing an array along its first axis, together with its file.

use alloc::string::String;
use alloc::sync::Arc;

use super::Memmap;
use super::plan::end_in_file;
use crate::error::{Error, Result};
use crate::layout::{Layout, Order};
use crate::message;
use crate::region::{Region, Resize};

impl<R: Region> Memmap<R> {
    /// Changes the length of the first axis, and of the file.
    ///
    /// # Errors
    ///
    /// See `filemap:data/array.memmap.resize`. After an error nothing has changed.
    pub fn resize(&mut self, length: u64) -> Result<()> {
        let old = self.layout()?.clone();
        self.check_resizable(&old)?;
        let name = String::from(self.name());
        let Some(source) = Arc::get_mut(&mut self.source) else {
            return Err(Error::InvalidArgument(message!(
                "the array over `{name}` cannot be resized while there are views of it or streams \
                 over it: drop them first"
            )));
        };
        let mut shape = old.shape;
        shape[0] = length;
        let layout = Layout::new(old.dtype, shape, source.order)?;
        end_in_file(&layout, source.offset)?;
        let header = source.header.as_ref().map(|header| header.resized(length)).transpose()?;
        let resize = Resize {
            length: layout.nbytes(),
            header: header.as_ref().map(|header| header.bytes().to_vec()).unwrap_or_default(),
        };
        self.region
            .resize(&resize)
            .map_err(|error| Error::io("resize the array over", &name, &error))?;
        source.full_layout = layout.clone();
        source.header = header;
        self.layout = layout;
        Ok(())
    }

    /// Fails unless all elements can stay in place when the length of the first axis changes.
    fn check_resizable(&self, layout: &Layout) -> Result<()> {
        let (name, mode) = (self.name(), self.source.mode);
        if !mode.changes_file() {
            return Err(Error::AccessDenied(message!(
                "the array over `{name}` was opened in mode `{mode}`, which does not change the \
                 file: open it in mode `read-write` to resize it"
            )));
        }
        let reason = if *layout != self.source.full_layout {
            "it is a view: resize the original array"
        } else if self.source.axes == 0 {
            // The axes of a subarray dtype have a fixed length.
            "it has no axes besides those of its dtype: open it with the shape (1,)"
        } else if self.source.order == Order::F
            && layout.shape[1..].iter().any(|&length| length != 1)
        {
            "in order `f` its elements would have to move: create a new array"
        } else {
            return Ok(());
        };
        Err(Error::InvalidArgument(message!("the array over `{name}` cannot be resized: {reason}")))
    }
}
