//! `cargo xtask bench`: 1 GiB of `float64` is summed by a plugin through a mapping, and by what its author could use instead: the same loop over
//! the standard library's reads, natively over `mmap`, and numpy. All in turn, round after round, because the machine is
//! not always as fast; what counts are the ratios of the medians.

mod contender;
mod data;
mod host;
mod sum;

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};

use contender::Contender;
use host::Host;

/// How often each is measured.
const ROUNDS: usize = 9;

fn main() -> Result<()> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(2).context("it is TARGET/PROFILE/filemap-bench")?.to_path_buf();
    let file = data::make(&target.join("bench"))?;
    let host = Host::new(&target)?;
    let python = target.join("oracle/bin/python");

    let mut seconds: Vec<Vec<f64>> = vec![Vec::new(); Contender::ALL.len()];
    let mut sums = Vec::new();
    let bar = indicatif::ProgressBar::new((ROUNDS * Contender::ALL.len()) as u64);
    for round in 0..=ROUNDS {
        for (contender, seconds) in Contender::ALL.iter().zip(&mut seconds) {
            let measured = contender.measure(&host, &python, &file)?;
            sums.push(measured.sum);
            // The first round fetches everything into the caches.
            if round > 0 {
                seconds.push(measured.seconds);
                bar.inc(1);
            }
        }
    }
    bar.finish_and_clear();
    let (least, most) = (sums.iter().copied().fold(f64::MAX, f64::min), sums.iter().copied().fold(f64::MIN, f64::max));
    ensure!(most - least < 1e-6 * most, "they came to different sums, from {least} to {most}");
    report(&file, seconds)
}

/// Prints the medians, and how they compare.
fn report(file: &PathBuf, seconds: Vec<Vec<f64>>) -> Result<()> {
    let size = std::fs::metadata(file)?.len();
    let medians: Vec<f64> = seconds.into_iter().map(median).collect();
    let mapped = medians[0];
    println!("{:<58} {:>8} {:>8} {:>10}", "1 GiB of float64, summed", "seconds", "GB/s", "x mapping");
    for (contender, median) in Contender::ALL.iter().zip(&medians) {
        #[expect(clippy::cast_precision_loss, reason = "for people")]
        let speed = size as f64 / median / 1e9;
        println!("{:<58} {median:>8.3} {speed:>8.1} {:>10.2}", contender.name(), median / mapped);
    }
    Ok(())
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}
