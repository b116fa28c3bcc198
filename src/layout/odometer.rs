//! Iteration over the element offsets of a shape, without a division for each element.

use alloc::vec::Vec;

/// An iterator over the offsets of the elements of a shape, in C order. Starts again after the last
/// element.
pub(super) struct Odometer {
    axes: Vec<Axis>,
    offset: i64,
}

struct Axis {
    length: u64,
    stride: i64,
    position: u64,
}

impl Odometer {
    /// Starts at offset 0; `stride` returns the stride of each axis.
    pub(super) fn new(shape: &[u64], stride: &dyn Fn(usize) -> i64) -> Self {
        let axis = |(axis, &length)| Axis { length, stride: stride(axis), position: 0 };
        // An axis of length 1 never moves, and there may be many such axes.
        let moving = shape.iter().enumerate().filter(|(_, length)| **length != 1);
        Self { axes: moving.map(axis).collect(), offset: 0 }
    }
}

impl Iterator for Odometer {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        let offset = self.offset;
        for axis in self.axes.iter_mut().rev() {
            if axis.position + 1 < axis.length {
                axis.position += 1;
                self.offset = self.offset.wrapping_add(axis.stride);
                break;
            }
            let distance = axis.stride.wrapping_mul(axis.position.cast_signed());
            self.offset = self.offset.wrapping_sub(distance);
            axis.position = 0;
        }
        Some(offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_of_length_1_do_not_move() {
        let strides = [100, 7, 10, 7, 7];
        let odometer = Odometer::new(&[2, 1, 3, 1, 1], &|axis| strides[axis]);
        assert_eq!(odometer.axes.len(), 2);
        assert_eq!(odometer.take(8).collect::<Vec<_>>(), [0, 10, 20, 100, 110, 120, 0, 10]);
    }

    #[test]
    fn a_shape_without_axes_is_one_element() {
        assert_eq!(Odometer::new(&[], &|_| 0).take(2).collect::<Vec<_>>(), [0, 0]);
        assert_eq!(Odometer::new(&[1; 64], &|_| 5).take(2).collect::<Vec<_>>(), [0, 0]);
    }
}
