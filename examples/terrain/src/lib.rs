//! The parts of the example that use no files: the computation and the picture. The plugin
//! `terrain` uses them, and so does `examples/cluster`, which computes the same in many processes.

pub mod picture;
pub mod survey;
