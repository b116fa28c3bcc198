//! The search without its words: the plugin `search` uses it, and so does `examples/cluster`, which
//! searches ranges of rows in many processes.

pub mod best;
pub mod embeddings;
mod lanes;
mod similarity;
