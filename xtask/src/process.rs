//! Runs other programs: with their output shown, with a spinner, or to read their output.

use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use indicatif::ProgressBar;

/// Prints a heading for the next step.
pub(crate) fn step(text: &str) {
    println!("==> {text}");
}

/// Returns the command of a line of words that are separated by single spaces.
pub(crate) fn command(line: &str) -> Command {
    let mut words = line.split(' ');
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words);
    command
}

/// Returns the command line, for errors. The `Debug` form of a command also lists its environment.
pub(crate) fn command_line(command: &Command) -> String {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// Runs a command and shows its output.
pub(crate) fn call(command: &mut Command) -> Result<()> {
    let status = command.status();
    let status = status.with_context(|| format!("cannot run `{}`", command_line(command)))?;
    ensure!(status.success(), "`{}` failed with {status}", command_line(command));
    Ok(())
}

/// Runs a command and shows a spinner. Its output is shown only if it fails.
pub(crate) fn call_with_spinner(command: &mut Command) -> Result<()> {
    let spinner = ProgressBar::new_spinner().with_message(command_line(command));
    spinner.enable_steady_tick(Duration::from_millis(100));
    let result = stdout_of(command);
    spinner.finish_and_clear();
    result.map(drop)
}

/// Runs a command and returns its standard output.
pub(crate) fn stdout_of(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("cannot run `{}`", command_line(command)))?;
    let (status, errors) = (output.status, String::from_utf8_lossy(&output.stderr));
    ensure!(status.success(), "`{}` failed with {status}\n{errors}", command_line(command));
    Ok(String::from_utf8(output.stdout)?)
}
