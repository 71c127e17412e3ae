//! libFuzzer target: see `breytac_fuzz::checker`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    breytac_fuzz::checker(data);
});
