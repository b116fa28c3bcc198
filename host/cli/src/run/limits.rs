//! The options of `filemap run` that limit a plugin.

use std::fmt;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use filemap_host::{CtxBuilder, limits};
use wasmtime::ResourceLimiter;

/// The options. Each `--max-` option but `--max-memory` is one of [`CtxBuilder`].
#[derive(clap::Args)]
#[command(next_help_heading = "Limits")]
pub(super) struct Limits {
    /// End the plugin after this time, with exit code 124. Fractions are allowed
    ///
    /// The plugin ends whatever it does, also within a call of filemap. Stores keep the old or the
    /// new value of each key. The time begins when the plugin is compiled.
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    pub(super) timeout: Option<Duration>,

    /// Memory that the plugin can have: its linear memories and tables together
    ///
    /// A plugin that asks for more does not get it. Most then end by a message of their own.
    /// By default, the WebAssembly type of each memory is the only limit.
    #[arg(long, value_name = "BYTES", value_parser = Size::parse)]
    max_memory: Option<Size>,

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
        CtxBuilder::new()
            .max_handles(self.max_handles)
            .max_files(self.max_files)
            .max_mapped(self.max_mapped.0)
            .max_private(self.max_private.0)
            .max_index(self.max_index.0)
            .max_dtypes(self.max_dtypes.0)
            .max_windows(self.max_windows)
            .max_threads(self.max_threads)
            .max_scanned(self.max_scanned.0)
            .max_touched_pages(self.max_touched_pages)
            .max_page_tables(self.max_page_tables)
    }

    /// Returns the limiter of the plugin's memory.
    pub(super) fn memory(&self) -> MemoryLimiter {
        let max = self.max_memory.map_or(u64::MAX, |size| size.0);
        MemoryLimiter::new(max)
    }
}

/// Limits the bytes of all linear memories and tables of a store together.
pub(super) struct MemoryLimiter {
    max: u64,
    used: u64,
    /// The growth that was allowed last. Wasmtime reports its failure without the number.
    last_growth: u64,
    has_refused: bool,
}

impl MemoryLimiter {
    const fn new(max: u64) -> Self {
        Self { max, used: 0, last_growth: 0, has_refused: false }
    }

    /// Whether the plugin has asked for more than the limit.
    pub(super) const fn has_refused(&self) -> bool {
        self.has_refused
    }

    /// Allows a growth by `count` items of `size` bytes if the sum is within the limit.
    fn grow(&mut self, count: usize, size: usize) -> bool {
        let growth = (count as u64).saturating_mul(size as u64);
        let used = self.used.saturating_add(growth);
        if used > self.max {
            self.has_refused = true;
            return false;
        }
        (self.used, self.last_growth) = (used, growth);
        true
    }

    const fn undo_last(&mut self) {
        self.used -= self.last_growth;
        self.last_growth = 0;
    }
}

impl ResourceLimiter for MemoryLimiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.grow(desired.saturating_sub(current), 1))
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.undo_last();
        Ok(())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.grow(desired.saturating_sub(current), size_of::<usize>()))
    }

    fn table_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.undo_last();
        Ok(())
    }
}

/// A number of bytes, on the command line with or without a binary unit.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Size(u64);

/// The units, and the powers of 2 that they are.
const UNITS: [(&str, u32); 4] = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)];

impl Size {
    fn parse(text: &str) -> Result<Self> {
        let (number, shift) = UNITS
            .iter()
            .find_map(|&(unit, shift)| Some((text.strip_suffix(unit)?, shift)))
            .unwrap_or((text, 0));
        let number: u64 = number
            .trim_end()
            .parse()
            .context("give a number of bytes, or one of KiB, MiB, GiB or TiB, such as 64MiB")?;
        let bytes = number.checked_mul(1 << shift).context("it is more than 2^64 bytes")?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(bytes) = *self;
        let whole = UNITS.iter().find(|(_, shift)| bytes != 0 && bytes % (1 << shift) == 0);
        match whole {
            Some((unit, shift)) => write!(formatter, "{}{unit}", bytes >> shift),
            None => write!(formatter, "{bytes}"),
        }
    }
}

fn parse_seconds(text: &str) -> Result<Duration> {
    let seconds: f64 = text.parse().context("give a number of seconds, such as 60 or 0.5")?;
    let time = Duration::try_from_secs_f64(seconds)?;
    ensure!(!time.is_zero(), "a plugin needs more time than none");
    Ok(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_a_number_with_or_without_a_unit() {
        for (text, bytes) in [
            ("0", 0),
            ("65536", 65_536),
            ("1KiB", 1024),
            ("3 MiB", 3 << 20),
            ("2GiB", 2 << 30),
            ("16TiB", 16 << 40),
        ] {
            assert_eq!(Size::parse(text).unwrap(), Size(bytes), "{text}");
        }
        for text in ["", "KiB", "-1", "1.5MiB", "1MB", "99999999999TiB"] {
            assert!(Size::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_size_is_printed_as_it_is_parsed() {
        for (bytes, text) in [(0, "0"), (1000, "1000"), (1 << 20, "1MiB"), (3 << 40, "3TiB")] {
            assert_eq!(Size(bytes).to_string(), text);
            assert_eq!(Size::parse(text).unwrap(), Size(bytes));
        }
    }

    #[test]
    fn memories_and_tables_share_one_limit_and_a_failed_growth_does_not_count() {
        let mut limiter = MemoryLimiter::new(100);
        assert!(limiter.memory_growing(0, 60, None).unwrap());
        assert!(!limiter.memory_growing(0, 60, None).unwrap());
        assert!(limiter.table_growing(0, 5, None).unwrap());
        assert!(!limiter.memory_growing(60, 61, None).unwrap());
        limiter.table_grow_failed(wasmtime::Error::msg("no memory")).unwrap();
        assert!(limiter.memory_growing(60, 100, None).unwrap());
        assert!(!limiter.table_growing(0, usize::MAX, None).unwrap());
    }
}
