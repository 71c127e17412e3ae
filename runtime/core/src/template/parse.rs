//! Tags to a tree of blocks. A tag that is wrong is reported and left out; reading goes on behind it.

use super::expression::Scanner;
use super::{Block, Call, DEPTH_MAX, Fault, FaultKind, Node, Parsed, Path, Place, Segment};

/// How many faults of one text are reported.
const FAULTS_MAX: usize = 50;

/// Reads a template text.
pub fn parse(text: &str) -> Parsed {
    let mut parser = Parser {
        text,
        at: 0,
        root: Vec::new(),
        open: Vec::new(),
        faults: Vec::new(),
        pending: String::new(),
        trim: false,
        stopped: false,
    };
    parser.run();
    Parsed { nodes: parser.root, faults: parser.faults }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    root: Vec<Node>,
    /// Blocks that are not closed yet, outermost first.
    open: Vec<Open>,
    faults: Vec<Fault>,
    /// Text that is not a node yet.
    pending: String,
    /// Whether the text that follows loses its leading whitespace.
    trim: bool,
    /// Whether the rest was not read: nothing is said about what it would have closed.
    stopped: bool,
}

struct Open {
    block: Block,
    /// What `{{/…}}` must say; None when the opening tag was wrong.
    name: Option<String>,
    /// `{{else if …}}`: ends where the block around it ends.
    chained: bool,
}

/// One tag while it is read.
#[derive(Clone, Copy)]
struct Tag {
    start: usize,
    /// `{{{`, which must end with `}}}`.
    triple: bool,
}

impl<'a> Parser<'a> {
    fn run(&mut self) {
        while let Some(offset) = self.rest().find("{{") {
            let tag = self.at + offset;
            let before = self.text.get(self.at..tag).unwrap_or_default();
            if before.ends_with("\\\\") {
                self.pending.push_str(before.get(..before.len() - 1).unwrap_or_default());
            } else if let Some(kept) = before.strip_suffix('\\') {
                self.pending.push_str(kept);
                self.pending.push_str("{{");
                self.at = tag + 2;
                continue;
            } else {
                self.pending.push_str(before);
            }
            self.at = tag;
            if self.tag().is_none() {
                self.at = self.text.len();
                self.stopped = true;
                break;
            }
        }
        self.pending.push_str(self.rest());
        self.flush(false);
        while let Some(open) = self.open.pop() {
            if !open.chained && !self.stopped {
                self.never_closed(&open, None);
            }
            self.push(Node::Block(open.block));
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn take(&mut self, wanted: &str) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len();
        }
        found
    }

    fn list(&mut self) -> &mut Vec<Node> {
        match self.open.last_mut() {
            Some(Open { block: Block { otherwise: Some(nodes), .. }, .. }) => nodes,
            Some(open) => &mut open.block.body,
            None => &mut self.root,
        }
    }

    fn push(&mut self, node: Node) {
        self.list().push(node);
    }

    /// Makes the text so far a node.
    fn flush(&mut self, trim_end: bool) {
        let mut text = std::mem::take(&mut self.pending);
        if std::mem::take(&mut self.trim) {
            text.drain(..text.len() - text.trim_start().len());
        }
        if trim_end {
            text.truncate(text.trim_end().len());
        }
        if !text.is_empty() {
            self.push(Node::Text(text));
        }
    }

    /// The tag that begins here. None when nothing behind it can be read.
    fn tag(&mut self) -> Option<()> {
        let start = self.at;
        if self.take("{{{{") {
            return self.raw_block(start);
        }
        self.at += 2;
        let trim_end = self.take("~");
        self.flush(trim_end);
        let tag = Tag { start, triple: self.take("{") };
        if !tag.triple && self.take("!") {
            return self.comment(start);
        }
        if !tag.triple && self.rest().starts_with('=') {
            let place = Place::new(start, self.at + 1);
            let fault = Fault::syntax(place, "other delimiters than braces are not supported yet")
                .of(FaultKind::Later)
                .help("write the tags with braces");
            self.faults.push(fault);
            return None;
        }
        let done = if tag.triple { self.output(tag, true) } else { self.by_sigil(tag) };
        match done {
            Ok(()) => (!self.stopped).then_some(()),
            Err(fault) => self.recover(tag, fault),
        }
    }

    fn by_sigil(&mut self, tag: Tag) -> Result<(), Fault> {
        if self.take("#") || (self.rest().starts_with('^') && !self.at_plain_inverse()) {
            let inverted = self.take("^");
            return self.opener(tag, inverted);
        }
        if self.take("^") {
            return self.otherwise(tag);
        }
        if self.take("/") {
            return self.closer(tag);
        }
        if self.take("&") {
            return self.output(tag, true);
        }
        if self.rest().starts_with(['>', '*']) {
            return Err(self.partial(tag));
        }
        let word = self.rest().trim_start();
        if let Some(after) = word.strip_prefix("else")
            && after.starts_with(|it: char| it.is_whitespace() || it == '}' || it == '~')
        {
            self.at = self.text.len() - after.len();
            return self.otherwise(tag);
        }
        self.output(tag, false)
    }

    /// `{{^}}`, as opposed to `{{^name}}`.
    fn at_plain_inverse(&self) -> bool {
        let inside = self.rest().get(1..).unwrap_or_default().trim_start();
        inside.starts_with("}}") || inside.starts_with("~}}")
    }

    fn output(&mut self, tag: Tag, raw: bool) -> Result<(), Fault> {
        let call = self.scan(tag, Scanner::call)?;
        self.push(Node::Output { call, raw });
        Ok(())
    }

    /// Reads the inside of a tag and its end.
    fn scan<T>(
        &mut self,
        tag: Tag,
        read: impl FnOnce(&mut Scanner<'a>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut scanner = Scanner::new(self.text, self.at);
        scanner.skip_space();
        let found = read(&mut scanner);
        self.at = scanner.at;
        let found = found?;
        scanner.skip_space();
        if tag.triple && !scanner.take("}") {
            self.at = scanner.at;
            return Err(if scanner.rest().is_empty() {
                scanner.unexpected(false)
            } else {
                Fault::syntax(Place::new(tag.start, tag.start + 3), "a tag with three braces ends with three")
                    .help("write `{{{name}}}`")
            });
        }
        let trim = scanner.take("~");
        self.at = scanner.at;
        if !scanner.take("}}") {
            return Err(if scanner.peek() == Some('}') {
                let place = Place::new(scanner.at, scanner.at + 1);
                Fault::syntax(place, "one brace is missing here").help("end the tag with `}}`")
            } else {
                scanner.unexpected(true)
            });
        }
        self.at = scanner.at;
        self.trim = trim;
        Ok(found)
    }

    fn opener(&mut self, tag: Tag, inverted: bool) -> Result<(), Fault> {
        if self.rest().starts_with(['>', '*']) {
            let fault = self.partial(tag);
            self.open_unknown(tag);
            return Err(fault);
        }
        let read = self.scan(tag, |scanner| Ok((scanner.call()?, scanner.block_parameters()?)));
        let (call, parameters) = match read {
            Ok(read) => read,
            Err(fault) => {
                self.open_unknown(tag);
                return Err(fault);
            }
        };
        self.nest(tag, call, parameters, inverted, false);
        Ok(())
    }

    /// A block whose opening tag is wrong: what closes it is not looked at.
    fn open_unknown(&mut self, tag: Tag) {
        let place = Place::new(tag.start, self.at);
        let head = Path { place, up: 0, at: false, this: true, segments: Vec::new() };
        let call = Call { head, arguments: Vec::new(), named: Vec::new(), place };
        let block = Block {
            call,
            opener: place,
            parameters: Vec::new(),
            inverted: false,
            body: Vec::new(),
            otherwise: None,
        };
        self.open.push(Open { block, name: None, chained: false });
    }

    fn nest(&mut self, tag: Tag, call: Call, parameters: Vec<Segment>, inverted: bool, chained: bool) {
        let opener = Place::new(tag.start, self.at);
        if self.open.len() >= DEPTH_MAX {
            self.faults.push(Fault::syntax(opener, format!("blocks are nested deeper than {DEPTH_MAX}")));
            self.stopped = true;
            return;
        }
        let name = Some(call.head.place.of(self.text).to_owned());
        let block = Block { call, opener, parameters, inverted, body: Vec::new(), otherwise: None };
        self.open.push(Open { block, name, chained });
    }

    /// `{{else}}`, `{{^}}` and `{{else if …}}`.
    fn otherwise(&mut self, tag: Tag) -> Result<(), Fault> {
        let text = self.text;
        let read = self.scan(tag, |scanner| {
            scanner.skip_space();
            if scanner.rest().starts_with('}') || scanner.rest().starts_with("~}") {
                return Ok(None);
            }
            Ok(Some((scanner.call()?, scanner.block_parameters()?)))
        })?;
        let place = Place::new(tag.start, self.at);
        let Some(open) = self.open.last_mut() else {
            let fault = Fault::syntax(place, format!("`{}` stands in no block", place.of(text)))
                .help("it belongs between `{{#if …}}` and `{{/if}}`");
            self.faults.push(fault);
            return Ok(());
        };
        if open.block.otherwise.is_some() {
            let name = open.name.clone().unwrap_or_default();
            let fault = Fault::syntax(place, format!("a second `{{{{else}}}}` in one `{{{{#{name}}}}}`"))
                .related(open.block.opener, "the block");
            self.faults.push(fault);
            return Ok(());
        }
        open.block.otherwise = Some(Vec::new());
        if let Some((call, parameters)) = read {
            self.nest(tag, call, parameters, false, true);
        }
        Ok(())
    }

    fn closer(&mut self, tag: Tag) -> Result<(), Fault> {
        let head = self.scan(tag, Scanner::call)?.head;
        let place = Place::new(tag.start, self.at);
        let name = head.place.of(self.text);
        let fits = |open: &Open| !open.chained && open.name.as_deref().is_none_or(|it| it == name);
        let Some(at) = self.open.iter().rposition(fits) else {
            let fault = self.closes_nothing(place, name);
            self.faults.push(fault);
            return Ok(());
        };
        // What stands further inside was never closed.
        while self.open.len() > at + 1 {
            let Some(open) = self.open.pop() else { break };
            if !open.chained {
                self.never_closed(&open, Some(place));
            }
            self.push(Node::Block(open.block));
        }
        self.close();
        Ok(())
    }

    fn close(&mut self) {
        if let Some(open) = self.open.pop() {
            self.push(Node::Block(open.block));
        }
    }

    fn closes_nothing(&mut self, place: Place, name: &str) -> Fault {
        let message = format!("`{{{{/{name}}}}}` closes nothing");
        let innermost = self.open.iter().rposition(|open| !open.chained);
        let Some(at) = innermost else {
            return Fault::syntax(place, message).help(format!("open the block with `{{{{#{name} …}}}}`"));
        };
        // A misspelt end is the end of the innermost block all the same.
        while self.open.len() > at + 1 {
            self.close();
        }
        let Some(open) = self.open.last() else { return Fault::syntax(place, message) };
        let wanted = open.name.clone().unwrap_or_default();
        let fault = Fault::syntax(place, message)
            .related(open.block.opener, "the block that is open here")
            .help(format!("write `{{{{/{wanted}}}}}`"));
        self.close();
        fault
    }

    fn never_closed(&mut self, open: &Open, closer: Option<Place>) {
        let name = open.name.clone().unwrap_or_default();
        let shown = open.block.opener.of(self.text);
        let fault = Fault::syntax(open.block.opener, format!("`{shown}` is never closed"))
            .help(format!("end the block with `{{{{/{name}}}}}`"));
        self.faults.push(match closer {
            Some(place) => fault.related(place, "the block around it ends here"),
            None => fault,
        });
    }

    fn partial(&mut self, tag: Tag) -> Fault {
        let place = Place::new(tag.start, self.at + 1);
        Fault::syntax(place, "a template cannot include another one")
            .help("write the text itself here, or give it in `:data`")
    }

    fn comment(&mut self, start: usize) -> Option<()> {
        let dashes = self.rest().starts_with("--");
        let rest = self.rest();
        let closes = |at: usize| {
            let tail = rest.get(at..).unwrap_or_default();
            let ends: &[&str] = if dashes { &["--}}", "--~}}"] } else { &["}}"] };
            ends.iter().find(|end| tail.starts_with(**end)).map(|end| (at + end.len(), end.contains('~')))
        };
        // The two dashes that open the comment do not close it.
        let skip = if dashes { 2 } else { 0 };
        let mark = if dashes { "--" } else { "}}" };
        let inside = rest.get(skip..).unwrap_or_default();
        let Some((end, trim)) = inside.match_indices(mark).find_map(|(at, _)| closes(at + skip)) else {
            let end = if dashes { "--}}" } else { "}}" };
            let fault = Fault::syntax(Place::new(start, self.at), "this comment never ends")
                .help(format!("end it with `{end}`"));
            self.faults.push(fault);
            return None;
        };
        self.trim = trim || (!dashes && rest.get(..end).is_some_and(|it| it.ends_with("~}}")));
        self.at += end;
        Some(())
    }

    fn raw_block(&mut self, start: usize) -> Option<()> {
        self.flush(false);
        let place = Place::new(start, self.at);
        self.faults.push(
            Fault::syntax(place, "blocks with four braces are not available")
                .help("put `\\` in front of braces that are text: `\\{{`"),
        );
        let end = self.rest().find("{{{{/")?;
        self.at += end;
        self.at += self.rest().find("}}}}")? + 4;
        Some(())
    }

    /// Reports, and goes on behind the tag.
    fn recover(&mut self, tag: Tag, fault: Fault) -> Option<()> {
        let from = self.at;
        let rest = self.rest();
        let next = rest.find("{{");
        // Not beyond the next tag: a text of nothing but openings is still read once.
        let end = rest.get(..next.unwrap_or(rest.len())).and_then(|rest| rest.find("}}"));
        if self.faults.len() >= FAULTS_MAX {
            return None;
        }
        // Nothing but the end of the tag is wrong when the next tag, or the end of the text, comes first.
        let n8n = fault.kind == FaultKind::N8n;
        match (end, next) {
            (Some(end), _) => {
                self.at = from + end + 2;
                self.faults.push(fault);
                Some(())
            }
            _ if n8n => {
                self.faults.push(fault);
                None
            }
            (None, Some(next)) => {
                let place = Place::new(tag.start, tag.start + 2);
                self.at = from + next;
                self.faults.push(
                    Fault::syntax(place, "this tag is not closed before the next one begins")
                        .help("end the tag with `}}`"),
                );
                Some(())
            }
            (None, None) => {
                let place = Place::new(tag.start, tag.start + 2);
                self.faults
                    .push(Fault::syntax(place, "this tag is never closed").help("end the tag with `}}`"));
                None
            }
        }
    }
}
