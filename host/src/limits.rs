//! The caps that keep one plugin from using up its host.
//!
//! A plugin that runs into one gets `limit-exceeded`, and can go on when it has closed or dropped
//! something.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use filemap::error::Error;
use filemap::fs::{IoError, IoErrorKind};

/// How many arrays, views, stores, streams, readers and writers a plugin has at once by default.
/// Each costs the host some hundred bytes.
pub const MAX_HANDLES: u64 = 10_000;

/// How many files and directories are mapped or held open for a plugin at once by default. A store
/// that is open for writing counts for two, its directory and the lock on that; a reader and a
/// writer of a value count for one each. A process has often no more than 1,024 file descriptors,
/// and 65,530 mappings.
pub const MAX_FILES: u64 = 256;

/// How much address space the mappings of a plugin have at once by default, in bytes: 16 TiB of the
/// 128 TiB that a process has. Address space is not memory, but Wasmtime needs some for every other
/// plugin.
pub const MAX_MAPPED: u64 = 16 << 40;

/// How many bytes the plugin may have changed in mappings of the mode `copy-on-write` by default: 1
/// GiB. Unlike the pages of a file, which the system can drop again, these are memory of the host.
pub const MAX_PRIVATE: u64 = 1 << 30;

/// How many bytes the keys of a plugin's open stores take in memory by default: 256 MiB, a million
/// keys and more.
pub const MAX_INDEX: u64 = filemap::limits::MAX_INDEX;

/// How many bytes the dtypes of a plugin's open arrays and views take in memory by default: 64 MiB,
/// some hundred thousand fields. A view counts by itself, also where it has its dtype together with
/// others.
pub const MAX_DTYPES: u64 = 64 << 20;

/// How many pages of a file one call touches at most: 1 GiB of them, where a page is 4 KiB. The
/// elements of a selection can lie as far apart as a plugin likes, and to fetch each from a page of
/// its own takes the host time that nothing interrupts.
pub const MAX_TOUCHED: u64 = 1 << 18;

/// How many page tables one call makes at most. Each is 4 KiB of memory that the system cannot
/// drop, for 2 MiB of a file.
pub const MAX_TABLES: u64 = 1 << 16;

/// How many bytes of a file `reduce` goes through in one call: 8 GiB, which takes some seconds, and
/// where they lie most awkwardly some twenty. A plugin can map files that are larger than any disk,
/// and nothing interrupts its host in a call. Elements count as 4 bytes at least, and as what a
/// system reads around them where they lie apart; what is written, by `fill`, counts fourfold.
pub const MAX_PASSED: u64 = 8 << 30;

/// How many windows a plugin has in its memory at once by default. Each splits the mapping that the
/// memory is, of which a process has room for 65,530. All plugins of a process together have 4,096.
pub const MAX_WINDOWS: u64 = 64;

/// With how many page tables a mapping is kept from one call to the next.
pub(crate) const KEPT_TABLES: u64 = 1 << 11;

/// A cap, and how much of it is in use.
#[derive(Debug)]
pub(crate) struct Budget {
    what: &'static str,
    most: u64,
    used: AtomicU64,
}

impl Budget {
    pub(crate) fn new(what: &'static str, most: u64) -> Arc<Self> {
        Arc::new(Self { what, most, used: AtomicU64::new(0) })
    }

    /// Takes `amount`, until the lease is dropped.
    pub(crate) fn lease(self: &Arc<Self>, amount: u64) -> Result<Lease, OverBudget> {
        let mut lease = Lease { budget: Arc::clone(self), amount: 0 };
        lease.grow(amount)?;
        Ok(lease)
    }
}

#[cfg(test)]
impl Budget {
    /// How much of it is in use.
    pub(crate) fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }
}

/// What a plugin gets that asks for more than its budget.
#[derive(Debug)]
pub(crate) struct OverBudget(String);

impl From<OverBudget> for Error {
    fn from(error: OverBudget) -> Self {
        Self::LimitExceeded(error.0)
    }
}

impl From<OverBudget> for IoError {
    fn from(error: OverBudget) -> Self {
        Self { kind: IoErrorKind::OverLimit, detail: error.0 }
    }
}

/// A part of a budget, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    budget: Arc<Budget>,
    amount: u64,
}

impl Lease {
    /// Takes `amount` more.
    pub(crate) fn grow(&mut self, amount: u64) -> Result<(), OverBudget> {
        let Budget { what, most, used } = &*self.budget;
        let more = |used: u64| used.checked_add(amount).filter(|sum| sum <= most);
        match used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more) {
            Ok(_) => self.amount += amount,
            Err(used) => {
                let sum = used.saturating_add(amount);
                return Err(OverBudget(format!(
                    "{what} would be {sum} of at most {most}; close or drop some first"
                )));
            }
        }
        Ok(())
    }

    /// Makes it `amount`, also where that is more than there is: it is in use already. Until some
    /// of it is given back, nobody gets more.
    pub(crate) fn set(&mut self, amount: u64) -> Result<(), OverBudget> {
        self.shrink_to(amount);
        let more = amount - self.amount;
        self.budget.used.fetch_add(more, Ordering::Relaxed);
        self.amount = amount;
        self.grow(0)
    }

    /// Gives back what is more than `amount`.
    pub(crate) fn shrink_to(&mut self, amount: u64) {
        let surplus = self.amount.saturating_sub(amount);
        self.budget.used.fetch_sub(surplus, Ordering::Relaxed);
        self.amount -= surplus;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.amount, Ordering::Relaxed);
    }
}

/// The budgets of a plugin.
#[derive(Clone, Debug)]
pub(crate) struct Budgets {
    pub(crate) handles: Arc<Budget>,
    pub(crate) files: Arc<Budget>,
    pub(crate) mapped: Arc<Budget>,
    pub(crate) private: Arc<Budget>,
    pub(crate) index: Arc<Budget>,
    pub(crate) dtypes: Arc<Budget>,
    pub(crate) windows: Arc<Budget>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_given_back_when_it_is_dropped() {
        let budget = Budget::new("things", 3);
        let first = budget.lease(2).unwrap();
        assert_eq!(
            budget.lease(2).unwrap_err().0,
            "things would be 4 of at most 3; close or drop some first"
        );
        drop(first);
        let all = budget.lease(3).unwrap();
        assert!(budget.lease(u64::MAX).is_err(), "the sum overflows");
        drop(all);
        assert!(budget.lease(3).is_ok());
    }

    #[test]
    fn what_is_in_use_already_is_counted_and_refused_from_then_on() {
        let budget = Budget::new("things", 3);
        let mut lease = budget.lease(1).unwrap();
        assert_eq!(
            lease.set(5).unwrap_err().0,
            "things would be 5 of at most 3; close or drop some first"
        );
        assert!(budget.lease(0).is_err());
        assert!(lease.set(2).is_ok());
        assert!(budget.lease(1).is_ok());
    }
}
