//! Running other programs: shown, or beside a spinner, or for what they print.

use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use indicatif::ProgressBar;

/// Says what is done next.
pub(crate) fn step(text: &str) {
    println!("==> {text}");
}

/// A command from a line of plain words.
pub(crate) fn command(line: &str) -> Command {
    let mut words = line.split(' ');
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words);
    command
}

/// What was typed, for errors: a command's own `Debug` lists the environment as well.
pub(crate) fn typed(command: &Command) -> String {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

/// Runs a command that shows by its own output that it is working.
pub(crate) fn call(command: &mut Command) -> Result<()> {
    let status = command.status();
    let status = status.with_context(|| format!("cannot run `{}`", typed(command)))?;
    ensure!(status.success(), "`{}` failed with {status}", typed(command));
    Ok(())
}

/// Runs a command whose output matters only when it fails, beside a spinner.
pub(crate) fn spin(command: &mut Command) -> Result<()> {
    let spinner = ProgressBar::new_spinner().with_message(typed(command));
    spinner.enable_steady_tick(Duration::from_millis(100));
    let result = read(command);
    spinner.finish_and_clear();
    result.map(drop)
}

/// Runs a command for what it prints.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("cannot run `{}`", typed(command)))?;
    let (status, errors) = (output.status, String::from_utf8_lossy(&output.stderr));
    ensure!(status.success(), "`{}` failed with {status}\n{errors}", typed(command));
    Ok(String::from_utf8(output.stdout)?)
}
