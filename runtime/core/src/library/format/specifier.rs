//! One directive of a format, `%2$-8.2f`: its parts, which of them fit together, and how a text is laid out in it.

use std::fmt;

use super::super::class::{class_name, illegal_argument};
use super::super::text::{Units, charge_text};
use crate::{Budget, Thrown, Value};

/// A format in its parts.
pub(super) enum Piece<'f> {
    Text(&'f str),
    Specifier(Specifier),
}

/// Which argument a directive takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Argument {
    /// `%n` and `%%` take none.
    None,
    Next,
    /// `%2$s`, from 1.
    Index(usize),
    /// `%<s`
    Previous,
}

/// The marks behind the `%`.
#[expect(clippy::struct_excessive_bools, reason = "a flag of the format each")]
#[derive(Clone, Copy, Default)]
pub(super) struct Flags {
    pub(super) left: bool,
    pub(super) alternate: bool,
    pub(super) plus: bool,
    pub(super) space: bool,
    pub(super) zero: bool,
    pub(super) group: bool,
    pub(super) parentheses: bool,
    pub(super) previous: bool,
}

impl Flags {
    fn slot(&mut self, flag: char) -> Option<&mut bool> {
        Some(match flag {
            '-' => &mut self.left,
            '#' => &mut self.alternate,
            '+' => &mut self.plus,
            ' ' => &mut self.space,
            '0' => &mut self.zero,
            ',' => &mut self.group,
            '(' => &mut self.parentheses,
            '<' => &mut self.previous,
            _ => return None,
        })
    }

    fn has(mut self, flag: char) -> bool {
        self.slot(flag).is_some_and(|set| *set)
    }
}

impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        "-#+ 0,(<".chars().filter(|flag| self.has(*flag)).try_for_each(|flag| write!(f, "{flag}"))
    }
}

#[derive(Clone, Copy)]
pub(super) struct Specifier {
    pub(super) argument: Argument,
    pub(super) flags: Flags,
    pub(super) upper: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
    /// `%t` and `%T`: the conversion is one of dates.
    pub(super) date: bool,
    /// In lower case, except of dates.
    pub(super) conversion: char,
}

/// As the author wrote it, in a fixed order: what Java's messages show.
impl fmt::Display for Specifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "%{}", self.flags)?;
        if let Argument::Index(index) = self.argument {
            write!(f, "{index}$")?;
        }
        if let Some(width) = self.width {
            write!(f, "{width}")?;
        }
        if let Some(precision) = self.precision {
            write!(f, ".{precision}")?;
        }
        if self.date {
            f.write_str(if self.upper { "T" } else { "t" })?;
        }
        let conversion = self.conversion;
        if self.upper && !self.date {
            write!(f, "{}", conversion.to_ascii_uppercase())
        } else {
            write!(f, "{conversion}")
        }
    }
}

/// The whole format in pieces; the first wrong directive throws.
pub(super) fn parse(format: &str) -> Result<Vec<Piece<'_>>, Thrown> {
    let mut pieces = Vec::new();
    let mut rest = format;
    while let Some((text, directive)) = rest.split_once('%') {
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        let (specifier, after) = directive_of(directive)?;
        pieces.push(Piece::Specifier(specifier));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    Ok(pieces)
}

fn unknown(conversion: impl fmt::Display) -> Thrown {
    illegal_argument(format!("Conversion = '{conversion}'"))
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// The directive behind a `%`, and what follows it.
fn directive_of(text: &str) -> Result<(Specifier, &str), Thrown> {
    let first = text.chars().next().ok_or_else(|| unknown('%'))?;
    let mut rest = text;
    let (number, after) = digits(rest);
    let mut argument = Argument::Next;
    if let (false, Some(after)) = (number.is_empty(), after.strip_prefix('$')) {
        let index = number.parse().ok().filter(|index| *index > 0);
        argument = Argument::Index(
            index.ok_or_else(|| illegal_argument(format!("Illegal format argument index = {number}")))?,
        );
        rest = after;
    }
    let mut flags = Flags::default();
    while let Some(flag) = rest.chars().next() {
        let Some(set) = flags.slot(flag) else { break };
        if std::mem::replace(set, true) {
            return Err(illegal_argument(format!("Flags = '{flag}'")));
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    let (width, after) = digits(rest);
    rest = after;
    let (precision, after) = rest.strip_prefix('.').map_or(("", rest), digits);
    if rest.starts_with('.') && precision.is_empty() {
        return Err(unknown(first));
    }
    rest = after;
    let mut conversion = rest.chars().next().ok_or_else(|| unknown(first))?;
    let date = matches!(conversion, 't' | 'T');
    let mut upper = conversion == 'T';
    if date {
        rest = rest.get(1..).unwrap_or_default();
        conversion = rest.chars().next().ok_or_else(|| unknown(first))?;
    }
    if !conversion.is_ascii_alphabetic() && conversion != '%' {
        return Err(unknown(first));
    }
    if !date {
        if !"bBhHsScCdoxXeEgGfaA%n".contains(conversion) {
            return Err(unknown(conversion));
        }
        upper = conversion.is_ascii_uppercase();
        conversion = conversion.to_ascii_lowercase();
    }
    if matches!(conversion, 'n' | '%') && !date {
        argument = Argument::None;
    } else if flags.previous {
        argument = Argument::Previous;
    }
    let specifier = Specifier {
        argument,
        flags,
        upper,
        width: number_of(width, "width")?,
        precision: number_of(precision, "precision")?,
        date,
        conversion,
    };
    specifier.check()?;
    Ok((specifier, rest.get(conversion.len_utf8()..).unwrap_or_default()))
}

/// Widths and precisions are 32-bit integers.
fn number_of(text: &str, what: &str) -> Result<Option<usize>, Thrown> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse::<i32>() {
        Ok(number) => Ok(usize::try_from(number).ok()),
        Err(_) => Err(illegal_argument(format!("the {what} {text} is too large"))),
    }
}

impl Specifier {
    /// Whether the parts fit together: Java's rules by family of conversion.
    fn check(&self) -> Result<(), Thrown> {
        if self.date {
            self.no_precision()?;
            if !dates_conversion(self.conversion) {
                return Err(unknown(format_args!("t{}", self.conversion)));
            }
            self.no_flags("#+ 0,(")?;
            return self.width_for_left();
        }
        match self.conversion {
            'b' | 'h' => {
                self.no_flags("#")?;
                self.width_for_left()?;
                self.no_flags("+ 0,(")
            }
            's' => {
                self.width_for_left()?;
                self.no_flags("+ 0,(")
            }
            'c' => {
                self.no_precision()?;
                self.no_flags("#+ 0,(")?;
                self.width_for_left()
            }
            'd' => {
                self.numeric()?;
                self.no_precision()?;
                self.no_flags("#")
            }
            'o' | 'x' => {
                self.numeric()?;
                self.no_precision()?;
                self.no_flags(",")
            }
            'a' => {
                self.numeric()?;
                self.no_flags("(,")
            }
            'e' => {
                self.numeric()?;
                self.no_flags(",")
            }
            'g' => {
                self.numeric()?;
                self.no_flags("#")
            }
            'f' => self.numeric(),
            '%' => {
                self.no_precision()?;
                let others = Flags { left: false, ..self.flags };
                if others.to_string().is_empty() { self.width_for_left() } else { Err(self.bad_flags()) }
            }
            _ => {
                self.no_precision()?;
                if let Some(width) = self.width {
                    return Err(illegal_argument(width.to_string()));
                }
                if self.flags.to_string().is_empty() { Ok(()) } else { Err(self.bad_flags()) }
            }
        }
    }

    fn numeric(&self) -> Result<(), Thrown> {
        let flags = self.flags;
        if self.width.is_none() && (flags.left || flags.zero) {
            return Err(illegal_argument(self.to_string()));
        }
        if (flags.plus && flags.space) || (flags.left && flags.zero) {
            return Err(self.bad_flags());
        }
        Ok(())
    }

    fn bad_flags(&self) -> Thrown {
        illegal_argument(format!("Flags = '{}'", self.flags))
    }

    fn no_precision(&self) -> Result<(), Thrown> {
        match self.precision {
            Some(precision) => Err(illegal_argument(precision.to_string())),
            None => Ok(()),
        }
    }

    fn width_for_left(&self) -> Result<(), Thrown> {
        if self.flags.left && self.width.is_none() { Err(illegal_argument(self.to_string())) } else { Ok(()) }
    }

    /// Refuses flags that the conversion does not take.
    pub(super) fn no_flags(&self, refused: &str) -> Result<(), Thrown> {
        match refused.chars().find(|flag| self.flags.has(*flag)) {
            Some(flag) => Err(self.flag_mismatch(flag)),
            None => Ok(()),
        }
    }

    pub(super) fn flag_mismatch(&self, flag: char) -> Thrown {
        illegal_argument(format!("Conversion = {}, Flags = {flag}", self.conversion))
    }

    /// An argument of a class that the conversion does not take.
    pub(super) fn mismatch(&self, argument: &Value) -> Thrown {
        illegal_argument(format!("{} != {}", self.conversion, class_name(argument)))
    }

    /// Text of a general conversion: cut at the precision, in upper case when asked for, justified.
    pub(super) fn general(&self, budget: &mut Budget, text: &str, out: &mut Units) -> Result<(), Thrown> {
        let cut = match self.precision {
            Some(most) if text.encode_utf16().count() > most => {
                let mut units = Units::default();
                text.encode_utf16().take(most).for_each(|unit| units.push_unit(unit));
                units.finish()
            }
            _ => return self.cased(budget, text, out),
        };
        self.cased(budget, cut.as_str().unwrap_or_default(), out)
    }

    fn cased(&self, budget: &mut Budget, text: &str, out: &mut Units) -> Result<(), Thrown> {
        if self.upper {
            self.justified(budget, &text.to_uppercase(), out)
        } else {
            self.justified(budget, text, out)
        }
    }

    /// The text with blanks up to the width.
    pub(super) fn justified(&self, budget: &mut Budget, text: &str, out: &mut Units) -> Result<(), Thrown> {
        let length = text.encode_utf16().count();
        let blanks = self.width.unwrap_or(0).saturating_sub(length);
        charge_text(budget, text.len().saturating_add(blanks))?;
        let mut pad = || (0..blanks).for_each(|_| out.push_unit(u16::from(b' ')));
        if !self.flags.left {
            pad();
        }
        text.encode_utf16().for_each(|unit| out.push_unit(unit));
        if self.flags.left {
            (0..blanks).for_each(|_| out.push_unit(u16::from(b' ')));
        }
        Ok(())
    }
}

fn dates_conversion(conversion: char) -> bool {
    "HIklMNLQpsSTzZaAbBCdehjmYyrRcDF".contains(conversion)
}
