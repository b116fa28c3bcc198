//! Element types, compared to what numpy makes of the same spellings.

use filemap::dtype::{ByteOrder, Dtype, Kind, Time, Unit};
use filemap::error::Error;
use filemap::limits::MAX_DTYPE;
use proptest::prelude::*;
use serde_json::{Value, from_value};

use crate::{json, refused, try_random};

/// Returns a section of `dtypes.json`.
fn section(name: &str) -> Value {
    json("dtypes.json")[name].clone()
}

/// A spelling, and the expected text.
type Pair = (String, String);

/// The name, title, offset and size of a field.
type Part = (String, Option<String>, u64, u64);

/// A spelling, and the expected printed form, size, alignment, fields, and `descr` in a header.
type Accepted = (String, String, u64, u64, Vec<Part>, Option<String>);

fn accepted() -> Vec<Accepted> {
    from_value(section("accepted")).expect("the documented form")
}

fn pairs(name: &str) -> Vec<Pair> {
    from_value(section(name)).expect("pairs")
}

#[test]
fn every_spelling_means_the_same_as_in_numpy() {
    for (spelling, printed, size, alignment, parts, descr) in accepted() {
        let dtype = Dtype::parse(&spelling).unwrap_or_else(|error| panic!("{spelling}: {error}"));
        assert_eq!((dtype.to_string(), dtype.size()), (printed, size), "{spelling}");
        assert_eq!(dtype.alignment(), alignment, "{spelling}");
        let found: Vec<_> = match &dtype {
            Dtype::Structured(structured) => {
                let part = |field: &filemap::dtype::Field| {
                    (field.name.clone(), field.title.clone(), field.offset, field.dtype.size())
                };
                structured.fields.iter().map(part).collect()
            }
            _ => Vec::new(),
        };
        assert_eq!(found, parts, "{spelling}");
        assert_eq!(dtype.descr().ok(), descr, "{spelling}");
        for (name, title, offset, _) in parts {
            assert_eq!(dtype.field(&name).map(|field| field.offset), Some(offset), "{spelling}");
            if let Some(title) = title {
                assert_eq!(dtype.field(&title), dtype.field(&name), "{spelling}");
            }
        }
    }
}

#[test]
fn a_printed_type_parses_as_the_same_type() {
    for (spelling, printed, ..) in accepted() {
        assert_eq!(Dtype::parse(&printed), Dtype::parse(&spelling), "{spelling}");
    }
}

/// Checks that every spelling in a list fails with an expected error.
#[track_caller]
fn check_refused(spellings: Value, is_right: fn(&Error) -> bool) {
    let spellings: Vec<String> = from_value(spellings).expect("strings");
    let wrong: Vec<_> = spellings
        .iter()
        .map(|spelling| (spelling, Dtype::parse(spelling)))
        .filter(|(_, parsed)| !parsed.as_ref().is_err_and(is_right))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn spellings_that_numpy_rejects_are_invalid() {
    check_refused(section("rejected"), |error| matches!(error, Error::InvalidArgument(_)));
}

#[test]
fn types_of_objects_are_unsupported() {
    check_refused(section("unsupported"), |error| {
        matches!(error, Error::Unsupported(text)
            if text.contains("object") || text.contains("variable length"))
    });
}

#[test]
fn spellings_that_numpy_should_reject_are_invalid() {
    let spellings: Vec<_> = pairs("refused").into_iter().map(|(spelling, _)| spelling).collect();
    check_refused(spellings.into(), |error| matches!(error, Error::InvalidArgument(_)));
}

#[test]
fn spellings_that_numpy_accepts_by_accident_do_not_become_another_type() {
    for (spelling, printed) in pairs("accidental") {
        let parsed = Dtype::parse(&spelling);
        assert!(
            parsed.as_ref().map_or(true, |dtype| dtype.to_string() == printed),
            "{spelling}: {parsed:?}"
        );
    }
}

#[test]
fn a_scalar_has_a_kind_an_order_and_a_unit() {
    let scalar = |spelling| Dtype::parse(spelling).expect(spelling).scalar().expect(spelling);
    assert_eq!(
        (scalar(">f4").kind, scalar(">f4").order, scalar(">f4").unit),
        (Kind::Float, ByteOrder::Big, None)
    );
    assert_eq!(scalar(">m8[25s]").unit, Some(Unit { time: Time::Second, multiple: 25 }));
    assert_eq!(
        (scalar(">S3").order, scalar(">u1").order, scalar(">?").order),
        (ByteOrder::Little, ByteOrder::Little, ByteOrder::Little)
    );
    assert_eq!((scalar(">U3").order, scalar(">U3").size), (ByteOrder::Big, 12));
    assert_eq!(Dtype::parse("2f4").expect("a type").scalar(), None);
}

#[test]
fn a_subarray_type_splits_into_element_and_axes() {
    let flattened = |spelling| {
        let (dtype, axes) = Dtype::parse(spelling).expect(spelling).flatten();
        (dtype.to_string(), axes)
    };
    assert_eq!(flattened("(2,3)>f4"), (">f4".into(), vec![2, 3]));
    assert_eq!(flattened("((('f4', (2,)), (3, 4)), 5)"), ("<f4".into(), vec![5, 3, 4, 2]));
    assert_eq!(flattened("[('x', 'f4', (2,))]"), ("[('x', '<f4', (2,))]".into(), vec![]));
}

#[test]
fn a_message_names_the_spelling_and_the_alternatives() {
    #[track_caller]
    fn check(spelling: &str, start: &str) {
        let error = refused(Dtype::parse(spelling));
        assert!(error.message().starts_with(start), "{error}");
        assert!(error.message().len() < 500, "{error}");
    }
    check("flot32", "data type 'flot32' not understood; use one of bool, int8 to int64");
    check("i4,flot32", "data type 'flot32' not understood; use one of bool, int8 to int64");
    check("i4,f4;", "data type 'i4,f4;' not understood: field 2 is not a type");
    check("[('x', 'f4'", "data type '[('x', 'f4'' not understood: at byte 11, expected `)`");
    check(
        "[('x', 'f9')]",
        "data type '[('x', 'f9')]' not understood: at byte 7, data type 'f9' not understood; use \
         one of",
    );
    check("[('x', 'O')]", "array can't be memory-mapped: Python objects in dtype `O`");
    check(
        "{'names': ['x', 'x'], 'formats': ['f4', 'f4']}",
        "data type '{'names': ['x', 'x'], 'formats': ['f4', ...' not understood: at byte 16, the \
         name or title `x` occurs twice",
    );
    check(
        &format!("[{}]", "('x', 'f4'), ".repeat(500)),
        "data type '[('x', 'f4'), ('x', 'f4'), ('x', 'f4'), ...' not understood",
    );
}

#[test]
fn the_length_of_a_text_and_the_nesting_of_a_type_are_limited() {
    let long = format!("{}i4", "i4,".repeat(MAX_DTYPE / 3));
    assert!(matches!(Dtype::parse(&long), Err(Error::LimitExceeded(_))), "{}", long.len());
    assert!(matches!(Dtype::parse(&"(".repeat(1_000_000)), Err(Error::LimitExceeded(_))));
    assert_eq!(Dtype::parse(&long[3..]).expect("a type").size(), 4 * (MAX_DTYPE as u64 / 3));
    for (levels, is_right) in [(32, true), (33, false)] {
        for (start, end) in [("(", ", 1)"), ("[('x', ", ")]"), ("{'x': (", ", 4)}")] {
            let nested = format!("{}'f4'{}", start.repeat(levels), end.repeat(levels));
            let dtype = Dtype::parse(&nested);
            assert_eq!(dtype.is_ok(), is_right, "{nested}: {dtype:?}");
            if let Ok(dtype) = dtype {
                assert_eq!(Dtype::parse(&dtype.to_string()), Ok(dtype));
            }
        }
    }
    // Nested fields with subarrays print with the most brackets.
    let nested = (0..16).fold("'f4'".to_string(), |inner, _| {
        format!(
            "{{'names': ['x'], 'formats': [({inner}, (2,))], 'titles': ['t'], 'aligned': True}}"
        )
    });
    let dtype = Dtype::parse(&nested).expect("a type");
    assert_eq!(Dtype::parse(&dtype.to_string()), Ok(dtype));
}

#[test]
fn any_text_parses_or_fails_without_a_panic() {
    let token = prop::sample::select(vec![
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        " ",
        "#",
        "\n",
        "'",
        "\"",
        "\\",
        "b'",
        "<",
        ">",
        "'x'",
        "'y'",
        "'f4'",
        "f4",
        "S5",
        "M8[s]",
        "'names'",
        "'formats'",
        "'offsets'",
        "'itemsize'",
        "'aligned'",
        "'titles'",
        "True",
        "None",
        "0",
        "2",
        "-1",
        "2147483647",
        "9223372036854775807",
        "99999999999999999999",
        "3L",
        "('x', 'f4')",
        "('', 'V4', (2,))",
        "é",
        "\u{1f980}",
    ]);
    let accepted: Vec<_> = accepted().into_iter().map(|accepted| accepted.0).collect();
    let damage = (any::<prop::sample::Index>(), 0_usize..4, token.clone());
    let damaged = (prop::sample::select(accepted), prop::collection::vec(damage, 1..4)).prop_map(
        |(text, damages)| {
            let mut characters: Vec<char> = text.chars().collect();
            for (place, removed, inserted) in damages {
                let start = place.index(characters.len() + 1);
                let end = (start + removed).min(characters.len());
                characters.splice(start..end, inserted.chars());
            }
            characters.into_iter().collect()
        },
    );
    let spelling = prop_oneof![
        1 => any::<String>(),
        1 => "[<>=|]?[a-zA-Z?]{0,2}[0-9]{0,3}",
        1 => "[<>=|éα]{1,2}.{0,4}",
        1 => "[mM]8\\[[0-9]{0,4}[YMWDhmsunpfa]{1,2}(/[0-9]{1,4})?\\]",
        1 => "([<>=]?\\(?[0-9, ]{0,4}\\)?[<>=]?[a-zA-Z0-9]{0,4},? ?){1,4}",
        1 => prop::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat()),
        4 => damaged,
    ];
    try_random(6000, &spelling, |spelling: String| {
        if let Ok(dtype) = Dtype::parse(&spelling) {
            let _ = (dtype.descr(), dtype.alignment());
            assert_eq!(Dtype::parse(&dtype.to_string()), Ok(dtype));
        }
    });
}
