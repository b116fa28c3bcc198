//! Element types, against what numpy makes of the same spellings.

use filemap::array::{ByteOrder, Dtype, Kind};
use filemap::error::Error;
use proptest::prelude::*;
use serde_json::from_value;

use crate::{json, try_random};

type Accepted = Vec<(String, String, u64)>;

#[test]
fn accepts_every_spelling_of_the_supported_types() {
    let accepted: Accepted = from_value(json("dtypes.json")["accepted"].clone()).expect("triples");
    for (spelling, printed, size) in accepted {
        let dtype = Dtype::parse(&spelling).unwrap_or_else(|error| panic!("{spelling}: {error}"));
        assert_eq!((dtype.to_string(), dtype.size()), (printed.clone(), size), "{spelling}");
        assert_eq!(Dtype::parse(&printed), Ok(dtype.clone()), "{spelling}");
        assert_eq!(dtype.scalar().unwrap().order == ByteOrder::Big, printed.starts_with('>'), "{spelling}");
        let kind = match dtype.scalar().unwrap().kind {
            Kind::Bool => "b",
            Kind::Int => "i",
            Kind::Uint => "u",
            Kind::Float => "f",
            Kind::Complex => "c",
            other => panic!("{spelling} is of the kind {other:?}"),
        };
        assert_eq!(kind, &printed[1..2], "{spelling}");
    }
}

/// Checks the error for every spelling in a list of `dtypes.json`.
#[track_caller]
fn check_refused(list: &str, is_right: fn(&Error) -> bool) {
    let spellings: Vec<String> = from_value(json("dtypes.json")[list].clone()).expect("strings");
    let wrong: Vec<_> = spellings
        .iter()
        .map(|spelling| (spelling, Dtype::parse(spelling)))
        .filter(|(_, parsed)| !parsed.as_ref().is_err_and(is_right))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_numpy_refuses_is_no_type() {
    check_refused("rejected", |error| matches!(error, Error::InvalidArgument(_)));
}

#[test]
fn the_other_types_of_numpy_are_unsupported() {
    check_refused("unsupported", |error| matches!(error, Error::Unsupported(_)));
}

#[test]
fn what_numpy_accepts_by_accident_is_not_taken_for_another_type() {
    let accidental: Accepted = from_value(json("dtypes.json")["accidental"].clone()).expect("triples");
    for (spelling, printed, _) in accidental {
        assert!(
            Dtype::parse(&spelling).is_ok_and(|dtype| dtype.to_string() == printed) || Dtype::parse(&spelling).is_err()
        );
    }
}

#[test]
fn a_message_names_the_spelling_and_what_there_is() {
    let refused = Dtype::parse("flot32").expect_err("no type");
    assert!(refused.message().starts_with("`flot32` is not a dtype; use one of bool, int8 to int64"), "{refused}");
}

#[test]
fn any_text_is_read_without_harm() {
    let spelling = prop_oneof![any::<String>(), "[<>=|]?[a-zA-Z?]{0,2}[0-9]{0,3}", "[<>=|éα]{1,2}.{0,4}"];
    try_random(2000, &spelling, |spelling: String| {
        if let Ok(dtype) = Dtype::parse(&spelling) {
            assert_eq!(Dtype::parse(&dtype.to_string()), Ok(dtype));
        }
    });
}
