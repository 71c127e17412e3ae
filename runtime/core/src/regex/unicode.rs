//! Character families by name: categories, scripts, blocks, POSIX and `java…` classes, and the case of letters.
//!
//! The tables beside this file are the Unicode Character Database 13.0, which is JDK 17's: General_Category, Script,
//! Blocks, and of PropList and DerivedCoreProperties what the categories do not tell. A line `.NAME` opens a list of
//! ranges in hexadecimal, each written as its distance from the end of the range before, `+` the further members.

use super::set::Set;

const CATEGORIES: &str = include_str!("unicode/categories.txt");
const SCRIPTS: &str = include_str!("unicode/scripts.txt");
const BLOCKS: &str = include_str!("unicode/blocks.txt");
const PROPERTIES: &str = include_str!("unicode/properties.txt");

/// The ranges below the headings that `wanted` picks.
fn listed(table: &str, wanted: impl Fn(&str) -> bool) -> Option<Set> {
    let mut ranges = Vec::new();
    let (mut found, mut within, mut at) = (false, false, 0);
    for line in table.lines() {
        if let Some(heading) = line.strip_prefix('.') {
            within = wanted(heading);
            found |= within;
            at = 0;
        } else if within {
            for token in line.split_ascii_whitespace() {
                let (distance, more) = token.split_once('+').unwrap_or((token, "0"));
                let (Some(distance), Some(more)) = (hex(distance), hex(more)) else { continue };
                ranges.push((at + distance, at + distance + more));
                at += distance + more;
            }
        }
    }
    found.then(|| Set::of(ranges))
}

fn hex(text: &str) -> Option<u32> {
    u32::from_str_radix(text, 16).ok()
}

/// Of categories, by two letters or by the first.
fn categories(names: &[&str]) -> Set {
    listed(CATEGORIES, |heading| names.iter().any(|name| heading.starts_with(name))).unwrap_or_default()
}

fn property(name: &str) -> Set {
    listed(PROPERTIES, |heading| heading == name).unwrap_or_default()
}

fn ascii(ranges: &[(char, char)]) -> Set {
    Set::of(ranges.iter().map(|(low, high)| (u32::from(*low), u32::from(*high))))
}

/// `\p{Lu}`, `\p{L}`, `\p{Alpha}`, `\p{javaLetter}`; with `fold` the three cases of letters are one.
pub(super) fn named(name: &str, fold: bool) -> Option<Set> {
    posix_ascii(name, fold).or_else(|| java(name, fold)).or_else(|| category(name, fold))
}

fn category(name: &str, fold: bool) -> Option<Set> {
    Some(match name {
        "Lu" | "Ll" | "Lt" if fold => categories(&["Lu", "Ll", "Lt"]),
        "LC" => categories(&["Lu", "Ll", "Lt"]),
        "LD" => categories(&["L", "Nd"]),
        "L1" => Set::range(0, 0xff),
        "all" => Set::all(),
        "Cn" => assigned().complement().without(&surrogates()),
        "Cs" => surrogates(),
        "C" => categories(&["C"]).union(&assigned().complement()).union(&surrogates()),
        "L" | "M" | "N" | "P" | "S" | "Z" => categories(&[name]),
        _ => return listed(CATEGORIES, |heading| heading == name),
    })
}

fn surrogates() -> Set {
    Set::range(0xd800, 0xdfff)
}

/// Everything that is defined.
fn assigned() -> Set {
    categories(&[""]).union(&surrogates())
}

fn posix_ascii(name: &str, fold: bool) -> Option<Set> {
    Some(match name {
        "ASCII" => Set::range(0, 0x7f),
        "Lower" | "Upper" if fold => ascii(&[('A', 'Z'), ('a', 'z')]),
        "Lower" => ascii(&[('a', 'z')]),
        "Upper" => ascii(&[('A', 'Z')]),
        "Alpha" => ascii(&[('A', 'Z'), ('a', 'z')]),
        "Digit" => ascii(&[('0', '9')]),
        "Alnum" => ascii(&[('0', '9'), ('A', 'Z'), ('a', 'z')]),
        "Punct" => ascii(&[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')]),
        "Graph" => ascii(&[('!', '~')]),
        "Print" => ascii(&[(' ', '~')]),
        "Blank" => ascii(&[('\t', '\t'), (' ', ' ')]),
        "Cntrl" => ascii(&[('\0', '\u{1f}'), ('\u{7f}', '\u{7f}')]),
        "XDigit" => ascii(&[('0', '9'), ('A', 'F'), ('a', 'f')]),
        "Space" => space(false),
        _ => return None,
    })
}

/// `\p{javaLowerCase}`: the predicates of `java.lang.Character`.
fn java(name: &str, fold: bool) -> Option<Set> {
    let controls = || Set::of([(0, 0x1f), (0x7f, 0x9f)]);
    let ignorable = || categories(&["Cf"]).union(&Set::of([(0, 8), (0xe, 0x1b), (0x7f, 0x9f)]));
    Some(match name.strip_prefix("java")? {
        "LowerCase" | "UpperCase" | "TitleCase" if fold => cased(),
        "LowerCase" => lower(),
        "UpperCase" => upper(),
        "TitleCase" => categories(&["Lt"]),
        "Alphabetic" => alphabetic(),
        "Ideographic" => property("ideographic"),
        "Digit" => categories(&["Nd"]),
        "Defined" => assigned(),
        "Letter" => categories(&["L"]),
        "LetterOrDigit" => categories(&["L", "Nd"]),
        "JavaIdentifierStart" => categories(&["L", "Nl", "Sc", "Pc"]),
        "JavaIdentifierPart" => categories(&["L", "Nl", "Sc", "Pc", "Nd", "Mc", "Mn"]).union(&ignorable()),
        "UnicodeIdentifierStart" => categories(&["L", "Nl"]).union(&property("UIS")),
        "UnicodeIdentifierPart" => {
            categories(&["L", "Nl", "Pc", "Nd", "Mc", "Mn"]).union(&ignorable()).union(&property("UIP"))
        }
        "IdentifierIgnorable" => ignorable(),
        "SpaceChar" => categories(&["Z"]),
        "Whitespace" => {
            let breaking = categories(&["Z"]).without(&Set::of([0xa0, 0x2007, 0x202f].map(|it| (it, it))));
            breaking.union(&Set::of([(9, 0xd), (0x1c, 0x1f)]))
        }
        "ISOControl" => controls(),
        "Mirrored" => property("mirrored"),
        _ => return None,
    })
}

fn lower() -> Set {
    categories(&["Ll"]).union(&property("lowercase"))
}

fn upper() -> Set {
    categories(&["Lu"]).union(&property("uppercase"))
}

fn cased() -> Set {
    lower().union(&upper()).union(&categories(&["Lt"]))
}

fn alphabetic() -> Set {
    categories(&["L", "Nl"]).union(&property("alphabetic"))
}

/// `\s`
pub(super) fn space(unicode: bool) -> Set {
    let ascii = Set::of([(9, 0xd), (0x20, 0x20)]);
    if unicode { categories(&["Z"]).union(&ascii).union(&Set::one(0x85)) } else { ascii }
}

/// `\d`
pub(super) fn digit(unicode: bool) -> Set {
    if unicode { categories(&["Nd"]) } else { ascii(&[('0', '9')]) }
}

/// `\w`
pub(super) fn word(unicode: bool) -> Set {
    if unicode {
        alphabetic().union(&categories(&["M", "Nd", "Pc"])).union(&Set::range(0x200c, 0x200d))
    } else {
        ascii(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')])
    }
}

/// What `\b` takes as part of a word without `(?U)`: letters and digits of any script.
pub(super) fn boundary_word() -> Set {
    categories(&["L", "Nd"]).union(&ascii(&[('_', '_')]))
}

/// Marks that belong to the letter in front of them.
pub(super) fn nonspacing_marks() -> Set {
    categories(&["Mn"])
}

/// `\p{IsAlphabetic}`: Unicode's properties.
pub(super) fn binary_property(name: &str, fold: bool) -> Option<Set> {
    Some(match name.to_uppercase().as_str() {
        "ASSIGNED" => assigned(),
        "CONTROL" => categories(&["Cc"]),
        "HEXDIGIT" => posix_unicode("XDIGIT", false)?,
        "IDEOGRAPHIC" => property("ideographic"),
        "JOINCONTROL" | "JOIN_CONTROL" => Set::range(0x200c, 0x200d),
        "LETTER" => categories(&["L"]),
        "LOWERCASE" => return java("javaLowerCase", fold),
        "UPPERCASE" => return java("javaUpperCase", fold),
        "TITLECASE" => return java("javaTitleCase", fold),
        "NONCHARACTERCODEPOINT" | "NONCHARACTER_CODE_POINT" => {
            let ends = (0..=0x10).map(|plane| ((plane << 16) + 0xfffe, (plane << 16) + 0xffff));
            Set::of(ends.chain([(0xfdd0, 0xfdef)]))
        }
        "PUNCTUATION" => categories(&["P"]),
        "WHITESPACE" | "WHITE_SPACE" => space(true),
        "WORD" => word(true),
        "ALPHABETIC" | "DIGIT" | "ALNUM" | "BLANK" | "GRAPH" | "PRINT" | "HEX_DIGIT" => {
            return posix_unicode(name, fold);
        }
        _ => return None,
    })
}

/// What POSIX names mean with `(?U)`.
pub(super) fn posix_unicode(name: &str, fold: bool) -> Option<Set> {
    let blank = || categories(&["Zs"]).union(&Set::one(9));
    let graph = || assigned().without(&categories(&["Z", "Cc"])).without(&surrogates());
    Some(match name.to_uppercase().as_str() {
        "ALPHA" | "ALPHABETIC" => alphabetic(),
        "LOWER" | "LOWERCASE" => return java("javaLowerCase", fold),
        "UPPER" | "UPPERCASE" => return java("javaUpperCase", fold),
        "SPACE" | "WHITE_SPACE" => space(true),
        "PUNCT" | "PUNCTUATION" => categories(&["P"]),
        "XDIGIT" | "HEX_DIGIT" => {
            let letters = [(0x41, 0x46), (0x61, 0x66), (0xff21, 0xff26), (0xff41, 0xff46)];
            categories(&["Nd"]).union(&Set::of(letters))
        }
        "ALNUM" => alphabetic().union(&categories(&["Nd"])),
        "CNTRL" => categories(&["Cc"]),
        "DIGIT" => categories(&["Nd"]),
        "BLANK" => blank(),
        "GRAPH" => graph(),
        "PRINT" => graph().union(&blank()).without(&categories(&["Cc"])),
        _ => return None,
    })
}

/// A script by its name or its four letters, in any case.
pub(super) fn script(name: &str) -> Option<Set> {
    let name = name.to_uppercase();
    if name == "UNKNOWN" || name == "ZZZZ" {
        return listed(SCRIPTS, |_| true).map(|known| known.complement());
    }
    listed(SCRIPTS, |heading| heading.split(',').any(|known| known == name))
}

/// A block by its name, with spaces, without them, or with underscores, in any case.
pub(super) fn block(name: &str) -> Option<Set> {
    let name = name.to_uppercase();
    BLOCKS.lines().find_map(|line| {
        let (low, rest) = line.split_once(' ')?;
        let (high, names) = rest.split_once(' ')?;
        let is_it = |known: &str| {
            known == name || known.replace(' ', "") == name || known.replace([' ', '-'], "_") == name
        };
        names.split('|').any(is_it).then_some(Set::range(hex(low)?, hex(high)?))
    })
}

/// `Character.toUpperCase`: one character to one character.
pub(super) fn to_upper(code: u32) -> u32 {
    match code {
        0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7 => code + 8,
        0x1fb3 | 0x1fc3 | 0x1ff3 => code + 9,
        _ => mapped(code, char::to_uppercase),
    }
}

/// `Character.toLowerCase`
pub(super) fn to_lower(code: u32) -> u32 {
    if code == 0x130 { 0x69 } else { mapped(code, char::to_lowercase) }
}

fn mapped<I: Iterator<Item = char>>(code: u32, mapping: fn(char) -> I) -> u32 {
    let Some(char) = char::from_u32(code) else { return code };
    let mut to = mapping(char);
    match (to.next(), to.next()) {
        (Some(one), None) => u32::from(one),
        _ => code,
    }
}

/// What letters are compared by under `(?iu)`.
pub(super) fn fold(code: u32) -> u32 {
    to_lower(to_upper(code))
}
