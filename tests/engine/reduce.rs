//! Reductions, compared to numpy and to exact arithmetic, and how they read the array.

mod blocks;
mod exact;
pub(crate) mod numpy;
mod parts;
mod reading;
mod region;
mod short;
mod spread;

use crate::operations::OPERATIONS;
