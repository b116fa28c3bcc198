//! What one run says, and what many of them say.

use anyhow::{Context as _, Result, ensure};

/// How often each contender is measured.
const ROUNDS: usize = 9;

/// One run of a contender.
#[derive(Clone, Copy)]
pub(crate) struct Measured {
    pub(crate) seconds: f64,
    /// What was calculated: the same for every contender of a task.
    pub(crate) result: f64,
}

impl Measured {
    /// Reads `SECONDS RESULT`.
    pub(crate) fn parse(line: &str) -> Result<Self> {
        let (seconds, result) =
            line.trim().split_once(' ').with_context(|| format!("no measurement: `{line}`"))?;
        Ok(Self { seconds: seconds.parse()?, result: result.parse()? })
    }
}

/// A contender: it runs once.
pub(crate) type Run<'a> = Box<dyn Fn() -> Result<Measured> + 'a>;

/// What several contenders do, each in its own way.
pub(crate) struct Task<'a> {
    pub(crate) name: &'static str,
    pub(crate) bytes: u64,
    /// The contenders. The others are compared with the first one.
    pub(crate) contenders: Vec<(&'static str, Run<'a>)>,
}

impl Task<'_> {
    /// Measures all contenders in turn, round after round, because the machine is not always as
    /// fast, and prints the medians and their ratios.
    pub(crate) fn measure(&self) -> Result<()> {
        let mut seconds = vec![Vec::new(); self.contenders.len()];
        let mut results = Vec::new();
        let bar = indicatif::ProgressBar::new((ROUNDS * self.contenders.len()) as u64);
        for round in 0..=ROUNDS {
            for ((name, run), seconds) in self.contenders.iter().zip(&mut seconds) {
                let measured = run().with_context(|| format!("{}: {name}", self.name))?;
                results.push(measured.result);
                // The first round fetches everything into the caches.
                if round > 0 {
                    seconds.push(measured.seconds);
                    bar.inc(1);
                }
            }
        }
        bar.finish_and_clear();
        let least = results.iter().copied().fold(f64::MAX, f64::min);
        let greatest = results.iter().copied().fold(f64::MIN, f64::max);
        ensure!(
            greatest - least <= 1e-6 * greatest.abs(),
            "{}: the results differ, from {least} to {greatest}",
            self.name
        );
        self.print(seconds);
        Ok(())
    }

    fn print(&self, seconds: Vec<Vec<f64>>) {
        let medians: Vec<f64> = seconds.into_iter().map(median).collect();
        println!("{:<58} {:>8} {:>8} {:>8}", self.name, "seconds", "GB/s", "ratio");
        for ((name, _), median) in self.contenders.iter().zip(&medians) {
            #[expect(clippy::cast_precision_loss, reason = "for people")]
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
