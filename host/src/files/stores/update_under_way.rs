//! Whether updates are under way in this process, also those whose callers have left.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The number of updates that are under way.
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// An update that is under way until this is dropped.
pub(crate) struct UpdateUnderWay(());

impl UpdateUnderWay {
    pub(crate) fn begin() -> Self {
        COUNT.fetch_add(1, Ordering::Relaxed);
        Self(())
    }

    /// Returns whether an update may be under way on any directory. A call that begins after the
    /// call of an update has returned sees the update, or its keys.
    pub(crate) fn exists() -> bool {
        COUNT.load(Ordering::Acquire) > 0
    }
}

impl Drop for UpdateUnderWay {
    fn drop(&mut self) {
        COUNT.fetch_sub(1, Ordering::Release);
    }
}
