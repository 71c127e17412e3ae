//! libFuzzer target: see `breytac_fuzz::reader`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    breytac_fuzz::reader(data);
});
