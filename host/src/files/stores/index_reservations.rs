//! Reservations for the memory of store indexes, from the budgets of plugins.
//!
//! All stores of the process on one directory share its index. The index counts once for a plugin,
//! however many stores the plugin has on the directory. It counts in full for every plugin that has
//! a store there.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use filemap::error::Error;
use filemap::store::Store;

use crate::files::NativeDirectory;
use crate::limits::{Budget, Reservation};

/// The reservation of one plugin for the index of one directory. All stores that the plugin has
/// open there share it. A clone is the same reservation.
#[derive(Clone)]
pub(crate) struct IndexReservation(Arc<Mutex<Reservation>>);

/// A weak reference to a reservation, which ends when the plugin's last store there is closed.
pub(crate) struct WeakIndexReservation(Weak<Mutex<Reservation>>);

/// The reservations of one plugin, each with the identifier of its directory.
#[derive(Debug, Default)]
pub(crate) struct IndexReservations(Vec<(usize, Weak<Mutex<Reservation>>)>);

impl IndexReservations {
    /// Returns the reservation for the directory of a store that was just opened, set to the memory
    /// that the index takes now. Fails if that exceeds the budget.
    pub(crate) fn open(
        &mut self,
        store: &Store<NativeDirectory>,
        budget: &Arc<Budget>,
    ) -> Result<IndexReservation, Error> {
        self.0.retain(|(_, reservation)| reservation.strong_count() > 0);
        let directory = store.directory_id();
        let existing = self
            .0
            .iter()
            .find(|(id, _)| Some(*id) == directory)
            .and_then(|(_, reservation)| reservation.upgrade());
        let reservation = match existing {
            Some(reservation) => IndexReservation(reservation),
            None => IndexReservation(Arc::new(Mutex::new(budget.reserve(0)?))),
        };
        if let Some(directory) = directory {
            self.0.push((directory, Arc::downgrade(&reservation.0)));
        }
        // Opening the store has read the index, so the memory is in use already. If it exceeds the
        // budget, it still counts until all stores of the plugin on this directory are closed.
        reservation.lock().set(store.memory())?;
        Ok(reservation)
    }
}

impl IndexReservation {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Reservation> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
