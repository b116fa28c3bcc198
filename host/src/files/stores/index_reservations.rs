//! Reservations for the memory of store indexes, from the budgets of plugins.
//!
//! All stores of the process on one directory share its index. The index counts once for a plugin,
//! however many stores the plugin has on the directory. It counts in full for every plugin that has
//! a store there. When a plugin closes its last store, the keys that it leaves still count for the
//! others.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use filemap::error::Error;

use crate::limits::{Budget, Reservation};

/// The reservation of one plugin for the index of one directory. All stores that the plugin has
/// open there share it. A clone is the same reservation.
#[derive(Clone)]
pub(crate) struct IndexReservation(Arc<Registered>);

/// A weak reference to a reservation, which ends when the plugin's last store there is closed.
pub(crate) struct WeakIndexReservation(Weak<Registered>);

/// What a change may add to an index, reserved besides the reservation of the index until the
/// change is complete. Dropping it gives it back, for a change that was not made.
pub(crate) struct IndexGrowth {
    index: IndexReservation,
    amount: Reservation,
}

/// A reservation that [`ALL`] has until it is dropped.
#[derive(Debug)]
struct Registered {
    /// The identifier of the directory. `None` for a store without an index.
    directory: Option<usize>,
    amount: Mutex<Reservation>,
}

/// The reservations of all plugins, by the identifier of their directory. The lock is held briefly,
/// and no reservation is locked or dropped meanwhile.
static ALL: Mutex<BTreeMap<usize, Vec<Weak<Registered>>>> = Mutex::new(BTreeMap::new());

/// The reservations of one plugin, each with the identifier of its directory.
#[derive(Debug, Default)]
pub(crate) struct IndexReservations(Vec<(usize, Weak<Registered>)>);

impl IndexReservations {
    /// Returns the reservation for the directory of a store that was just opened, set to the
    /// `memory` that the index takes now. Fails if that exceeds the budget.
    ///
    /// Here and below, `memory` is asked while the reservation is locked: what changes the index at
    /// the same time changes the reservation before or after.
    pub(crate) fn open(
        &mut self,
        directory: Option<usize>,
        memory: impl FnOnce() -> Option<u64>,
        budget: &Arc<Budget>,
    ) -> Result<IndexReservation, Error> {
        self.0.retain(|(_, reservation)| reservation.strong_count() > 0);
        let existing = self
            .0
            .iter()
            .find(|(id, _)| Some(*id) == directory)
            .and_then(|(_, reservation)| reservation.upgrade());
        let reservation = if let Some(reservation) = existing {
            IndexReservation(reservation)
        } else {
            let amount = Mutex::new(budget.reserve(0)?);
            let reservation = IndexReservation(Arc::new(Registered { directory, amount }));
            if let Some(directory) = directory {
                self.0.push((directory, Arc::downgrade(&reservation.0)));
                let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
                all.entry(directory).or_default().push(Arc::downgrade(&reservation.0));
            }
            reservation
        };
        // Opening the store has read the index, so the memory is in use already. If it exceeds the
        // budget, it still counts until all stores of the plugin on this directory are closed.
        let mut amount = reservation.lock();
        if let Some(memory) = memory() {
            amount.set(memory)?;
        }
        drop(amount);
        Ok(reservation)
    }
}

/// Returns the number of reservations of all plugins that are kept.
#[cfg(test)]
pub(crate) fn registered_reservations() -> usize {
    ALL.lock().unwrap_or_else(PoisonError::into_inner).values().map(Vec::len).sum()
}

#[cfg(test)]
impl IndexReservations {
    /// Returns the number of reservations that are kept.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }
}

/// Raises the reservations of all plugins for the index of a store that is about to be closed to
/// its `memory`, before the plugin that closes it releases its own: another plugin may keep the
/// index.
pub(crate) fn reserve_for_all(directory: usize, memory: impl Fn() -> Option<u64>) {
    let reservations: Vec<_> = {
        let all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&directory).into_iter().flatten().filter_map(Weak::upgrade).collect()
    };
    if reservations.len() < 2 {
        return;
    }
    for reservation in reservations.into_iter().map(IndexReservation) {
        let mut amount = reservation.lock();
        if let Some(memory) = memory() {
            amount.raise_to(memory);
        }
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        let Some(directory) = self.directory else { return };
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reservations) = all.get_mut(&directory) {
            reservations.retain(|reservation| reservation.strong_count() > 0);
            if reservations.is_empty() {
                all.remove(&directory);
            }
        }
    }
}

impl IndexReservation {
    /// Locks the reservation. The caller does not use the disk meanwhile: other plugins may wait.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Reservation> {
        self.0.amount.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reserves `growth` bytes for a change, besides the `memory` that the index takes now. That of
    /// a closed store is not known.
    ///
    /// A change that adds no key never fails: a plugin whose budget is exceeded by the keys of
    /// others can still remove keys.
    pub(crate) fn grow(
        &self,
        growth: u64,
        memory: impl FnOnce() -> Option<u64>,
    ) -> Result<IndexGrowth, Error> {
        let mut index = self.lock();
        let mut amount = index.empty();
        if growth > 0 {
            // Others may have removed keys since the last change.
            if let Some(memory) = memory() {
                index.shrink_to(memory);
            }
            amount.grow(growth)?;
        }
        Ok(IndexGrowth { index: self.clone(), amount })
    }

    pub(crate) fn downgrade(&self) -> WeakIndexReservation {
        WeakIndexReservation(Arc::downgrade(&self.0))
    }
}

impl IndexGrowth {
    /// Adds what was reserved for a change that is complete to the reservation of the index, and
    /// releases what exceeds the `memory` that the index takes now. That of a closed store is not
    /// known: other stores may share the reservation.
    ///
    /// Other changes may be under way. Their keys are in `memory` at the latest when they are
    /// complete, and until then they have reservations of their own. `memory` is asked while the
    /// reservation is locked, so that a change which ends later knows more keys.
    pub(crate) fn settle(self, memory: impl FnOnce() -> Option<u64>) {
        let Self { index, amount } = self;
        let mut reserved = index.lock();
        if let Some(memory) = memory() {
            reserved.absorb(amount);
            reserved.shrink_to(memory);
        }
    }

    /// The same at the end of an update whose plugin may have closed the store meanwhile. Raises
    /// the reservations of other plugins, which may keep the index.
    pub(crate) fn settle_for_all(self, memory: impl Fn() -> u64) {
        let index = self.index.clone();
        self.settle(|| Some(memory()));
        if let Some(directory) = index.0.directory {
            reserve_for_all(directory, || Some(memory()));
        }
    }
}

impl WeakIndexReservation {
    /// Returns the reservation, or `None` if all stores of the plugin on its directory are closed.
    pub(crate) fn upgrade(&self) -> Option<IndexReservation> {
        self.0.upgrade().map(IndexReservation)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::CtxBuilder;

    #[test]
    fn the_keys_of_an_update_never_count_twice() {
        let [own, other] = [(); 2].map(|()| Arc::clone(&CtxBuilder::new().build().budgets.index));
        let directory = Some(usize::MAX);
        let [mine, theirs] = [&own, &other].map(|budget| {
            IndexReservations::default().open(directory, || Some(60), budget).unwrap()
        });
        let growth = mine.grow(40, || Some(60)).unwrap();
        let most = Cell::new(0);
        growth.settle_for_all(|| {
            most.set(own.used().max(most.get()));
            100
        });
        assert_eq!((most.get(), own.used(), other.used()), (100, 100, 100));
        drop((mine, theirs));
        assert_eq!((own.used(), other.used()), (0, 0));
    }
}
