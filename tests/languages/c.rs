//! Plugins in C and C++, with the library in `bindings/c`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use tempfile::{TempDir, tempdir};
use wit_bindgen_core::Files;
use wit_bindgen_core::wit_parser::Resolve;

use super::support::command::{composed, filemap, succeeds};
use super::support::files::file_contents;
use super::support::programs::{example, root};
use super::tools::{source, tool};
use super::{check_imports, example_run};

/// The warnings that are errors. The page for users compiles without them.
const STRICT: [&str; 4] = ["-pedantic", "-Wall", "-Wextra", "-Werror"];

/// A program that was compiled into a folder of its own.
struct Compiled {
    folder: TempDir,
    plugin: PathBuf,
}

impl Compiled {
    /// Compiles these sources by `wasm32-wasip2-clang` or `wasm32-wasip2-clang++`, and links them
    /// with the library.
    #[track_caller]
    fn new(compiler: &str, standard: &str, sources: &[PathBuf], options: &[&str]) -> Self {
        let folder = tempdir().unwrap();
        let bindings = root().join("bindings/c");
        // A compiler of C++ would take sources in C for C++.
        for library in files(&bindings.join("src"), "c") {
            let mut clang = clang("clang", "-std=c11");
            succeeds(clang.current_dir(folder.path()).arg("-c").arg(library));
        }
        let plugin = folder.path().join("plugin.wasm");
        let mut clang = clang(compiler, standard);
        clang.arg("-I").arg(&bindings).args(options).args(sources).args(["-x", "none"]);
        clang.args(files(folder.path(), "o")).args(files(&bindings.join("generated"), "o"));
        succeeds(clang.arg("-o").arg(&plugin));
        Self { folder, plugin }
    }

    /// Returns the commands that run the plugin under the native provider, there with `--map`, and
    /// composed with the portable provider. The plugin gets a new directory as `work`.
    fn runs(&self) -> [(Command, TempDir); 3] {
        let composed = composed(&self.plugin, self.folder.path());
        let run = |plugin: &Path, options: &[&str]| {
            let work = tempdir().unwrap();
            let mut command = filemap();
            command.arg("run").args(options).arg("--dir");
            command.arg(format!("{}::work", work.path().display())).arg(plugin);
            (command, work)
        };
        [run(&self.plugin, &[]), run(&self.plugin, &["--map"]), run(&composed, &[])]
    }
}

/// Returns a compiler for this standard, with all warnings.
fn clang(name: &str, standard: &str) -> Command {
    let mut command = Command::new(tool(&format!("c/bin/wasm32-wasip2-{name}")));
    command.args(["-O2", standard]).args(STRICT);
    command
}

/// Returns the files of a folder with this extension, sorted.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|it| it == extension)).collect();
    paths.sort();
    assert!(!paths.is_empty(), "`{}` has no file .{extension}", folder.display());
    paths
}

/// Runs the program that checks every function of the header.
#[track_caller]
fn check_functions(compiler: &str, standard: &str, language: &str) {
    let wrapped = ["malloc", "calloc", "realloc", "aligned_alloc", "free"];
    let wrap = wrapped.map(|name| format!("--wrap={name}")).join(",");
    let (link, sources) = (format!("-Wl,{wrap}"), files(&source("c"), "c"));
    let program = Compiled::new(compiler, standard, &sources, &[&link, "-x", language]);
    check_imports(&program.plugin, &["cli", "clocks", "filesystem", "io", "sockets"]);
    for (number, (mut run, work)) in program.runs().into_iter().enumerate() {
        let sparse = File::create(work.path().join("sparse.bin")).unwrap();
        sparse.set_len(8 << 30).unwrap();
        let pages = number == 1;
        let printed = succeeds(run.args(pages.then_some("pages")));
        let pages = if pages { "yes" } else { "no" };
        assert_eq!(printed, format!("pages: {pages}\nall is well\n"));
    }
}

#[test]
fn every_function_of_the_header_works_in_c() {
    check_functions("clang", "-std=c11", "c");
}

#[test]
fn every_function_of_the_header_works_in_cpp() {
    check_functions("clang++", "-std=c++17", "c++");
}

/// Compiles the example `terrain`.
fn terrain() -> Compiled {
    Compiled::new("clang", "-std=c11", &files(&root().join("examples/terrain/c"), "c"), &[])
}

/// Returns the example `terrain`, compiled once for the tests of hosts.
#[track_caller]
pub(crate) fn terrain_plugin() -> PathBuf {
    static PLUGIN: OnceLock<PathBuf> = OnceLock::new();
    PLUGIN
        .get_or_init(|| {
            let plugin = Path::new(env!("CARGO_TARGET_TMPDIR")).join("terrain-in-c.wasm");
            fs::copy(terrain().plugin, &plugin).unwrap();
            plugin
        })
        .clone()
}

/// Runs a program that is granted the folder of the model, and the folder `results`. Returns its
/// output, and the files that it leaves.
fn analyse(plugin: &Path, options: &[&str], models: &Path, results: &Path) -> (Output, String) {
    let mut run = example_run::filemap_run(options, plugin, models, results);
    let output = run.arg("dem/model.npy").output().unwrap();
    let shown = format!("{}{}", text(&output.stdout), text(&output.stderr));
    (output, shown)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Checks that the program in C prints what the one in Rust prints and leaves the same files, for
/// the model in this folder. Returns the text.
#[track_caller]
fn check_like_rust(c: &Path, rust: &Path, options: &[&str], models: &Path) -> String {
    let (expected, found) = (tempdir().unwrap(), tempdir().unwrap());
    let mut shown = String::new();
    // The second run finds the results of the first.
    for _ in 0..2 {
        let (expected_output, expected_text) = analyse(rust, &[], models, expected.path());
        let (found_output, found_text) = analyse(c, options, models, found.path());
        assert_eq!(found_text, expected_text);
        assert_eq!(found_output.status.code(), expected_output.status.code());
        assert!(file_contents(found.path()) == file_contents(expected.path()), "{found_text}");
        shown += &found_text;
    }
    shown
}

#[test]
fn terrain_in_c_leaves_the_files_of_the_program_in_rust() {
    let (terrain, models) = (terrain(), tempdir().unwrap());
    fs::copy(root().join("examples/terrain/data/jacksboro.npy"), models.path().join("model.npy"))
        .unwrap();
    let (rust, folder) = (example("terrain"), tempdir().unwrap());
    let composed =
        [composed(&terrain.plugin, terrain.folder.path()), composed(&rust, folder.path())];
    for (c, rust, options) in [
        (&terrain.plugin, &rust, &[][..]),
        (&terrain.plugin, &rust, &["--map"]),
        (&composed[0], &composed[1], &[]),
    ] {
        let shown = check_like_rust(c, rust, options, models.path());
        assert!(shown.contains("results  computed, 81 of the rows at a time\n"), "{shown}");
        assert!(shown.contains("found in the store, computed earlier from `dem/model"), "{shown}");
    }
}

/// Writes a model with these elements.
fn write_model(models: &Path, dtype: &str, shape: &str, data: &[u8]) {
    let header = format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}");
    let file = [b"\x93NUMPY\x01\0v\0", format!("{header:117}\n").as_bytes(), data].concat();
    fs::write(models.join("model.npy"), file).unwrap();
}

#[test]
fn terrain_in_c_takes_the_models_of_the_program_in_rust() {
    let (terrain, models) = (terrain(), tempdir().unwrap());
    let dtypes = [
        "|i1", "|u1", "<i2", ">i2", "<u2", ">u2", "<i4", ">i4", "<u4", ">u4", "<f4", ">f4", "<f8",
        ">f8",
    ];
    for dtype in dtypes {
        let size = usize::from(dtype.as_bytes()[2] - b'0');
        let elements = (0..12_u8).flat_map(|row| {
            let number = row.wrapping_mul(57) % 120;
            let mut bytes = match &dtype[1..] {
                "f4" => (f32::from(number) / 8.0).to_le_bytes().to_vec(),
                "f8" => (f64::from(number) / 7.0).to_le_bytes().to_vec(),
                _ => u32::from(number).to_le_bytes()[..size].to_vec(),
            };
            if dtype.starts_with('>') {
                bytes.reverse();
            }
            bytes
        });
        write_model(models.path(), dtype, "(3, 4)", &elements.collect::<Vec<_>>());
        let shown = check_like_rust(&terrain.plugin, &example("terrain"), &[], models.path());
        assert!(shown.contains(&format!("3 rows of 4 cells, dtype {dtype}, ")), "{shown}");
    }
}

#[test]
fn terrain_in_c_refuses_models_with_the_messages_of_the_program_in_rust() {
    let (terrain, models) = (terrain(), tempdir().unwrap());
    let doubles = |number: f64| [1.0, 2.0, number, 3.0].map(f64::to_le_bytes).concat();
    let cases = [
        ("<i8", "(2, 2)", vec![0; 32], "its dtype is `<i8`"),
        ("<f8", "(4,)", vec![0; 32], "it has 1 dimensions"),
        ("<f8", "(1, 4)", vec![0; 32], "its shape is 1 by 4"),
        ("<f8", "(2, 2)", vec![0; 31], "failed to open the elevations"),
        ("<f8", "(2, 2)", doubles(f64::NAN), "elevation NaN: row 1, column 0"),
        ("<f8", "(2, 2)", doubles(f64::NEG_INFINITY), "elevation -inf: row 1, column 0"),
        ("<f8", "(2, 2)", doubles(-1.5e9), "elevation -1500000000.0: row 1, column 0"),
        ("<f8", "(2, 2)", doubles(1.25e300), "elevation 1.25e300: row 1, column 0"),
    ];
    for (dtype, shape, data, expected) in cases {
        write_model(models.path(), dtype, shape, &data);
        let shown = check_like_rust(&terrain.plugin, &example("terrain"), &[], models.path());
        assert!(shown.contains(expected), "{shown}");
    }
}

#[test]
fn the_native_program_leaves_the_files_of_the_plugin() {
    let folder = tempdir().unwrap();
    let (shared, program) = (root().join("examples/terrain/c"), folder.path().join("plain"));
    let mut cc = Command::new("cc");
    cc.args(["-O2", "-std=c11", "-ffp-contract=off"]).args(STRICT).arg("-I").arg(&shared);
    cc.arg(root().join("bench/languages/plain.c"));
    cc.args(["decode.c", "picture.c", "report.c", "survey.c"].map(|name| shared.join(name)));
    succeeds(cc.args(["-lm", "-o"]).arg(&program));

    let (dem, expected) = (folder.path().join("dem"), folder.path().join("expected"));
    fs::create_dir(&dem).unwrap();
    fs::create_dir(&expected).unwrap();
    let model = root().join("examples/terrain/data/jacksboro.npy");
    fs::copy(model, dem.join("model.npy")).unwrap();
    let (output, shown) = analyse(&example("terrain"), &[], &dem, &expected);
    assert!(output.status.success(), "{shown}");
    for _ in 0..2 {
        let mut plain = Command::new(&program);
        plain.current_dir(folder.path()).args(["dem/model.npy", "results"]);
        let table = succeeds(&mut plain);
        assert!(shown.contains(&table) && table.contains("highest point"), "{table}\n{shown}");
        assert!(file_contents(&folder.path().join("results")) == file_contents(&expected));
    }
}

#[test]
fn the_generated_bindings_are_those_of_the_interface() {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(root().join("wit")).unwrap();
    let world = resolve.packages[package].worlds["plugin"];
    let mut files = Files::default();
    let mut generator = wit_bindgen_c::Opts::default().build();
    generator.generate(&mut resolve, world, &mut files).unwrap();
    let (folder, mut old) = (root().join("bindings/c/generated"), Vec::new());
    let new = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bindings-c");
    fs::create_dir_all(&new).unwrap();
    for (name, content) in files.iter() {
        fs::write(new.join(name), content).unwrap();
        if fs::read(folder.join(name)).ok().as_deref() != Some(content) {
            old.push(name);
        }
    }
    assert_eq!(super::support::files::file_names(&folder).len(), 3);
    assert!(
        old.is_empty(),
        "{old:?} in `{}` are old; copy the files of `{}` there",
        folder.display(),
        new.display()
    );
}
