//! Walking through a shape one element after the other.

use alloc::vec::Vec;

/// Where the elements of a shape lie, in C order; after the last one it begins again.
pub(super) struct Odometer {
    axes: Vec<Axis>,
    place: i64,
}

struct Axis {
    length: u64,
    stride: i64,
    position: u64,
}

impl Odometer {
    /// The first element lies at 0, and neighbours along an axis are as far apart as `stride` says.
    pub(super) fn new(shape: &[u64], stride: &dyn Fn(usize) -> i64) -> Self {
        let axis = |(axis, &length)| Axis { length, stride: stride(axis), position: 0 };
        Self { axes: shape.iter().enumerate().map(axis).collect(), place: 0 }
    }
}

impl Iterator for Odometer {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        let place = self.place;
        for axis in self.axes.iter_mut().rev() {
            if axis.position + 1 < axis.length {
                axis.position += 1;
                self.place = self.place.wrapping_add(axis.stride);
                break;
            }
            let way = axis.stride.wrapping_mul(axis.position.cast_signed());
            self.place = self.place.wrapping_sub(way);
            axis.position = 0;
        }
        Some(place)
    }
}
