//! The target `engine_model`.

use arbitrary::Result;

use crate::arrays::Arrays;
use crate::input::{self, Input};
use crate::memory::Disk;
use crate::stores::{Mapping, Stores};

/// Calls stores and arrays in any order, with faults of the disk and interruptions in between, and
/// compares each result and all files with plain mappings and bytes.
pub fn engine_model(data: &[u8]) {
    _ = run(&mut Input::new(data));
}

fn run(input: &mut Input<'_>) -> Result<()> {
    let (store_disk, array_disk) = (Disk::default(), Disk::default());
    let piece = input::below(input, 8)?;
    store_disk.in_pieces(piece);
    array_disk.in_pieces(piece * 1000);
    let mut stores = Stores::new(&store_disk, Mapping::new(), input)?;
    let mut arrays = Arrays::new(array_disk.root(true));
    while !input.is_empty() {
        match input::below(input, 8)? {
            0..=2 => stores.step(input)?,
            3..=4 => stores.step_in_trouble(input)?,
            _ => arrays.step(input)?,
        }
    }
    Ok(())
}
