//! The report: `report.json`, `report.md`, and pictures, which `peers/pictures.py` draws from the
//! former.

mod markdown;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::bench::Bench;
use crate::measurement::{Task, Times};
use crate::process::output;
use crate::table::Table;
use markdown::markdown;

/// Prints the versions of Python, numpy and zict.
const VERSIONS: &str = "import platform, numpy, zict; \
    print(platform.python_version(), numpy.__version__, zict.__version__)";

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
        python.args(["-c", VERSIONS]);
        let python = output(&mut python)?;
        let [python, numpy, zict] = python.split_whitespace().collect::<Vec<_>>()[..] else {
            bail!("Python does not print its versions")
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
        let mut text = include_str!("report/method.txt").to_owned();
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
