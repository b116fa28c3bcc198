//! Finds a Rust toolchain for `wasm32-wasip2` and builds components with it.
//!
//! [`find`] returns the toolchain that has the target's standard library. [`Build`] runs cargo,
//! possibly inside another cargo, and returns the components and the files they depend on.
//! [`component`] and [`keyvalue_component`] build the portable components.
//!
//! Tests and `xtask` depend on this crate. The build script of `component` includes it as a module,
//! so it has no dependencies, and its modules refer to each other by `super`.

mod build;
mod dep_info;
mod names;
mod toolchain;

pub use build::{
    Artifacts, Build, Error, component, component_build, keyvalue_component, print_rerun,
};
pub use names::without_names;
pub use toolchain::{Missing, STAMP, TARGET, TOOLCHAIN, Toolchain, cargo, find};
