#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| filemap_fuzz::store_directory(data));
