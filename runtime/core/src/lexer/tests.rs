//! Literals against what Clojure reads, and the tiling of tokens.

use super::*;
use crate::Value;

/// The literal's value in a compact, typed form.
fn show(value: &Value) -> String {
    match value {
        Value::Int(int) => int.to_string(),
        Value::BigInt(big) => format!("{big}N"),
        Value::Ratio(ratio) => ratio.to_string(),
        Value::Decimal(decimal) => format!("{}e-{}M", decimal.unscaled, decimal.scale),
        Value::Double(double) => format!("{double:?}"),
        other => format!("{other:?}"),
    }
}

#[test]
fn numbers() {
    let check = |text: &str, wanted: &str| {
        let got = number(text).map_or_else(|message| format!("error: {message}"), |value| show(&value));
        assert_eq!(got, wanted, "{text}");
        let tokens = lex(text).tokens;
        assert_eq!(tokens, [Token { kind: TokenKind::Number, start: 0, end: text.len() }], "{text}");
    };
    check("0", "0");
    check("-0", "0");
    check("+42", "42");
    check("9223372036854775807", "9223372036854775807");
    check("9223372036854775808", "9223372036854775808N");
    check("-9223372036854775808", "-9223372036854775808");
    check("7N", "7N");
    check("0x1F", "31");
    check("-0Xff", "-255");
    check("0xFFN", "255N");
    check("0xFFFFFFFFFFFFFFFF", "18446744073709551615N");
    check("017", "15");
    check("00", "0");
    check("2r101", "5");
    check("36Rz", "35");
    check("16rFF", "255");
    check("36rN", "23");
    check("2r1N", "error: `2r1N` is not a number: not all of its digits belong to radix 2");
    check("1.5", "1.5");
    check("1.", "1.0");
    check("1.e2", "100.0");
    check("-6.02e23", "-6.02e23");
    check("1e400", "inf");
    check("08.5", "8.5");
    check("1M", "1e-0M");
    check("1.50M", "150e-2M");
    check("1e3M", "1e--3M");
    check("-1.5e-2M", "-15e-3M");
    check("1/2", "1/2");
    check("-4/6", "-2/3");
    check("4/2", "2");
    check("0/5", "0");
    check("36893488147419103232/2", "18446744073709551616N");
    check("1/0", "error: this ratio divides by zero");
    check("08", "error: `08` is not a number: a leading 0 makes it octal, and 8 is no octal digit");
    check("0x", "error: `0x` is not a number: it has no digits");
    check("2r102", "error: `2r102` is not a number: not all of its digits belong to radix 2");
    check("37r1", "error: `37r1` is not a number: radix 37 is not between 2 and 36");
    check("1_000", "error: `1_000` is not a number");
    check("1a", "error: `1a` is not a number");
    check("1.2.3", "error: `1.2.3` is not a number");
    check("1/2/3", "error: `1/2/3` is not a number");
    check("0x1_0", "error: `0x1_0` is not a number: not all of its digits belong to radix 16");
}

#[test]
fn characters() {
    let check = |text: &str, wanted: Option<u16>| assert_eq!(character(text).ok(), wanted, "{text}");
    check("\\a", Some(97));
    check("\\(", Some(40));
    check("\\,", Some(44));
    check("\\\\", Some(92));
    check("\\newline", Some(10));
    check("\\return", Some(13));
    check("\\u00e9", Some(0xe9));
    check("\\u", Some(u16::from(b'u')));
    check("\\o", Some(u16::from(b'o')));
    check("\\o377", Some(255));
    check("\\é", Some(0xe9));
    check("\\o400", None);
    check("\\ud800", None);
    check("\\u12", None);
    check("\\newlines", None);
    check("\\😀", None);
    for unit in 0..=u16::MAX {
        if (0xd800..0xe000).contains(&unit) {
            continue;
        }
        assert_eq!(character(&character_name(unit)), Ok(unit));
    }
}

#[test]
fn strings() {
    let check = |body: &str, wanted: &str| {
        let read = unescape(body, 0);
        let errors: Vec<&str> = read.errors.iter().map(|error| error.message.as_str()).collect();
        let got = if errors.is_empty() { read.text } else { format!("error: {}", errors.join("; ")) };
        assert_eq!(got, wanted, "{body}");
    };
    check("plain", "plain");
    check("a\\tb\\r\\n\\b\\f\\\\\\\"", "a\tb\r\n\u{8}\u{c}\\\"");
    check("line\nline", "line\nline");
    check("\\u00e9\\7\\101\\377", "é\u{7}Aÿ");
    check("\\ud83d\\ude00!", "😀!");
    check("\\d", "error: `\\d` is no escape; a backslash is written `\\\\`");
    check("\\u12x", "error: `\\u` takes four hexadecimal digits");
    check("\\ud83d", "error: U+D83D is half a character; the other half must follow it");
    check("\\400", "error: an octal escape goes up to `\\377`");
    check("\\9", "error: an octal escape takes the digits 0 to 7");
    check(
        "\\q\\w",
        "error: `\\q` is no escape; a backslash is written `\\\\`; `\\w` is no escape; a backslash is written `\\\\`",
    );
    // ab<newline>c: the value's third byte is the escape at 12, its fourth stands after it at 14.
    assert_eq!(unescape("ab\\nc", 10).anchors, [(0, 10), (3, 14)]);
}

#[test]
fn kinds() {
    use TokenKind::*;
    let check = |text: &str, wanted: &[TokenKind]| {
        let lexed = lex(text);
        let kinds: Vec<TokenKind> =
            lexed.tokens.iter().map(|it| it.kind).filter(|kind| !kind.is_trivia()).collect();
        assert_eq!(kinds, wanted, "{text}");
    };
    check(
        "a :b ::c nil a/b + - -x +1",
        &[Symbol, Keyword, AutoKeyword, Symbol, Symbol, Symbol, Symbol, Symbol, Number],
    );
    check(
        "'a `b ~c ~@d @e ^f #^g #'h #_i",
        &[
            Quote,
            Symbol,
            SyntaxQuote,
            Symbol,
            Unquote,
            Symbol,
            UnquoteSplice,
            Symbol,
            Deref,
            Symbol,
            Meta,
            Symbol,
            Meta,
            Symbol,
            VarQuote,
            Symbol,
            Discard,
            Symbol,
        ],
    );
    check("#?(:clj 1)", &[Conditional, Open(Opener::List), Keyword, Number, Close(Bracket::Round)]);
    check("#?@[]", &[ConditionalSplice, Open(Opener::Vector), Close(Bracket::Square)]);
    check(
        "#{} #()",
        &[Open(Opener::Set), Close(Bracket::Curly), Open(Opener::Function), Close(Bracket::Round)],
    );
    check("#\"a\\\"b\" \"c\\\\\"", &[Regex, String]);
    check(
        "#:ns{} #::{} #::a {}",
        &[
            MapNamespace,
            Open(Opener::Map),
            Close(Bracket::Curly),
            MapNamespace,
            Open(Opener::Map),
            Close(Bracket::Curly),
            MapNamespace,
            Open(Opener::Map),
            Close(Bracket::Curly),
        ],
    );
    check("##Inf ##-Inf #= #inst #flow/include \"x\"", &[Symbolic, Symbolic, Eval, Tag, Tag, String]);
    check("#! a comment\nx ; another", &[Symbol]);
    check("\\( \\) \\newline (\\a)", &[Char, Char, Char, Open(Opener::List), Char, Close(Bracket::Round)]);
    check("a'b c# x%", &[Symbol, Symbol, Symbol]);
    check("% %1 %&", &[Symbol, Symbol, Symbol]);
    check("a,b", &[Symbol, Symbol]);
    check("\u{feff}{}", &[Open(Opener::Map), Close(Bracket::Curly)]);
    check("a\u{a0}b", &[Symbol, Invalid, Symbol]);
    check("\\ ", &[Invalid]);
    check("\"open", &[Invalid]);
    check("#", &[Invalid]);
    check("#<Object>", &[Invalid]);
    check("1'", &[Number, Quote]);
}

#[test]
fn tokens_tile_every_prefix() {
    let text =
        "{:a \"s\\\"t\" #inst \"2024\" \\( \\newline 'x #\"re\" ; c\n 1.5M ##Inf é “q” #_ #? ^m #:n{:x 1}}\\";
    for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end)) {
        let source = &text[..end];
        let mut at = 0;
        for token in lex(source).tokens {
            assert_eq!(token.start, at);
            assert!(token.end > token.start);
            at = token.end;
        }
        assert_eq!(at, end);
    }
}

#[test]
fn names() {
    let check = |name: &str, fine: bool| assert_eq!(check_name(name).is_ok(), fine, "{name}");
    check("a", true);
    check("/", true);
    check("a/b", true);
    check("clojure.core//", true);
    check("a'b?*", true);
    check("1", true);
    check("", false);
    check("a:", false);
    check("a::b", false);
    check("a/", false);
    check("/a", false);
}

#[test]
fn instants() {
    let check = |text: &str, wanted: Option<i64>| assert_eq!(parse_instant(text), wanted, "{text}");
    check("1970-01-01T00:00:00.000-00:00", Some(0));
    check("1970", Some(0));
    check("2024-02-29", Some(1_709_164_800_000));
    check("2023-02-29", None);
    check("2024-05-01T12:30:00.1239Z", Some(1_714_566_600_123));
    check("2024-05-01T12:30+02:00", Some(1_714_559_400_000));
    check("2024-05-01T12", Some(1_714_564_800_000));
    check("2024-13", None);
    check("2024-05-01T24", None);
    check("2024-05-01T12:30:00.", None);
    check("2024-05-01 12:30", None);
    check("1969-12-31T23:59:59.999Z", Some(-1));
    for day in (-1_000_000..1_000_000).step_by(997) {
        let millis = day * 86_400_000 + 12_345;
        if (0..=9999)
            .contains(&format_instant(millis).split('-').next().unwrap().parse::<i64>().unwrap_or(-1))
        {
            assert_eq!(parse_instant(&format_instant(millis)), Some(millis));
        }
    }
    assert_eq!(
        parse_uuid("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
        Some(0xf81d_4fae_7dec_11d0_a765_00a0_c91e_6bf6)
    );
    assert_eq!(parse_uuid("f81d4fae-7dec-11d0-a765"), None);
}
