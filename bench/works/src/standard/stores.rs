//! Values in files of a folder, one for each key: written to a temporary file and renamed, so that
//! a reader finds the old value or the new one, as with filemap.

use std::fs::{self, File};
use std::io::{Result, Write as _};
use std::path::Path;

use crate::job::{Job, Measured, first_byte, timed};

/// What is on the disk when a write returns: the WIT's `durability`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    None,
    Data,
    Full,
}

fn write(folder: &Path, key: &str, value: &[u8], durability: Durability) -> Result<()> {
    let temporary = folder.join("temporary");
    let mut file = File::create(&temporary)?;
    file.write_all(value)?;
    if durability != Durability::None {
        file.sync_data()?;
    }
    drop(file);
    fs::rename(temporary, folder.join(key))?;
    if durability == Durability::Full {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn write_all(job: &Job, durability: Durability) -> Result<()> {
    let (folder, value) = (Path::new(&job.path), job.value());
    job.keys().iter().try_for_each(|key| write(folder, key, &value, durability))
}

pub(super) fn set(job: &Job, durability: Durability) -> Result<Measured> {
    let (folder, keys, value) = (Path::new(&job.path), job.new_keys(), job.value());
    let measured = timed(|| {
        keys.iter().try_for_each(|key| write(folder, key, &value, durability))?;
        Ok(0.0)
    })?;
    keys.iter().try_for_each(|key| fs::remove_file(folder.join(key)))?;
    Ok(measured)
}

pub(super) fn overwrite(job: &Job) -> Result<Measured> {
    write_all(job, Durability::None)?;
    timed(|| {
        write_all(job, Durability::None)?;
        Ok(0.0)
    })
}

pub(super) fn get(job: &Job) -> Result<Measured> {
    write_all(job, Durability::None)?;
    let (folder, keys) = (Path::new(&job.path), job.keys());
    timed(|| {
        let mut sum = 0.0;
        for key in &keys {
            let value = fs::read(folder.join(key))?;
            sum += first_byte(&value) + value.len() as f64;
        }
        Ok(sum)
    })
}

pub(super) fn remove(job: &Job) -> Result<Measured> {
    write_all(job, Durability::None)?;
    let (folder, keys) = (Path::new(&job.path), job.keys());
    timed(|| {
        keys.iter().try_for_each(|key| fs::remove_file(folder.join(key)))?;
        Ok(0.0)
    })
}

pub(super) fn keys(job: &Job) -> Result<Measured> {
    write_all(job, Durability::None)?;
    timed(|| {
        let mut count = 0.0;
        for entry in fs::read_dir(&job.path)? {
            count += f64::from(u8::from(!entry?.file_name().is_empty()));
        }
        Ok(count)
    })
}

pub(super) fn items(job: &Job) -> Result<Measured> {
    write_all(job, Durability::None)?;
    timed(|| {
        let mut sum = 0.0;
        for entry in fs::read_dir(&job.path)? {
            let value = fs::read(entry?.path())?;
            sum += first_byte(&value) + value.len() as f64;
        }
        Ok(sum)
    })
}
