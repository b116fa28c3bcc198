//! Arithmetic on four numbers at a time: a vector of WebAssembly, or an array on other targets.
//!
//! Both calculate the same results, to the last bit, so that a native test covers the plugin.

#[cfg(target_arch = "wasm32")]
pub(crate) use vector::{ZERO, add_product, load, sum};

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use array::{ZERO, add_product, load, sum};

#[cfg(target_arch = "wasm32")]
mod vector {
    use core::arch::wasm32::{f32x4, f32x4_add, f32x4_extract_lane, f32x4_mul, v128};

    /// Four numbers.
    pub(crate) type Lanes = v128;

    /// Four zeroes.
    pub(crate) const ZERO: Lanes = f32x4(0.0, 0.0, 0.0, 0.0);

    /// Loads four numbers, by one instruction: the compiler sees that they are neighbours.
    #[inline]
    #[target_feature(enable = "simd128")]
    pub(crate) fn load(&[a, b, c, d]: &[f32; 4]) -> Lanes {
        f32x4(a, b, c, d)
    }

    /// Returns `sum + a * b`, lane by lane.
    #[inline]
    #[target_feature(enable = "simd128")]
    pub(crate) fn add_product(sum: Lanes, a: Lanes, b: Lanes) -> Lanes {
        f32x4_add(sum, f32x4_mul(a, b))
    }

    /// Returns the sum of the four numbers.
    #[inline]
    #[target_feature(enable = "simd128")]
    pub(crate) fn sum(lanes: Lanes) -> f32 {
        let (a, b) = (f32x4_extract_lane::<0>(lanes), f32x4_extract_lane::<1>(lanes));
        let (c, d) = (f32x4_extract_lane::<2>(lanes), f32x4_extract_lane::<3>(lanes));
        (a + b) + (c + d)
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod array {
    use std::array::from_fn;

    /// Four numbers.
    pub(crate) type Lanes = [f32; 4];

    /// Four zeroes.
    pub(crate) const ZERO: Lanes = [0.0; 4];

    /// Loads four numbers.
    pub(crate) fn load(numbers: &[f32; 4]) -> Lanes {
        *numbers
    }

    /// Returns `sum + a * b`, lane by lane.
    pub(crate) fn add_product(sum: Lanes, a: Lanes, b: Lanes) -> Lanes {
        from_fn(|lane| sum[lane] + a[lane] * b[lane])
    }

    /// Returns the sum of the four numbers.
    pub(crate) fn sum([a, b, c, d]: Lanes) -> f32 {
        (a + b) + (c + d)
    }
}
