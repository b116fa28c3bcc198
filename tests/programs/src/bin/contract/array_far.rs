//! Elements and offsets past 32 bits, in a sparse file of 6 GB.

use crate::bindings::wit_array::MemmapOptions;
use crate::bindings::{Memmap, Mode, Operation, Order};
use crate::support::{bytes, holds, index, options, poke, shaped, size};

/// The size of `work/sparse.bin`.
const SIZE: u64 = 6_000_000_000;

/// The last eight bytes of the file, as float64.
const LAST: f64 = 6.25;

/// Opens `work/sparse.bin` in this shape and order.
#[track_caller]
fn sparse(mode: Mode, dtype: &str, shape: &[u64], order: Order) -> Memmap {
    Memmap::open("work/sparse.bin", &MemmapOptions { order, ..shaped(mode, dtype, shape) }).unwrap()
}

pub(crate) fn array_far_offset_near_four_gigabytes_is_exact() {
    const OFFSET: u64 = (4 << 30) + 5;
    poke("work/sparse.bin", OFFSET, &[1, 2, 3]);
    let array = Memmap::open(
        "work/sparse.bin",
        &MemmapOptions { offset: OFFSET, ..options(Mode::ReadWrite, "u1") },
    )
    .unwrap();
    let info = array.info().unwrap();
    assert_eq!((info.offset, info.size), (OFFSET, SIZE - OFFSET));
    assert_eq!(array.read(&index(":4")).unwrap(), [1, 2, 3, 0]);
    assert_eq!(array.read_bytes(SIZE - OFFSET - 8, 8).unwrap(), LAST.to_le_bytes());
    array.write(&index("0"), &[9], None).unwrap();
    let again = Memmap::open("work/sparse.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    assert_eq!(again.read(&index("4294967300:4294967304")).unwrap(), [0, 9, 2, 3]);
}

pub(crate) fn array_far_elements_have_indices_past_32_bits() {
    poke("work/sparse.bin", 5_000_000_000, &[7]);
    let array = Memmap::open("work/sparse.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    assert_eq!(array.info().unwrap().shape, [SIZE]);
    assert_eq!(array.read(&index("5000000000")).unwrap(), [7]);
    assert_eq!(array.read(&index("-1000000000")).unwrap(), [7]);
    let halves = Memmap::open("work/sparse.bin", &options(Mode::ReadOnly, "<u2")).unwrap();
    assert_eq!(halves.read(&index("2500000000")).unwrap(), [7, 0]);
    assert_eq!(halves.read(&index("2999999996:")).unwrap(), LAST.to_le_bytes());
}

pub(crate) fn array_far_slices_have_steps_past_32_bits() {
    for (place, byte) in
        [(0, 1), (1_499_999_999, 2), (2_999_999_998, 3), (4_499_999_997, 4), (5_999_999_996, 5)]
    {
        poke("work/sparse.bin", place, &[byte]);
    }
    let array = Memmap::open("work/sparse.bin", &options(Mode::ReadWrite, "u1")).unwrap();
    assert_eq!(array.read(&index("::1499999999")).unwrap(), [1, 2, 3, 4, 5]);
    assert_eq!(array.read(&index("5999999996::-1499999999")).unwrap(), [5, 4, 3, 2, 1]);
    assert_eq!(array.read(&index("5999999996::-5999999996")).unwrap(), [5, 1]);
    let view = array.view(&index("5999999996::-1499999999")).unwrap();
    assert_eq!(view.info().unwrap().strides, [-1_499_999_999]);
    view.write(&index("1::2"), &[40, 20], None).unwrap();
    holds(&view, &[5], &[5, 40, 3, 20, 1]);
    let reduction = view.reduce(Operation::Argmax, None).unwrap();
    assert_eq!(reduction.data, bytes([1_i64]));
    view.fill(&[6]).unwrap();
    assert_eq!(array.read(&index("::1499999999")).unwrap(), [6; 5]);
}

pub(crate) fn array_far_takes_have_indices_past_32_bits() {
    poke("work/sparse.bin", 4_294_967_296, &[7]);
    let array = Memmap::open("work/sparse.bin", &options(Mode::ReadWrite, "u1")).unwrap();
    assert_eq!(
        array.read(&index("[4294967296, 0, -1705032704, 5999999999]")).unwrap()[..3],
        [7, 0, 7]
    );
    array.write(&index("[5999999999, 1, 4294967296]"), &[1, 2, 3], None).unwrap();
    assert_eq!(array.read(&index("[0, 1, 4294967296, -1]")).unwrap(), [0, 2, 3, 1]);
    // Index arrays of two axes whose offsets need 64 bits.
    let rows = sparse(Mode::ReadOnly, "u1", &[2, SIZE / 2], Order::C);
    assert_eq!(rows.read(&index("[1, 0, 1], [2999999999, 1, 1294967296]")).unwrap(), [1, 2, 3]);
}

pub(crate) fn array_far_end_is_written_and_flushed() {
    for mode in [Mode::CopyOnWrite, Mode::ReadWrite] {
        let array = Memmap::open("work/sparse.bin", &options(mode, "<f8")).unwrap();
        array.write(&index("-2:"), &bytes([1.5, 2.5]), None).unwrap();
        array.flush().unwrap();
        assert_eq!(array.read(&index("749999997:")).unwrap(), bytes([0.0, 1.5, 2.5]));
        let again = Memmap::open("work/sparse.bin", &options(Mode::ReadOnly, "<f8")).unwrap();
        let last = if mode == Mode::ReadWrite { 2.5 } else { LAST };
        assert_eq!(again.read(&index("-1")).unwrap(), bytes([last]));
    }
    assert_eq!(size("work/sparse.bin"), SIZE);
}

pub(crate) fn array_far_shape_has_a_product_past_32_bits() {
    let (place, expected) = ("59999, 99992:", LAST.to_le_bytes());
    let rows = sparse(Mode::ReadOnly, "u1", &[60_000, 100_000], Order::C);
    assert_eq!(rows.read(&index(place)).unwrap(), expected);
    assert_eq!(rows.info().unwrap().strides, [100_000, 1]);
    let columns = sparse(Mode::ReadWrite, "u1", &[100_000, 60_000], Order::F);
    assert_eq!(columns.info().unwrap().strides, [1, 100_000]);
    assert_eq!(columns.read(&index("99992:, 59999")).unwrap(), expected);
    columns.write(&index("0, 59999"), &[7], None).unwrap();
    assert_eq!(rows.read(&index("59999, 0")).unwrap(), [7]);
    assert_eq!(rows.transpose(None).unwrap().read(&index("0, -1")).unwrap(), [7]);
    // One column over the whole file, with large strides.
    let column = columns.read(&index("0, ::6000")).unwrap();
    assert_eq!(column, [0; 10]);
}

pub(crate) fn array_far_long_axes_have_strides_past_32_bits() {
    let array = sparse(Mode::ReadOnly, "u1", &[2, SIZE / 2], Order::C);
    assert_eq!(array.info().unwrap().strides, [3_000_000_000, 1]);
    assert_eq!(array.read(&index("1, -8:")).unwrap(), LAST.to_le_bytes());
    assert_eq!(array.read(&index(":, -1")).unwrap(), [0, LAST.to_le_bytes()[7]]);
    assert_eq!(array.read(&index("::-1, -1")).unwrap(), [LAST.to_le_bytes()[7], 0]);
}

pub(crate) fn array_far_views_of_every_kind_reach_the_end() {
    let array = Memmap::open("work/sparse.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    let floats = array.view_as("<f8").unwrap();
    assert_eq!(floats.info().unwrap().shape, [SIZE / 8]);
    assert_eq!(floats.read(&index("-1")).unwrap(), bytes([LAST]));
    let table = floats.reshape(&[3, -1], Order::C).unwrap();
    assert_eq!(table.info().unwrap().shape, [3, 250_000_000]);
    assert_eq!(table.read(&index("2, -1")).unwrap(), bytes([LAST]));
    let turned = floats.reshape(&[-1, 3], Order::F).unwrap().transpose(None).unwrap();
    assert_eq!(turned.info().unwrap().strides, [2_000_000_000, 8]);
    assert_eq!(turned.read(&index("-1, -1")).unwrap(), bytes([LAST]));
    let halves = array.view_as("[('low', '<u4'), ('high', '<u4')]").unwrap().field("high").unwrap();
    assert_eq!(halves.read(&index("-1")).unwrap(), LAST.to_le_bytes()[4..]);
    // An axis of 6 GB beside an axis of length 0.
    assert_eq!(array.view(&index("None, :, None")).unwrap().info().unwrap().shape, [1, SIZE, 1]);
}

pub(crate) fn array_far_records_have_exact_offsets() {
    let record = "[('key', '<u4'), ('value', '<f8')]";
    let array = Memmap::open("work/sparse.bin", &options(Mode::ReadWrite, record)).unwrap();
    assert_eq!(array.info().unwrap().shape, [500_000_000]);
    let value = array.field("value").unwrap();
    assert_eq!(value.read(&index("-1")).unwrap(), bytes([LAST]));
    value.write(&index("400000000"), &bytes([1.5]), None).unwrap();
    let file = Memmap::open("work/sparse.bin", &options(Mode::ReadOnly, "u1")).unwrap();
    assert_eq!(file.read_bytes(4_800_000_004, 8).unwrap(), bytes([1.5]));
}

pub(crate) fn array_far_end_is_resized() {
    let options = MemmapOptions { offset: SIZE - 16, ..options(Mode::ReadWrite, "<f8") };
    let array = Memmap::open("work/sparse.bin", &options).unwrap();
    array.resize(4).unwrap();
    holds(&array, &[4], &bytes([0.0, LAST, 0.0, 0.0]));
    assert_eq!(size("work/sparse.bin"), SIZE + 16);
    array.resize(2).unwrap();
    assert_eq!(size("work/sparse.bin"), SIZE);
    holds(&array, &[2], &bytes([0.0, LAST]));
}

pub(crate) fn array_far_end_is_reduced_without_being_in_memory() {
    let array = Memmap::open("work/sparse.bin", &options(Mode::ReadOnly, "<f8")).unwrap();
    let end = array.view(&index("-8000000:")).unwrap();
    assert_eq!(end.info().unwrap().nbytes, 64_000_000);
    for (operation, data) in [
        (Operation::Max, bytes([LAST])),
        (Operation::Argmax, bytes([7_999_999_i64])),
        (Operation::CountNonzero, bytes([1_i64])),
    ] {
        assert_eq!(end.reduce(operation, None).unwrap().data, data, "{operation:?}");
    }
}
