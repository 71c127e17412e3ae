//! The generated documents in `docs/` are what the tables say.

use breyta_tests::{documents, tree};

#[test]
fn are_up_to_date() {
    let stale: Vec<String> = documents::all()
        .into_iter()
        .filter(|(path, text)| std::fs::read_to_string(tree::root().join(path)).ok().as_ref() != Some(text))
        .map(|(path, _)| path)
        .collect();
    assert!(stale.is_empty(), "stale: {}; run `cargo xtask docs`", stale.join(", "));
}

/// `docs/errors.md` shows what it promises: ten mistakes, one error each.
#[test]
fn the_showcase_has_ten_mistakes() {
    let mistakes = documents::showcase::mistakes();
    assert_eq!(mistakes.len(), 10);
    for (title, codes) in mistakes {
        assert_eq!(codes.len(), 1, "{title}: {codes:?}");
    }
}
