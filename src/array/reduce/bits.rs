//! Conversions of 64-bit words, which hold the bits of integers and floats of any width.

/// The number of words that are converted at once; they fit the first-level cache.
pub(super) const MAX_WORDS: usize = 2048;

/// Replaces each word by `convert` of it.
pub(super) fn map_words(words: &mut [u64], convert: impl Fn(u64) -> u64) {
    for word in words {
        *word = convert(*word);
    }
}

/// Flips bits of each word and then subtracts: converts integers to integers.
#[inline(never)]
pub(super) fn flip_and_subtract(words: &mut [u64], flipped: u64, subtracted: u64) {
    map_words(words, |word| (word ^ flipped).wrapping_sub(subtracted));
}

/// Transposes rows of `width` items to columns.
pub(super) fn transpose<T: Copy>(items: &[T], width: usize, transposed: &mut [T]) {
    for (number, column) in transposed.chunks_exact_mut(items.len() / width).enumerate() {
        for (item, row) in column.iter_mut().zip(items.chunks_exact(width)) {
            *item = row[number];
        }
    }
}

/// Loads little-endian numbers of `size` bytes into words.
pub(super) fn load_words(bytes: &[u8], size: usize, words: &mut [u64]) {
    match size {
        1 => words.iter_mut().zip(bytes).for_each(|(word, byte)| *word = u64::from(*byte)),
        2 => load_array(bytes, words, |bytes| u16::from_le_bytes(bytes).into()),
        4 => load_array(bytes, words, |bytes| u32::from_le_bytes(bytes).into()),
        _ => load_array(bytes, words, u64::from_le_bytes),
    }
}

fn load_array<const SIZE: usize>(
    bytes: &[u8],
    words: &mut [u64],
    load: impl Fn([u8; SIZE]) -> u64,
) {
    let (items, _) = bytes.as_chunks::<SIZE>();
    words.iter_mut().zip(items).for_each(|(word, item)| *word = load(*item));
}

#[expect(clippy::cast_precision_loss, reason = "as in numpy, the mean of integers is a float")]
pub(super) fn int_to_float(word: u64) -> u64 {
    (word.cast_signed() as f64).to_bits()
}

#[expect(clippy::cast_precision_loss, reason = "as in numpy, the mean of integers is a float")]
pub(super) fn uint_to_float(word: u64) -> u64 {
    (word as f64).to_bits()
}

#[expect(clippy::cast_possible_truncation, reason = "the word was loaded from 4 bytes")]
pub(super) fn f32_to_f64(word: u64) -> u64 {
    f64::from(f32::from_bits(word as u32)).to_bits()
}

/// Converts a 16-bit float to a 64-bit float.
pub(super) fn f16_to_f64(word: u64) -> u64 {
    // Moved to the exponent and fraction of the larger format, the bits are the number divided by
    // 2^1008. This holds for subnormal numbers too.
    const SCALE: u64 = (1023 + 1008) << 52;
    let (sign, magnitude) = ((word & 0x8000) << 48, word & 0x7fff);
    let finite = (f64::from_bits(magnitude << 42) * f64::from_bits(SCALE)).to_bits();
    let special = magnitude << 42 | 0x7ff << 52;
    sign | if magnitude < 0x7c00 { finite } else { special }
}

#[expect(clippy::cast_possible_truncation, reason = "the result is the nearest 32-bit float")]
pub(super) fn f64_to_f32(word: u64) -> u64 {
    u64::from((f64::from_bits(word) as f32).to_bits())
}

/// Converts a 64-bit float to the nearest 16-bit float; ties go to the even one.
pub(super) fn f64_to_f16(word: u64) -> u64 {
    const SIGN: u64 = 1 << 63;
    let (sign, size) = ((word & SIGN) >> 48, f64::from_bits(word & !SIGN));
    let magnitude = if size.is_nan() {
        0x7e00
    } else if size >= 65536.0 {
        0x7c00
    } else if size < 1.0 / 16384.0 {
        // Subnormal 16-bit floats are multiples of 2^-24. Adding 2^52 rounds a float to an integer.
        const INTEGERS: f64 = 4_503_599_627_370_496.0;
        (size * 16_777_216.0 + INTEGERS).to_bits() & 0xffff
    } else {
        // The fraction loses 42 bits and the exponent changes its bias. A carry of the rounding
        // increments the exponent, up to infinity.
        let bits = size.to_bits();
        let rounded = bits + ((1 << 41) - 1) + (bits >> 42 & 1);
        (rounded >> 42) - ((1023 - 15) << 10)
    };
    sign | magnitude
}
