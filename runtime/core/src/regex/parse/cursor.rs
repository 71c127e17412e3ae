//! The place in the pattern. Under `(?x)` white space and comments are passed over; escapes look at the bare letters.

use super::Parser;
use super::flags::Flags;

impl Parser {
    pub(super) fn at(&self, index: usize) -> Option<char> {
        self.letters.get(index).copied()
    }

    /// The letter at the cursor.
    pub(super) fn peek(&mut self) -> Option<char> {
        if self.flags.has(Flags::COMMENTS) {
            self.pass_white_space();
        }
        self.at(self.cursor)
    }

    /// Moves on by one, and the letter there.
    pub(super) fn next(&mut self) -> Option<char> {
        self.cursor += 1;
        self.peek()
    }

    /// The letter at the cursor, which moves behind it.
    pub(super) fn read(&mut self) -> Option<char> {
        let letter = self.peek();
        self.cursor += 1;
        letter
    }

    /// The bare letter behind the one at the cursor, which moves behind both.
    pub(super) fn skip(&mut self) -> Option<char> {
        let letter = self.at(self.cursor + 1);
        self.cursor += 2;
        letter
    }

    /// Moves on by one, and the bare letter there.
    pub(super) fn next_bare(&mut self) -> Option<char> {
        self.cursor += 1;
        self.at(self.cursor)
    }

    pub(super) fn unread(&mut self) {
        self.cursor = self.cursor.saturating_sub(1);
    }

    fn pass_white_space(&mut self) {
        while let Some(letter) = self.at(self.cursor) {
            if letter == '#' {
                while self.at(self.cursor).is_some_and(|it| !self.ends_line(it)) {
                    self.cursor += 1;
                }
            } else if matches!(letter, '\t'..='\r' | ' ') {
                self.cursor += 1;
            } else {
                break;
            }
        }
    }

    fn ends_line(&self, letter: char) -> bool {
        if self.flags.has(Flags::UNIX_LINES) {
            letter == '\n'
        } else {
            matches!(letter, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
        }
    }
}
