//! What the benchmark's plugin and its native programs share: jobs, with the same random choices
//! for every way to do them, and the ways that need the standard library only.

#![allow(
    clippy::cast_precision_loss,
    reason = "counts and sizes are far below 2^53, and fit in memory where they index it"
)]
#![allow(
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    reason = "only the benchmark calls these; they fail as the file system says"
)]

pub mod job;
pub mod standard;
mod sum;

pub use sum::sum_of_bytes;
