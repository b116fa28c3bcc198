//! `cargo xtask fuzz`: searches for inputs on which the engine or the native provider fails.
//!
//! cargo-fuzz builds the programs in `fuzz/libfuzzer` with nightly Rust, which has the
//! instrumentation. They are run directly, because their output says what they have found.

mod build;
mod report;
#[cfg(test)]
mod tests;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use indicatif::ProgressBar;

use crate::process::step;
use crate::root;
use report::{Progress, Report, print};

/// The maximum time of one input in seconds, before it counts as a hang.
const MAX_SECONDS: u32 = 20;

/// The maximum memory of a program in MiB, before an input counts as too greedy.
const MAX_MEMORY: u32 = 4096;

/// The maximum length of an input in bytes.
const MAX_LENGTH: u32 = 4096;

/// The number of lines that are printed of the output of a program that has failed.
const SHOWN_LINES: usize = 40;

/// Runs each target, or the one with this name, for some minutes, and prints a table. Fails if an
/// input has made a target fail.
pub(crate) fn run(minutes: f64, name: Option<&str>) -> Result<()> {
    ensure!(minutes > 0.0 && minutes < 1e6, "the number of minutes is positive, as in `0.5`");
    let targets = targets(name)?;
    let programs = build::programs(&targets)?;
    let time = Duration::from_secs_f64(minutes * 60.0);
    let mut reports = Vec::new();
    for (target, program) in targets.iter().zip(programs) {
        step(&format!("fuzzing {target} for {minutes} minutes"));
        let report = fuzz(target, &program, time)?;
        if let Some(input) = &report.crash {
            print_crash(target, &program, input);
        }
        reports.push(report);
    }
    print(&reports);
    let crashes = reports.iter().filter(|report| report.crash.is_some()).count();
    ensure!(crashes == 0, "targets that failed: {crashes}");
    Ok(())
}

/// Returns the names of the targets: all, or the one with this name.
fn targets(name: Option<&str>) -> Result<Vec<String>> {
    let folder = root().join("fuzz/libfuzzer/targets");
    let mut targets = Vec::new();
    for entry in fs::read_dir(&folder).context("cannot list the targets")? {
        let path = entry?.path();
        targets.extend(path.file_stem().map(|name| name.to_string_lossy().into_owned()));
    }
    targets.sort();
    match name {
        None => Ok(targets),
        Some(name) if targets.iter().any(|target| target == name) => Ok(vec![name.into()]),
        Some(name) => bail!("there is no target `{name}`: use one of {}", targets.join(", ")),
    }
}

/// Runs a target for some time. New inputs go to the folder `fuzz/corpus` of the target directory,
/// and are used again by the next run.
fn fuzz(target: &str, program: &Path, time: Duration) -> Result<Report> {
    let folder = crate::target()?.join("fuzz");
    let (found, artifacts) = (folder.join("corpus").join(target), folder.join("artifacts"));
    fs::create_dir_all(&found)?;
    fs::create_dir_all(&artifacts)?;
    let mut command = Command::new(program);
    command.args([&found, &root().join("fuzz/corpus").join(target)]);
    command.arg(format!("-max_total_time={}", time.as_secs().max(1)));
    command.arg(format!("-timeout={MAX_SECONDS}"));
    command.arg(format!("-rss_limit_mb={MAX_MEMORY}"));
    command.arg(format!("-max_len={MAX_LENGTH}"));
    command.arg(format!("-artifact_prefix={}/{target}-", artifacts.display()));
    command.arg("-print_final_stats=1");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());

    let start = Instant::now();
    let mut child =
        command.spawn().with_context(|| format!("cannot run `{}`", program.display()))?;
    let spinner = ProgressBar::new_spinner();
    spinner.enable_steady_tick(Duration::from_millis(100));
    let mut log = fs::File::create(log_of(target)?)?;
    let mut progress = Progress::default();
    // The output of a program can contain any bytes of an input.
    for line in BufReader::new(child.stderr.take().context("the output")?).split(b'\n') {
        let line = line?;
        log.write_all(&line)?;
        log.write_all(b"\n")?;
        progress.read(&String::from_utf8_lossy(&line));
        spinner.set_message(format!("{target}: {} s, {progress}", start.elapsed().as_secs()));
    }
    let status = child.wait()?;
    spinner.finish_and_clear();
    let report = Report { target: target.into(), time: start.elapsed(), ..progress.report() };
    ensure!(
        status.success() || report.crash.is_some(),
        "`{}` ended with {status}, but has written no input; see `{}`",
        program.display(),
        log_of(target)?.display()
    );
    Ok(report)
}

/// Returns the file for the output of a target.
fn log_of(target: &str) -> Result<PathBuf> {
    Ok(crate::target()?.join("fuzz").join(format!("{target}.log")))
}

/// Prints the end of the output, and how to run the input again.
fn print_crash(name: &str, program: &Path, input: &Path) {
    let log = log_of(name).and_then(|path| Ok(fs::read(path)?)).unwrap_or_default();
    let log = String::from_utf8_lossy(&log);
    let lines: Vec<_> = log.lines().collect();
    println!("{}", lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n"));
    let (input, program) = (input.display(), program.display());
    println!(
        "\n{name} fails on {input}\n\
         again:                 {program} {input}\n\
         again, without nightly: cp {input} fuzz/corpus/{name}/ && \
         cargo test --locked --workspace --test corpus {name}\n\
         a shorter input:       {program} -minimize_crash=1 -runs=100000 {input}\n"
    );
}
