//! Mutable mapped slices.

use filemap_plugin::{Error, Memmap, Mode, index};

use crate::support::{counted, fails, file, numbers};

pub(crate) fn map_mut_changes_the_file() {
    let array = counted(Mode::ReadWrite, 700_000);
    let mut mapped = array.map_mut::<u32>().unwrap();
    assert_eq!((mapped.len(), mapped.shape()), (700_000, &[700_000][..]));
    for number in mapped.iter_mut() {
        *number *= 2;
    }
    mapped.flush().unwrap();
    assert!(numbers("work/new.bin", 0).into_iter().eq((0..700_000).map(|number| 2 * number)));
    mapped[1] = 77;
    mapped.unmap().unwrap();
    assert_eq!(numbers("work/new.bin", 0)[1], 77);
    array.map_mut::<u32>().unwrap()[2] = 78;
    assert_eq!(numbers("work/new.bin", 0)[..4], [0, 77, 78, 6]);
    assert_eq!(array.read_as::<u32>(&index![..3]).unwrap(), [0, 77, 78]);
}

pub(crate) fn map_mut_changes_a_new_file() {
    let array = Memmap::options()
        .dtype("<u4")
        .mode(Mode::Write)
        .shape([2, 2])
        .open("work/new.bin")
        .unwrap();
    let mut mapped = array.map_mut::<u32>().unwrap();
    mapped.copy_from_slice(&[1, 2, 3, 4]);
    assert!(format!("{mapped:?}").contains("[2, 2]"));
    drop(mapped);
    assert_eq!(numbers("work/new.bin", 0), [1, 2, 3, 4]);
}

pub(crate) fn map_window_mut_changes_only_its_range() {
    for offset in [0, 13] {
        file("work/new.bin", offset, 0..100_000);
        let options = Memmap::options().dtype("<u4").mode(Mode::ReadWrite).offset(offset as u64);
        let array = options.open("work/new.bin").unwrap();
        let mut mapped = array.map_window_mut::<u32>(70_000..70_003).unwrap();
        assert_eq!((mapped.shape(), &mapped[..]), (&[3][..], &[70_000, 70_001, 70_002][..]));
        mapped.fill(5);
        mapped.flush().unwrap();
        mapped[1] = 6;
        drop(mapped);
        let numbers = numbers("work/new.bin", offset);
        assert_eq!(
            (numbers.len(), &numbers[69_999..70_004]),
            (100_000, &[69_999, 5, 6, 5, 70_003][..]),
            "{offset}"
        );
        assert!(std::fs::read("work/new.bin").unwrap()[..offset].iter().all(|byte| *byte == 255));
        fails(array.map_window_mut::<u32>(100_000..100_001), Error::OutOfBounds, &[]);
    }
}

pub(crate) fn map_mut_in_copy_on_write_changes_only_the_slice() {
    for offset in [0, 13] {
        file("work/new.bin", offset, 0..50_000);
        let options = Memmap::options().dtype("<u4").mode(Mode::CopyOnWrite).offset(offset as u64);
        let array = options.open("work/new.bin").unwrap();
        let mut mapped = array.map_mut::<u32>().unwrap();
        mapped.fill(5);
        mapped.flush().unwrap();
        assert!(mapped.iter().all(|number| *number == 5));
        mapped.unmap().unwrap();
        assert!(array.map::<u32>().unwrap().iter().copied().eq(0..50_000), "{offset}");
        assert!(numbers("work/new.bin", offset).into_iter().eq(0..50_000));
    }
}

/// A slice that was only read does not overwrite a change by another array.
pub(crate) fn map_mut_without_a_change_writes_nothing() {
    let array = counted(Mode::ReadWrite, 10);
    let mut mapped = array.map_mut::<u32>().unwrap();
    mapped[0] = 70;
    mapped.flush().unwrap();
    assert_eq!(mapped[1], 1);
    array.write_as(&index![5], &[75_u32]).unwrap();
    mapped.flush().unwrap();
    drop(mapped);
    assert_eq!(numbers("work/new.bin", 0), [70, 1, 2, 3, 4, 75, 6, 7, 8, 9]);
}

pub(crate) fn map_mut_requires_a_writeable_array() {
    let array = counted(Mode::ReadOnly, 10);
    fails(array.map_mut::<u32>(), Error::AccessDenied, &["mode `r`"]);
    fails(array.map_window_mut::<u32>(0..1), Error::AccessDenied, &[]);
    let array = counted(Mode::ReadWrite, 10);
    fails(array.map_mut::<i32>(), Error::InvalidArgument, &["`i32`"]);
}

pub(crate) fn map_is_a_view_of_ndarray() {
    let array = Memmap::create_npy("work/new.npy", "<f4", [2, 3]).unwrap();
    let mut mapped = array.map_mut::<f32>().unwrap();
    mapped.view_mut()[[1, 2]] = 2.5;
    mapped.view_mut().outer_iter_mut().next().unwrap().fill(1.0);
    assert_eq!(mapped.view().shape(), [2, 3]);
    drop(mapped);
    let mapped = array.map::<f32>().unwrap();
    assert_eq!(mapped.view()[[1, 2]].to_bits(), 2.5_f32.to_bits());
    assert_eq!(mapped[..], [1.0, 1.0, 1.0, 0.0, 0.0, 2.5]);
    let empty = Memmap::create_npy("work/empty.npy", "<f4", [0, 3]).unwrap();
    assert_eq!(empty.map::<f32>().unwrap().view().shape(), [0, 3]);
    assert_eq!(empty.map_mut::<f32>().unwrap().view_mut().shape(), [0, 3]);
}
