use filemap_plugin::{Array, Mode, Result, Store, index};

fn main() -> Result<()> {
    let table = Array::open_npy("data/table.npy", Mode::ReadOnly)?;
    let results = Store::open("data/results")?;
    for row in 0..table.shape()[0] {
        let sum: f64 = table.view(&index![row])?.map::<f64>()?.iter().sum();
        results.insert(&format!("row {row}"), sum.to_string())?;
    }
    let mut histogram = Array::create_npy("data/histogram.npy", "<u4", [16])?.map_mut::<u32>()?;
    for value in table.map::<f64>()?.iter() {
        histogram[(*value as usize).min(15)] += 1;
    }
    histogram.flush()?;
    println!("{results}");
    Ok(())
}
