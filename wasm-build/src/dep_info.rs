//! Cargo's dep-info files, rules of a makefile: `TARGET: SOURCE SOURCE ...`.

use std::path::PathBuf;

/// Returns the sources that a dep-info file names. A backslash escapes a space in a path.
pub(crate) fn sources(text: &str) -> Vec<PathBuf> {
    text.lines().filter(|line| !line.starts_with('#')).flat_map(line_sources).collect()
}

fn line_sources(line: &str) -> Vec<PathBuf> {
    // A colon and a space: the path of the target may contain a colon.
    line.split_once(": ").map(|(_, sources)| words(sources)).unwrap_or_default()
}

fn words(text: &str) -> Vec<PathBuf> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            // Any other backslash is part of a Windows path.
            '\\' if rest.next_if_eq(&' ').is_some() => word.push(' '),
            ' ' => words.push(std::mem::take(&mut word)),
            other => word.push(other),
        }
    }
    words.push(word);
    words.into_iter().filter(|word| !word.is_empty()).map(PathBuf::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let expected: Vec<_> = expected.iter().map(PathBuf::from).collect();
        assert_eq!(sources(text), expected);
    }

    #[test]
    fn plain_paths() {
        check("/t/a.wasm: /p/src/lib.rs /p/src/key.rs\n", &["/p/src/lib.rs", "/p/src/key.rs"]);
    }

    #[test]
    fn escaped_spaces() {
        check(r"/my\ t/a.wasm: /my\ p/a\ b.rs /c.rs", &["/my p/a b.rs", "/c.rs"]);
    }

    #[test]
    fn windows_paths() {
        check(r"C:\t\a.wasm: C:\my\ p\lib.rs D:\key.rs", &[r"C:\my p\lib.rs", r"D:\key.rs"]);
    }

    #[test]
    fn no_sources() {
        check("", &[]);
        check("/t/a.wasm:\n", &[]);
        check("# env-dep:OUT_DIR=/x: y\n\n/t/a.wasm: /a.rs\n/a.rs:\n", &["/a.rs"]);
    }
}
