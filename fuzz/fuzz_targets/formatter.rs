//! libFuzzer target: see `breytac_fuzz::formatter`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    breytac_fuzz::formatter(data);
});
