//! The similarity of two embeddings: the cosine of the angle between them.

use crate::lanes::{self, ZERO};

/// The number of independent sums: enough that no addition waits for the previous one.
const VECTORS: usize = 4;

/// Returns the vector of length 1 with the same direction. A vector of zeroes becomes NaNs.
#[expect(clippy::cast_possible_truncation, reason = "the nearest `f32` is intended")]
pub(crate) fn normalized(query: &[f64]) -> Vec<f32> {
    let length = query.iter().map(|number| number * number).sum::<f64>().sqrt();
    query.iter().map(|number| (number / length) as f32).collect()
}

/// Returns the cosine of the angle between a row and a query of length 1, from -1 to 1, or NaN for
/// a row of zeroes.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
pub(crate) fn similarity(row: &[f32], query: &[f32]) -> f32 {
    let mut products = [ZERO; VECTORS];
    let mut squares = [ZERO; VECTORS];
    let (row_chunks, row_rest) = row.as_chunks::<{ 4 * VECTORS }>();
    let (query_chunks, query_rest) = query.as_chunks::<{ 4 * VECTORS }>();
    for (row, query) in row_chunks.iter().zip(query_chunks) {
        let (row, query) = (row.as_chunks().0, query.as_chunks().0);
        for vector in 0..VECTORS {
            let numbers = lanes::load(&row[vector]);
            products[vector] =
                lanes::add_product(products[vector], numbers, lanes::load(&query[vector]));
            squares[vector] = lanes::add_product(squares[vector], numbers, numbers);
        }
    }
    let (mut product, mut square) = (0.0, 0.0);
    for (products, squares) in products.into_iter().zip(squares) {
        product += lanes::sum(products);
        square += lanes::sum(squares);
    }
    for (&number, &query) in row_rest.iter().zip(query_rest) {
        product += number * query;
        square += number * number;
    }
    product / square.sqrt()
}

#[cfg(test)]
mod tests {
    use super::{normalized, similarity};

    /// Returns pseudo-random numbers between -1 and 1.
    fn numbers(count: usize, seed: u32) -> Vec<f32> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from(u16::try_from(state >> 16).unwrap()) / 32768.0 - 1.0
        };
        (0..count).map(|_| next()).collect()
    }

    fn to_f64(numbers: &[f32]) -> Vec<f64> {
        numbers.iter().copied().map(f64::from).collect()
    }

    #[test]
    fn the_similarity_is_the_cosine_for_any_number_of_columns() {
        for count in [1, 2, 3, 4, 15, 16, 17, 31, 32, 100, 384, 1000] {
            let (row, query) = (numbers(count, 1), to_f64(&numbers(count, 2)));
            let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            let wide = to_f64(&row);
            let expected =
                product(&wide, &query) / (product(&wide, &wide) * product(&query, &query)).sqrt();
            let found = f64::from(similarity(&row, &normalized(&query)));
            assert!((found - expected).abs() < 1e-6, "{count}: {found} is not {expected}");
        }
    }

    #[test]
    fn the_similarity_does_not_depend_on_the_length_of_a_vector() {
        let row = numbers(384, 3);
        for factor in [1e-10, 1.0, 1e10] {
            let query =
                normalized(&to_f64(&row).iter().map(|number| number * factor).collect::<Vec<_>>());
            assert!((similarity(&row, &query) - 1.0).abs() < 1e-6);
            let opposite: Vec<_> = query.iter().map(|number| -number).collect();
            assert!((similarity(&row, &opposite) + 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn the_similarity_of_zeroes_is_nan() {
        assert!(similarity(&[0.0; 20], &normalized(&[1.0; 20])).is_nan());
        assert!(similarity(&[1.0; 20], &normalized(&[0.0; 20])).is_nan());
    }
}
