#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| filemap_fuzz::npy_header(data));
