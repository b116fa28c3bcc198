//! Measures the candidates of a task in turn.

use anyhow::{Context as _, Result, ensure};

use bench_works::job::Measured;

/// Reads `SECONDS RESULT`, which a plugin or a program prints.
pub(crate) fn parse(line: &str) -> Result<Measured> {
    let parts = line.trim().split_once(' ');
    let (seconds, result) = parts.with_context(|| format!("`{line}` is not `SECONDS RESULT`"))?;
    Ok(Measured { seconds: seconds.parse()?, result: result.parse()? })
}

/// A candidate. Calling it runs the task once.
pub(crate) type Run<'a> = Box<dyn Fn() -> Result<Measured> + 'a>;

/// A task, and the candidates that do it in different ways.
pub(crate) struct Task<'a> {
    /// The name of the task within its table.
    pub(crate) name: String,
    /// What the task is measured at, if the table shows growth: bytes, keys, threads.
    pub(crate) x: Option<f64>,
    /// How many operations one run does, such as calls or elements.
    pub(crate) count: usize,
    /// How many bytes one operation moves; 0 if that says nothing.
    pub(crate) bytes: usize,
    /// The names and functions of the candidates.
    pub(crate) candidates: Vec<(&'static str, Run<'a>)>,
    /// The name of the candidate that the others are compared with.
    pub(crate) reference: &'static str,
}

/// The times of one candidate, in seconds for each operation, sorted.
pub(crate) struct Times {
    pub(crate) name: &'static str,
    pub(crate) seconds: Vec<f64>,
}

impl Times {
    pub(crate) fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The distance between the quartiles, as a part of the median.
    pub(crate) fn spread(&self) -> f64 {
        (self.quantile(0.75) - self.quantile(0.25)) / self.median()
    }

    /// The quantile, between neighbours by linear interpolation.
    fn quantile(&self, quantile: f64) -> f64 {
        let position = quantile * (self.seconds.len() - 1) as f64;
        let below = position as usize;
        let above = (below + 1).min(self.seconds.len() - 1);
        let part = position - below as f64;
        self.seconds[below] * (1.0 - part) + self.seconds[above] * part
    }
}

impl Task<'_> {
    /// Measures all candidates in turn, in `rounds` rounds, because the speed of the machine
    /// varies. The order of each round is another one, because a candidate can leave the machine
    /// in a better or worse state for the next one: memory in large pieces, for instance. `done`
    /// is called after each measurement.
    pub(crate) fn measure(&self, rounds: usize, done: impl Fn()) -> Result<Vec<Times>> {
        let times = |&(name, _): &(&'static str, _)| Times { name, seconds: Vec::new() };
        let mut all: Vec<Times> = self.candidates.iter().map(times).collect();
        let mut results = Vec::new();
        // The first round only warms the caches, unless there is only one.
        let warming = usize::from(rounds > 1);
        for round in 0..rounds + warming {
            for candidate in order(self.candidates.len(), round) {
                let (name, run) = &self.candidates[candidate];
                let measured = run().with_context(|| format!("{}: {name}", self.name))?;
                results.push(measured.result);
                if round >= warming {
                    all[candidate].seconds.push(measured.seconds / self.count as f64);
                }
                done();
            }
        }
        let min = results.iter().copied().fold(f64::MAX, f64::min);
        let max = results.iter().copied().fold(f64::MIN, f64::max);
        let differ = || format!("{}: the results differ, from {min} to {max}", self.name);
        ensure!(max - min <= 1e-5 * max.abs(), differ());
        for times in &mut all {
            times.seconds.sort_by(f64::total_cmp);
        }
        Ok(all)
    }
}

/// Returns the order of `count` candidates in a round: each comes first equally often, and follows
/// each other one equally often, in `count` rounds, or in twice as many for an odd `count`
/// (a Williams design).
fn order(count: usize, round: usize) -> Vec<usize> {
    let zigzag = |at: usize| if at.is_multiple_of(2) { at / 2 } else { count - at.div_ceil(2) };
    let mut order: Vec<usize> = (0..count).map(|at| (zigzag(at) + round) % count).collect();
    if !count.is_multiple_of(2) && !round.is_multiple_of(2) {
        order.reverse();
    }
    order
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::iter;

    use super::*;

    #[test]
    fn quantiles_of_few_times() {
        let times = Times { name: "", seconds: vec![1.0, 2.0, 4.0, 8.0] };
        let found = [times.median(), times.quantile(0.0), times.quantile(1.0), times.spread()];
        let expected = [3.0, 1.0, 8.0, (5.0 - 1.75) / 3.0];
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
        }
    }

    #[test]
    fn each_candidate_comes_first_and_follows_each_other_one_equally_often() {
        for (count, rounds, times) in [(1, 2, 2), (2, 2, 1), (3, 6, 2), (4, 4, 1), (9, 18, 2)] {
            let mut pairs = BTreeMap::new();
            for round in 0..rounds {
                let order = order(count, round);
                let before = iter::once(None).chain(order.iter().copied().map(Some));
                for pair in before.zip(order.iter().copied()) {
                    *pairs.entry(pair).or_insert(0) += 1;
                }
            }
            assert_eq!(pairs.len(), count + count * (count - 1), "{pairs:?}");
            assert!(pairs.values().all(|&found| found == times), "{pairs:?}");
        }
    }

    #[test]
    fn candidates_with_other_results_are_an_error() {
        let run =
            |result| -> Run<'static> { Box::new(move || Ok(Measured { seconds: 1.0, result })) };
        let candidates = vec![("a", run(1.0)), ("b", run(1.1))];
        let name = "work".to_owned();
        let task = Task { name, x: None, count: 1, bytes: 0, candidates, reference: "a" };
        let error = task.measure(2, || ()).err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), Some("work: the results differ, from 1 to 1.1"));
    }
}
