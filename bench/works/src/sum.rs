//! The measured loop, which the plugin and the native program share.

/// The number of independent partial sums: enough that no addition waits for the previous one.
const LANES: usize = 16;

/// Returns the sum of numbers in little-endian bytes, which need not be aligned, computed in
/// 16 partial sums.
#[cfg_attr(target_family = "wasm", target_feature(enable = "simd128"))]
pub fn sum_of_bytes(bytes: &[u8]) -> f64 {
    let (chunks, rest) = bytes.as_chunks::<{ 8 * LANES }>();
    let mut lanes = [0.0; LANES];
    for chunk in chunks {
        for (lane, number) in lanes.iter_mut().zip(chunk.as_chunks().0) {
            *lane += f64::from_le_bytes(*number);
        }
    }
    let rest: f64 = rest.as_chunks().0.iter().map(|&number| f64::from_le_bytes(number)).sum();
    lanes.iter().sum::<f64>() + rest
}
