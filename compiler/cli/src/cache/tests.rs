//! What the cache holds is what this workspace tests.

use super::SQLITE_FLAGS;

#[test]
fn sqlite_is_built_alike_here_and_in_executables() {
    let config = include_str!("../../../../.cargo/config.toml");
    assert!(config.contains(&format!("LIBSQLITE3_FLAGS = \"{SQLITE_FLAGS}\"\n")), "{SQLITE_FLAGS}");
}
