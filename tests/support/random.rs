//! Reproducible random numbers.

/// The random number generator splitmix64.
pub(crate) struct Random(u64);

/// Runs a check with the random numbers of each seed. By default there is one seed, the same in
/// every run. `FILEMAP_TEST_CASES=N` sets the number of seeds, `FILEMAP_TEST_SEED=N` the first one.
pub(crate) fn for_each_seed(check: impl Fn(&mut Random)) {
    for_seeds(1, check);
}

/// Runs a check with one seed for every 50 cases. For checks that write thousands of files.
pub(crate) fn for_some_seeds(check: impl Fn(&mut Random)) {
    for_seeds(50, check);
}

/// Runs a check with one seed for every `cases_per_seed` cases.
pub(crate) fn for_seeds(cases_per_seed: u64, check: impl Fn(&mut Random)) {
    let first = variable("FILEMAP_TEST_SEED").unwrap_or(0);
    for seed in first..first + cases().div_ceil(cases_per_seed) {
        println!("reproduce with FILEMAP_TEST_SEED={seed}");
        check(&mut Random(seed));
    }
}

/// Returns the factor for the number of cases, `FILEMAP_TEST_CASES`.
pub(crate) fn cases() -> u64 {
    variable("FILEMAP_TEST_CASES").unwrap_or(1)
}

/// Whether the tests run in their long form, and tell of their progress.
pub(crate) fn is_long() -> bool {
    cases() > 1
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("the variable is a number"))
}

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `end`. For small values of `end`, the bias of the remainder is
    /// negligible.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("the remainder is below `end`, a usize")
    }

    /// Returns `length` random bytes.
    pub(crate) fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
    }

    /// Returns a string of at most 18 characters, which has at most 216 bytes in quoted form.
    /// Characters of one, two, three and four bytes are equally frequent.
    pub(crate) fn text(&mut self) -> String {
        let length = self.below(19);
        (0..length).map(|_| self.character()).collect()
    }

    fn character(&mut self) -> char {
        let planes = [0..0x80, 0x80..0x800, 0x800..0x1_0000, 0x1_0000..0x11_0000_u32];
        let plane = planes[self.below(planes.len())].clone();
        let number = plane.start
            + u32::try_from(self.below(plane.len()))
                .expect("planes have fewer than 0x11_0000 characters");
        // Surrogates are not characters.
        char::from_u32(number).unwrap_or('\u{fffd}')
    }
}
