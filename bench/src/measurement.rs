//! Measures the candidates of a task, and prints the results.

use anyhow::{Context as _, Result, ensure};

/// The number of measurements of each candidate.
const ROUNDS: usize = 9;

/// The measurement of one run.
#[derive(Clone, Copy)]
pub(crate) struct Measurement {
    pub(crate) seconds: f64,
    /// The result of the calculation, equal for all candidates of a task.
    pub(crate) result: f64,
}

impl Measurement {
    /// Reads `SECONDS RESULT`.
    pub(crate) fn parse(line: &str) -> Result<Self> {
        let (seconds, result) = line
            .trim()
            .split_once(' ')
            .with_context(|| format!("`{line}` is not `SECONDS RESULT`"))?;
        Ok(Self { seconds: seconds.parse()?, result: result.parse()? })
    }
}

/// A candidate. Calling it runs the task once.
pub(crate) type Run<'a> = Box<dyn Fn() -> Result<Measurement> + 'a>;

/// A task, and the candidates that do it in different ways.
pub(crate) struct Task<'a> {
    pub(crate) name: &'static str,
    pub(crate) bytes: u64,
    /// The names and functions of the candidates. Ratios are relative to the first one.
    pub(crate) candidates: Vec<(&'static str, Run<'a>)>,
}

impl Task<'_> {
    /// Measures all candidates in turn, in several rounds, because the speed of the machine varies,
    /// and prints the medians and their ratios.
    pub(crate) fn measure(&self) -> Result<()> {
        let mut seconds = vec![Vec::new(); self.candidates.len()];
        let mut results = Vec::new();
        let bar = indicatif::ProgressBar::new((ROUNDS * self.candidates.len()) as u64);
        for round in 0..=ROUNDS {
            for ((name, run), seconds) in self.candidates.iter().zip(&mut seconds) {
                let measured = run().with_context(|| format!("{}: {name}", self.name))?;
                results.push(measured.result);
                // The first round only warms the caches.
                if round > 0 {
                    seconds.push(measured.seconds);
                    bar.inc(1);
                }
            }
        }
        bar.finish_and_clear();
        let min = results.iter().copied().fold(f64::MAX, f64::min);
        let max = results.iter().copied().fold(f64::MIN, f64::max);
        ensure!(
            max - min <= 1e-6 * max.abs(),
            "{}: the results differ, from {min} to {max}",
            self.name
        );
        self.print(seconds);
        Ok(())
    }

    fn print(&self, seconds: Vec<Vec<f64>>) {
        let medians: Vec<f64> = seconds.into_iter().map(median).collect();
        println!("{:<58} {:>8} {:>8} {:>8}", self.name, "seconds", "GB/s", "ratio");
        for ((name, _), median) in self.candidates.iter().zip(&medians) {
            #[expect(clippy::cast_precision_loss, reason = "the printed number has three digits")]
            let speed = self.bytes as f64 / median / 1e9;
            println!("  {name:<56} {median:>8.3} {speed:>8.2} {:>8.2}", median / medians[0]);
        }
        println!();
    }
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}
