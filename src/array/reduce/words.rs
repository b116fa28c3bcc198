//! From words to words: integers, floats, and keys.

/// How many words are made at once: they stay in the fastest cache.
pub(super) const WORDS: usize = 2048;

/// Replaces each word.
pub(super) fn change(words: &mut [u64], change: impl Fn(u64) -> u64) {
    for word in words {
        *word = change(*word);
    }
}

/// Turns bits over, and subtracts: integers to integers.
#[inline(never)]
pub(super) fn shift(words: &mut [u64], flipped: u64, subtracted: u64) {
    change(words, |word| (word ^ flipped).wrapping_sub(subtracted));
}

/// Brings rows of so many items into the order of their columns.
pub(super) fn turn<T: Copy>(items: &[T], width: usize, turned: &mut [T]) {
    for (number, column) in turned.chunks_exact_mut(items.len() / width).enumerate() {
        for (item, row) in column.iter_mut().zip(items.chunks_exact(width)) {
            *item = row[number];
        }
    }
}

/// Fills words with the bytes of numbers, the first byte as the least significant one.
pub(super) fn load(bytes: &[u8], size: usize, words: &mut [u64]) {
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

#[expect(clippy::cast_precision_loss, reason = "a mean of integers is one of floats, as in numpy")]
pub(super) fn signed_float(word: u64) -> u64 {
    (word.cast_signed() as f64).to_bits()
}

#[expect(clippy::cast_precision_loss, reason = "a mean of integers is one of floats, as in numpy")]
pub(super) fn unsigned_float(word: u64) -> u64 {
    (word as f64).to_bits()
}

#[expect(clippy::cast_possible_truncation, reason = "it has been made of 4 bytes")]
pub(super) fn from_single(word: u64) -> u64 {
    f64::from(f32::from_bits(word as u32)).to_bits()
}

/// A 16-bit float as a 64-bit one.
pub(super) fn from_half(word: u64) -> u64 {
    // The bits in the places of the larger format are the number divided by 2^1008, also where it
    // is subnormal.
    const SCALE: u64 = (1023 + 1008) << 52;
    let (sign, rest) = ((word & 0x8000) << 48, word & 0x7fff);
    let finite = (f64::from_bits(rest << 42) * f64::from_bits(SCALE)).to_bits();
    let special = rest << 42 | 0x7ff << 52;
    sign | if rest < 0x7c00 { finite } else { special }
}
