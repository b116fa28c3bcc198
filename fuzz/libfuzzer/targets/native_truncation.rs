#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| filemap_fuzz::native_truncation(data));
