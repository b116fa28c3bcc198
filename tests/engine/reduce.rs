//! Reductions: against numpy, against exact arithmetic, and by how they read.

mod exact;
mod numpy;
mod reading;
mod region;
mod short;
mod spread;

use filemap::array::Operation;

/// All of them.
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
