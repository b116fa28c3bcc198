//! Budgets: the host reserves a part of a plugin's budget before it creates an object for the
//! plugin.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use filemap::error::Error;
use filemap::fs::{IoError, IoErrorKind};

use crate::interrupter::Interrupter;

/// A cap of a plugin, and the amount of it that is in use.
#[derive(Debug)]
pub(crate) struct Budget {
    /// The unit in error messages: a noun in the plural.
    unit: &'static str,
    max: u64,
    used: AtomicU64,
}

/// A part of a budget. Dropping it returns the part to the budget.
#[derive(Debug)]
pub(crate) struct Reservation {
    budget: Arc<Budget>,
    amount: u64,
}

/// The error of a request that exceeds the rest of a budget, with its message.
#[derive(Debug)]
pub(crate) struct OverBudget(String);

/// What bounds one plugin: its budgets, the limits of one call, and the handle that ends its calls.
/// All clones share them. The plugin's directories, files and mappings have a clone each.
#[derive(Clone, Debug)]
pub(crate) struct Budgets {
    pub(crate) handles: Arc<Budget>,
    pub(crate) files: Arc<Budget>,
    pub(crate) mapped: Arc<Budget>,
    pub(crate) private: Arc<Budget>,
    pub(crate) index: Arc<Budget>,
    pub(crate) dtypes: Arc<Budget>,
    pub(crate) windows: Arc<Budget>,
    /// The number of threads that one call may compute in.
    pub(crate) threads: usize,
    pub(crate) call: CallLimits,
    pub(crate) interrupter: Interrupter,
}

/// The limits of one call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallLimits {
    /// The bytes of a file that it processes.
    pub(crate) scanned: u64,
    /// The pages of a file that it touches.
    pub(crate) touched_pages: u64,
    /// The page tables that it creates.
    pub(crate) page_tables: u64,
}

impl Budget {
    pub(crate) fn new(unit: &'static str, max: u64) -> Arc<Self> {
        Arc::new(Self { unit, max, used: AtomicU64::new(0) })
    }

    /// Reserves `amount` until the reservation is dropped.
    pub(crate) fn reserve(self: &Arc<Self>, amount: u64) -> Result<Reservation, OverBudget> {
        let mut reservation = Reservation { budget: Arc::clone(self), amount: 0 };
        reservation.grow(amount)?;
        Ok(reservation)
    }

    /// Returns the amount in use.
    pub(crate) fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// Returns the cap.
    pub(crate) const fn max(&self) -> u64 {
        self.max
    }
}

impl Reservation {
    /// Reserves `amount` more.
    pub(crate) fn grow(&mut self, amount: u64) -> Result<(), OverBudget> {
        let Budget { unit, max, used } = &*self.budget;
        let add = |used: u64| used.checked_add(amount).filter(|sum| sum <= max);
        match used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add) {
            Ok(_) => self.amount += amount,
            Err(used) => {
                let sum = used.saturating_add(amount);
                return Err(OverBudget(format!(
                    "the plugin would have {sum} {unit}, and can have at most {max}: close or drop \
                     some first"
                )));
            }
        }
        Ok(())
    }

    /// Sets the reservation to an amount that is in use already. If that exceeds the budget, the
    /// amount counts nevertheless, and this call and every later request fail until enough is
    /// released.
    pub(crate) fn set(&mut self, amount: u64) -> Result<(), OverBudget> {
        self.shrink_to(amount);
        self.raise_to(amount);
        self.grow(0)
    }

    /// Raises the reservation to an amount that is in use already, even if that exceeds the budget.
    pub(crate) fn raise_to(&mut self, amount: u64) {
        let growth = amount.saturating_sub(self.amount);
        self.budget.used.fetch_add(growth, Ordering::Relaxed);
        self.amount += growth;
    }

    /// Releases the part above `amount`.
    pub(crate) fn shrink_to(&mut self, amount: u64) {
        let surplus = self.amount.saturating_sub(amount);
        self.budget.used.fetch_sub(surplus, Ordering::Relaxed);
        self.amount -= surplus;
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.amount, Ordering::Relaxed);
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_reservation_returns_to_its_budget() {
        let budget = Budget::new("things", 3);
        let first = budget.reserve(2).unwrap();
        assert_eq!(
            budget.reserve(2).unwrap_err().0,
            "the plugin would have 4 things, and can have at most 3: close or drop some first"
        );
        drop(first);
        let all = budget.reserve(3).unwrap();
        assert!(budget.reserve(u64::MAX).is_err(), "overflow");
        drop(all);
        assert!(budget.reserve(3).is_ok());
    }

    #[test]
    fn an_amount_over_the_budget_is_set_and_blocks_further_reservations() {
        let budget = Budget::new("things", 3);
        let mut reservation = budget.reserve(1).unwrap();
        assert_eq!(
            reservation.set(5).unwrap_err().0,
            "the plugin would have 5 things, and can have at most 3: close or drop some first"
        );
        assert!(budget.reserve(0).is_err());
        assert!(reservation.set(2).is_ok());
        assert!(budget.reserve(1).is_ok());
    }
}
