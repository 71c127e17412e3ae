//! The inside of a tag: names, arguments, literals, calls in parentheses.

use super::{Call, DEPTH_MAX, Expression, Fault, FaultKind, Named, Path, Place, Segment};
use crate::Value;

/// Words with which n8n expressions begin.
const N8N: &[&str] = &[
    "$json",
    "$node",
    "$input",
    "$now",
    "$today",
    "$item",
    "$items",
    "$env",
    "$vars",
    "$workflow",
    "$execution",
    "$prevNode",
    "$runIndex",
    "$itemIndex",
    "$parameter",
    "$binary",
    "$position",
    "$jmespath",
    "$fromAI",
    "$if",
    "$",
];

/// Reads one tag from its first name on. Stops at the first thing that is wrong.
pub(super) struct Scanner<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    depth: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, at: usize) -> Self {
        Self { text, at, depth: 0 }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Takes the text when it is next.
    pub(super) fn take(&mut self, wanted: &str) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len();
        }
        found
    }

    /// A name with its arguments.
    pub(super) fn call(&mut self) -> Result<Call, Fault> {
        self.skip_space();
        let start = self.at;
        let head = self.head()?;
        let (mut arguments, mut named): (Vec<Expression>, Vec<Named>) = (Vec::new(), Vec::new());
        let mut end = self.at;
        loop {
            self.skip_space();
            if self.ends() || self.at_block_parameters() {
                break;
            }
            if let Some(name) = self.argument_name() {
                if let Some(first) = named.iter().find(|it| it.name.name == name.name) {
                    let message = format!("`{}=` is given twice", name.name);
                    return Err(Fault::syntax(name.place, message).related(first.name.place, "the first one"));
                }
                self.skip_space();
                let value = self.argument()?;
                named.push(Named { name, value });
            } else {
                let argument = self.argument()?;
                if let Some(last) = named.last() {
                    let message = "an argument without a name stands after a named one";
                    return Err(Fault::syntax(argument.place(), message)
                        .related(last.name.place, "the named one")
                        .help("put it in front of the named ones"));
                }
                arguments.push(argument);
            }
            end = self.at;
        }
        Ok(Call { head, arguments, named, place: Place::new(start, end) })
    }

    /// What a tag or a call begins with: a path; a literal there is the name of a key.
    fn head(&mut self) -> Result<Path, Fault> {
        let found = match self.argument()? {
            Expression::Path(path) => return Ok(path),
            Expression::Call(call) => {
                return Err(Fault::syntax(call.place, "a call in parentheses can only be an argument")
                    .help("write the helper without parentheses: `{{json data}}`"));
            }
            Expression::Literal(value, place) => (value, place),
        };
        let (value, place) = found;
        let name = match &value {
            Value::Str(text) => text.to_string(),
            _ => place.of(self.text).to_owned(),
        };
        let segments = vec![Segment { name, place }];
        Ok(Path { place, up: 0, at: false, this: false, segments })
    }

    fn argument(&mut self) -> Result<Expression, Fault> {
        match self.peek() {
            Some('(') => self.nested(),
            Some(quote @ ('"' | '\'')) => self.quoted(quote),
            _ => {
                if let Some(literal) = self.plain_literal() {
                    return Ok(literal);
                }
                self.path().map(Expression::Path)
            }
        }
    }

    fn nested(&mut self) -> Result<Expression, Fault> {
        let open = self.at;
        if self.depth >= DEPTH_MAX {
            let place = Place::new(open, open + 1);
            return Err(Fault::syntax(place, format!("calls are nested deeper than {DEPTH_MAX}")));
        }
        self.depth += 1;
        self.at += 1;
        let call = self.call()?;
        self.skip_space();
        if !self.take(")") {
            let message = "this `(` is never closed";
            return Err(Fault::syntax(Place::new(open, open + 1), message)
                .help("end the call with `)` in front of the closing braces"));
        }
        self.depth -= 1;
        let place = Place::new(open, self.at);
        Ok(Expression::Call(Box::new(Call { place, ..call })))
    }

    fn quoted(&mut self, quote: char) -> Result<Expression, Fault> {
        let open = self.at;
        let mut text = String::new();
        let mut characters = self.rest().char_indices().skip(1).peekable();
        while let Some((offset, next)) = characters.next() {
            if next == quote {
                self.at = open + offset + 1;
                return Ok(Expression::Literal(Value::string(text), Place::new(open, self.at)));
            }
            if next == '\\' && characters.peek().is_some_and(|(_, it)| *it == quote || *it == '\\') {
                text.extend(characters.next().map(|(_, it)| it));
            } else {
                text.push(next);
            }
        }
        Err(Fault::syntax(Place::new(open, open + 1), "this text in quotes never ends")
            .help(format!("close it with `{quote}` in front of the closing braces")))
    }

    /// A number, `true`, `false`, `null` or `undefined`.
    fn plain_literal(&mut self) -> Option<Expression> {
        let rest = self.rest();
        let length = rest.find(|c| !is_name(c) && c != '.').unwrap_or(rest.len());
        let word = rest.get(..length)?;
        let value = match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" | "undefined" => Value::Nil,
            _ => number(word)?,
        };
        let place = Place::new(self.at, self.at + length);
        self.at += length;
        Some(Expression::Literal(value, place))
    }

    fn path(&mut self) -> Result<Path, Fault> {
        let start = self.at;
        let at = self.take("@");
        let mut path = Path { place: Place::new(start, start), up: 0, at, this: false, segments: Vec::new() };
        let mut more = true;
        while self.rest().starts_with("..") {
            self.at += 2;
            path.up += 1;
            more = self.take("/");
            if !more {
                break;
            }
        }
        if more && path.up == 0 && !at {
            if self.take("./") {
                path.this = true;
            } else if self.peek() == Some('.') {
                self.at += 1;
                (path.this, more) = (true, false);
            } else if self.word() == "this" {
                self.at += "this".len();
                path.this = true;
                more = self.take(".") || self.take("/");
            }
        }
        while more {
            path.segments.push(self.segment(&path)?);
            more = self.take(".") || self.take("/");
        }
        path.place.end = self.at;
        self.indexed(&path)?;
        Ok(path)
    }

    /// The characters of a name that are next.
    fn word(&self) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        rest.get(..length).unwrap_or_default()
    }

    fn segment(&mut self, path: &Path) -> Result<Segment, Fault> {
        let start = self.at;
        if self.take("[") {
            let Some(length) = self.rest().find(']') else {
                let message = "this `[` is never closed";
                return Err(Fault::syntax(Place::new(start, start + 1), message));
            };
            let name = self.rest().get(..length).unwrap_or_default().to_owned();
            self.at += length + 1;
            return Ok(Segment { name, place: Place::new(start, self.at) });
        }
        let word = self.word();
        let first = path.segments.is_empty();
        if word.is_empty() {
            return Err(self.unexpected(!first || path.up > 0 || path.at || path.this));
        }
        self.at += word.len();
        let place = Place::new(start, self.at);
        if first && N8N.contains(&word) {
            return Err(n8n(place));
        }
        if let Some(name) = word.strip_prefix(':') {
            let message = format!("`{word}` is not a variable: keys are written without their colon");
            return Err(Fault::syntax(place, message).help(format!("write `{name}`")));
        }
        Ok(Segment { name: word.to_owned(), place })
    }

    /// `items[0]`, which is written `items.[0]` or `items.0`.
    fn indexed(&mut self, path: &Path) -> Result<(), Fault> {
        if path.segments.is_empty() || self.peek() != Some('[') {
            return Ok(());
        }
        let rest = self.rest();
        let length = rest.find(']').map_or(1, |end| end + 1);
        let inside = rest.get(1..length.saturating_sub(1)).unwrap_or_default().trim_matches(['"', '\'']);
        let written = path.place.of(self.text);
        let place = Place::new(self.at, self.at + length);
        Err(Fault::syntax(place, "an element is not taken with brackets here")
            .help(format!("write `{written}.{inside}`")))
    }

    /// `name=`, only when a name and an equals sign stand there.
    fn argument_name(&mut self) -> Option<Segment> {
        let word = self.word();
        let after = self.rest().get(word.len()..)?.trim_start();
        if word.is_empty() || !after.starts_with('=') || after.starts_with("==") {
            return None;
        }
        let place = Place::new(self.at, self.at + word.len());
        self.at = self.text.len() - after.len() + 1;
        Some(Segment { name: word.to_owned(), place })
    }

    /// Whether the tag or the call in parentheses ends here.
    fn ends(&self) -> bool {
        let rest = self.rest();
        rest.is_empty() || rest.starts_with('}') || rest.starts_with("~}") || rest.starts_with(')')
    }

    fn at_block_parameters(&self) -> bool {
        self.word() == "as" && self.rest().get(2..).is_some_and(|rest| rest.trim_start().starts_with('|'))
    }

    /// `as |item index|`, when it is there.
    pub(super) fn block_parameters(&mut self) -> Result<Vec<Segment>, Fault> {
        self.skip_space();
        let mut names = Vec::new();
        if !self.at_block_parameters() {
            return Ok(names);
        }
        self.at += 2;
        self.skip_space();
        let bar = self.at;
        self.at += 1;
        loop {
            self.skip_space();
            if self.take("|") {
                break;
            }
            let word = self.word();
            if word.is_empty() {
                let message = "the names of a block stand between two bars: `as |item index|`";
                return Err(Fault::syntax(Place::new(bar, bar + 1), message));
            }
            let place = Place::new(self.at, self.at + word.len());
            self.at += word.len();
            names.push(Segment { name: word.to_owned(), place });
        }
        if names.is_empty() {
            let place = Place::new(bar, self.at);
            return Err(Fault::syntax(place, "no name stands between these bars").help("write `as |item|`"));
        }
        Ok(names)
    }

    /// Something stands where a name must stand.
    pub(super) fn unexpected(&self, after_path: bool) -> Fault {
        let Some(next) = self.peek() else {
            let last = self.text.char_indices().next_back().map_or(0, |(at, _)| at);
            let place = Place::new(last, self.text.len());
            return Fault::syntax(place, "the text ends inside a tag").help("end the tag with `}}`");
        };
        let place = Place::new(self.at, self.at + next.len_utf8());
        if self.rest().starts_with('}') || self.rest().starts_with("~}") {
            let message = if after_path {
                "a name must follow here"
            } else {
                "this tag is empty: a name must stand in it"
            };
            return Fault::syntax(place, message).help("write a variable: `{{name}}`");
        }
        let fault = Fault::syntax(place, format!("`{next}` cannot stand here"));
        match next {
            '|' => {
                fault.help("templates have no filters; helpers stand in front: `{{truncate text length=80}}`")
            }
            '+' | '*' | '<' | '>' | '=' | '&' | '!' | '%' => fault.help(
                "templates do not calculate or compare; do it in a function and give the result in `:data`",
            ),
            ',' => fault.help("arguments are separated by spaces"),
            '{' => fault.help("one pair of braces opens a tag; text with braces needs `\\{{` in front"),
            '#' | '/' | '^' => fault.help("it must stand right behind the opening braces"),
            _ => fault,
        }
    }
}

/// An expression of n8n, which is not carried out.
fn n8n(place: Place) -> Fault {
    Fault::syntax(place, "an n8n expression is not evaluated")
        .of(FaultKind::N8n)
        .help("give the value in `:data` and write its name: `{{email}}`")
}

/// Everything but whitespace and the characters that Handlebars keeps for itself.
fn is_name(c: char) -> bool {
    !c.is_whitespace() && !"!\"#%&'()*+,./;<=>@[\\]^`{|}~".contains(c)
}

fn number(word: &str) -> Option<Value> {
    let digits = word.strip_prefix('-').unwrap_or(word);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.chars().all(|it| it.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    match word.parse() {
        Ok(integer) => Some(Value::Int(integer)),
        Err(_) => word.parse().ok().map(Value::Double),
    }
}
