//! Works by filemap, through the crate `filemap-plugin`.

mod arrays;
mod bulk;
mod stores;

use std::io::Result;

use filemap_plugin::{Durability, Operation};

use bench_works::job::{Job, Measured};

pub(crate) fn run(job: &Job) -> Result<Measured> {
    match &*job.work {
        "set" => stores::set(job, Durability::None),
        "set-data" => stores::set(job, Durability::Data),
        "set-full" => stores::set(job, Durability::Full),
        "overwrite" => stores::overwrite(job),
        "get" => stores::get(job),
        "get-kept" => stores::get_kept(job),
        "get-many" => stores::get_many(job),
        "get-random" => stores::get_random(job),
        "remove" => stores::remove(job),
        "keys" => stores::keys(job),
        "items" => stores::items(job),
        "open-store" => stores::open(job),
        "open-array" => arrays::open(job),
        "open-npy" => arrays::open_npy(job),
        "info" => arrays::info(job),
        "slices" => arrays::slices(job),
        "elements" => arrays::elements(job),
        "rows" => arrays::rows(job),
        "column" => arrays::column(job),
        "gather" => arrays::gather(job),
        "put-rows" => arrays::put_rows(job),
        "create" => arrays::create(job),
        "reduce-sum" => arrays::reduce(job, Operation::Sum, None),
        "reduce-max" => arrays::reduce(job, Operation::Max, None),
        "reduce-var" => arrays::reduce(job, Operation::Var, None),
        "reduce-sum-0" => arrays::reduce(job, Operation::Sum, Some(0)),
        "reduce-mean-1" => arrays::reduce(job, Operation::Mean, Some(1)),
        "read" => bulk::read(job),
        "write" => bulk::write(job),
        "map" => bulk::map(job),
        "windows" => bulk::windows(job),
        "sum" => bulk::sum(job),
        _ => Err(job.unknown()),
    }
}
