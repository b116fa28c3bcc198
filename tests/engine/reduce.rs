//! Reductions: against numpy, against exact arithmetic, and by how they read.

mod exact;
mod numpy;
mod reading;
mod region;
mod short;
