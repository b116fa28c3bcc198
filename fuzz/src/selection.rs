//! The target `selection`.

use arbitrary::Result;
use filemap::checkpoint::never;
use filemap::dtype::Dtype;
use filemap::layout::{Layout, Selection, Transfer};

use crate::complaint::checked;
use crate::input::{self, Input};
use crate::model::Model;

/// The maximum number of bytes of a selection whose runs are looked at.
const MAX_RUNS: u64 = 4096;

/// Selects elements of an array: a small one, whose elements are compared with a plain list, or one
/// of any shape, whose elements only have to lie within it.
pub fn selection(data: &[u8]) {
    _ = run(&mut Input::new(data));
}

fn run(input: &mut Input<'_>) -> Result<()> {
    if input::chance(input, 4)? { any_shape(input) } else { small(input) }
}

/// Compares views of views, and a selection from the last one, with the model.
fn small(input: &mut Input<'_>) -> Result<()> {
    let (shape, order) = (input::shape(input)?, input::order(input)?);
    let dtype = Dtype::parse(input.choose(&["u1", "<i2", "S3"])?).expect("a dtype");
    let mut model = Model::new(&shape, order);
    let lengths = shape.iter().map(|&length| length as u64).collect();
    let mut layout = Layout::new(dtype, lengths, order).expect("a layout");
    for _ in 0..input::below(input, 4)? {
        let Some(next) = view(input, &layout, &model)? else { return Ok(()) };
        (layout, model) = next;
    }
    let index = input::indices(input)?;
    let selection = checked(layout.selection(&index, &never));
    let wanted = model.select(&index);
    assert_eq!(selection.is_some(), wanted.is_some(), "{index:?} of {layout:?}");
    let (Some(selection), Some(wanted)) = (selection, wanted) else { return Ok(()) };
    let shape: Vec<_> = wanted.shape.iter().map(|&length| length as u64).collect();
    assert_eq!(selection.layout.shape, shape);
    assert_eq!(elements(&selection), wanted.places, "{index:?} of {layout:?}");
    Ok(())
}

/// Makes a view of both, or returns `None` if there is none.
fn view(input: &mut Input<'_>, layout: &Layout, model: &Model) -> Result<Option<(Layout, Model)>> {
    let signed = |numbers: &[usize]| {
        numbers.iter().map(|&number| i64::try_from(number).expect("small")).collect::<Vec<_>>()
    };
    let (view, wanted) = match input::below(input, 3)? {
        0 => {
            let index = input::indices(input)?;
            let is_view = !index.iter().any(|index| {
                matches!(index, filemap::layout::Index::Take(_) | filemap::layout::Index::Mask(_))
            });
            let (view, wanted) = (layout.select(&index), model.select(&index).filter(|_| is_view));
            assert_eq!(view.is_ok(), wanted.is_some(), "{index:?} of {layout:?}");
            (view, wanted)
        }
        1 => {
            let axes = input::permutation(input, model.shape.len())?;
            (layout.transpose(Some(&signed(&axes))), Some(model.transpose(&axes)))
        }
        _ => {
            let shape = input::regrouped(input, &model.shape)?;
            let order = input::order(input)?;
            // If only a copy can have the shape, there is no view to compare.
            (layout.reshape(&signed(&shape), order), Some(model.reshape(&shape, order)))
        }
    };
    Ok(checked(view).zip(wanted))
}

/// Returns the elements of a selection in C order, each by its number in the region.
#[track_caller]
fn elements(selection: &Selection) -> Vec<usize> {
    let item = usize::try_from(selection.layout.dtype.size()).expect("a small element");
    let count = usize::try_from(selection.layout.size()).expect("few elements");
    let mut found = vec![None; count];
    for block in Transfer::of_selection(selection, &never).expect("a transfer") {
        block.for_each_run(|region, buffer| {
            let region = usize::try_from(region).expect("a small region");
            assert!(buffer % item == 0 && region % item == 0 && block.length % item == 0);
            for number in 0..block.length / item {
                let place = &mut found[buffer / item + number];
                assert_eq!(place.replace(region / item + number), None, "an element comes twice");
            }
        });
    }
    found.into_iter().map(|place| place.expect("every element comes once")).collect()
}

/// Checks that what is selected from an array of any shape lies within it.
fn any_shape(input: &mut Input<'_>) -> Result<()> {
    let length = |input: &mut Input<'_>| match input::below(input, 4)? {
        0 => input.arbitrary(),
        1 => Ok(1_u64 << input::below(input, 64)?),
        _ => input.int_in_range(0..=3),
    };
    let shape = input::list(input, 6, length)?;
    let dtype = input.choose(&["u1", "<f8", "V0", "S1000000007", "(3,)i4", "i4, V100"])?;
    let dtype = Dtype::parse(dtype).expect("a dtype");
    let layout = Layout::new_flattened(dtype, &shape, input::order(input)?);
    let Some(mut layout) = checked(layout) else { return Ok(()) };
    let nbytes = layout.nbytes();
    for _ in 0..input::below(input, 3)? {
        let next = match input::below(input, 3)? {
            0 => layout.select(&input::indices(input)?),
            1 => {
                let axes = input::list(input, 7, input::position)?;
                layout.transpose(Some(&axes))
            }
            _ => {
                let shape = input::list(input, 7, |input| {
                    if input::chance(input, 8)? { Ok(-1) } else { input::position(input) }
                })?;
                layout.reshape(&shape, input::order(input)?)
            }
        };
        let Some(next) = checked(next) else { return Ok(()) };
        check_within(&next.clone().into(), nbytes);
        layout = next;
    }
    let selection = checked(layout.selection(&input::indices(input)?, &never));
    if let Some(selection) = selection {
        check_within(&selection, nbytes);
    }
    Ok(())
}

/// Checks that a selection lies within a region of `nbytes` bytes.
fn check_within(selection: &Selection, nbytes: u64) {
    let layout = &selection.layout;
    if selection.fancy.is_none()
        && let Some(extent) = layout.extent()
    {
        assert!(extent.end <= nbytes, "{extent:?} of {nbytes} bytes: {layout:?}");
    }
    if layout.nbytes() > MAX_RUNS {
        return;
    }
    let mut copied = 0;
    for block in Transfer::of_selection(selection, &never).expect("a transfer") {
        block.for_each_run(|region, buffer| {
            let length = block.length as u64;
            assert!(region.checked_add(length).is_some_and(|end| end <= nbytes));
            assert!(buffer as u64 + length <= layout.nbytes());
            copied += length;
        });
    }
    assert_eq!(copied, layout.nbytes());
}
