//! `cargo xtask bench`: measures plugins, and what their authors would use instead.
//!
//! A [`table`] has rows ([tasks](measurement::Task)), and a row has several ways ([`way`]) to do
//! the same work. The ways are measured in turn, because the speed of the machine varies, so none
//! of the harnesses of the field fits: they measure one candidate after the other. Most works are
//! in the plugin `bench-plugin`, and again in `peers/measure.py`.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts and sizes are far below 2^53, and fit in memory where they index it"
)]

mod bench;
mod host;
mod input;
mod languages;
mod mapped;
mod measurement;
mod process;
mod report;
mod scale;
mod table;
mod tables;
mod way;

use std::path::Path;

use anyhow::{Context as _, Result};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};

use bench::Bench;
use host::Host;
use input::Folders;
use languages::Languages;
use report::Report;
use scale::Scale;

/// Measures filemap, and what a user would pick instead
#[derive(Parser)]
struct Arguments {
    /// Measure less, in less than five minutes
    #[arg(long)]
    quick: bool,
    /// Measure almost nothing: the test that everything works
    #[arg(long, hide = true, conflicts_with = "quick")]
    tiny: bool,
    /// Measure only the tables whose name contains this text
    filter: Option<String>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let scale = match (arguments.quick, arguments.tiny) {
        (true, _) => Scale::QUICK,
        (_, true) => Scale::TINY,
        _ => Scale::FULL,
    };
    let program = std::env::current_exe()?;
    let folder = program.parent().context("this program is in no folder")?;
    let target = folder.parent().context("this program is not TARGET/PROFILE/filemap-bench")?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    filemap_host::prepare_process()?;
    let filemap = folder.join("filemap-benched");
    let bench = Bench {
        scale,
        host: Host::new(target)?,
        folders: Folders::new(target, &scale)?,
        python: target.join("oracle/bin/python"),
        root: root.context("this package is in no folder of the repository")?.to_owned(),
        filemap: filemap.clone(),
    };
    let filter = arguments.filter.unwrap_or_default();
    let needs_languages = "languages".contains(&filter) && !arguments.tiny;
    let languages = needs_languages.then(|| Languages::new(target, &filemap)).transpose()?;
    let mut tables = tables::all(&bench, languages.as_ref())?;
    tables.retain(|table| table.name.contains(&filter));

    let runs = |table: &table::Table<'_>| -> usize {
        table.tasks.iter().map(|task| task.candidates.len() * (scale.rounds + 1)).sum()
    };
    let style = ProgressStyle::with_template("{wide_bar} {pos}/{len}, {eta} left: {msg}")?;
    let bar = ProgressBar::new(tables.iter().map(runs).sum::<usize>() as u64).with_style(style);
    let mut report = Report::new(&bench)?;
    for table in &tables {
        for task in &table.tasks {
            bar.set_message(format!("{}, {}", table.title, task.name));
            let times = task.measure(scale.rounds, || bar.inc(1))?;
            report.add(table, task, times);
        }
        bar.suspend(|| print!("{}", report.last_table()));
    }
    bar.finish_and_clear();
    report.write(&target.join("bench"), &bench)
}
