//! The job of the example `terrain` in each language, as a plugin and without WebAssembly. The time
//! is that of the whole process, with its start.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result};

use crate::measurement::{Run, Task};
use crate::process::output;
use crate::table::Table;
use bench_works::job::Measured;

/// What the processes need: programs, and the folder that they run in.
pub(crate) struct Languages {
    root: PathBuf,
    target: PathBuf,
    /// The command `filemap`.
    filemap: PathBuf,
    /// It has the folders `dem` with the model, and `results` for the store.
    folder: PathBuf,
}

/// How a candidate does the job.
#[derive(Clone, Copy)]
enum Way {
    /// A plugin below `tmp` of the target directory, under `filemap run`.
    Plugin(&'static str),
    /// The same, composed with the portable component.
    Plugged(&'static str),
    /// A script in `bench/languages`, with an interpreter.
    Script(&'static str, &'static str),
    /// The program in C.
    Native,
}

/// The candidates. The tests in `tests/languages` have built the plugins.
const CANDIDATES: [(&str, Way); 11] = [
    ("C, natively: mmap, write and rename", Way::Native),
    ("numpy and zict", Way::Script("oracle/bin/python", "plain.py")),
    ("Node", Way::Script("node", "plain.mjs")),
    ("plugin in Rust", Way::Plugin("terrain-in-rust.wasm")),
    ("plugin in Rust, plugged", Way::Plugged("terrain-in-rust.wasm")),
    ("plugin in C", Way::Plugin("terrain-in-c.wasm")),
    ("plugin in C, plugged", Way::Plugged("terrain-in-c.wasm")),
    ("plugin in JavaScript (QuickJS)", Way::Plugin("languages/terrain-in-quickjs/plugin.wasm")),
    (
        "plugin in JavaScript (QuickJS), plugged",
        Way::Plugged("languages/terrain-in-quickjs/plugin.wasm"),
    ),
    ("plugin in Python", Way::Plugin("languages/terrain/plugin.wasm")),
    ("plugin in Python, plugged", Way::Plugged("languages/terrain/plugin.wasm")),
];

impl Languages {
    /// Prepares the programs and the folders below `target`.
    pub(crate) fn new(target: &Path, filemap: &Path) -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = root.parent().context("this package is not in a folder of the repository")?;
        let build = wasm_build::Build::new(root, "terrain", target.join("wasm")).bin("terrain");
        let rust = build.run()?.wasm.remove(0);
        let folder = target.join("bench/languages");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(folder.join("results"))?;
        symlink(root.join("examples/terrain/data"), folder.join("dem"))?;
        fs::copy(rust, target.join("tmp/terrain-in-rust.wasm"))?;
        let languages = Self {
            root: root.to_owned(),
            target: target.to_owned(),
            filemap: filemap.to_owned(),
            folder: folder.clone(),
        };
        let shared = root.join("examples/terrain/c");
        let mut cc = Command::new("cc");
        cc.args(["-O2", "-std=c11", "-ffp-contract=off", "-o"]).arg(folder.join("plain"));
        cc.arg("-I").arg(&shared).arg(root.join("bench/languages/plain.c"));
        cc.args(["decode.c", "picture.c", "report.c", "survey.c"].map(|name| shared.join(name)));
        run(cc.arg("-lm"))?;
        for (_, way) in CANDIDATES {
            if let Way::Plugged(name) = way {
                let mut plug = Command::new(&languages.filemap);
                plug.arg("plug").arg(languages.plugin(name)).arg("-o");
                run(plug.arg(languages.plugged(name)))?;
            }
        }
        Ok(languages)
    }

    fn plugin(&self, name: &str) -> PathBuf {
        self.target.join("tmp").join(name)
    }

    fn plugged(&self, name: &str) -> PathBuf {
        self.folder.join(name.replace('/', "-"))
    }

    /// Returns the table: the whole job, and the run that finds its results.
    pub(crate) fn table(&self) -> Table<'_> {
        let mut table = Table::new(
            "languages",
            "One job in each language",
            "Time of the whole process, with its start, that calculates slopes and relief of a \
             model of 344 by 403 cells and stores three values (694 KB, synced), and of a second \
             run that finds them. Each program leaves the same files, byte for byte.",
        );
        let is_plugin = |way| matches!(way, Way::Plugin(_) | Way::Plugged(_));
        for (name, is_fresh) in [("computed", true), ("found", false)] {
            // A program that is not a plugin does not look for results.
            let chosen = CANDIDATES.into_iter().filter(|&(_, way)| is_fresh || is_plugin(way));
            let run = |way| -> Run<'_> { Box::new(move || self.measure(way, is_fresh)) };
            let candidates: Vec<_> = chosen.map(|(name, way)| (name, run(way))).collect();
            let reference = if is_fresh { CANDIDATES[0].0 } else { candidates[0].0 };
            let name = name.to_owned();
            table.tasks.push(Task { name, x: None, count: 1, bytes: 0, candidates, reference });
        }
        table
    }

    /// Does the job once. The result is the number of bytes in the store.
    fn measure(&self, way: Way, is_fresh: bool) -> Result<Measured> {
        let results = self.folder.join("results");
        if is_fresh {
            fs::remove_dir_all(&results)?;
            fs::create_dir(&results)?;
        }
        let mut command = self.command(way);
        let begin = Instant::now();
        run(&mut command)?;
        let seconds = begin.elapsed().as_secs_f64();
        let mut size = 0;
        for entry in fs::read_dir(&results)? {
            size += u32::try_from(entry?.metadata()?.len())?;
        }
        Ok(Measured { seconds, result: size.into() })
    }

    fn command(&self, way: Way) -> Command {
        let filemap_run = |plugin| {
            let mut command = Command::new(&self.filemap);
            command.args(["run", "--dir-ro", "dem", "--dir", "results"]).arg(plugin);
            command
        };
        let mut command = match way {
            Way::Plugin(name) => filemap_run(self.plugin(name)),
            Way::Plugged(name) => filemap_run(self.plugged(name)),
            Way::Script(program, script) => {
                let installed = self.target.join(program);
                let program = if installed.exists() { installed } else { program.into() };
                let mut command = Command::new(program);
                command.arg(self.root.join("bench/languages").join(script));
                command
            }
            Way::Native => Command::new(self.folder.join("plain")),
        };
        command.args(["dem/jacksboro.npy", "results"]).current_dir(&self.folder);
        command
    }
}

/// Runs a command, which must succeed.
fn run(command: &mut Command) -> Result<String> {
    output(command)
        .context("`cargo test -p filemap-tests --test languages natively` builds the plugins")
}
