//! String bodies, characters and names: escapes to text, and what is wrong with them.

use std::fmt::Write as _;

/// A string's value, and how places in it map to places in the source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unescaped {
    pub text: String,
    /// `(offset in the text, offset in the source)` at the start and after each escape, ascending: in between both
    /// advance alike.
    pub anchors: Vec<(u32, u32)>,
    /// Escapes that mean nothing; they are left out of the text.
    pub errors: Vec<EscapeError>,
}

/// An escape that means nothing, at bytes `start..end` of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscapeError {
    pub message: String,
    pub start: usize,
    pub end: usize,
}

/// The value of a string's body (the text between the quotes), which begins at byte `base` of the source.
pub fn unescape(body: &str, base: usize) -> Unescaped {
    let mut out = Unescaped { anchors: vec![(0, base as u32)], ..Unescaped::default() };
    let mut at = 0;
    while let Some(rest) = body.get(at..).filter(|rest| !rest.is_empty()) {
        let plain = rest.find('\\').unwrap_or(rest.len());
        out.text.push_str(rest.get(..plain).unwrap_or_default());
        at += plain;
        let Some(escape) = body.get(at..).filter(|rest| !rest.is_empty()) else { break };
        let (length, read) = read_escape(escape);
        match read {
            Ok(c) => out.text.push(c),
            Err(message) => {
                out.errors.push(EscapeError { message, start: base + at, end: base + at + length });
            }
        }
        at += length;
        out.anchors.push((out.text.len() as u32, (base + at) as u32));
    }
    out
}

/// The escape at the start of the text: its length in bytes (at least 1) and its character.
fn read_escape(text: &str) -> (usize, Result<char, String>) {
    let Some(letter) = text.chars().nth(1) else {
        return (text.len().max(1), Err("nothing follows this `\\`".into()));
    };
    let plain = match letter {
        't' => '\t',
        'r' => '\r',
        'n' => '\n',
        'b' => '\u{8}',
        'f' => '\u{c}',
        '\\' | '"' => letter,
        'u' => return read_unicode(text),
        '0'..='9' => return read_octal(text),
        _ => {
            let shown = letter.escape_debug();
            return (
                1 + letter.len_utf8(),
                Err(format!("`\\{shown}` is no escape; a backslash is written `\\\\`")),
            );
        }
    };
    (2, Ok(plain))
}

fn read_unicode(text: &str) -> (usize, Result<char, String>) {
    let (length, unit) = match hex_unit(text) {
        Ok(unit) => (6, unit),
        Err(length) => return (length, Err("`\\u` takes four hexadecimal digits".into())),
    };
    if let Some(c) = char::from_u32(u32::from(unit)) {
        return (length, Ok(c));
    }
    // Half of a pair: Java keeps text in units of 16 bits, so one character may be written as two escapes.
    let low = text.get(6..).filter(|rest| rest.starts_with("\\u")).and_then(|rest| hex_unit(rest).ok());
    match low.and_then(|low| char::decode_utf16([unit, low]).next()?.ok()) {
        Some(c) => (12, Ok(c)),
        None => (length, Err(format!("U+{unit:04X} is half a character; the other half must follow it"))),
    }
}

/// The unit of `\uXXXX`, or how many bytes of the text to skip.
fn hex_unit(text: &str) -> Result<u16, usize> {
    let digits = text.get(2..).unwrap_or_default();
    let known = digits.bytes().take(4).take_while(u8::is_ascii_hexdigit).count();
    let unit =
        digits.get(..known).filter(|_| known == 4).and_then(|digits| u16::from_str_radix(digits, 16).ok());
    unit.ok_or(2 + known)
}

fn read_octal(text: &str) -> (usize, Result<char, String>) {
    let digits = text.get(1..).unwrap_or_default();
    let count = digits.bytes().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
    let code = digits.get(..count).and_then(|digits| u8::from_str_radix(digits, 8).ok());
    match code {
        Some(code) => (1 + count, Ok(char::from(code))),
        None if count == 0 => (2, Err("an octal escape takes the digits 0 to 7".into())),
        None => (1 + count, Err("an octal escape goes up to `\\377`".into())),
    }
}

/// Names of characters that have one.
const NAMED: [(&str, char); 6] = [
    ("newline", '\n'),
    ("space", ' '),
    ("tab", '\t'),
    ("backspace", '\u{8}'),
    ("formfeed", '\u{c}'),
    ("return", '\r'),
];

/// The UTF-16 unit of a character token: `\a \newline \u00e9 \o377 \(`.
pub fn character(text: &str) -> Result<u16, String> {
    let name = text.strip_prefix('\\').unwrap_or(text);
    let mut units = name.encode_utf16();
    if let (Some(unit), None) = (units.next(), units.next()) {
        return Ok(unit);
    }
    if let Some((_, c)) = NAMED.iter().find(|(known, _)| *known == name) {
        return Ok(*c as u16);
    }
    if let Some(digits) = name.strip_prefix('u') {
        return match u16::from_str_radix(digits, 16) {
            Ok(0xd800..=0xdfff) => Err(format!("`{text}` is half a character")),
            Ok(unit) if digits.len() == 4 && !digits.starts_with('+') => Ok(unit),
            _ => Err(unknown_character(text)),
        };
    }
    if let Some(digits) = name.strip_prefix('o') {
        return match u16::from_str_radix(digits, 8) {
            Ok(unit) if unit <= 0o377 && digits.len() <= 3 && !digits.starts_with('+') => Ok(unit),
            Ok(_) => Err(format!("`{text}` is out of range; octal characters go up to `\\o377`")),
            Err(_) => Err(unknown_character(text)),
        };
    }
    if name.chars().count() == 1 {
        return Err(format!("`{text}` needs two units of 16 bits; write it as the string \"{name}\""));
    }
    Err(unknown_character(text))
}

fn unknown_character(text: &str) -> String {
    let mut message = format!("`{text}` is no character; there are `\\a`");
    for (name, _) in NAMED {
        let _ = write!(message, ", `\\{name}`");
    }
    message.push_str(", `\\u00e9` and `\\o377`");
    message
}

/// How a unit is written: `\a`, `\space`, `\u0007`.
pub fn character_name(unit: u16) -> String {
    let Some(c) = char::from_u32(u32::from(unit)) else { return format!("\\u{unit:04x}") };
    if let Some((name, _)) = NAMED.iter().find(|(_, known)| *known == c) {
        return format!("\\{name}");
    }
    if c.is_control() || c.is_whitespace() { format!("\\u{unit:04x}") } else { format!("\\{c}") }
}

/// Says what is wrong with the name of a symbol, or of a keyword (without its colons).
pub fn check_name(name: &str) -> Result<(), String> {
    if name == "/" || (!name.is_empty() && !name.bytes().any(|byte| matches!(byte, b':' | b'/'))) {
        return Ok(());
    }
    if name.is_empty() {
        return Err("a colon needs a name after it".into());
    }
    if name.ends_with(':') {
        return Err(format!("a name cannot end in a colon: `{name}`"));
    }
    if name.contains("::") || name.contains(":/") {
        return Err(format!("a colon in the middle of `{name}` is misplaced"));
    }
    if name.starts_with('/') || (name.ends_with('/') && !name.ends_with("//")) {
        return Err(format!("`{name}` has a `/` with nothing on one side of it"));
    }
    Ok(())
}
