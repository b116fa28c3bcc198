//! The operations of a turn that change a store.

use super::super::lines::{encode, fields};
use super::contents::{Contents, answer};
use super::pending::PendingAnswer;
use super::turn::Turn;

/// Returns the answer of an operation without a result.
fn none() -> String {
    "none".into()
}

fn put(contents: &mut Contents, key: &str, bytes: &[u8]) {
    contents.insert(key.to_owned(), bytes.to_vec().into());
}

impl Turn<'_> {
    pub(crate) fn set(&mut self, key: &str, value: &[u8]) {
        self.change(&format!("set{}", fields([key.as_bytes(), value])), &[key], |contents| {
            put(contents, key, value);
            none()
        });
    }

    /// Sets a value from a list of buffers.
    pub(crate) fn set_parts(&mut self, key: &str, parts: &[Vec<u8>]) {
        self.change(&format!("parts {}{}", encode(key), fields(parts)), &[key], |contents| {
            put(contents, key, &parts.concat());
            none()
        });
    }

    /// Sets a value that is written part by part. The answer is the previous value, which the key
    /// has until the new value is complete.
    pub(crate) fn write(&mut self, key: &str, parts: &[Vec<u8>]) {
        self.change(&format!("write {}{}", encode(key), fields(parts)), &[key], |contents| {
            let before = answer(contents.get(key));
            put(contents, key, &parts.concat());
            before
        });
    }

    /// Writes parts of a value and aborts. The answer is the value, which has not changed.
    pub(crate) fn abandon(&mut self, key: &str, parts: &[Vec<u8>]) {
        let operation = format!("abandon {}{}", encode(key), fields(parts));
        self.change(&operation, &[key], |contents| answer(contents.get(key)));
        self.count_files();
    }

    pub(crate) fn set_default(&mut self, key: &str, value: &[u8]) {
        let operation = format!("setdefault{}", fields([key.as_bytes(), value]));
        // A key in the store is not changed, so a file without a number is no reason to refuse.
        let changed = if self.contents.contains_key(key) { &[][..] } else { &[key] };
        self.change(&operation, changed, |contents| {
            answer(Some(contents.entry(key.to_owned()).or_insert_with(|| value.to_vec().into())))
        });
    }

    pub(crate) fn update(&mut self, items: &[(&str, Vec<u8>)]) {
        let pairs = fields(items.iter().flat_map(|(key, value)| [key.as_bytes(), value]));
        let keys: Vec<_> = items.iter().map(|(key, _)| *key).collect();
        self.change(&format!("update{pairs}"), &keys, |contents| {
            for (key, value) in items {
                put(contents, key, value);
            }
            none()
        });
    }

    pub(crate) fn discard(&mut self, key: &str) {
        self.change(&format!("discard {}", encode(key)), &[key], |contents| {
            contents.remove(key);
            none()
        });
    }

    pub(crate) fn remove(&mut self, key: &str) {
        self.change(&format!("del {}", encode(key)), &[key], |contents| {
            contents.remove(key).is_some().to_string()
        });
    }

    pub(crate) fn pop(&mut self, key: &str) {
        self.change(&format!("pop {}", encode(key)), &[key], |contents| {
            answer(contents.remove(key).as_ref())
        });
    }

    pub(crate) fn pop_or(&mut self, key: &str, default: &[u8]) {
        self.change(&format!("pop-or{}", fields([key.as_bytes(), default])), &[key], |contents| {
            contents.remove(key).map_or_else(|| encode(default), |value| encode(value.bytes))
        });
    }

    /// Removes all values; filemap keeps those whose files have no number.
    pub(crate) fn clear(&mut self) {
        let all = self.side.changes_unnumbered();
        self.change("clear", &[], |contents| {
            contents.retain(|_, value| value.unnumbered.is_some() && !all);
            none()
        });
    }

    /// Writes into a value in place, through an array over its file.
    pub(crate) fn write_in_place(&mut self, key: &str, offset: usize, bytes: &[u8]) {
        self.change(
            &format!("poke {} {offset} {}", encode(key), encode(bytes)),
            &[key],
            |contents| {
                let value = contents.get_mut(key).expect("the key has a value");
                value.bytes[offset..offset + bytes.len()].copy_from_slice(bytes);
                none()
            },
        );
    }

    /// Removes `count` items, which the side chooses. The turn must end afterwards, because the
    /// model does not know the contents until the answers are resolved.
    pub(crate) fn pop_items(&mut self, count: usize) {
        let removable = self
            .contents
            .values()
            .filter(|value| value.unnumbered.is_none() || self.side.changes_unnumbered());
        let removable = removable.count();
        for number in 0..count {
            if number < removable {
                self.pending.push(PendingAnswer::PopItem(self.side));
            }
            self.query("popitem", if number < removable { "?" } else { "none" });
        }
        let left = self.contents.len() - count.min(removable);
        self.query("len", &left.to_string());
    }
}
