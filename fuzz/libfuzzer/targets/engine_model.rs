#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| filemap_fuzz::engine_model(data));
