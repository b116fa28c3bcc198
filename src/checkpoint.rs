//! Checkpoints: the steps of a long call at which the host can end it.
//!
//! A provider tells by `checkpoint` of its directories, files and regions whether the host has
//! ended the calls of the plugin. The engine asks before each step that can be left out: the next
//! key, the next piece of a file, the next few thousand elements. It does not ask while it undoes
//! something, or between steps that are only right together.

/// Fails if the host has ended the call.
pub type Checkpoint<'a, E> = &'a dyn Fn() -> Result<(), E>;

/// Whether anything can end a call. A component cannot: its host ends the plugin as a whole.
pub const EXISTS: bool = !cfg!(target_family = "wasm");

/// Passes a checkpoint.
///
/// # Errors
///
/// Those of the checkpoint.
pub fn pass<E>(checkpoint: Checkpoint<'_, E>) -> Result<(), E> {
    if EXISTS { checkpoint() } else { Ok(()) }
}

/// The maximum number of bytes that are copied or moved between two checkpoints: some milliseconds
/// on a slow disk.
pub const PIECE: usize = 1 << 20;

/// The maximum number of elements or keys that are processed in memory between two checkpoints:
/// about a millisecond.
pub const ELEMENTS: usize = 1 << 14;

/// The checkpoint of a call that nothing ends.
///
/// # Errors
///
/// Never fails.
pub const fn never<E>() -> Result<(), E> {
    Ok(())
}

/// Passes a checkpoint once in [`ELEMENTS`] steps of a loop.
pub struct Pace<'a, E> {
    checkpoint: Checkpoint<'a, E>,
    left: usize,
}

impl<'a, E> Pace<'a, E> {
    /// Creates a pace whose first step passes the checkpoint.
    #[must_use]
    pub const fn new(checkpoint: Checkpoint<'a, E>) -> Self {
        Self { checkpoint, left: 0 }
    }

    /// Takes a step.
    ///
    /// # Errors
    ///
    /// Those of the checkpoint.
    pub fn step(&mut self) -> Result<(), E> {
        if EXISTS && self.left == 0 {
            (self.checkpoint)()?;
            self.left = ELEMENTS;
        }
        self.left = self.left.wrapping_sub(1);
        Ok(())
    }
}
