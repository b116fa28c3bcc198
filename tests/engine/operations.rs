//! The operations of `reduce`, for its tests and for the fuzz targets.

use filemap::array::Operation;

/// All operations.
pub(crate) const OPERATIONS: [Operation; 12] = [
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
