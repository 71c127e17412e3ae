//! Every code has a page whose example yields that code and nothing else.

use breyta_tests::{fixture, pages};

#[test]
fn examples_yield_their_code() {
    let failures: Vec<String> = pages::all().iter().flat_map(|code| pages::check(*code)).collect();
    fixture::assert_none(&failures);
}
