//! The options of `filemap run` that limit a plugin.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use filemap_host::{CtxBuilder, limits};

mod memory;
mod process;
mod size;

pub(super) use memory::MemoryLimiter;
use size::Size;

/// The memory that a plugin can have by default, in bytes: as much as one memory of WebAssembly has
/// at most, whose addresses have 32 bits.
const MAX_MEMORY: u64 = 4 << 30;

/// The number of resources that a plugin can have by default: ten times the default of
/// `--max-handles`.
const MAX_RESOURCES: usize = 100_000;

/// The options. Each `--max-` option is one of [`CtxBuilder`], except for the memory, the resources
/// and the descriptors, which WASI and the plugin itself use too.
#[derive(clap::Args)]
#[command(next_help_heading = "Limits")]
pub(super) struct Limits {
    /// End the plugin after this time, with exit code 124. Fractions are allowed
    ///
    /// The plugin ends whatever it does, also within a call of filemap. Stores keep the old or the
    /// new value of each key. The time begins when the plugin is compiled.
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    pub(super) timeout: Option<Duration>,

    /// End the plugin after about this many WebAssembly instructions, with exit code 125
    ///
    /// Unlike `--timeout`, this does not depend on the machine. Functions of the host, such as
    /// those of filemap, cost nothing. Counting takes time, and the plugin is compiled anew for it.
    /// [default: not counted]
    #[arg(long, value_name = "COUNT")]
    pub(super) fuel: Option<u64>,

    /// Memory that the plugin can have: its linear memories and tables together
    ///
    /// A plugin that asks for more does not get it. Most then end by a message of their own.
    #[arg(
        long,
        value_name = "BYTES",
        value_parser = Size::parse,
        default_value_t = Size(MAX_MEMORY)
    )]
    max_memory: Size,

    /// Resources of WASI and filemap that the plugin can have at once: descriptors, streams, arrays
    ///
    /// A plugin that makes more traps. `--max-handles` limits those of filemap, by an error.
    #[arg(long, value_name = "COUNT", default_value_t = MAX_RESOURCES)]
    pub(super) max_resources: usize,

    /// File descriptors of the plugin's process: files open through WASI or filemap, and some 20
    ///
    /// A call that needs more fails. [default: the limit of the shell (`ulimit -n`)]
    #[arg(long, value_name = "COUNT")]
    pub(super) max_descriptors: Option<u64>,

    /// Length of a file that the plugin can make or extend, through filemap or WASI
    ///
    /// It holds for the plugin's standard output too, if that is a file. [default: the limit of the
    /// shell (`ulimit -f`)]
    #[arg(long, value_name = "BYTES", value_parser = Size::parse)]
    max_file_size: Option<Size>,

    /// Bytes by which the plugin can make files longer through filemap
    ///
    /// Removing and replacing values gives bytes back. What the plugin writes through WASI does not
    /// count: use a quota of the disk too. [default: no limit]
    #[arg(long, value_name = "BYTES", value_parser = Size::parse)]
    max_stored_bytes: Option<Size>,

    /// Keys that the plugin can add to stores; removing keys gives them back [default: no limit]
    #[arg(long, value_name = "COUNT")]
    max_stored_keys: Option<u64>,

    /// Arrays, views, stores, streams, readers and writers that the plugin can have at once
    #[arg(long, value_name = "COUNT", default_value_t = limits::MAX_HANDLES)]
    max_handles: u64,

    /// Files and directories that can be mapped or open for the plugin at once
    #[arg(long, value_name = "COUNT", default_value_t = limits::MAX_FILES)]
    max_files: u64,

    /// Address space that the plugin's mappings can have at once
    #[arg(
        long,
        value_name = "BYTES",
        value_parser = Size::parse,
        default_value_t = Size(limits::MAX_MAPPED)
    )]
    max_mapped: Size,

    /// Bytes that the plugin can have changed in the mode `copy-on-write`
    #[arg(
        long,
        value_name = "BYTES",
        value_parser = Size::parse,
        default_value_t = Size(limits::MAX_PRIVATE)
    )]
    max_private: Size,

    /// Memory of the host for the keys of the plugin's open stores
    #[arg(
        long,
        value_name = "BYTES",
        value_parser = Size::parse,
        default_value_t = Size(limits::MAX_INDEX)
    )]
    max_index: Size,

    /// Memory of the host for the dtypes of the plugin's open arrays and views
    #[arg(
        long,
        value_name = "BYTES",
        value_parser = Size::parse,
        default_value_t = Size(limits::MAX_DTYPES)
    )]
    max_dtypes: Size,

    /// Windows that the plugin can have in its memory at once, with `--map`
    #[arg(long, value_name = "COUNT", default_value_t = limits::MAX_WINDOWS)]
    max_windows: u64,

    /// Threads in which one call of `reduce` can compute
    #[arg(long, value_name = "COUNT", default_value_t = limits::MAX_THREADS)]
    max_threads: usize,

    /// Bytes of a file that one call of `reduce` or `fill` can process
    #[arg(
        long,
        value_name = "BYTES",
        value_parser = Size::parse,
        default_value_t = Size(limits::MAX_SCANNED)
    )]
    max_scanned: Size,

    /// Pages of a file that one call can touch
    #[arg(long, value_name = "COUNT", default_value_t = limits::MAX_TOUCHED_PAGES)]
    max_touched_pages: u64,

    /// Page tables that one call can create
    #[arg(long, value_name = "COUNT", default_value_t = limits::MAX_PAGE_TABLES)]
    max_page_tables: u64,
}

impl Limits {
    /// Returns the builder of a plugin's context with the caps of filemap.
    pub(super) fn ctx_builder(&self) -> CtxBuilder {
        let bytes = |size: Option<Size>, default| size.map_or(default, |size| size.0);
        CtxBuilder::new()
            .max_handles(self.max_handles)
            .max_files(self.max_files)
            .max_mapped(self.max_mapped.0)
            .max_private(self.max_private.0)
            .max_index(self.max_index.0)
            .max_dtypes(self.max_dtypes.0)
            .max_windows(self.max_windows)
            .max_stored_bytes(bytes(self.max_stored_bytes, limits::MAX_STORED_BYTES))
            .max_stored_keys(self.max_stored_keys.unwrap_or(limits::MAX_STORED_KEYS))
            .max_file_size(bytes(self.max_file_size, limits::MAX_FILE_SIZE))
            .max_threads(self.max_threads)
            .max_scanned(self.max_scanned.0)
            .max_touched_pages(self.max_touched_pages)
            .max_page_tables(self.max_page_tables)
    }

    /// Lowers the limits of this process to those of the plugin, which is alone in it. They hold
    /// for what the plugin does through WASI too.
    pub(super) fn limit_process(&self) -> Result<()> {
        let file_size = self.max_file_size.map(|size| size.0);
        process::lower(process::FILE_SIZE, file_size)
            .context("failed to set the limit `--max-file-size`")?;
        process::lower(process::DESCRIPTORS, self.max_descriptors)
            .context("failed to set the limit `--max-descriptors`")
    }

    /// Returns the limiter of the plugin's memory.
    pub(super) const fn memory(&self) -> MemoryLimiter {
        MemoryLimiter::new(self.max_memory.0)
    }
}

fn parse_seconds(text: &str) -> Result<Duration> {
    let seconds: f64 = text.parse().context("give a number of seconds, such as 60 or 0.5")?;
    let time = Duration::try_from_secs_f64(seconds)?;
    ensure!(!time.is_zero(), "a plugin needs more time than none");
    Ok(time)
}
