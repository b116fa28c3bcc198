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
    pub(crate) fn open(
        &mut self,
        directory: Option<usize>,
        memory: Option<u64>,
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
        if let Some(memory) = memory {
            reservation.lock().set(memory)?;
        }
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
pub(crate) fn reserve_for_all(directory: usize, memory: impl FnOnce() -> Option<u64>) {
    let reservations: Vec<_> = {
        let all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&directory).into_iter().flatten().filter_map(Weak::upgrade).collect()
    };
    if reservations.len() > 1
        && let Some(memory) = memory()
    {
        for reservation in reservations {
            IndexReservation(reservation).lock().raise_to(memory);
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

    /// Releases what exceeds the `memory` of the index. That of a closed store is not known: other
    /// stores may share the reservation.
    pub(crate) fn shrink_to(&self, memory: Option<u64>) {
        if let Some(memory) = memory {
            self.lock().shrink_to(memory);
        }
    }

    pub(crate) fn downgrade(&self) -> WeakIndexReservation {
        WeakIndexReservation(Arc::downgrade(&self.0))
    }
}

impl WeakIndexReservation {
    /// Returns the reservation, or `None` if all stores of the plugin on its directory are closed.
    pub(crate) fn upgrade(&self) -> Option<IndexReservation> {
        self.0.upgrade().map(IndexReservation)
    }
}
