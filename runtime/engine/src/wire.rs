//! The small byte forms of the engine (journal heads, progress): texts, counts and times in fixed order.
//!
//! Not for values of flows: those are `breyta_core::codec`. `docs/format.md` lists the layouts byte by byte.

/// Bytes that do not read as what they should be. Says where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damaged(pub String);

impl std::fmt::Display for Damaged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Damaged {}

/// Appends fields.
#[derive(Debug, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    pub fn new(format: u8) -> Self {
        let mut bytes = Vec::with_capacity(96);
        bytes.push(format);
        Self(bytes)
    }

    pub fn byte(&mut self, byte: u8) -> &mut Self {
        self.0.push(byte);
        self
    }

    /// An unsigned number, seven bits a byte, lowest first; the high bit says that more follow.
    pub fn count(&mut self, mut number: u64) -> &mut Self {
        while number >= 0x80 {
            self.0.push((number as u8) | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
        self
    }

    /// A time or other signed number: eight bytes, lowest first.
    pub fn signed(&mut self, number: i64) -> &mut Self {
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }

    /// Bytes after their length.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.count(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    pub fn text(&mut self, text: &str) -> &mut Self {
        self.bytes(text.as_bytes())
    }

    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Reads fields back in the order they were written.
#[derive(Debug)]
pub struct Reader<'a> {
    what: &'static str,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Checks the format byte; `what` names the thing in messages.
    pub fn new(what: &'static str, format: u8, bytes: &'a [u8]) -> Result<Self, Damaged> {
        match bytes.split_first() {
            Some((&found, rest)) if found == format => Ok(Self { what, rest }),
            Some((&found, _)) => {
                Err(Damaged(format!("{what} has format {found}, this executable reads {format}")))
            }
            None => Err(Damaged(format!("{what} is empty"))),
        }
    }

    fn short(&self) -> Damaged {
        Damaged(format!("{} ends too early", self.what))
    }

    pub fn byte(&mut self) -> Result<u8, Damaged> {
        let (&byte, rest) = self.rest.split_first().ok_or_else(|| self.short())?;
        self.rest = rest;
        Ok(byte)
    }

    pub fn count(&mut self) -> Result<u64, Damaged> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Damaged(format!("{} holds a number that is too long", self.what)))
    }

    pub fn signed(&mut self) -> Result<i64, Damaged> {
        let (bytes, rest) = self.rest.split_first_chunk::<8>().ok_or_else(|| self.short())?;
        self.rest = rest;
        Ok(i64::from_le_bytes(*bytes))
    }

    pub fn bytes(&mut self) -> Result<&'a [u8], Damaged> {
        let length = usize::try_from(self.count()?).map_err(|_| self.short())?;
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or_else(|| self.short())?;
        self.rest = rest;
        Ok(bytes)
    }

    pub fn text(&mut self) -> Result<String, Damaged> {
        let bytes = self.bytes()?;
        let text = std::str::from_utf8(bytes);
        Ok(text.map_err(|_| Damaged(format!("{} holds a text that is not UTF-8", self.what)))?.to_owned())
    }

    /// Everything must have been read.
    pub fn finish(self) -> Result<(), Damaged> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(Damaged(format!("{} has {} bytes too many", self.what, self.rest.len())))
    }
}
