//! Random numbers that can be had again.

/// A generator of numbers: splitmix64.
pub(crate) struct Random(u64);

/// Checks something with the numbers that follow from a seed. Every run takes the same one:
/// `FILEMAP_TEST_CASES=N` takes `N` of them, and `FILEMAP_TEST_SEED=N` begins with another.
pub(crate) fn for_each_seed(check: impl Fn(&mut Random)) {
    for_seeds(1, check);
}

/// The same with one seed for 50 of the others, where one means thousands of files.
pub(crate) fn for_some_seeds(check: impl Fn(&mut Random)) {
    for_seeds(50, check);
}

/// The same with one seed for so many of the others.
pub(crate) fn for_seeds(others: u64, check: impl Fn(&mut Random)) {
    let first = variable("FILEMAP_TEST_SEED").unwrap_or(0);
    for seed in first..first + cases().div_ceil(others) {
        println!("again by FILEMAP_TEST_SEED={seed}");
        check(&mut Random(seed));
    }
}

/// How many times the usual number of cases is asked for.
pub(crate) fn cases() -> u64 {
    variable("FILEMAP_TEST_CASES").unwrap_or(1)
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("it is a number"))
}

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is small: so the remainder favours none that one would notice.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("it is below `end`")
    }

    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
    }

    /// Any string of at most 18 characters: no more than 216 bytes when quoted. Characters of one
    /// to four bytes are about as frequent as each other.
    pub(crate) fn text(&mut self) -> String {
        let length = self.below(19);
        (0..length).map(|_| self.character()).collect()
    }

    fn character(&mut self) -> char {
        let planes = [0..0x80, 0x80..0x800, 0x800..0x1_0000, 0x1_0000..0x11_0000_u32];
        let plane = planes[self.below(planes.len())].clone();
        let number =
            plane.start + u32::try_from(self.below(plane.len())).expect("it is below 0x11_0000");
        // Surrogates are no characters.
        char::from_u32(number).unwrap_or('\u{fffd}')
    }
}
