//! The measured loop, which the plugin and the native program share.

/// The number of independent partial sums: enough that no addition waits for the previous one.
const LANES: usize = 16;

/// Returns the sum of the numbers, computed in [`LANES`] partial sums.
pub(crate) fn sum(numbers: &[f64]) -> f64 {
    let (chunks, rest) = numbers.as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for chunk in chunks {
        for (lane, number) in lanes.iter_mut().zip(chunk) {
            *lane += number;
        }
    }
    lanes.iter().sum::<f64>() + rest.iter().sum::<f64>()
}
