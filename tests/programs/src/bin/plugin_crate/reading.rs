//! Mapped slices and windows.

use bytemuck::{Pod, Zeroable};
use filemap_plugin::{Advice, Error, Memmap, Mode, Order, index};

use crate::support::{counted, fails, file, set_size};

pub(crate) fn map_is_a_slice_of_the_elements() {
    let array = counted(Mode::ReadOnly, 1000);
    let mapped = array.map::<u32>().unwrap();
    assert!(mapped.iter().copied().eq(0..1000));
    assert_eq!((mapped.len(), mapped.shape()), (1000, &[1000][..]));
    assert!(format!("{mapped:?}").contains("1000"));
    mapped.unmap().unwrap();
    array.advise(Advice::WillNeed).unwrap();
    assert_eq!(array.map::<u32>().unwrap()[999], 999);
}

pub(crate) fn map_keeps_the_array_alive() {
    let mapped =
        Memmap::options().dtype("<u2").open("work/bytes.bin").unwrap().map::<u16>().unwrap();
    assert_eq!(mapped[31], 0x3f3e);
}

pub(crate) fn map_works_in_every_mode() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite] {
        assert!(
            counted(mode, 70_000).map::<u32>().unwrap().iter().copied().eq(0..70_000),
            "{mode}"
        );
    }
    let array = Memmap::options().mode(Mode::Write).shape([3]).open("work/new.bin").unwrap();
    assert_eq!(*array.map::<u8>().unwrap(), [0, 0, 0]);
}

pub(crate) fn map_shows_writes_to_the_array() {
    for mode in [Mode::CopyOnWrite, Mode::ReadWrite] {
        let array = counted(mode, 100_000);
        array.write_as(&index![50_000], &[7_u32]).unwrap();
        let mapped = array.map::<u32>().unwrap();
        assert_eq!((mapped[49_999], mapped[50_000]), (49_999, 7), "{mode}");
    }
}

pub(crate) fn map_of_unaligned_elements_is_aligned() {
    for offset in [13, 2, 4096, 65_535, 70_001] {
        file("work/new.bin", offset, 0..50_000);
        let options = Memmap::options().dtype("<u4").offset(offset as u64);
        let mapped = options.open("work/new.bin").unwrap().map::<u32>().unwrap();
        assert!(mapped.iter().copied().eq(0..50_000), "{offset}");
        assert!(mapped.as_ptr().is_aligned());
    }
}

pub(crate) fn map_of_a_view_is_its_elements() {
    let table = counted(Mode::ReadOnly, 12).reshape(&[3, 4], Order::C).unwrap();
    assert_eq!(table.map::<u32>().unwrap().shape(), [3, 4]);
    assert_eq!(*table.view(&index![1]).unwrap().map::<u32>().unwrap(), [4, 5, 6, 7]);
    let gaps = table.view(&index![.., 1]).unwrap();
    fails(gaps.map::<u32>(), Error::InvalidArgument, &["gaps"]);
    fails(gaps.windows::<u32>(1), Error::InvalidArgument, &["gaps"]);
    fails(table.transpose(None).unwrap().map::<u32>(), Error::InvalidArgument, &["Fortran"]);
    assert_eq!(
        *table.view_as("|u1").unwrap().view(&index![1, 0..4]).unwrap().map::<u8>().unwrap(),
        [4, 0, 0, 0]
    );
}

#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
#[repr(C)]
struct Reading {
    time: u64,
    value: f32,
    sensor: u32,
}

pub(crate) fn map_of_structures_has_their_fields() {
    let dtype = "[('time', '<u8'), ('value', '<f4'), ('sensor', '<u4')]";
    let array = Memmap::create_npy("work/new.npy", dtype, [100]).unwrap();
    let mut mapped = array.map_mut::<Reading>().unwrap();
    for (number, reading) in (0..).zip(mapped.iter_mut()) {
        *reading = Reading { time: u64::from(number), value: 0.5, sensor: 2 * number };
    }
    mapped.flush().unwrap();
    let sensors = array.field("sensor").unwrap();
    assert_eq!(sensors.read_as::<u32>(&index![10..12]).unwrap(), [20, 22]);
    assert_eq!(
        array.read_as::<Reading>(&index![10]).unwrap(),
        [Reading { time: 10, value: 0.5, sensor: 20 }]
    );
    assert_eq!(array.map::<Reading>().unwrap()[99].time, 99);
    fails(array.map::<[u32; 3]>(), Error::InvalidArgument, &["16 bytes", "12"]);
    fails(array.map::<u8>(), Error::InvalidArgument, &["`u8`"]);
}

pub(crate) fn map_of_an_empty_array_is_empty() {
    for mode in [Mode::ReadWrite, Mode::Write] {
        std::fs::write("work/new.bin", "").unwrap();
        let array =
            Memmap::options().dtype("<f8").mode(mode).shape([0, 5]).open("work/new.bin").unwrap();
        assert_eq!(
            (array.map::<f64>().unwrap().shape(), array.map::<f64>().unwrap().len()),
            (&[0, 5][..], 0)
        );
        let mut mapped = array.map_mut::<f64>().unwrap();
        assert!(mapped.is_empty() && mapped.as_mut().is_empty());
        mapped.flush().unwrap();
        mapped.unmap().unwrap();
        assert!(array.map_window::<f64>(0..0).unwrap().is_empty());
        assert!(array.windows::<f64>(10).unwrap().next().unwrap().is_none());
        fails(array.map_window::<f64>(0..1), Error::OutOfBounds, &[]);
        fails(array.map::<f32>(), Error::InvalidArgument, &[]);
    }
}

pub(crate) fn map_window_is_a_range_of_the_elements() {
    let array = counted(Mode::ReadOnly, 100_000);
    assert!(array.map_window::<u32>(20_000..90_000).unwrap().iter().copied().eq(20_000..90_000));
    assert_eq!(*array.map_window::<u32>(99_998..).unwrap(), [99_998, 99_999]);
    assert_eq!(array.map_window::<u32>(..=1).unwrap().shape(), [2]);
    assert!(array.map_window::<u32>(5..5).unwrap().is_empty());
    fails(array.map_window::<u32>(5..100_001), Error::OutOfBounds, &["100000"]);
    // The array is larger than the plugin's memory.
    let far = Memmap::options().dtype("<f8").open("work/sparse.bin").unwrap();
    assert_eq!(far.map_window::<f64>(far.size() - 2..).unwrap()[..], [0.0, 6.25]);
    fails(far.map::<f64>(), Error::LimitExceeded, &["windows"]);
}

pub(crate) fn windows_use_the_memory_of_one_window() {
    const COUNT: u32 = 1_200_001;
    for offset in [0, 8, 13] {
        file("work/new.bin", offset, 0..COUNT);
        let array =
            Memmap::options().dtype("<u4").offset(offset as u64).open("work/new.bin").unwrap();
        let mut windows = array.windows::<u32>(30_000).unwrap();
        let (mut next, mut number, mut pages) = (0, 0, Vec::new());
        while let Some(window) = windows.next().unwrap() {
            assert_eq!(window.len(), if number < 40 { 30_000 } else { 1 });
            assert!(
                window.iter().copied().eq(next..next + u32::try_from(window.len()).unwrap()),
                "{offset}"
            );
            next += u32::try_from(window.len()).unwrap();
            number += 1;
            pages.push(window.as_ptr().addr() / 65_536);
            assert_eq!(windows.position(), u64::from(next));
        }
        assert_eq!((next, number), (COUNT, 41));
        assert!(pages.iter().all(|page| *page == pages[0]), "all windows use the same memory");
        assert!(windows.next().unwrap().is_none());
    }
    let array = counted(Mode::ReadOnly, 10);
    assert_eq!(array.windows::<u32>(usize::MAX).unwrap().next().unwrap().unwrap().len(), 10);
    fails(array.windows::<u32>(0), Error::InvalidArgument, &["windows without elements"]);
    fails(array.windows::<f32>(5), Error::InvalidArgument, &["`f32`"]);
}

pub(crate) fn map_may_be_repeated_many_times() {
    let array = counted(Mode::ReadWrite, 50_000);
    for number in 0..500 {
        let mapped = array.map_window::<u32>(number..number + 100).unwrap();
        assert_eq!(u64::from(mapped[99]), number + 99);
    }
    let held: Vec<_> =
        (0..20).map(|number| array.map_window::<u32>(number * 1000..).unwrap()).collect();
    assert!((0..).zip(&held).all(|(number, mapped)| mapped[0] == number * 1000));
}

pub(crate) fn mapped_array_can_be_neither_closed_nor_resized() {
    let mut array = counted(Mode::ReadWrite, 10);
    let mapped = array.view(&index![2..]).unwrap().map::<u32>().unwrap();
    let mut windows = array.windows::<u32>(4).unwrap();
    windows.next().unwrap();
    fails(array.resize(5), Error::InvalidArgument, &["resized", "2 mappings"]);
    fails(array.view(&[]).unwrap().close(), Error::InvalidArgument, &["closed", "drop them"]);
    assert_eq!(mapped[0], 2);
    drop((mapped, windows));
    array.resize(5).unwrap();
    array.close().unwrap();
}

/// A truncation affects an existing slice of pages, and not a copy. The next slice is an error in
/// both cases.
pub(crate) fn map_of_a_truncated_file_is_truncated() {
    let array = counted(Mode::ReadOnly, 100_000);
    let mapped = array.map::<u32>().unwrap();
    set_size("work/new.bin", 8192);
    assert_eq!((mapped[100], mapped.len()), (100, 100_000));
    let last = mapped[99_999];
    println!("{last}, {}", if mapped.unmap().is_ok() { "fine" } else { "truncated" });
    fails(array.map::<u32>(), Error::Truncated, &[]);
    fails(array.windows::<u32>(100_000).unwrap().next(), Error::Truncated, &[]);
}
