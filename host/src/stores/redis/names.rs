//! The names of a store's entries in Redis.
//!
//! Every name begins with the store's prefix in braces. The prefix has no braces, so the names of
//! two stores are never the same, whatever keys their plugins choose. The braces also make Redis
//! keep all of a store's entries on one node, where a proxy divides them among several.

use std::io;

use filemap::store::rules::check_new_key;

/// The maximum length of a prefix, in bytes.
const MAX_PREFIX: usize = 200;

/// The names of one store.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// The prefix, in braces and with a colon.
    start: String,
}

impl Names {
    /// Returns the names of the store with this prefix.
    pub(super) fn new(prefix: &str) -> io::Result<Self> {
        let is_valid = (1..=MAX_PREFIX).contains(&prefix.len())
            && !prefix.chars().any(|it| it.is_control() || "{}".contains(it));
        if is_valid {
            return Ok(Self { start: format!("{{{prefix}}}:") });
        }
        let text = format!(
            "the prefix of a store in Redis has 1 to {MAX_PREFIX} bytes, and neither braces nor \
             control characters"
        );
        Err(io::Error::new(io::ErrorKind::InvalidInput, text))
    }

    /// Returns the name of the sorted set of the keys.
    pub(super) fn index(&self) -> String {
        format!("{}keys", self.start)
    }

    /// Returns the name of a key's value, or `None` for a key that no store can have.
    pub(super) fn value(&self, key: &str) -> Option<String> {
        check_new_key(key).ok()?;
        Some(format!("{}value:{key}", self.start))
    }

    /// Returns the name of a value that is not complete, or that a reader keeps. `token` is random,
    /// so that no other host uses the same name.
    pub(super) fn temporary(&self, token: u128) -> String {
        format!("{}temporary:{token:032x}", self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_cannot_name_an_entry_of_another_store_or_of_another_kind() {
        let names = Names::new("a").unwrap();
        assert_eq!(names.index(), "{a}:keys");
        assert_eq!(names.value("b").as_deref(), Some("{a}:value:b"));
        assert_eq!(names.value("}:keys").as_deref(), Some("{a}:value:}:keys"));
        assert_eq!(names.temporary(10), "{a}:temporary:0000000000000000000000000000000a");
        assert_eq!(names.value(&"k".repeat(236)), None);
    }

    #[test]
    fn a_prefix_without_an_end_is_invalid() {
        for prefix in ["", "a}", "{a", "a\n", &"a".repeat(201)] {
            assert!(Names::new(prefix).is_err(), "{prefix}");
        }
        for prefix in ["a", "a:value:b", "é", &"a".repeat(200)] {
            assert!(Names::new(prefix).is_ok(), "{prefix}");
        }
    }
}
