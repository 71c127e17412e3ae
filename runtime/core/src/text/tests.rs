//! Parts of texts share what is short and copy what is long; nobody can tell but by place.

use super::{Needle, SHARED_MAX, Text};

#[test]
fn parts_are_the_texts_between_two_offsets() {
    let text = Text::from("  größe, 10  ");
    let part = text.part(2..14);
    assert_eq!(part.as_str(), "größe, 10 ");
    assert_eq!(part.part(9..11).as_str(), "10");
    assert_eq!(part.part(0..0).as_str(), "");
    assert_eq!(part.part(4..99).as_str(), "", "no such place");
    assert_eq!(part.part(3..6).as_str(), "", "half a character");
    assert_eq!(Text::literal("abc").part(1..2).as_str(), "b");
}

#[test]
fn only_short_texts_are_shared() {
    for (length, is_shared) in [(SHARED_MAX, true), (SHARED_MAX + 1, false)] {
        let text = Text::from("x".repeat(length));
        let part = text.part(1..9);
        assert_eq!(std::ptr::eq(part.as_ptr(), text.as_bytes()[1..].as_ptr()), is_shared, "{length}");
        assert_eq!(part, Text::from("xxxxxxxx"));
    }
}

#[test]
fn texts_are_found_without_overlaps() {
    for (text, needle, hits) in [
        ("aaaaa", "aa", vec![0, 2]),
        ("one  two   three", "  ", vec![3, 8]),
        ("abcdefghi", "abcdefgh", vec![0]),
        ("xabcdefghiabcdefghi", "abcdefghi", vec![1, 10]),
        ("ab", "abc", vec![]),
        ("", "a", vec![]),
    ] {
        let needle = Needle::new(needle);
        assert_eq!(needle.hits(text).collect::<Vec<_>>(), hits, "{text}");
        assert_eq!(needle.into_owned().hits(text).collect::<Vec<_>>(), hits, "{text}");
    }
}

#[test]
fn a_text_that_grows_is_changed_for_nobody_else() {
    let text = Text::growing("x".repeat(300));
    assert!(text.has_room() && text.is_long());
    let other = text.clone();
    assert!(!text.has_room(), "two hold it");
    let mut longer = text.into_growing();
    longer.push_str("yz");
    assert_eq!(other.len(), 300);
    assert_eq!(Text::growing(longer).part(299..302).as_str(), "xyz");
    assert!(other.has_room(), "the other one is gone");
}
