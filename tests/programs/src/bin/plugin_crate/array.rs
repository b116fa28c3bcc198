//! `Memmap`: opening, indices, views, reductions.

use filemap_plugin::{
    Advice, Error, Index, Mask, Memmap, Mode, NpyOpenOptions, NpyOptions, NpyVersion, Operation,
    Order, by, index,
};

use crate::support::{counted, fails, numbers};

pub(crate) fn array_is_read_only_bytes_by_default() {
    let array = Memmap::open("work/bytes.bin").unwrap();
    assert_eq!(
        (array.dtype(), array.item_size(), array.shape(), array.strides()),
        ("|u1", 1, &[64][..], &[1][..])
    );
    assert_eq!((array.mode(), array.is_writeable(), array.offset()), (Mode::ReadOnly, false, 0));
    assert_eq!((array.size(), array.nbytes(), array.order()), (64, 64, Some(Order::C)));
    assert_eq!(array.filename(), Some("/work/bytes.bin"));
    assert_eq!(array.read(&[]).unwrap(), (0..64).collect::<Vec<u8>>());
    assert!(format!("{array:?}").contains("/work/bytes.bin"));
}

pub(crate) fn array_options_are_those_of_numpy() {
    let options = Memmap::options()
        .dtype("f8")
        .mode("w+".parse().unwrap())
        .offset(16)
        .shape([3, 2])
        .order(Order::F);
    let array = options.open("work/new.bin").unwrap();
    assert_eq!(
        (array.dtype(), array.item_size(), array.shape(), array.strides()),
        ("<f8", 8, &[3, 2][..], &[8, 24][..])
    );
    assert_eq!((array.mode(), array.is_writeable(), array.offset()), (Mode::Write, true, 16));
    assert_eq!((array.size(), array.nbytes(), array.order()), (6, 48, Some(Order::F)));
    assert_eq!(std::fs::metadata("work/new.bin").unwrap().len(), 64);
}

pub(crate) fn array_is_indexed_by_numbers_ranges_and_lists() {
    let array = Memmap::options().shape([8, 8]).open("work/bytes.bin").unwrap();
    assert_eq!(array.read(&index![1, 2..5]).unwrap(), [10, 11, 12]);
    assert_eq!(array.read(&index![-1, by(.., -3)]).unwrap(), [63, 60, 57]);
    assert_eq!(array.read(&index![.., 7][..]).unwrap().len(), 8);
    assert_eq!(array.read(&index![Index::Ellipsis, 1..=2]).unwrap()[..4], [1, 2, 9, 10]);
    assert_eq!(array.read(&index![[3, 1], 0]).unwrap(), [24, 8]);
    let mask = vec![true, false, false, false, false, false, false, true];
    assert_eq!(array.read_as::<u8>(&index![mask, 0]).unwrap(), [0, 56]);
    assert_eq!(array.shape_of(&index![Index::NewAxis, 1..3]).unwrap(), [1, 2, 8]);
    fails(array.read(&index![8]), Error::OutOfBounds, &[]);
    fails(array.view(&index![[1, 2]]), Error::InvalidArgument, &[]);
}

pub(crate) fn array_is_indexed_by_shaped_index_arrays_and_masks() {
    let array = Memmap::options().shape([8, 8]).open("work/bytes.bin").unwrap();
    let rows = index![[[0, 1], [2, 3]], 0];
    assert_eq!(
        (array.shape_of(&rows), array.read(&rows)),
        (Ok(vec![2, 2]), Ok(vec![0, 8, 16, 24]))
    );
    let pairs = index![(vec![7, -2, 0], [3, 1]), [1, 2]];
    assert_eq!(array.shape_of(&pairs).unwrap(), [3, 2]);
    assert_eq!(array.read(&pairs).unwrap(), [57, 58, 49, 50, 1, 2]);
    assert_eq!(array.shape_of(&index![(vec![3], [])]).unwrap(), [8]);
    let mut values = vec![false; 64];
    values[9] = true;
    values[63] = true;
    let mask = Mask { values, shape: Some(vec![8, 8]) };
    assert_eq!(array.read(&[mask.into()]).unwrap(), [9, 63]);
    let small = array.view(&index![..2, ..2]).unwrap();
    assert_eq!(small.read(&index![[[true, false], [true, true]]]).unwrap(), [0, 8, 9]);
    fails(array.read(&index![([0, 1], [3])]), Error::InvalidArgument, &[]);
    fails(array.read(&index![[[0, 8]]]), Error::OutOfBounds, &[]);
    fails(array.read(&index![[[true, false]]]), Error::OutOfBounds, &[]);
}

pub(crate) fn array_is_written() {
    let array = counted(Mode::ReadWrite, 6);
    array.write(&index![0], &77_u32.to_le_bytes()).unwrap();
    array.write_as(&index![1..3], &[78_u32, 79]).unwrap();
    array.write_broadcast(&index![3..6], &[80_u32], &[1]).unwrap();
    array.write_bytes(20, &[81]).unwrap();
    array.flush().unwrap();
    assert_eq!(numbers("work/new.bin", 0), [77, 78, 79, 80, 80, 81]);
    assert_eq!(array.read_bytes(16, 5).unwrap(), [80, 0, 0, 0, 81]);
    array.fill(5_u32).unwrap();
    assert_eq!(array.read_as::<u32>(&[]).unwrap(), [5; 6]);
    fails(array.write_as(&[], &[1.0_f32; 6]), Error::InvalidArgument, &["`<u4`", "`f32`"]);
    fails(array.write_broadcast(&[], &[1_i32], &[1]), Error::InvalidArgument, &["`i32`"]);
    fails(array.fill(1_u8), Error::InvalidArgument, &["`u8`"]);
    fails(array.read_as::<u16>(&[]), Error::InvalidArgument, &["view_as(\"<u2\")"]);
    let array = Memmap::open("fixed/bytes.bin").unwrap();
    fails(array.write(&index![0], &[1]), Error::AccessDenied, &[]);
}

pub(crate) fn array_has_views() {
    let array = counted(Mode::ReadWrite, 12);
    let table = array.reshape(&[3, -1], Order::C).unwrap();
    assert_eq!(table.shape(), [3, 4]);
    let column = table.view(&index![.., 1]).unwrap();
    assert_eq!((column.strides(), column.order()), (&[16][..], None));
    assert_eq!(column.read_as::<u32>(&[]).unwrap(), [1, 5, 9]);
    column.fill(0_u32).unwrap();
    assert_eq!(table.transpose(None).unwrap().read_as::<u32>(&index![1]).unwrap(), [0, 0, 0]);
    assert_eq!(table.transpose(Some(&[1, 0])).unwrap().shape(), [4, 3]);
    let pairs = array.view_as("[('low', '<u2'), ('high', '<u2')]").unwrap();
    assert_eq!(pairs.field("low").unwrap().read_as::<u16>(&index![2..4]).unwrap(), [2, 3]);
    drop((array, table));
    assert_eq!(pairs.field("high").unwrap().size(), 12);
    fails(pairs.field("middle"), Error::InvalidArgument, &[]);
}

pub(crate) fn array_reduces_to_typed_scalars() {
    let array = counted(Mode::ReadOnly, 5).view(&index![1..]).unwrap();
    assert_eq!((array.sum(), array.prod()), (Ok(10_u64), Ok(24_u64)));
    assert_eq!((array.min(), array.max()), (Ok(1_u32), Ok(4_u32)));
    assert_eq!(array.mean(), Ok(2.5_f64));
    assert_eq!((array.any(), array.all()), (Ok(true), Ok(true)));
    assert_eq!((array.argmin(), array.argmax(), array.count_nonzero()), (Ok(0), Ok(3), Ok(4)));
    let table = array.reshape(&[2, 2], Order::C).unwrap();
    let sums = table.reduce(Operation::Sum, Some(0)).unwrap();
    assert_eq!(
        (&*sums.dtype, &sums.shape[..], sums.to_vec()),
        ("<u8", &[2][..], Ok(vec![4_u64, 6]))
    );
    fails(array.sum::<u32>(), Error::InvalidArgument, &["`<u8`", "`u32`"]);
    fails(table.reduce(Operation::Min, Some(2)), Error::OutOfBounds, &[]);
    let zeroes = Memmap::options().mode(Mode::Write).shape([3]).open("work/zeroes.bin").unwrap();
    assert_eq!((zeroes.any(), zeroes.all()), (Ok(false), Ok(false)));
}

pub(crate) fn array_has_a_variance() {
    let array = counted(Mode::ReadOnly, 5).view(&index![1..]).unwrap();
    assert_eq!((array.var(), array.std()), (Ok(1.25_f64), Ok(1.25_f64.sqrt())));
    let table = array.reshape(&[2, 2], Order::C).unwrap();
    assert_eq!(table.reduce(Operation::Var, Some(0)).unwrap().to_vec(), Ok(vec![1.0_f64, 1.0]));
    assert_eq!(table.reduce(Operation::Std, Some(-1)).unwrap().to_vec(), Ok(vec![0.5_f64, 0.5]));
    fails(array.std::<f32>(), Error::InvalidArgument, &["`<f8`", "`f32`"]);
    let scalar = table.view(&index![0, 0]).unwrap();
    fails(scalar.reduce(Operation::Var, Some(0)), Error::OutOfBounds, &[]);
}

pub(crate) fn array_in_a_npy_file_with_a_long_header() {
    let name = "x".repeat(20_000);
    drop(Memmap::create_npy("work/wide.npy", &format!("[('{name}', '<i2')]"), [3]).unwrap());
    fails(Memmap::open_npy("work/wide.npy", Mode::ReadOnly), Error::LimitExceeded, &["10000"]);
    let options = NpyOpenOptions::new().max_header_size(30_000);
    assert_eq!(options.open("work/wide.npy").unwrap().field(&name).unwrap().shape(), [3]);
    let array = options.mode(Mode::ReadWrite).open("work/wide.npy").unwrap();
    assert_eq!(array.mode(), Mode::ReadWrite);
    fails(options.mode(Mode::Write).open("work/wide.npy"), Error::InvalidArgument, &[]);
    fails(options.max_header_size(100).open("work/wide.npy"), Error::LimitExceeded, &[]);
}

pub(crate) fn array_in_a_npy_file() {
    let array = Memmap::create_npy("work/new.npy", "<i2", [2, 3]).unwrap();
    assert_eq!((array.mode(), array.shape()), (Mode::ReadWrite, &[2, 3][..]));
    array.write_as(&index![1], &[1_i16, 2, 3]).unwrap();
    drop(array);
    let array = Memmap::open_npy("work/new.npy", Mode::ReadOnly).unwrap();
    assert_eq!((array.dtype(), array.offset()), ("<i2", 128));
    assert_eq!(array.read_as::<i16>(&[]).unwrap(), [0, 0, 0, 1, 2, 3]);
    let options = NpyOptions::new([2, 2]).dtype("<f4").order(Order::F).version(NpyVersion::V3);
    assert_eq!(options.create("work/other.npy").unwrap().order(), Some(Order::F));
    assert_eq!(std::fs::read("work/other.npy").unwrap()[..8], *b"\x93NUMPY\x03\x00");
    assert_eq!(NpyOptions::new([]).create("work/other.npy").unwrap().dtype(), "<f8");
    fails(Memmap::open_npy("work/bytes.bin", Mode::ReadOnly), Error::Corrupt, &[]);
}

pub(crate) fn array_is_resized_advised_and_closed() {
    let mut array = counted(Mode::ReadWrite, 4);
    for advice in [
        Advice::Normal,
        Advice::Random,
        Advice::Sequential,
        Advice::WillNeed,
        Advice::DontNeed,
        Advice::HugePage,
        Advice::NoHugePage,
    ] {
        array.advise(advice).unwrap();
    }
    array.resize(6).unwrap();
    assert_eq!((array.shape(), array.nbytes()), (&[6][..], 24));
    assert_eq!(numbers("work/new.bin", 0), [0, 1, 2, 3, 0, 0]);
    let view = array.view(&index![1..]).unwrap();
    fails(array.resize(2), Error::InvalidArgument, &[]);
    array.close().unwrap();
    fails(view.read(&[]), Error::Closed, &[]);
    fails(view.map::<u32>(), Error::Closed, &[]);
    fails(view.flush(), Error::Closed, &[]);
}

pub(crate) fn array_that_cannot_be_opened_returns_the_reason() {
    fails(Memmap::open("work/nothing.bin"), Error::NotFound, &["work/nothing.bin"]);
    fails(Memmap::open("work/../secret.bin"), Error::AccessDenied, &[]);
    fails(
        Memmap::options().dtype("nonsense").open("work/bytes.bin"),
        Error::InvalidArgument,
        &["nonsense"],
    );
    fails(Memmap::options().shape([65]).open("work/bytes.bin"), Error::OutOfBounds, &[]);
    fails(Memmap::options().dtype("O").open("work/bytes.bin"), Error::Unsupported, &[]);
    let error = std::io::Error::from(Memmap::open("work/nothing.bin").unwrap_err());
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
}
