//! Views: arrays that share the mapping of another one.

use alloc::sync::Arc;

use super::Memmap;
use crate::dtype::Dtype;
use crate::error::Result;
use crate::layout::{Index, Layout, Order};
use crate::region::Region;

impl<R: Region> Memmap<R> {
    /// Returns a view of the selected elements.
    ///
    /// # Errors
    ///
    /// Those of [`Layout::select`].
    pub fn view(&self, index: &[Index]) -> Result<Self> {
        Ok(self.with_layout(self.layout()?.select(index)?))
    }

    /// Returns a view of one field of every element.
    ///
    /// # Errors
    ///
    /// Those of [`Layout::field`].
    pub fn field(&self, name: &str) -> Result<Self> {
        Ok(self.with_layout(self.layout()?.field(name)?))
    }

    /// Returns a view of the same bytes as another dtype.
    ///
    /// # Errors
    ///
    /// Those of [`Dtype::parse`] and [`Layout::view_as`].
    pub fn view_as(&self, dtype: &str) -> Result<Self> {
        Ok(self.with_layout(self.layout()?.view_as(Dtype::parse(dtype)?)?))
    }

    /// Returns a view of the same elements in another shape.
    ///
    /// # Errors
    ///
    /// Those of [`Layout::reshape`].
    pub fn reshape(&self, shape: &[i64], order: Order) -> Result<Self> {
        Ok(self.with_layout(self.layout()?.reshape(shape, order)?))
    }

    /// Returns a view of the same elements with permuted axes.
    ///
    /// # Errors
    ///
    /// Those of [`Layout::transpose`].
    pub fn transpose(&self, axes: Option<&[i64]>) -> Result<Self> {
        Ok(self.with_layout(self.layout()?.transpose(axes)?))
    }

    /// Returns whether other arrays share the mapping: views, or the array of this view.
    #[must_use]
    pub fn has_views(&self) -> bool {
        Arc::strong_count(&self.source) > 1
    }

    fn with_layout(&self, layout: Layout) -> Self {
        Self { region: self.region.clone(), layout, source: Arc::clone(&self.source) }
    }
}
