//! Reductions: against numpy, against exact arithmetic, and by how they read.

mod exact;
mod numpy;
mod reading;
mod region;
mod short;

use filemap::array::Operation;

/// All of them.
const OPERATIONS: [Operation; 10] = [
    Operation::Sum,
    Operation::Prod,
    Operation::Min,
    Operation::Max,
    Operation::Mean,
    Operation::Any,
    Operation::All,
    Operation::ArgMin,
    Operation::ArgMax,
    Operation::CountNonzero,
];
