//! Half of each element of a chunk of a Zarr array.
//!
//! `halve SOURCE OUT SHAPE SOURCE-DTYPE OUT-DTYPE` reads the raw elements in the file SOURCE and
//! writes those in the file OUT.

use std::env;
use std::error::Error;

use filemap_plugin::{Memmap, Mode};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [source, out, shape, source_dtype, out_dtype] = &arguments[..] else {
        return Err("usage: halve SOURCE OUT SHAPE SOURCE-DTYPE OUT-DTYPE".into());
    };
    let shape: Vec<u64> = shape.split(',').map(str::parse).collect::<Result<_, _>>()?;
    let source = Memmap::options().dtype(source_dtype).shape(&shape[..]).open(source)?;
    let out =
        Memmap::options().dtype(out_dtype).shape(&shape[..]).mode(Mode::ReadWrite).open(out)?;
    let mut halves = out.map_mut::<f64>()?;
    for (half, &number) in halves.iter_mut().zip(source.map::<i32>()?.iter()) {
        *half = f64::from(number) / 2.0;
    }
    Ok(halves.flush()?)
}
