//! Reductions, compared to numpy and to exact arithmetic, and how they read the array.

mod blocks;
mod exact;
pub(crate) mod numpy;
mod parts;
mod reading;
mod region;
mod short;
mod spread;

use filemap::array::Operation;

/// All operations.
const OPERATIONS: [Operation; 12] = [
    Operation::Sum,
    Operation::Prod,
    Operation::Min,
    Operation::Max,
    Operation::Mean,
    Operation::Var,
    Operation::Std,
    Operation::Any,
    Operation::All,
    Operation::Argmin,
    Operation::Argmax,
    Operation::CountNonzero,
];
