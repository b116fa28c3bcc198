//! Reductions: against numpy, against exact arithmetic, and by how they read.

mod numpy;
mod region;
