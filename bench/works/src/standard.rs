//! Works by the standard library alone: what the author of a plugin would write without filemap. It
//! is also compiled natively, and is then the floor: the same system calls without WebAssembly.

mod arrays;
mod bulk;
mod stores;

use std::io::Result;

use crate::job::{Job, Measured};

/// Does a job, and measures it.
pub fn run(job: &Job) -> Result<Measured> {
    match &*job.work {
        "set" => stores::set(job, stores::Durability::None),
        "set-data" => stores::set(job, stores::Durability::Data),
        "set-full" => stores::set(job, stores::Durability::Full),
        "overwrite" => stores::overwrite(job),
        "get" => stores::get(job),
        "remove" => stores::remove(job),
        "keys" => stores::keys(job),
        "items" => stores::items(job),
        "open-array" => arrays::open(job),
        "slices" => arrays::slices(job),
        "elements" => arrays::elements(job),
        "rows" => arrays::rows(job),
        "column" => arrays::column(job),
        "gather" => arrays::gather(job),
        "put-rows" => arrays::put_rows(job),
        "create" => arrays::create(job),
        "read" => bulk::read(job),
        "write" => bulk::write(job),
        "map" => bulk::map(job),
        "windows" => bulk::windows(job),
        "sum" => bulk::sum(job),
        _ => Err(job.unknown()),
    }
}
