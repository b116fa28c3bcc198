//! The pages that a private mapping copies: their number, and their content.

use std::collections::BTreeSet;

use filemap::checkpoint::never;
use filemap::dtype::Dtype;
use filemap::fs::{Directory, Open};
use filemap::layout::{Index, Layout, Order, Slice, Transfer};
use filemap::region::{Overlay, PAGE_SIZE};
use proptest::prelude::*;

use crate::memory::Disk;
use crate::model::Model;
use crate::try_random;

#[test]
fn the_announced_number_of_pages_is_copied() {
    let all_of = |bytes: &[u8]| {
        let length = bytes.len() as u64;
        Transfer::new(&Layout::new(Dtype::UINT8, vec![length], Order::C).expect("a small array"))
    };
    let shape = prop::sample::select(vec![
        vec![40_000],
        vec![30, 1000],
        vec![5, 5000],
        vec![3, 4, 3000],
        vec![0, 9],
    ]);
    let step = prop::sample::select(vec![None, Some(-1), Some(3), Some(-1500), Some(4096)]);
    let slice = step.prop_map(|step| Index::Slice(Slice { start: None, stop: None, step }));
    let index =
        || prop::collection::vec(prop_oneof![3 => slice.clone(), 1 => Just(Index::At(-1))], 0..2);
    let order = prop::sample::select(vec![Order::C, Order::F]);
    let input = (shape, order, index(), index(), 0_usize..9000);
    try_random(30, &input, |(shape, order, first, second, offset)| {
        let whole = Model::new(&shape, order);
        let bytes: Vec<u8> =
            (0..offset + whole.places.len()).map(|at| (at % 251).to_le_bytes()[0]).collect();
        let disk = Disk::with(&[("a", &bytes)]);
        let file = disk.root(false).open_file("a", Open::Read).expect("a file");
        let lengths = shape.iter().map(|&length| length as u64).collect();
        let layout = Layout::new(Dtype::UINT8, lengths, order).expect("a small array");

        let (mut overlay, mut pages, mut seen) = (Overlay::default(), BTreeSet::new(), bytes);
        for index in [first, second] {
            let (Ok(view), Some(model)) = (layout.select(&index), whole.select(&index)) else {
                continue;
            };
            let wanted: BTreeSet<_> =
                model.places.iter().map(|place| (offset + place) / PAGE_SIZE).collect();
            let transfer = Transfer::new(&view);
            let missing = wanted.difference(&pages).count() as u64;
            assert_eq!(
                overlay.uncopied_pages(offset as u64, transfer.clone(), &never),
                Ok(missing)
            );
            let data = vec![b'x'; model.places.len()];
            overlay.write(&file, offset as u64, transfer.clone(), &data).expect("a write");
            for place in model.places {
                seen[offset + place] = b'x';
            }
            pages.extend(wanted);
            assert_eq!(overlay.uncopied_pages(offset as u64, transfer, &never), Ok(0));
            assert_eq!(overlay.size(), (pages.len() * PAGE_SIZE) as u64);
        }
        let mut patched = disk.bytes("a");
        overlay.patch(0, all_of(&patched), &mut patched, &never).expect("a patch");
        assert!(patched == seen, "other bytes");
        let middle = seen.len() / 3..seen.len() / 2;
        let mut patched = disk.bytes("a")[middle.clone()].to_vec();
        overlay
            .patch(middle.start as u64, all_of(&patched), &mut patched, &never)
            .expect("a patch");
        assert!(patched == seen[middle], "other bytes in the middle");
    });
}
