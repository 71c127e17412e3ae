//! Escapes: characters by number or letter, classes, edges, back references, families.

use super::flags::Flags;
use super::{Parser, unicode};
use crate::regex::PatternError;
use crate::regex::set::Set;
use crate::regex::tree::{Edge, Node};

/// What an escape stands for.
pub(super) enum Escaped {
    Code(u32),
    Set(Set),
    Node(Node),
}

impl Parser {
    /// A backslash outside a class.
    pub(super) fn escaped_atom(&mut self) -> Result<Node, PatternError> {
        if let Some(family) = self.family()? {
            return Ok(Node::Set(family));
        }
        Ok(match self.escape(false, false)? {
            Escaped::Code(code) => Node::Set(self.letter(code)),
            Escaped::Set(set) => Node::Set(set),
            Escaped::Node(node) => node,
        })
    }

    /// `\p…` and `\P…` at the cursor; none of other escapes.
    pub(super) fn family(&mut self) -> Result<Option<Set>, PatternError> {
        let negative = match self.next_bare() {
            Some('p') => false,
            Some('P') => true,
            _ => {
                self.unread();
                return Ok(None);
            }
        };
        let name = if self.next() == Some('{') { self.family_name()? } else { self.family_letter() };
        let set = self.family_set(&name)?;
        Ok(Some(if negative { set.complement() } else { set }))
    }

    fn family_letter(&mut self) -> String {
        let letter = self.at(self.cursor).unwrap_or('\0');
        self.cursor += 1;
        letter.to_string()
    }

    fn family_name(&mut self) -> Result<String, PatternError> {
        self.next();
        let start = self.cursor;
        while self.at(self.cursor).is_some_and(|it| it != '}') {
            self.cursor += 1;
        }
        let closed = self.cursor < self.length;
        let name: String = self.letters.iter().take(self.cursor).skip(start).collect();
        self.cursor += 1;
        if !closed {
            return Err(self.error("Unclosed character family"));
        }
        if name.is_empty() {
            return Err(self.error("Empty character family"));
        }
        Ok(name)
    }

    fn family_set(&self, name: &str) -> Result<Set, PatternError> {
        let fold = self.flags.has(Flags::IGNORE_CASE);
        if let Some((key, value)) = name.split_once('=') {
            let key = key.to_lowercase();
            let found = match key.as_str() {
                "sc" | "script" => unicode::script(value),
                "blk" | "block" => unicode::block(value),
                "gc" | "general_category" => unicode::named(value, fold),
                _ => None,
            };
            let unknown = || format!("Unknown Unicode property {{name=<{key}>, value=<{value}>}}");
            return found.ok_or_else(|| self.error(unknown()));
        }
        let found = if let Some(block) = name.strip_prefix("In") {
            unicode::block(block)
        } else if let Some(rest) = name.strip_prefix("Is") {
            unicode::binary_property(rest, fold)
                .or_else(|| unicode::posix_unicode(rest, fold))
                .or_else(|| unicode::named(rest, fold))
                .or_else(|| unicode::script(rest))
        } else if self.flags.has(Flags::UNICODE_CLASSES) {
            unicode::posix_unicode(name, fold).or_else(|| unicode::named(name, fold))
        } else {
            unicode::named(name, fold)
        };
        found.ok_or_else(|| self.error(format!("Unknown character property name {{{name}}}")))
    }

    /// From the backslash on. Within a class edges and references mean nothing; at the ends of a range `\v` is one
    /// character.
    pub(super) fn escape(&mut self, in_class: bool, in_range: bool) -> Result<Escaped, PatternError> {
        let letter = self.skip();
        let Some(letter) = letter else {
            return Ok(Escaped::Code(0));
        };
        let unicode = self.flags.has(Flags::UNICODE_CLASSES);
        Ok(match letter {
            '0' => Escaped::Code(self.octal()?),
            'a' => Escaped::Code(7),
            'c' => Escaped::Code(self.control()?),
            'e' => Escaped::Code(0x1b),
            'f' => Escaped::Code(0xc),
            'n' => Escaped::Code(0xa),
            'r' => Escaped::Code(0xd),
            't' => Escaped::Code(9),
            'u' => Escaped::Code(self.four_digits()?),
            'x' => Escaped::Code(self.hexadecimal()?),
            'v' if in_range => Escaped::Code(0xb),
            'd' => Escaped::Set(unicode::digit(unicode)),
            'D' => Escaped::Set(unicode::digit(unicode).complement()),
            's' => Escaped::Set(unicode::space(unicode)),
            'S' => Escaped::Set(unicode::space(unicode).complement()),
            'w' => Escaped::Set(unicode::word(unicode)),
            'W' => Escaped::Set(unicode::word(unicode).complement()),
            'h' => Escaped::Set(horizontal()),
            'H' => Escaped::Set(horizontal().complement()),
            'v' => Escaped::Set(vertical()),
            'V' => Escaped::Set(vertical().complement()),
            'N' => return Err(self.error("Characters by name are not supported")),
            letter if !letter.is_ascii_alphanumeric() => Escaped::Code(u32::from(letter)),
            letter if !in_class => Escaped::Node(self.place(letter)?),
            _ => return Err(self.unsupported()),
        })
    }

    fn unsupported(&self) -> PatternError {
        self.error("Illegal/unsupported escape sequence")
    }

    /// Escapes that are no single character.
    fn place(&mut self, letter: char) -> Result<Node, PatternError> {
        let unicode = self.flags.has(Flags::UNICODE_CLASSES);
        Ok(match letter {
            '1'..='9' => self.numbered(letter),
            'k' => self.named_reference()?,
            'A' => Node::Edge(Edge::Start),
            'z' => Node::Edge(Edge::End),
            'Z' => Node::Edge(Edge::LastLine { unix: self.flags.has(Flags::UNIX_LINES) }),
            'G' => Node::Edge(Edge::LastMatch),
            'B' => Node::Edge(Edge::Word { negative: true, unicode }),
            'b' if self.letters.get(self.cursor..).is_some_and(|rest| rest.starts_with(&['{', 'g', '}'])) => {
                self.cursor += 3;
                Node::Edge(Edge::Cluster)
            }
            'b' => Node::Edge(Edge::Word { negative: false, unicode }),
            'X' => Node::Cluster,
            'R' => Node::LineBreak,
            _ => return Err(self.unsupported()),
        })
    }

    /// `\12` is group 12 where there are as many groups in front, else group 1 and a 2.
    fn numbered(&mut self, first: char) -> Node {
        let mut group = first.to_digit(10).unwrap_or(0) as usize;
        while let Some(digit) = self.peek().and_then(|it| it.to_digit(10)) {
            let longer = group.saturating_mul(10).saturating_add(digit as usize);
            if longer > self.groups {
                break;
            }
            group = longer;
            self.read();
        }
        Node::Back { group, fold: self.flags.fold() }
    }

    fn named_reference(&mut self) -> Result<Node, PatternError> {
        if self.read() != Some('<') {
            return Err(self.error("\\k is not followed by '<' for named capturing group"));
        }
        let first = self.read();
        let name = self.group_name(first)?;
        let known = self.names.iter().find(|(known, _)| **known == *name);
        match known {
            Some((_, group)) => Ok(Node::Back { group: *group, fold: self.flags.fold() }),
            None => Err(self.error(format!("named capturing group <{name}> does not exist"))),
        }
    }

    /// `\0n`, `\0nn`, `\0mnn`.
    fn octal(&mut self) -> Result<u32, PatternError> {
        let octal = |letter: Option<char>| letter.and_then(|it| it.to_digit(8));
        let Some(mut code) = octal(self.read()) else {
            return Err(self.error("Illegal octal escape sequence"));
        };
        let most = if code <= 3 { 3 } else { 2 };
        for _ in 1..most {
            let Some(digit) = octal(self.peek()) else { break };
            code = code * 8 + digit;
            self.read();
        }
        Ok(code)
    }

    fn control(&mut self) -> Result<u32, PatternError> {
        if self.cursor >= self.length {
            return Err(self.error("Illegal control escape sequence"));
        }
        Ok(self.read().map_or(0, u32::from) ^ 64)
    }

    /// `\x41`, `\x{1F600}`.
    fn hexadecimal(&mut self) -> Result<u32, PatternError> {
        let first = self.read();
        let digit = |letter: Option<char>| letter.and_then(|it| it.to_digit(16));
        if let Some(high) = digit(first) {
            if let Some(low) = digit(self.read()) {
                return Ok(high * 16 + low);
            }
        } else if first == Some('{') && digit(self.peek()).is_some() {
            let mut code = 0;
            let mut letter = self.read();
            while let Some(next) = digit(letter) {
                code = code * 16 + next;
                if code > 0x0010_ffff {
                    return Err(self.error("Hexadecimal codepoint is too big"));
                }
                letter = self.read();
            }
            if letter != Some('}') {
                return Err(self.error("Unclosed hexadecimal escape sequence"));
            }
            return Ok(code);
        }
        Err(self.error("Illegal hexadecimal escape sequence"))
    }

    /// `\u0041`; two halves of a pair are one character.
    fn four_digits(&mut self) -> Result<u32, PatternError> {
        let high = self.unit()?;
        let behind = self.cursor;
        if (0xd800..0xdc00).contains(&high) && self.read() == Some('\\') && self.read() == Some('u') {
            let low = self.unit()?;
            if (0xdc00..0xe000).contains(&low) {
                return Ok(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
            }
        }
        self.cursor = behind;
        Ok(high)
    }

    fn unit(&mut self) -> Result<u32, PatternError> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.read().and_then(|it| it.to_digit(16));
            code = code * 16 + digit.ok_or_else(|| self.error("Illegal Unicode escape sequence"))?;
        }
        Ok(code)
    }
}

fn horizontal() -> Set {
    let single = [0x9, 0x20, 0xa0, 0x1680, 0x180e, 0x202f, 0x205f, 0x3000].map(|it| (it, it));
    Set::of(single.into_iter().chain([(0x2000, 0x200a)]))
}

/// `\v`
fn vertical() -> Set {
    Set::of([(0xa, 0xd), (0x85, 0x85), (0x2028, 0x2029)])
}
