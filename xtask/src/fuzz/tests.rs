//! The output of libFuzzer, and the names of the targets.

use std::path::PathBuf;

use super::report::{Progress, Report};
use super::targets;

fn report(output: &str) -> Report {
    let mut progress = Progress::default();
    output.lines().for_each(|line| progress.read(line));
    progress.report()
}

#[test]
fn a_run_without_a_crash_is_read() {
    let output = "\
INFO: Running with entropic power schedule (0xFF, 100).
#2\tINITED cov: 100 ft: 120 corp: 1/1b exec/s: 0 rss: 40Mb
#512\tNEW    cov: 412 ft: 1323 corp: 2/8Kb lim: 86 exec/s: 4096 rss: 45Mb L: 86/86 MS: 1 ChangeBit-
#8192\tpulse  cov: 413 ft: 1324 corp: 3/8Kb lim: 86 exec/s: 4096 rss: 45Mb
Done 9000 runs in 2 second(s)
stat::number_of_executed_units: 9000
stat::new_units_added:          57
";
    let wanted = Report { executions: 9000, new_inputs: 57, edges: 413, ..Report::default() };
    assert_eq!(report(output), wanted);
}

#[test]
fn a_crash_is_read() {
    let output = "\
#512\tNEW    cov: 412 ft: 1323 corp: 2/8Kb lim: 86 exec/s: 4096 rss: 45Mb L: 86/86 MS: 1 ChangeBit-
thread '<unnamed>' panicked at 'no'
artifact_prefix='/t/dtype-'; Test unit written to /t/dtype-crash-da39
";
    let crash = Some(PathBuf::from("/t/dtype-crash-da39"));
    let wanted = Report { executions: 512, new_inputs: 1, edges: 412, crash, ..Report::default() };
    assert_eq!(report(output), wanted);
}

#[test]
fn a_target_is_found_by_its_name() {
    assert_eq!(targets(Some("dtype")).unwrap(), ["dtype"]);
    assert!(targets(None).unwrap().contains(&"dtype".into()));
    let error = targets(Some("no")).unwrap_err().to_string();
    assert!(error.starts_with("there is no target `no`: use one of dtype, "), "{error}");
}
