//! The option `--max-memory`.

use wasmtime::ResourceLimiter;

/// Limits the bytes of all linear memories and tables of a store together.
pub(in crate::run) struct MemoryLimiter {
    max: u64,
    used: u64,
    /// The growth that was allowed last. Wasmtime reports its failure without the number.
    last_growth: u64,
    /// What was in use, and how much more was needed, when the plugin last got nothing.
    refused: Option<(u64, u64)>,
}

impl MemoryLimiter {
    pub(super) const fn new(max: u64) -> Self {
        Self { max, used: 0, last_growth: 0, refused: None }
    }

    /// Says what the plugin has asked for in vain, if it has.
    pub(in crate::run) fn refusal(&self) -> Option<String> {
        let (max, (used, growth)) = (self.max, self.refused?);
        Some(format!(
            "the limit `--max-memory` is {max} bytes, with {used} in use and {growth} more needed: \
             allow more"
        ))
    }

    /// Allows a growth by `count` items of `size` bytes if the sum is within the limit.
    fn grow(&mut self, count: usize, size: usize) -> bool {
        let growth = (count as u64).saturating_mul(size as u64);
        let used = self.used.saturating_add(growth);
        if used > self.max {
            self.refused = Some((self.used, growth));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_and_tables_share_one_limit_and_a_failed_growth_does_not_count() {
        let mut limiter = MemoryLimiter::new(100);
        assert_eq!(limiter.refusal(), None);
        assert!(limiter.memory_growing(0, 60, None).unwrap());
        assert!(!limiter.memory_growing(0, 60, None).unwrap());
        assert!(limiter.table_growing(0, 5, None).unwrap());
        assert!(!limiter.memory_growing(60, 61, None).unwrap());
        limiter.table_grow_failed(wasmtime::Error::msg("no memory")).unwrap();
        assert!(limiter.memory_growing(60, 100, None).unwrap());
        assert!(!limiter.table_growing(0, usize::MAX, None).unwrap());
        let refusal = "the limit `--max-memory` is 100 bytes, with 100 in use and \
                       18446744073709551615 more needed: allow more";
        assert_eq!(limiter.refusal().as_deref(), Some(refusal));
    }
}
