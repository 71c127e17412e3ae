//! A few kills of a real executable under load; `cargo xtask torture` kills for minutes.

use breyta_tests::torture::{Length, torture};

#[test]
fn compiled_under_load() {
    let report = torture(Length::Kills(12), 1).unwrap();
    assert_eq!(report.violations, Vec::<String>::new(), "{report:#?}");
    assert_eq!(report.kills, 12);
    assert!(report.starts > 1 && report.answers > 0 && report.effects > report.starts, "{report:#?}");
}
