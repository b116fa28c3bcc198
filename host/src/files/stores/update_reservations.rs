//! What an update takes of a plugin's budgets until it is complete, also if its caller has left.

use std::sync::Arc;

use super::index_reservations::IndexGrowth;
use crate::limits::Reservation;

/// The reservations of an update. Dropping them releases those of an update that was not begun.
pub(crate) struct UpdateReservations {
    growth: IndexGrowth,
    /// The files of the store: the update keeps them open.
    files: Arc<Reservation>,
}

impl UpdateReservations {
    pub(crate) const fn new(growth: IndexGrowth, files: Arc<Reservation>) -> Self {
        Self { growth, files }
    }

    /// Releases what the update no longer needs, when it is complete: its keys count with the
    /// `memory` of the index.
    pub(crate) fn settle(self, memory: impl Fn() -> u64) {
        self.growth.settle_for_all(memory);
        drop(self.files);
    }
}
