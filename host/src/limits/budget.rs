//! Budgets: the host reserves a part of a plugin's budget before it creates an object for the
//! plugin.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use filemap::error::Error;
use filemap::fs::{IoError, IoErrorKind};

/// A cap of a plugin, and the amount of it that is in use.
#[derive(Debug)]
pub(crate) struct Budget {
    words: BudgetWords,
    max: u64,
    used: AtomicU64,
}

/// What error messages say about a budget.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BudgetWords {
    /// The function of [`CtxBuilder`](crate::CtxBuilder) that sets the cap.
    pub(crate) name: &'static str,
    /// A noun in the plural.
    pub(crate) unit: &'static str,
    /// What a plugin can do that has used up the budget.
    pub(crate) remedy: &'static str,
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

impl Budget {
    pub(crate) fn new(words: BudgetWords, max: u64) -> Arc<Self> {
        Arc::new(Self { words, max, used: AtomicU64::new(0) })
    }

    /// Reserves `amount` until the reservation is dropped.
    pub(crate) fn reserve(self: &Arc<Self>, amount: u64) -> Result<Reservation, OverBudget> {
        let mut reservation = Reservation { budget: Arc::clone(self), amount: 0 };
        reservation.grow(amount)?;
        Ok(reservation)
    }

    /// Takes `amount`, which the caller [gives back](Self::give_back) if it is not used. A budget
    /// has either reservations or callers of this function.
    pub(crate) fn take(&self, amount: u64) -> Result<(), OverBudget> {
        let add = |used: u64| used.checked_add(amount).filter(|sum| *sum <= self.max);
        match self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add) {
            Ok(_) => Ok(()),
            Err(used) => {
                let (max, BudgetWords { name, unit, remedy }) = (self.max, self.words);
                Err(OverBudget(format!(
                    "the limit `{name}` is {max} {unit}, with {used} in use and {amount} more \
                     needed: {remedy}"
                )))
            }
        }
    }

    /// Gives an amount back, which can be more than is in use: then nothing is in use.
    pub(crate) fn give_back(&self, amount: u64) {
        let subtract = |used: u64| Some(used.saturating_sub(amount));
        _ = self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, subtract);
    }

    /// Returns the amount in use.
    pub(crate) fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    /// Returns the cap.
    pub(crate) const fn max(&self) -> u64 {
        self.max
    }

    /// Returns whether the budget is a limit at all.
    pub(crate) const fn is_limited(&self) -> bool {
        self.max < u64::MAX
    }
}

impl Reservation {
    /// Returns another reservation of the same budget, which takes nothing yet.
    pub(crate) fn empty(&self) -> Self {
        Self { budget: Arc::clone(&self.budget), amount: 0 }
    }

    /// Takes over the amount of another reservation of the same budget.
    pub(crate) fn absorb(&mut self, mut other: Self) {
        self.amount += std::mem::take(&mut other.amount);
    }

    /// Reserves `amount` more.
    pub(crate) fn grow(&mut self, amount: u64) -> Result<(), OverBudget> {
        self.budget.take(amount)?;
        self.amount += amount;
        Ok(())
    }

    /// Reserves more until the amount is `amount`, or else keeps the present amount.
    pub(crate) fn grow_to(&mut self, amount: u64) -> Result<(), OverBudget> {
        match amount.saturating_sub(self.amount) {
            0 => Ok(()),
            growth => self.grow(growth),
        }
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

    fn budget(max: u64) -> Arc<Budget> {
        let words = BudgetWords { name: "max_things", unit: "things", remedy: "drop some first" };
        Budget::new(words, max)
    }

    #[test]
    fn a_dropped_reservation_returns_to_its_budget() {
        let budget = budget(3);
        let first = budget.reserve(2).unwrap();
        assert_eq!(
            budget.reserve(2).unwrap_err().0,
            "the limit `max_things` is 3 things, with 2 in use and 2 more needed: drop some first"
        );
        drop(first);
        let all = budget.reserve(3).unwrap();
        assert!(budget.reserve(u64::MAX).is_err(), "overflow");
        drop(all);
        assert!(budget.reserve(3).is_ok());
    }

    #[test]
    fn a_reservation_takes_over_another_one_of_its_budget() {
        let budget = budget(3);
        let mut reservation = budget.reserve(1).unwrap();
        let mut other = reservation.empty();
        assert_eq!(budget.used(), 1);
        other.grow(2).unwrap();
        reservation.absorb(other);
        assert_eq!(budget.used(), 3);
        reservation.shrink_to(2);
        assert_eq!(budget.used(), 2);
        drop(reservation);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn an_amount_over_the_budget_is_set_and_blocks_further_reservations() {
        let budget = budget(3);
        let mut reservation = budget.reserve(1).unwrap();
        assert_eq!(
            reservation.set(5).unwrap_err().0,
            "the limit `max_things` is 3 things, with 5 in use and 0 more needed: drop some first"
        );
        assert!(budget.reserve(0).is_err());
        assert!(reservation.set(2).is_ok());
        assert!(budget.reserve(1).is_ok());
    }

    #[test]
    fn a_reservation_grows_to_an_amount_or_stays() {
        let budget = budget(3);
        let mut reservation = budget.reserve(1).unwrap();
        assert!(reservation.grow_to(4).is_err());
        assert_eq!(budget.used(), 1);
        reservation.grow_to(3).unwrap();
        reservation.grow_to(2).unwrap();
        assert_eq!(budget.used(), 3);
    }

    #[test]
    fn more_can_be_given_back_than_was_taken() {
        let budget = budget(3);
        budget.take(2).unwrap();
        assert!(budget.take(2).is_err());
        budget.give_back(1);
        assert_eq!(budget.used(), 1);
        budget.give_back(100);
        assert_eq!(budget.used(), 0);
        assert!(budget.take(4).is_err(), "it is no credit");
        budget.take(3).unwrap();
    }
}
