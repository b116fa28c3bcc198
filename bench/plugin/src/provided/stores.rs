//! Works with stores.

use std::io::Result;

use filemap_plugin::{Durability, Store, StoreOptions};

use bench_works::job::{Job, Measured, first_byte, timed};

/// The number of values that one call reads.
const BATCH: usize = 100;

fn open_with(job: &Job, durability: Durability) -> Result<Store> {
    Ok(StoreOptions::new().durability(durability).open(&job.path)?)
}

fn insert_all(store: &Store, keys: &[String], value: &[u8]) -> Result<()> {
    keys.iter().try_for_each(|key| Ok(store.insert(key, value)?))
}

/// Opens the store, and sets the values of all keys.
fn filled(job: &Job) -> Result<(Store, Vec<String>)> {
    let (store, keys) = (open_with(job, Durability::None)?, job.keys());
    insert_all(&store, &keys, &job.value())?;
    Ok((store, keys))
}

/// What proves that a value was read.
fn look(value: &[u8]) -> f64 {
    first_byte(value) + value.len() as f64
}

pub(super) fn set(job: &Job, durability: Durability) -> Result<Measured> {
    let (store, keys, value) = (open_with(job, durability)?, job.new_keys(), job.value());
    let measured = timed(|| {
        insert_all(&store, &keys, &value)?;
        Ok(0.0)
    })?;
    for key in &keys {
        store.remove(key)?;
    }
    Ok(measured)
}

pub(super) fn overwrite(job: &Job) -> Result<Measured> {
    let (store, keys) = filled(job)?;
    let value = job.value();
    timed(|| {
        insert_all(&store, &keys, &value)?;
        Ok(0.0)
    })
}

fn get_each<'a>(store: &Store, keys: impl Iterator<Item = &'a String>) -> Result<f64> {
    let mut sum = 0.0;
    for key in keys {
        sum += look(&store.get(key)?.unwrap_or_default());
    }
    Ok(sum)
}

pub(super) fn get(job: &Job) -> Result<Measured> {
    let (store, keys) = filled(job)?;
    timed(|| get_each(&store, keys.iter()))
}

pub(super) fn get_random(job: &Job) -> Result<Measured> {
    let store = open_with(job, Durability::None)?;
    let numbers = job.random(job.size as u64);
    let keys: Vec<String> = numbers.iter().map(|number| format!("key {number}")).collect();
    timed(|| get_each(&store, keys.iter()))
}

pub(super) fn get_many(job: &Job) -> Result<Measured> {
    let (store, keys) = filled(job)?;
    timed(|| {
        let mut sum = 0.0;
        for batch in keys.chunks(BATCH) {
            for value in store.get_many(batch.iter().map(String::as_str))? {
                sum += look(&value.unwrap_or_default());
            }
        }
        Ok(sum)
    })
}

/// Reads the values one by one, and keeps as many as [`get_many`] returns at once.
pub(super) fn get_kept(job: &Job) -> Result<Measured> {
    let (store, keys) = filled(job)?;
    timed(|| {
        let mut sum = 0.0;
        for batch in keys.chunks(BATCH) {
            let get = |key: &String| Ok(store.get(key)?.unwrap_or_default());
            let values = batch.iter().map(get).collect::<Result<Vec<_>>>()?;
            sum += values.iter().map(|value| look(value)).sum::<f64>();
        }
        Ok(sum)
    })
}

pub(super) fn remove(job: &Job) -> Result<Measured> {
    let (store, keys) = filled(job)?;
    timed(|| {
        for key in &keys {
            store.remove(key)?;
        }
        Ok(0.0)
    })
}

pub(super) fn keys(job: &Job) -> Result<Measured> {
    let (store, _) = filled(job)?;
    timed(|| {
        let mut count = 0.0;
        for key in store.keys()? {
            count += f64::from(u8::from(!key?.is_empty()));
        }
        Ok(count)
    })
}

pub(super) fn items(job: &Job) -> Result<Measured> {
    let (store, _) = filled(job)?;
    timed(|| {
        let mut sum = 0.0;
        for item in store.items()? {
            sum += look(&item?.1);
        }
        Ok(sum)
    })
}

/// Opens the store `count` times.
pub(super) fn open(job: &Job) -> Result<Measured> {
    timed(|| {
        let mut sum = 0.0;
        for _ in 0..job.count {
            sum += open_with(job, Durability::None)?.len()? as f64;
        }
        Ok(sum)
    })
}
