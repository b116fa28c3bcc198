//! Advice, which changes nothing but speed.

use crate::bindings::wit_array::Advice;
use crate::bindings::{ErrorCode, Memmap, Mode};
use crate::support::{ALL_ADVICE, fails, index, numbers, open_numbers, options, resize, shaped};

pub(crate) fn array_advise_works_in_every_mode_and_changes_nothing() {
    for mode in [Mode::ReadOnly, Mode::CopyOnWrite, Mode::ReadWrite, Mode::Write] {
        std::fs::write("work/bytes.bin", numbers()).unwrap();
        let array = open_numbers(mode, &[8, 8]);
        let before = array.read(&[]).unwrap();
        for advice in ALL_ADVICE {
            array.advise(advice).unwrap();
            assert_eq!(array.read(&[]).unwrap(), before, "{mode:?}, {advice:?}");
        }
        assert_eq!(std::fs::read("work/bytes.bin").unwrap(), before);
    }
}

pub(crate) fn array_advise_keeps_writes_that_were_not_flushed() {
    const LENGTH: u64 = 1 << 20;
    resize("work/pages.bin", LENGTH);
    for mode in [Mode::CopyOnWrite, Mode::ReadWrite] {
        let array = Memmap::open("work/pages.bin", &options(mode, "u1")).unwrap();
        array.view(&index("::4099")).unwrap().fill(&[7]).unwrap();
        let before = array.read(&[]).unwrap();
        for advice in ALL_ADVICE {
            array.advise(advice).unwrap();
            array.view(&index("5000:-5000")).unwrap().advise(advice).unwrap();
            assert!(array.read(&[]).unwrap() == before, "{mode:?}, {advice:?}");
        }
        array.flush().unwrap();
        assert!(array.read(&[]).unwrap() == before, "{mode:?}");
        let in_file = std::fs::read("work/pages.bin").unwrap() == before;
        assert_eq!(in_file, mode == Mode::ReadWrite);
    }
}

pub(crate) fn array_advise_works_for_views_of_every_kind() {
    let array = open_numbers(Mode::ReadWrite, &[8, 8]);
    for advice in ALL_ADVICE {
        array.view(&index("3, 4")).unwrap().advise(advice).unwrap();
        array.view(&index("::-2, ::3")).unwrap().advise(advice).unwrap();
        array.view(&index("..., None")).unwrap().advise(advice).unwrap();
        array.transpose(None).unwrap().advise(advice).unwrap();
        array.view_as("<u8").unwrap().advise(advice).unwrap();
    }
    assert_eq!(array.read(&[]).unwrap(), numbers());
}

pub(crate) fn array_advise_works_for_an_empty_array() {
    let array = open_numbers(Mode::ReadWrite, &[64]);
    let empty = Memmap::open("work/new.bin", &shaped(Mode::Write, "<i4", &[3, 0])).unwrap();
    for advice in ALL_ADVICE {
        array.view(&index("5:5")).unwrap().advise(advice).unwrap();
        empty.advise(advice).unwrap();
    }
}

pub(crate) fn array_advise_works_for_more_than_the_plugin_memory() {
    let array = Memmap::open("work/sparse.bin", &options(Mode::ReadWrite, "u1")).unwrap();
    let end = array.view(&index("-100000:")).unwrap();
    for advice in [Advice::Random, Advice::Sequential, Advice::DontNeed, Advice::Normal] {
        array.advise(advice).unwrap();
        end.advise(advice).unwrap();
    }
    end.advise(Advice::WillNeed).unwrap();
    assert_eq!(end.read(&index("-8:")).unwrap(), 6.25_f64.to_le_bytes());
}

pub(crate) fn array_advise_after_close_is_closed() {
    let array = open_numbers(Mode::ReadWrite, &[64]);
    let view = array.view(&index("3:")).unwrap();
    array.close();
    for advice in ALL_ADVICE {
        fails(array.advise(advice), ErrorCode::Closed, &["open it again"]);
        fails(view.advise(advice), ErrorCode::Closed, &["open it again"]);
    }
}
