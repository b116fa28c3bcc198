//! The report: `report.json`, `report.md`, and pictures, which `peers/pictures.py` draws from the
//! former.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::measurement::{Task, Times};
use crate::table::Table;

/// What was measured.
pub(crate) struct Report {
    /// A line about the machine, and one about the versions.
    machine: String,
    versions: String,
    scale: String,
    tables: Vec<Measured>,
}

/// A table with its times.
struct Measured {
    name: &'static str,
    title: &'static str,
    text: &'static str,
    grows: Option<&'static str>,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    x: Option<f64>,
    bytes: usize,
    reference: &'static str,
    times: Vec<Times>,
}

impl Row {
    fn reference(&self) -> f64 {
        let found = self.times.iter().find(|times| times.name == self.reference);
        found.map_or(f64::NAN, Times::median)
    }

    /// How many times as fast as the reference a way is.
    fn ratio(&self, times: &Times) -> f64 {
        self.reference() / times.median()
    }
}

impl Report {
    pub(crate) fn new(bench: &Bench) -> Result<Self> {
        let mut python = Command::new(&bench.python);
        python.args(["-c", "import sys, numpy, zict; print(sys.version.split()[0], numpy.__version__, zict.__version__)"]);
        let python = output(&mut python)?;
        let [python, numpy, zict] = python.split_whitespace().collect::<Vec<_>>()[..] else {
            anyhow::bail!("Python does not print its versions")
        };
        let rustc = output(Command::new("rustc").arg("--version"))?;
        let rustc = rustc.split(' ').nth(1).unwrap_or("unknown");
        let versions = format!(
            "filemap {}, Wasmtime 48, Rust {rustc}, Python {python}, numpy {numpy}, zict {zict}",
            env!("CARGO_PKG_VERSION"),
        );
        let cpu = fs::read_to_string("/proc/cpuinfo")?;
        let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let cores = std::thread::available_parallelism()?;
        let cpu = cpu.map_or("unknown processor", |(_, name)| name);
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
        Ok(Self {
            machine: format!("{cpu}, {cores} processors, Linux {}", kernel.trim()),
            versions,
            scale: format!("{}, {} rounds", bench.scale.name, bench.scale.rounds),
            tables: Vec::new(),
        })
    }

    pub(crate) fn add(&mut self, table: &Table<'_>, task: &Task<'_>, times: Vec<Times>) {
        if self.tables.last().is_none_or(|last| last.name != table.name) {
            let &Table { name, title, text, grows, .. } = table;
            self.tables.push(Measured { name, title, text, grows, rows: Vec::new() });
        }
        let Task { ref name, x, bytes, reference, .. } = *task;
        let row = Row { name: name.clone(), x, bytes, reference, times };
        self.tables.last_mut().expect("a table was pushed").rows.push(row);
    }

    pub(crate) fn last_table(&self) -> String {
        self.tables.last().map(markdown).unwrap_or_default()
    }

    /// Writes the report and its pictures to a folder.
    pub(crate) fn write(&self, folder: &Path, bench: &Bench) -> Result<()> {
        let (data, page) = (folder.join("report.json"), folder.join("report.md"));
        fs::write(&data, serde_json::to_string_pretty(&self.json())?)?;
        let mut text = include_str!("report/method.md").to_owned();
        writeln!(text, "- Machine: {}.", self.machine)?;
        writeln!(text, "- Versions: {}.", self.versions)?;
        writeln!(text, "- Scale: {}.", self.scale)?;
        writeln!(text, "\n![The ratios of the two providers](benchmarks/overview.svg)\n")?;
        for table in &self.tables {
            write!(text, "{}", markdown(table))?;
            writeln!(text, "![{}](benchmarks/{}.svg)\n", table.title, table.name)?;
        }
        fs::write(&page, text.trim_end().to_owned() + "\n")?;
        let mut python = Command::new(&bench.python);
        python.args(["-I", "-B"]).arg(bench.root.join("bench/peers/pictures.py"));
        output(python.arg(&data).arg(folder.join("benchmarks")))?;
        println!("{}", page.display());
        Ok(())
    }

    fn json(&self) -> Value {
        let times = |row: &Row, times: &Times| {
            json!({
                "name": times.name,
                "median": times.median(),
                "spread": times.spread(),
                "ratio": row.ratio(times),
                "seconds": times.seconds,
            })
        };
        let row = |row: &Row| {
            json!({
                "name": row.name,
                "x": row.x,
                "bytes": row.bytes,
                "reference": row.reference,
                "ways": row.times.iter().map(|one| times(row, one)).collect::<Vec<_>>(),
            })
        };
        let table = |table: &Measured| {
            json!({
                "name": table.name,
                "title": table.title,
                "grows": table.grows,
                "rows": table.rows.iter().map(row).collect::<Vec<_>>(),
            })
        };
        json!({
            "machine": self.machine,
            "versions": self.versions,
            "scale": self.scale,
            "tables": self.tables.iter().map(table).collect::<Vec<_>>(),
        })
    }
}

/// Returns a table as Markdown: a column for each way, with the median and the ratio.
fn markdown(table: &Measured) -> String {
    let mut columns: Vec<&str> = Vec::new();
    for times in table.rows.iter().flat_map(|row| &row.times) {
        if !columns.contains(&times.name) {
            columns.push(times.name);
        }
    }
    let mut text = format!("## {}\n\n{}\n\n| |", table.title, wrap(table.text));
    columns.iter().for_each(|column| text.extend([" ", column, " |"]));
    text += " spread |\n|---|";
    text += &"---|".repeat(columns.len() + 1);
    text.push('\n');
    for row in &table.rows {
        let mut spread = 0.0_f64;
        text.extend(["| ", &row.name, " |"]);
        for column in &columns {
            if let Some(times) = row.times.iter().find(|times| times.name == *column) {
                spread = spread.max(times.spread());
                text.extend([" ", &cell(row, times)]);
            }
            text += " |";
        }
        text.push_str(&format!(" {:.0} % |\n", spread * 100.0));
    }
    text.push('\n');
    text
}

/// Returns the median and, unless it is the reference, how many times as fast as the reference.
fn cell(row: &Row, times: &Times) -> String {
    let median = times.median();
    let mut text = duration(median);
    if row.bytes >= 1 << 20 {
        text += &format!(", {:.1} GB/s", row.bytes as f64 / median / 1e9);
    }
    if times.name != row.reference {
        text += &format!(" (**{}**)", three_digits(row.ratio(times)));
    }
    text
}

fn duration(seconds: f64) -> String {
    match seconds {
        0.0..1e-6 => format!("{} ns", three_digits(seconds * 1e9)),
        1e-6..1e-3 => format!("{} µs", three_digits(seconds * 1e6)),
        1e-3..1.0 => format!("{} ms", three_digits(seconds * 1e3)),
        _ => format!("{} s", three_digits(seconds)),
    }
}

fn three_digits(number: f64) -> String {
    match number {
        0.0..9.995 => format!("{number:.2}"),
        9.995..99.95 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    }
}

/// Breaks a text into lines of at most 100 columns.
fn wrap(text: &str) -> String {
    let (mut wrapped, mut column) = (String::new(), 0);
    for word in text.split_whitespace() {
        if column > 0 && column + 1 + word.len() > 100 {
            wrapped.push('\n');
            column = 0;
        } else if column > 0 {
            wrapped.push(' ');
            column += 1;
        }
        wrapped += word;
        column += word.len();
    }
    wrapped
}

/// Runs a program, which must succeed, and returns what it printed.
fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot start {command:?}"))?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits() {
        assert_eq!(duration(1.234_567e-7), "123 ns");
        assert_eq!(duration(9.999e-6), "10.0 µs");
        assert_eq!(duration(0.012_34), "12.3 ms");
        assert_eq!(duration(1.5), "1.50 s");
    }

    #[test]
    fn a_table_has_a_column_for_each_way() {
        let times = |name, seconds| Times { name, seconds: vec![seconds] };
        let row = Row {
            name: "get".to_owned(),
            x: None,
            bytes: 0,
            reference: "zict",
            times: vec![times("native", 2e-6), times("zict", 5e-6)],
        };
        let other = Row {
            name: "set".to_owned(),
            x: None,
            bytes: 1 << 20,
            reference: "zict",
            times: vec![times("zict", 1e-3)],
        };
        let table = Measured {
            name: "store",
            title: "Stores",
            text: "Some.",
            grows: None,
            rows: vec![row, other],
        };
        let expected = "## Stores\n\nSome.\n\n\
            | | native | zict | spread |\n|---|---|---|---|\n\
            | get | 2.00 µs (**2.50**) | 5.00 µs | 0 % |\n\
            | set | | 1.00 ms, 1.0 GB/s | 0 % |\n\n";
        assert_eq!(markdown(&table), expected);
    }
}
