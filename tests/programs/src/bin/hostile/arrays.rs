//! Attacks by index arrays, dtypes and advice.

use crate::bindings::{ErrorCode, Index, Memmap, Mode, Slice, wit_array::Advice};
use crate::empty_elements::quickly;
use crate::limits::open_to_limit;
use crate::support::{
    ALL_ADVICE, fails, index, mask, mask_of, open_numbers, options, resize, shaped, take, take_of,
};

/// The limits of `filemap::limits`.
const MAX_LISTED: usize = 4 << 20;
const MAX_DTYPE: usize = 256 << 10;

/// The words about a dtype that is longer than that.
const TOO_LONG: Option<&str> = Some("is too long: at most 262144 are read");

const HUGE: &str = "work/huge.bin";
const PAGE: u64 = 4096;
const ALL: Slice = Slice { start: None, stop: None, step: None };

pub(crate) fn takes_extreme_elements() {
    let array = open_numbers(Mode::CopyOnWrite, &[4, 4, 4]);
    for at in [i64::MIN, i64::MIN + 1, -5, 4, i64::MAX] {
        fails(array.read(&[take(vec![0, at])]), ErrorCode::OutOfBounds, &[&at.to_string()]);
        fails(
            array.write(&[take(vec![at; 1000])], &[], None),
            ErrorCode::OutOfBounds,
            &[&at.to_string()],
        );
    }
    for length in [0, 3, 5, 1_000_000] {
        fails(
            array.shape_of(&[mask(vec![true; length])]),
            ErrorCode::OutOfBounds,
            &[&length.to_string()],
        );
    }
    let too_many = || take(vec![0; MAX_LISTED + 1]);
    fails(array.read(&[too_many()]), ErrorCode::LimitExceeded, &["4194304"]);
    fails(array.shape_of(&[Index::At(0), too_many()]), ErrorCode::LimitExceeded, &["4194304"]);
    for [one, other] in [[2, 3], [0, 2], [MAX_LISTED, 2]] {
        let lists = [take(vec![0; one]), take(vec![0; other])];
        fails(array.shape_of(&lists), ErrorCode::OutOfBounds, &["shape mismatch"]);
    }
    fails(array.view(&[take(vec![])]), ErrorCode::InvalidArgument, &["take"]);
    fails(array.read(&vec![take(vec![]); 100_000]), ErrorCode::OutOfBounds, &["100000"]);
    let axes = [vec![take(vec![0])], vec![Index::NewAxis; 100_000]].concat();
    fails(array.shape_of(&axes), ErrorCode::OutOfBounds, &["100003"]);

    takes_extreme_shapes(&array);

    // Short index arrays select more bytes than a number counts.
    resize(HUGE, 8 << 40);
    let many = || take(vec![-1; MAX_LISTED]);
    let rows = Memmap::open(HUGE, &shaped(Mode::CopyOnWrite, "u1", &[1, 8 << 40])).unwrap();
    fails(rows.shape_of(&[many()]), ErrorCode::InvalidArgument, &["too large"]);
    fails(rows.write(&[many()], &[1], Some(&[1])), ErrorCode::InvalidArgument, &["too large"]);
    let far =
        Memmap::open(HUGE, &shaped(Mode::CopyOnWrite, "u1", &[2, 1 << 19, 2, 1 << 19])).unwrap();
    let beside = [many(), Index::At(0)];
    assert_eq!(far.shape_of(&beside).unwrap(), [MAX_LISTED as u64, 2, 1 << 19]);
    fails(quickly(|| far.read(&beside)), ErrorCode::LimitExceeded, &["one call moves at most"]);
    fails(
        quickly(|| far.write(&beside, &[1], Some(&[1]))),
        ErrorCode::LimitExceeded,
        &["one call moves at most"],
    );
    // Each element in another page.
    let scattered = [Index::At(0), take((0..1 << 19).collect()), Index::At(0), Index::At(0)];
    fails(quickly(|| far.read(&scattered)), ErrorCode::LimitExceeded, &["pages"]);
}

/// Index arrays and masks of several axes, over an array of shape (4, 4, 4).
fn takes_extreme_shapes(array: &Memmap) {
    for shape in
        [&[][..], &[2], &[3, 0], &[1 << 63, 2], &[u64::MAX, u64::MAX], &[1 << 32, 1 << 32, 1 << 32]]
    {
        fails(array.read(&[take_of(vec![0; 3], shape)]), ErrorCode::InvalidArgument, &["3 values"]);
        fails(
            array.shape_of(&[mask_of(vec![true; 3], shape)]),
            ErrorCode::InvalidArgument,
            &["3 values"],
        );
        fails(
            array.write(&[take_of(vec![0; 3], shape)], &[1], Some(&[])),
            ErrorCode::InvalidArgument,
            &["3 values"],
        );
    }
    fails(array.read(&[take_of(vec![], &[])]), ErrorCode::InvalidArgument, &["0 values"]);
    for axes in [65, 100_000] {
        let text = axes.to_string();
        fails(
            array.read(&[take_of(vec![0], &vec![1; axes])]),
            ErrorCode::InvalidArgument,
            &[&text],
        );
        fails(
            array.read(&[mask_of(vec![true], &vec![1; axes])]),
            ErrorCode::InvalidArgument,
            &[&text],
        );
    }
    fails(
        array.shape_of(&[take_of(vec![0], &[1; 63])]),
        ErrorCode::OutOfBounds,
        &["would have 65"],
    );
    fails(
        array.shape_of(&[mask_of(vec![], &[0; 64])]),
        ErrorCode::OutOfBounds,
        &["64 were indexed"],
    );
    fails(
        array.shape_of(&[take_of(vec![], &[1 << 62, 0])]),
        ErrorCode::InvalidArgument,
        &["too large"],
    );
    fails(
        array.shape_of(&vec![mask_of(vec![true], &[]); 100_000]),
        ErrorCode::OutOfBounds,
        &["64"],
    );
    assert_eq!(array.shape_of(&vec![mask_of(vec![true], &[]); 64]).unwrap(), [1, 4, 4, 4]);
    // Two short arrays select as many elements as a long one.
    let crossed = |one: u64, other: u64| {
        let zeroes = |length: u64| vec![0; usize::try_from(length).unwrap()];
        [take_of(zeroes(one), &[one, 1]), take_of(zeroes(other), &[1, other])]
    };
    assert_eq!(array.shape_of(&crossed(2048, 2048)).unwrap(), [2048, 2048, 4]);
    for (one, other) in [(2048, 2049), (1 << 17, 1 << 17), (1 << 20, 1 << 20)] {
        let indices = crossed(one, other);
        fails(
            quickly(|| array.shape_of(&indices)),
            ErrorCode::LimitExceeded,
            &[&(one * other).to_string()],
        );
        fails(quickly(|| array.read(&indices)), ErrorCode::LimitExceeded, &["4194304"]);
        fails(
            quickly(|| array.write(&indices, &[1], Some(&[]))),
            ErrorCode::LimitExceeded,
            &["4194304"],
        );
    }
    // More than 64 bits.
    let axis = |number: usize| {
        let shape: Vec<_> = (0..5).map(|axis| if axis == number { 1 << 13 } else { 1 }).collect();
        take_of(vec![0; 1 << 13], &shape)
    };
    let many = Memmap::open("work/bytes.bin", &shaped(Mode::ReadOnly, "u1", &[2; 5])).unwrap();
    fails(
        quickly(|| many.read(&[0, 1, 2, 3, 4].map(axis))),
        ErrorCode::LimitExceeded,
        &["4194304"],
    );
    // Every array is read for every selected element.
    let axes = [2; 6];
    let deep = Memmap::open("work/bytes.bin", &shaped(Mode::ReadOnly, "u1", &axes)).unwrap();
    let pair = || take_of(vec![0, 1], &[2, 1]);
    let indices = [vec![take_of(vec![1; 1 << 21], &[1, 1 << 21])], vec![pair(); 5]].concat();
    assert_eq!(quickly(|| deep.read(&indices)).unwrap().len(), MAX_LISTED);
}

pub(crate) fn takes_millions_of_elements() {
    resize(HUGE, 1 << 30);
    let array = Memmap::open(HUGE, &shaped(Mode::CopyOnWrite, "u1", &[1 << 25, 32])).unwrap();
    // In random order, and each of them twice.
    let scattered = || {
        (0..MAX_LISTED as u64)
            .map(|number| (number * 2_654_435_761 % (1 << 21)).cast_signed())
            .collect()
    };
    let lists = [take(scattered())];
    let read = quickly(|| array.read(&lists)).unwrap();
    assert_eq!(read.len(), 128 << 20);
    drop(read);
    let pairs = [take(scattered()), take(vec![31; MAX_LISTED])];
    quickly(|| array.write(&pairs, &[7], Some(&[1]))).unwrap();
    assert_eq!(array.read(&index("0, 30:")).unwrap(), [0, 7]);
}

pub(crate) fn asks_for_dtypes_of_many_parts() {
    let array = Memmap::open("work/sparse.bin", &shaped(Mode::ReadOnly, "u1", &[1 << 17])).unwrap();
    let nested = |open: &str, inner: &str, close: &str, levels: usize| {
        [&open.repeat(levels), inner, &close.repeat(levels)].concat()
    };
    let fields = vec!["b"; MAX_DTYPE / 2].join(",");
    let nesting = Some("more than 32 nested types");
    let brackets = Some("more than 80 open brackets");
    let no_field = Some("expected a field");
    let unknown = Some("not understood; use one of");
    let cases = [
        (nested("[('x', ", "'u1'", ")]", 40), nesting),
        (nested("(", "'u1'", ", (1,))", 78), nesting),
        (nested("(", "'u1'", ", (1, 1, 1, 1))", 30), Some("found 121 axes")),
        (nested("[", "", "]", MAX_DTYPE / 2), brackets),
        (nested("(", "", ")", MAX_DTYPE / 2), brackets),
        (nested("{'names': ['x'], 'formats': [", &format!("'{fields}'"), "]}", 20), TOO_LONG),
        (
            nested("[('x', ", &format!("'{}'", &fields[8000..]), ")]", 30),
            Some("its size must be a divisor of the total size"),
        ),
        (nested("{'x': ", "1", "}", MAX_DTYPE / 8), brackets),
        (format!("({}u1", "1,".repeat(MAX_DTYPE / 2 - 4)), Some("field 1 is not a type")),
        (format!("(({}),'u1')", "1,".repeat(MAX_DTYPE / 2 - 4)), TOO_LONG),
        (format!("('u1', ({}))", "1,".repeat(MAX_DTYPE / 2 - 8)), Some("has at most 64")),
        (format!("[{}]", "[],".repeat(MAX_DTYPE / 3 - 1)), no_field),
        (format!("[{}]", "('x','b'),".repeat(MAX_DTYPE / 11)), Some("`x` occurs twice")),
        (format!("{{{}}}", "1:1,".repeat(MAX_DTYPE / 4 - 1)), no_field),
        (format!("[({}, 'u1')]", "'\\x41'".repeat(MAX_DTYPE / 6 - 4)), None),
        (format!("[('{}', 'V131072')]", "\u{202e}".repeat(MAX_DTYPE / 3 - 10)), None),
        (format!("{}1", "#".repeat(MAX_DTYPE - 1)), unknown),
        (format!("M8[{}ns]", "9".repeat(MAX_DTYPE - 6)), unknown),
        (fields[..MAX_DTYPE - 1].to_owned(), None),
    ];
    for (text, words) in &cases {
        let viewed = quickly(|| array.view_as(text));
        if let Some(words) = words {
            let length = viewed.as_ref().map_err(|error| error.message.len()).err();
            assert!(length < Some(2000), "{length:?}");
            let is_too_long = Some(*words) == TOO_LONG;
            let code = [ErrorCode::InvalidArgument, ErrorCode::LimitExceeded];
            let code = code[usize::from(is_too_long)];
            fails(viewed, code, &[words]);
            continue;
        }
        let view = viewed.unwrap();
        let again = quickly(|| view.info()).unwrap().dtype;
        assert!(again.len() < 16 * MAX_DTYPE, "{} bytes of {}", again.len(), text.len());
        let field = quickly(|| view.field("no such field"));
        fails(field, ErrorCode::InvalidArgument, &["no such field"]);
        fails(quickly(|| view.view_as("V7")), ErrorCode::InvalidArgument, &["7"]);
    }
    fails(array.view_as(&" ".repeat(MAX_DTYPE + 1)), ErrorCode::LimitExceeded, &["262144"]);
}

/// Each of these dtypes takes far more memory than its text: 11 MB of the 64 MiB that all dtypes
/// may take.
pub(crate) fn opens_views_with_large_dtypes_without_end() {
    let fields = MAX_DTYPE / 2;
    let array =
        Memmap::open("work/sparse.bin", &shaped(Mode::ReadOnly, "u1", &[fields as u64])).unwrap();
    let text = vec!["b"; fields].join(",");
    open_to_limit(5, || array.view_as(&text));
}

pub(crate) fn advises_on_terabytes() {
    const LENGTH: u64 = 4 << 40;
    resize(HUGE, LENGTH);
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        let array = Memmap::open(HUGE, &options(mode, "u1")).unwrap();
        let parts = [
            "...",
            "1:",
            "5:7",
            "::-1",
            "-1:",
            "7:7",
            "::4398046511103",
            "4095:1099511627776:1099511627775",
        ];
        for part in parts.map(|part| array.view(&index(part)).unwrap()) {
            for advice in ALL_ADVICE {
                quickly(|| part.advise(advice)).unwrap();
            }
        }
        assert_eq!(array.read(&index("::2199023255552")).unwrap(), [0, 0]);
        array.close();
        fails(array.advise(Advice::Normal), ErrorCode::Closed, &["closed"]);
    }
    // Advice changes nothing but speed.
    let array = Memmap::open(HUGE, &options(Mode::CopyOnWrite, "u1")).unwrap();
    array.write_bytes(LENGTH - 1, &[7]).unwrap();
    let shared = Memmap::open(HUGE, &options(Mode::ReadWrite, "u1")).unwrap();
    shared.write_bytes(5, &[6]).unwrap();
    for advice in ALL_ADVICE {
        array.advise(advice).unwrap();
        shared.advise(advice).unwrap();
    }
    assert_eq!(
        (array.read(&index("-1")).unwrap(), shared.read(&index("5")).unwrap()),
        (vec![7], vec![6])
    );
    resize(HUGE, 0);
    for advice in ALL_ADVICE {
        shared.advise(advice).unwrap();
    }
    fails(shared.read(&index("5")), ErrorCode::Truncated, &["truncated"]);
}

/// Linux gives a process 65,530 mappings, and advice for a part of a mapping splits it into two or
/// three.
pub(crate) fn advises_on_every_other_page() {
    const ROWS: u64 = 40_000;
    resize(HUGE, ROWS * 2 * PAGE);
    let array = Memmap::open(HUGE, &shaped(Mode::ReadOnly, "u1", &[ROWS, 2 * PAGE])).unwrap();
    for number in 0..ROWS.cast_signed() {
        let start = Slice { stop: Some(PAGE.cast_signed()), ..ALL };
        let page = array.view(&[Index::At(number), Index::Slice(start)]).unwrap();
        page.advise([Advice::Random, Advice::Sequential][usize::from(number % 4 == 0)]).unwrap();
    }
    let open = |_| Memmap::open(HUGE, &options(Mode::ReadOnly, "u1"));
    let others: Vec<_> = (0..100).map(open).collect::<Result<_, _>>().unwrap();
    assert_eq!(array.read(&index(":16384, :8192")).unwrap().len(), 128 << 20);
    drop(others);
}
