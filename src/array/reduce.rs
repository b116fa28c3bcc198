//! Stand-in.
use super::{Array, Dtype};
use crate::error::{Error, Result};
use crate::region::Region;
use alloc::vec::Vec;
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Sum,
    Prod,
    Min,
    Max,
    Mean,
    Any,
    All,
    ArgMin,
    ArgMax,
    CountNonzero,
}
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reduction {
    pub dtype: Dtype,
    pub shape: Vec<u64>,
    pub data: Vec<u8>,
}
impl<R: Region> Array<R> {
    /// Stand-in.
    pub fn reduce(&self, _: Operation, _: Option<i64>) -> Result<Reduction> {
        self.layout()?;
        Err(Error::Unsupported("stand-in".into()))
    }
}
