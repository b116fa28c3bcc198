//! `increment`.

use crate::keyvalue::{Error, increment};
use crate::open;

pub(crate) fn increment_of_a_missing_key_sets_the_delta() {
    let bucket = open();
    for delta in [0, 1, 42, u64::MAX] {
        let key = delta.to_string();
        assert_eq!(increment(&bucket, &key, delta).unwrap(), delta);
        assert_eq!(bucket.get(&key).unwrap().unwrap(), key.as_bytes());
    }
}

pub(crate) fn increment_returns_the_sum_and_leaves_it_as_a_decimal_number() {
    let bucket = open();
    let mut sum = 0;
    for delta in [3, 0, 97, 1_000_000_000_000] {
        sum += delta;
        assert_eq!(increment(&bucket, "key", delta).unwrap(), sum);
        assert_eq!(bucket.get("key").unwrap().unwrap(), sum.to_string().as_bytes());
    }
    assert_eq!(bucket.list_keys(None).unwrap().keys, ["key"]);
}

pub(crate) fn increment_goes_on_from_a_number_that_was_set() {
    let bucket = open();
    for (value, sum) in [("0", 5), ("37", 42), ("007", 12), ("+1", 6)] {
        bucket.set("key", value.as_bytes()).unwrap();
        assert_eq!(increment(&bucket, "key", 5).unwrap(), sum, "{value}");
        assert_eq!(bucket.get("key").unwrap().unwrap(), sum.to_string().as_bytes());
    }
}

pub(crate) fn increment_may_reach_the_largest_number() {
    let bucket = open();
    bucket.set("key", b"18446744073709551600").unwrap();
    assert_eq!(increment(&bucket, "key", 15).unwrap(), u64::MAX);
    assert_eq!(increment(&bucket, "key", 0).unwrap(), u64::MAX);
    assert_eq!(bucket.get("key").unwrap().unwrap(), b"18446744073709551615");
}

pub(crate) fn increment_past_the_largest_number_is_an_error() {
    let bucket = open();
    bucket.set("key", b"18446744073709551615").unwrap();
    for delta in [1, u64::MAX] {
        let refused = increment(&bucket, "key", delta);
        assert!(matches!(refused, Err(Error::Other(_))), "{refused:?}");
        assert_eq!(bucket.get("key").unwrap().unwrap(), b"18446744073709551615");
    }
}

pub(crate) fn increment_of_a_value_that_is_no_number_is_an_error() {
    let bucket = open();
    let values: [&[u8]; 9] =
        [b"", b"x", b"-1", b" 1", b"1\n", b"1.0", b"0x1", b"\xff", b"18446744073709551616"];
    for value in values {
        bucket.set("key", value).unwrap();
        let refused = increment(&bucket, "key", 1);
        assert!(matches!(refused, Err(Error::Other(_))), "{value:?}: {refused:?}");
        assert_eq!(bucket.get("key").unwrap().unwrap(), value, "it is not changed");
    }
    let long = "1".repeat(1_000_000);
    bucket.set("key", long.as_bytes()).unwrap();
    assert!(matches!(increment(&bucket, "key", 1), Err(Error::Other(_))));
}
