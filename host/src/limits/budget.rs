//! Caps as budgets: a plugin takes from one before it gets what that pays for, and a drop gives it
//! back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use filemap::error::Error;
use filemap::fs::{IoError, IoErrorKind};

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
