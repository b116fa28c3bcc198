//! Keys and file names, compared to `urllib.parse` and to a plain implementation of its rules.

use filemap::limits::MAX_FILE_NAME;
use filemap::store::key::{
    FileName, MAX_GENERATION, file_name, parse, quote, temporary_name, unquote,
};
use proptest::prelude::*;

use crate::{json, try_random};

/// Returns the pairs of strings under `name` in `quote.json`.
fn pairs(name: &str) -> Vec<(String, String)> {
    serde_json::from_value(json("quote.json")[name].clone()).expect("pairs of strings")
}

/// Generates texts with many characters that are special in a file name.
fn text() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        any::<char>(),
        proptest::char::range('\0', '\u{7f}'),
        prop::sample::select(vec!['%', '#'])
    ];
    prop::collection::vec(character, 0..30).prop_map(String::from_iter)
}

/// Generates escapes that decode to parts of characters, and texts longer than a file name.
fn escaped() -> impl Strategy<Value = String> {
    let byte = any::<u8>().prop_flat_map(|byte| {
        prop::sample::select(vec![format!("%{byte:02X}"), format!("%{byte:02x}")])
    });
    let piece = prop_oneof![
        4 => byte,
        1 => "[%#0-9a-gA-G+ ]",
        1 => any::<char>().prop_map(String::from),
        2 => prop::sample::select(vec!["%F0%9F", "%E2%82", "%ED%A0", "%C3", "%A9", "%80"])
            .prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// Implements `urllib.parse.unquote` as Python documents it: decodes each run of ASCII on its own
/// and keeps other characters.
fn model(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest
            .find(|character: char| character.is_ascii() != first.is_ascii())
            .unwrap_or(rest.len());
        let (piece, behind) = rest.split_at(end);
        if first.is_ascii() {
            result.push_str(&String::from_utf8_lossy(&unescape(piece.as_bytes())));
        } else {
            result.push_str(piece);
        }
        rest = behind;
    }
    result
}

fn unescape(bytes: &[u8]) -> Vec<u8> {
    let digit = |byte: Option<&u8>| {
        char::from(*byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
    };
    match bytes {
        [] => Vec::new(),
        [b'%', rest @ ..]
            if let (Some(high), Some(low)) = (digit(rest.first()), digit(rest.get(1))) =>
        {
            [vec![high * 16 + low], unescape(&rest[2..])].concat()
        }
        [first, rest @ ..] => [vec![*first], unescape(rest)].concat(),
    }
}

#[test]
fn quotes_like_python() {
    for (text, quoted) in pairs("quote") {
        assert_eq!(quote(&text), quoted);
        assert_eq!(unquote(&quoted), text);
    }
}

#[test]
fn unquotes_like_python() {
    for (name, text) in pairs("unquote") {
        assert_eq!(unquote(&name), text, "{name}");
        assert_eq!(model(&name), text, "the model: {name}");
    }
}

#[test]
fn a_value_has_the_key_that_zict_reads() {
    for (name, key) in pairs("file") {
        match parse(&name) {
            FileName::Value(found, _) | FileName::Unnumbered(found) => {
                assert_eq!(found, key, "{name}");
            }
            other => assert_eq!(other, FileName::Foreign, "{name}"),
        }
    }
}

#[test]
fn every_key_has_an_ascii_name_that_parses_as_the_key() {
    try_random(1000, &(text(), 0..=MAX_GENERATION), |(key, generation)| {
        let quoted = quote(&key);
        assert_eq!(unquote(&quoted), key);
        let pieces: Vec<_> = quoted.split('%').collect();
        let is_upper_hex = |byte: u8| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte);
        let escapes = pieces[1..]
            .iter()
            .all(|piece| piece.len() >= 2 && piece.bytes().take(2).all(is_upper_hex));
        let unreserved =
            quoted.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-~%".contains(&byte));
        assert!(escapes && unreserved, "{quoted}");

        match file_name(&key, generation) {
            Ok(name) => assert_eq!(parse(&name), FileName::Value(key, generation), "{name}"),
            Err(error) => {
                assert!(format!("{quoted}#{generation}").len() > MAX_FILE_NAME, "{error}");
            }
        }
    });
}

#[test]
fn any_name_parses_without_a_panic() {
    try_random(2000, &prop_oneof![escaped(), text()], |name| {
        assert_eq!(unquote(&name), model(&name), "{name}");
        match parse(&name) {
            FileName::Value(key, generation) => {
                assert_eq!(format!("{}#{generation}", quote(&key)), name);
            }
            FileName::Temporary(generation) => assert_eq!(temporary_name(generation), name),
            FileName::Unnumbered(key) => {
                assert_eq!((key, name.contains('#')), (model(&name), false));
            }
            FileName::Foreign => assert!(name.contains('#')),
        }
    });
}
