//! The sums of the rows of a table, as an array beside it, and the largest of them in a store.

use filemap_plugin::{Memmap, Mode, Result, Store, index};

fn main() -> Result<()> {
    let table = Memmap::open_npy("data/table.npy", Mode::ReadOnly)?;
    let sums = Memmap::create_npy("data/sums.npy", "<f8", [table.shape()[0]])?;
    let mut mapped = sums.map_mut::<f64>()?;
    for (row, sum) in mapped.iter_mut().enumerate() {
        *sum = table.view(&index![row])?.map::<f64>()?.iter().sum();
    }
    mapped.flush()?;
    let results = Store::open("data/results")?;
    results.insert("largest sum", sums.max::<f64>()?.to_string())?;
    println!("{results}");
    Ok(())
}
