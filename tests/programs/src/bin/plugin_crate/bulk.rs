//! Bulk data: the results are the same with lists and with streams.

use std::io::{Read, Write};

use filemap_plugin::{Error, Memmap, Mode, Order, Store, index};

use crate::support::{counted, fails, numbers, set_size};

/// Sizes around the minimum for streams, and around one read of a stream.
const SIZES: [usize; 7] = [1, 16_383, 16_384, 65_535, 65_536, 262_145, 1_000_003];

fn data(length: usize) -> Vec<u8> {
    (0..=250).cycle().take(length).collect()
}

/// Creates `work/new.bin` with `length` bytes, and opens it.
fn bytes(mode: Mode, length: usize) -> Memmap {
    std::fs::write("work/new.bin", data(length)).unwrap();
    Memmap::options().mode(mode).open("work/new.bin").unwrap()
}

pub(crate) fn bytes_of_every_size_are_read() {
    let array = bytes(Mode::ReadWrite, 1_100_000);
    let expected = data(1_100_000);
    for length in SIZES {
        for offset in [0, 5, 1_100_000 - length] {
            let expected = &expected[offset..][..length];
            assert!(array.read_bytes(offset as u64, length as u64).unwrap() == expected);
            let mut buffer = vec![255; length];
            array.read_bytes_into(offset as u64, &mut buffer).unwrap();
            assert!(buffer == expected);
        }
    }
}

pub(crate) fn bytes_of_every_size_are_written() {
    let expected = data(1_100_000);
    for length in SIZES {
        let array = bytes(Mode::ReadWrite, 1_100_000);
        array.write_bytes(77, &vec![255; length]).unwrap();
        array.flush().unwrap();
        let end = 77 + length;
        let written = std::fs::read("work/new.bin").unwrap();
        assert!(written[..77] == expected[..77] && written[end..] == expected[end..]);
        assert!(written[77..end].iter().all(|byte| *byte == 255));
        assert!(array.read_bytes(77, length as u64).unwrap() == written[77..end]);
    }
}

pub(crate) fn bytes_that_cannot_be_read_or_written_are_an_error() {
    let array = bytes(Mode::ReadWrite, 1_000_000);
    let outside =
        [(1_000_000, 1), (1, 1_000_000), (0, u64::MAX), (u64::MAX, u64::MAX), (u64::MAX, 1)];
    for (offset, length) in outside {
        fails(array.read_bytes(offset, length), Error::OutOfBounds, &[]);
    }
    let mut large = vec![7; 500_000];
    for offset in [500_001, 1_000_000, u64::MAX, u64::MAX - 500_000] {
        fails(array.read_bytes_into(offset, &mut large), Error::OutOfBounds, &[]);
        fails(array.write_bytes(offset, &large), Error::OutOfBounds, &[]);
    }
    assert!(std::fs::read("work/new.bin").unwrap() == data(1_000_000));
    let gaps = array.reshape(&[500_000, 2], Order::C).unwrap().view(&index![.., 0]).unwrap();
    fails(gaps.read_bytes(0, 500_000), Error::InvalidArgument, &[]);
    fails(gaps.read_bytes_into(0, &mut large), Error::InvalidArgument, &[]);
    fails(gaps.write_bytes(0, &large), Error::InvalidArgument, &[]);
    array.view(&[]).unwrap().close().unwrap();
    fails(array.read_bytes(0, 1_000_000), Error::Closed, &[]);
    fails(array.write_bytes(0, &large), Error::Closed, &[]);
    let array = bytes(Mode::ReadOnly, 1_000_000);
    fails(array.write_bytes(0, &large), Error::AccessDenied, &[]);
}

pub(crate) fn bytes_of_a_truncated_file_are_truncated() {
    let array = bytes(Mode::ReadWrite, 2_000_000);
    set_size("work/new.bin", 1_500_000);
    let mut buffer = vec![0; 2_000_000];
    fails(array.read_bytes(0, 2_000_000), Error::Truncated, &[]);
    fails(array.read_bytes_into(0, &mut buffer), Error::Truncated, &[]);
    fails(array.map::<u8>(), Error::Truncated, &[]);
}

/// The file is truncated after a part of it was read through a stream that is still open.
pub(crate) fn windows_of_a_file_truncated_meanwhile_are_truncated() {
    for size in [50_000, 500_000] {
        let array = bytes(Mode::ReadOnly, 2_000_000);
        let mut windows = array.windows::<u8>(size).unwrap();
        assert!(*windows.next().unwrap().unwrap() == data(size)[..]);
        set_size("work/new.bin", size as u64 + 10);
        let error = loop {
            match windows.next() {
                Ok(Some(_)) => {}
                Ok(None) => panic!("the walk came to its end"),
                Err(error) => break error,
            }
        };
        fails(Err::<(), _>(error), Error::Truncated, &[]);
    }
}

pub(crate) fn bytes_changed_in_copy_on_write_are_read() {
    let array = counted(Mode::CopyOnWrite, 500_000);
    for number in [0_u32, 150_000, 150_001, 499_999] {
        array.write_as(&index![number], &[7 * number + 1]).unwrap();
    }
    array.write_bytes(1_000_000, &vec![255; 200_000]).unwrap();
    let expected: Vec<u32> = (0..500_000)
        .map(|number| match number {
            0 | 150_000 | 150_001 | 499_999 => 7 * number + 1,
            250_000..300_000 => u32::MAX,
            other => other,
        })
        .collect();
    assert!(*array.map::<u32>().unwrap() == expected[..]);
    assert!(array.read_as::<u32>(&[]).unwrap() == expected);
    assert!(array.read_bytes(0, 2_000_000).unwrap() == bytemuck::cast_slice::<_, u8>(&expected));
    let mut windows = array.windows::<u32>(125_000).unwrap();
    assert!(*windows.next().unwrap().unwrap() == expected[..125_000]);
    // A change after the first window.
    array.write_as(&index![126_000], &[5_u32]).unwrap();
    assert_eq!(windows.next().unwrap().unwrap()[1000], 5);
    assert!(*windows.next().unwrap().unwrap() == expected[250_000..375_000]);
    assert!(numbers("work/new.bin", 0).into_iter().eq(0..500_000));
}

pub(crate) fn windows_show_writes_after_the_first_window() {
    let array = counted(Mode::ReadWrite, 1_000_000);
    let mut windows = array.windows::<u32>(100_000).unwrap();
    assert_eq!(windows.next().unwrap().unwrap()[99_999], 99_999);
    array.write_as(&index![100_000], &[7_u32]).unwrap();
    assert_eq!(windows.next().unwrap().unwrap()[..2], [7, 100_001]);
    let mut mapped = array.map_window_mut::<u32>(200_000..400_000).unwrap();
    mapped.fill(8);
    mapped.flush().unwrap();
    assert_eq!(windows.next().unwrap().unwrap()[99_999], 8);
    assert_eq!(windows.position(), 300_000);
}

pub(crate) fn elements_of_a_large_array_are_read_and_written() {
    let array = counted(Mode::ReadWrite, 300_000);
    assert!(array.read_as::<u32>(&[]).unwrap().into_iter().eq(0..300_000));
    array.write_as(&[], &vec![9_u32; 300_000]).unwrap();
    assert!(numbers("work/new.bin", 0).into_iter().all(|number| number == 9));
    fails(array.write_as(&[], &vec![9_u32; 300_001]), Error::InvalidArgument, &[]);
    let table = Memmap::options().dtype("<u4").shape([2, 150_000]).order(Order::F);
    assert_eq!(table.open("work/new.bin").unwrap().read(&[]).unwrap().len(), 1_200_000);
    let far = Memmap::options().dtype("<f8").open("work/sparse.bin").unwrap();
    fails(far.read_as::<f64>(&[]), Error::LimitExceeded, &[]);
}

pub(crate) fn values_of_every_size_are_read_and_written() {
    let store = Store::open("work/store").unwrap();
    for length in SIZES {
        let value = data(length);
        store.insert("key", &value).unwrap();
        assert!(store.get("key").unwrap().unwrap() == value);
        let mut reader = store.reader("key").unwrap().unwrap();
        let mut read = Vec::new();
        reader.read_to_end(&mut read).unwrap();
        assert!(read == value && reader.read(&mut [0; 5]).unwrap() == 0);
        let (start, end) = value.split_at(length / 2);
        store.insert_parts("parts", [start, end, b"more"]).unwrap();
        assert!(store.get("parts").unwrap().unwrap() == [&value[..], b"more"].concat());
    }
    assert_eq!((store.len(), store.get("none"), store.get("")), (Ok(2), Ok(None), Ok(None)));
    store.insert("empty", "").unwrap();
    let mut read = Vec::new();
    store.reader("empty").unwrap().unwrap().read_to_end(&mut read).unwrap();
    assert!(read.is_empty() && store.get("empty").unwrap().unwrap().is_empty());
    fails(store.insert(&"k".repeat(300), data(1_000_000)), Error::InvalidArgument, &[]);
}

/// The length of one value decides how the next is read: short after long, and long after short.
pub(crate) fn values_of_changing_lengths_are_the_same_in_every_call() {
    let store = Store::open("work/store").unwrap();
    let lengths = [0, 4096, 4097, 5, 300_000, 300_000, 1, 4097, 2 << 20, 4096];
    let items: Vec<(String, Vec<u8>)> =
        (0..).zip(lengths).map(|(number, length)| (format!("k{number}"), data(length))).collect();
    for (key, value) in &items {
        store.insert(key, value).unwrap();
    }
    assert!(store.items().unwrap().map(Result::unwrap).eq(items.iter().cloned()));
    for start in 0..items.len() {
        let keys = items[start..].iter().map(|(key, _)| key.as_str()).chain(["none"]);
        let values = items[start..].iter().map(|(_, value)| Some(value.clone())).chain([None]);
        assert!(store.get_many(keys.clone()).unwrap().into_iter().eq(values.clone()), "{start}");
        assert!(keys.map(|key| store.get(key).unwrap()).eq(values), "{start}");
    }
    fails(store.get_many(vec!["k3"; 10_001]), Error::LimitExceeded, &[]);
    assert_eq!(store.get_many::<&str>([]), Ok(Vec::new()));
}

pub(crate) fn value_that_is_replaced_is_read_to_its_end() {
    let store = Store::open("work/store").unwrap();
    let value = data(1_000_000);
    store.insert("key", &value).unwrap();
    let mut reader = store.reader("key").unwrap().unwrap();
    let mut read = vec![0; 100_000];
    reader.read_exact(&mut read).unwrap();
    store.insert("key", "other").unwrap();
    store.remove("key").unwrap();
    store.close();
    reader.read_to_end(&mut read).unwrap();
    assert!(read == value);
}

pub(crate) fn value_that_is_truncated_while_it_is_read_is_truncated() {
    let store = Store::open("work/store").unwrap();
    store.insert("key", data(1_000_000)).unwrap();
    let mut reader = store.reader("key").unwrap().unwrap();
    reader.read_exact(&mut [0; 10]).unwrap();
    set_size("work/store/key#0", 500_000);
    let error = reader.read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
    fails(Err::<(), _>(Error::from(error)), Error::Truncated, &["the value ends"]);
}

pub(crate) fn value_is_written_in_pieces_of_every_size() {
    let store = Store::open("work/store").unwrap();
    let mut writer = store.writer("key").unwrap();
    let mut expected = Vec::new();
    for length in SIZES {
        writer.write_all(&data(length)).unwrap();
        expected.extend(data(length));
    }
    writer.flush().unwrap();
    assert_eq!(store.get("key"), Ok(None));
    writer.commit().unwrap();
    assert!(store.get("key").unwrap().unwrap() == expected);
    let mut writer = store.writer("key").unwrap();
    writer.write_all(&data(1_000_000)).unwrap();
    drop(writer);
    assert!(store.get("key").unwrap().unwrap() == expected);
}

pub(crate) fn large_values_and_arrays_have_no_limit() {
    const LENGTH: usize = (128 << 20) + 5;
    let store = Store::open("work/store").unwrap();
    let value = vec![7; LENGTH];
    store.insert("key", &value).unwrap();
    assert!(store.get("key").unwrap().unwrap() == value);
    let mut writer = store.writer("key").unwrap();
    assert_eq!(writer.write(&value).unwrap(), LENGTH);
    writer.write_all(&value).unwrap();
    writer.commit().unwrap();
    assert_eq!(store.size_of("key"), Ok(Some(2 * LENGTH as u64)));
    let array =
        Memmap::options().mode(Mode::Write).shape([LENGTH as u64]).open("work/new.bin").unwrap();
    array.write(&[], &value).unwrap();
    assert!(array.read(&[]).unwrap() == value);
}
