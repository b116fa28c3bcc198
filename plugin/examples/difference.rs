//! The difference between each row of an array and the row before it, for many processes.
//!
//! `difference SOURCE OUT START STOP` writes the rows from START to STOP, without STOP, of the
//! array at OUT, and no others. It may read any row of SOURCE.

use std::env;
use std::error::Error;

use filemap_plugin::{Memmap, Mode, index};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [source, out, start, stop] = &arguments[..] else {
        return Err("usage: difference SOURCE OUT START STOP".into());
    };
    let source = Memmap::open_npy(source, Mode::ReadOnly)?;
    // Not `create_npy`, which would empty the rows of other processes.
    let out = Memmap::open_npy(out, Mode::ReadWrite)?;
    for row in start.parse::<u64>()?..stop.parse()? {
        let mut numbers = source.read_as::<f64>(&index![row])?;
        if row > 0 {
            let before = source.read_as::<f64>(&index![row - 1])?;
            numbers.iter_mut().zip(before).for_each(|(number, before)| *number -= before);
        }
        out.write_as(&index![row], &numbers)?;
    }
    Ok(())
}
