//! Whether calls that overlapped can have been done one after the other: linearizability.

use std::collections::HashSet;

/// A call on one key, with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Call {
    Get(Option<u64>),
    Set(u64),
    Remove(bool),
    Pop(Option<u64>),
    SetDefault(u64, u64),
    Contains(bool),
}

/// A call, and when it began and ended.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) call: Call,
    pub(super) begin: u64,
    pub(super) end: u64,
}

impl Call {
    /// Whether its answer is right for that value, and what it leaves of it.
    fn apply(&self, value: Option<u64>) -> (bool, Option<u64>) {
        match *self {
            Self::Get(found) => (found == value, value),
            Self::Set(new) => (true, Some(new)),
            Self::Remove(found) => (found == value.is_some(), None),
            Self::Pop(found) => (found == value, None),
            Self::SetDefault(new, found) => (found == value.unwrap_or(new), Some(found)),
            Self::Contains(found) => (found == value.is_some(), value),
        }
    }
}

/// Looks for orders that keep to when each call began and ended, and in which every answer is
/// right, beginning without a value. Gives the values that such orders leave, or nothing where
/// there is none.
///
/// This is the search of Wing and Gong, with Lowe's memory of where it has been.
pub(super) fn check(events: &[Event]) -> Option<HashSet<Option<u64>>> {
    assert!(events.len() <= 128, "more than the bits of a set");
    let all = if events.len() == 128 { u128::MAX } else { (1 << events.len()) - 1 };
    let mut last = HashSet::new();
    let mut seen = HashSet::new();
    let mut open = vec![(0_u128, None)];
    while let Some((done, value)) = open.pop() {
        if !seen.insert((done, value)) {
            continue;
        }
        if done == all {
            last.insert(value);
            continue;
        }
        let left = || events.iter().enumerate().filter(move |(number, _)| done & 1 << number == 0);
        // The next one has begun before any of the others has ended.
        let first_end = left().map(|(_, event)| event.end).min().unwrap_or(u64::MAX);
        let next = left().filter(|(_, event)| event.begin < first_end);
        open.extend(next.filter_map(|(number, event)| {
            let (is_right, after) = event.call.apply(value);
            is_right.then_some((done | 1 << number, after))
        }));
    }
    (!last.is_empty()).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(call: Call, begin: u64, end: u64) -> Event {
        Event { call, begin, end }
    }

    #[test]
    fn a_read_that_overlaps_a_write_may_see_either_value() {
        for found in [Some(1), Some(2)] {
            let events = [
                event(Call::Set(1), 0, 1),
                event(Call::Set(2), 2, 5),
                event(Call::Get(found), 3, 4),
            ];
            assert_eq!(check(&events), Some(HashSet::from([Some(2)])));
        }
    }

    #[test]
    fn a_read_after_a_write_sees_it() {
        let events =
            [event(Call::Set(1), 0, 1), event(Call::Set(2), 2, 3), event(Call::Get(Some(1)), 4, 5)];
        assert_eq!(check(&events), None);
    }

    #[test]
    fn a_value_does_not_come_back() {
        let read = |found, begin| event(Call::Get(Some(found)), begin, begin + 1);
        let events = [event(Call::Set(1), 0, 1), event(Call::Set(2), 2, 9), read(2, 3), read(1, 5)];
        assert_eq!(check(&events), None);
    }

    #[test]
    fn one_value_is_popped_once() {
        let pop = |begin, end| event(Call::Pop(Some(1)), begin, end);
        assert_eq!(check(&[event(Call::Set(1), 0, 1), pop(2, 5), pop(3, 4)]), None);
    }
}
