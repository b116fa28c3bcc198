//! The models: each runs in many orders of its threads.

#[path = "../../../host/src/stores/histories/linearizability.rs"]
mod linearizability;
mod mutex;
mod store;
mod window_table;
