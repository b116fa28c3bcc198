//! Finds a Rust toolchain for `wasm32-wasip2`, and builds components with it.
//!
//! Build scripts, tests and `xtask` use it, so it has no dependencies. [`find`] says which
//! toolchain has the target's standard library; [`Build`] runs cargo inside of another cargo, which
//! needs a clean environment ([`cargo`]), and tells which files the result was made from.
//! [`without_names`] makes a component smaller.

mod build;
mod dep_info;
mod names;
mod toolchain;

pub use build::{Artifacts, Build, Error, component, component_build, print_rerun};
pub use names::without_names;
pub use toolchain::{Missing, STAMP, TARGET, TOOLCHAIN, Toolchain, cargo, find};
