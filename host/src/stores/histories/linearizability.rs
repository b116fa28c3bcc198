//! A linearizability check: whether the results of overlapping calls are possible if each call
//! takes effect at one moment between its begin and its end.

use std::collections::HashSet;

/// A call on one key, with its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Get(Option<u64>),
    Set(u64),
    Remove(bool),
    Pop(Option<u64>),
    SetDefault(u64, u64),
    Contains(bool),
}

/// A call with the times of its begin and end.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) call: Call,
    pub(crate) begin: u64,
    pub(crate) end: u64,
}

impl Call {
    /// Returns whether the result is right if the key has `value`, and the value after the call.
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

/// Searches all orders of the calls that respect their times, and in which every result is right.
/// The key has no value at the beginning. Returns the possible values at the end; `None` if there
/// is no such order.
///
/// This is the algorithm of Wing and Gong, with Lowe's cache of visited states.
pub(crate) fn final_values(events: &[Event]) -> Option<HashSet<Option<u64>>> {
    assert!(events.len() <= 128, "more calls than bits");
    let all = if events.len() == 128 { u128::MAX } else { (1 << events.len()) - 1 };
    let mut finals = HashSet::new();
    let mut visited = HashSet::new();
    let mut states = vec![(0_u128, None)];
    while let Some((done, value)) = states.pop() {
        if !visited.insert((done, value)) {
            continue;
        }
        if done == all {
            finals.insert(value);
            continue;
        }
        let remaining =
            || events.iter().enumerate().filter(move |(number, _)| done & 1 << number == 0);
        // The next call has begun before any other remaining call has ended.
        let first_end = remaining().map(|(_, event)| event.end).min().unwrap_or(u64::MAX);
        let next = remaining().filter(|(_, event)| event.begin < first_end);
        states.extend(next.filter_map(|(number, event)| {
            let (is_right, after) = event.call.apply(value);
            is_right.then_some((done | 1 << number, after))
        }));
    }
    (!finals.is_empty()).then_some(finals)
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
            assert_eq!(final_values(&events), Some(HashSet::from([Some(2)])));
        }
    }

    #[test]
    fn a_read_after_a_write_sees_it() {
        let events =
            [event(Call::Set(1), 0, 1), event(Call::Set(2), 2, 3), event(Call::Get(Some(1)), 4, 5)];
        assert_eq!(final_values(&events), None);
    }

    #[test]
    fn a_replaced_value_is_not_read_again() {
        let read = |found, begin| event(Call::Get(Some(found)), begin, begin + 1);
        let events = [event(Call::Set(1), 0, 1), event(Call::Set(2), 2, 9), read(2, 3), read(1, 5)];
        assert_eq!(final_values(&events), None);
    }

    #[test]
    fn a_value_is_popped_once() {
        let pop = |begin, end| event(Call::Pop(Some(1)), begin, end);
        assert_eq!(final_values(&[event(Call::Set(1), 0, 1), pop(2, 5), pop(3, 4)]), None);
    }
}
