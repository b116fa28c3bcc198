//! Other ways to see the same elements: fields, other dtypes, other shapes.

use alloc::sync::Arc;

use super::Memmap;
use crate::dtype::Dtype;
use crate::error::Result;
use crate::layout::{Index, Layout, Order};
use crate::region::Region;

impl<R: Region> Memmap<R> {
    /// The elements that `index` takes as an array on the same mapping.
    ///
    /// # Errors
    ///
    /// Those of [`Layout::select`].
    pub fn view(&self, index: &[Index]) -> Result<Self> {
        Ok(self.with_layout(self.layout()?.select(index)?))
    }

    /// One field of every element as an array on the same mapping.
    ///
    /// # Errors
    ///
    /// Those of [`Layout::field`].
    pub fn field(&self, name: &str) -> Result<Self> {
        Ok(self.with_layout(self.layout()?.field(name)?))
    }

    /// The same bytes as elements of another dtype, on the same mapping.
    ///
    /// # Errors
    ///
    /// Those of [`Dtype::parse`] and [`Layout::view_as`].
    pub fn view_as(&self, dtype: &str) -> Result<Self> {
        Ok(self.with_layout(self.layout()?.view_as(Dtype::parse(dtype)?)?))
    }

    /// The same elements in another shape, on the same mapping.
    ///
    /// # Errors
    ///
    /// Those of [`Layout::reshape`].
    pub fn reshape(&self, shape: &[i64], order: Order) -> Result<Self> {
        Ok(self.with_layout(self.layout()?.reshape(shape, order)?))
    }

    /// The same elements with the axes in another order, on the same mapping.
    ///
    /// # Errors
    ///
    /// Those of [`Layout::transpose`].
    pub fn transpose(&self, axes: Option<&[i64]>) -> Result<Self> {
        Ok(self.with_layout(self.layout()?.transpose(axes)?))
    }

    fn with_layout(&self, layout: Layout) -> Self {
        Self { region: self.region.clone(), layout, source: Arc::clone(&self.source) }
    }
}
