//! What libFuzzer prints, and the table of it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// The result of a run of one target.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) target: String,
    pub(super) time: Duration,
    pub(super) executions: u64,
    /// The number of inputs that were added to the corpus.
    pub(super) new_inputs: u64,
    /// The number of edges of the program that inputs have reached.
    pub(super) edges: u64,
    /// The file with the input on which the target failed.
    pub(super) crash: Option<PathBuf>,
}

/// What a program has printed so far.
#[derive(Debug, Default)]
pub(super) struct Progress {
    executions: u64,
    new_inputs: u64,
    edges: u64,
    crash: Option<PathBuf>,
}

impl Progress {
    /// Reads a line of the program.
    pub(super) fn read(&mut self, line: &str) {
        if let Some(status) = line.strip_prefix('#') {
            // `#8192  NEW    cov: 412 ft: 1323 corp: 245/8Kb ... exec/s: 4096 rss: 45Mb ...`
            let mut words = status.split_whitespace();
            self.executions = number(words.next()).unwrap_or(self.executions);
            self.new_inputs += u64::from(words.next() == Some("NEW"));
            let edges = words.skip_while(|word| *word != "cov:").nth(1);
            self.edges = number(edges).unwrap_or(self.edges);
        } else if let Some(count) = line.strip_prefix("stat::number_of_executed_units:") {
            self.executions = number(Some(count)).unwrap_or(self.executions);
        } else if let Some(count) = line.strip_prefix("stat::new_units_added:") {
            self.new_inputs = number(Some(count)).unwrap_or(self.new_inputs);
        } else if let Some((_, path)) = line.split_once("Test unit written to ") {
            self.crash = Some(PathBuf::from(path.trim()));
        }
    }

    pub(super) fn report(self) -> Report {
        let Self { executions, new_inputs, edges, crash } = self;
        Report { executions, new_inputs, edges, crash, ..Report::default() }
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { executions, new_inputs, edges, .. } = self;
        write!(formatter, "{executions} executions, {new_inputs} new inputs, {edges} edges")
    }
}

fn number(word: Option<&str>) -> Option<u64> {
    word?.trim().parse().ok()
}

/// Prints the table of all targets.
pub(super) fn print(reports: &[Report]) {
    println!("| target | minutes | executions | new inputs | edges | crashes |");
    println!("|---|---|---|---|---|---|");
    for Report { target, time, executions, new_inputs, edges, crash } in reports {
        let minutes = time.as_secs_f64() / 60.0;
        let crashes = usize::from(crash.is_some());
        println!(
            "| `{target}` | {minutes:.1} | {executions} | {new_inputs} | {edges} | {crashes} |"
        );
    }
}
