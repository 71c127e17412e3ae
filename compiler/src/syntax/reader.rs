//! Forms out of tokens. Brackets are checked first, by [`super::brackets`]; what is read here is balanced.
//!
//! One pass over the tokens, each form read once. A problem never stops the reading: what cannot be read is left out, so
//! that several independent problems are found at once. With an error among the problems the forms are incomplete.

mod collection;
mod conditional;
mod included;
mod literal;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use breyta_core::Value;
use breyta_core::lexer::{self, Fault, LexError, Token, TokenKind};
use breyta_core::value::TableState;

pub(super) use included::wanted;
use included::{Forms, Wanted};

use super::brackets;
use super::place::Place;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::{FileId, Sources, Span};
use crate::syntax::{Form, FormKind, StringLiteral};

/// How deep forms may be nested, prefixes such as quotes included. Later stages walk forms recursively.
pub const NESTING_MAX: usize = 256;

/// Problems that one text reports at most.
pub const PROBLEMS_MAX: usize = 200;

/// What reading gives: the top-level forms that could be read, and every problem found.
#[derive(Debug)]
pub struct Reading {
    pub forms: Vec<Form>,
    /// In the order in which they were found.
    pub problems: Vec<Diagnostic>,
}

/// Reads all top-level forms of a file, with the forms of the files that it includes.
pub fn read(sources: &Sources, file: FileId) -> Reading {
    let mut problems = Vec::new();
    let included = Forms::of(sources, &mut problems);
    let mut output = read_text(&sources.file(file).text, &Place::file(sources, file), &included);
    output.problems.splice(0..0, problems);
    Reading { forms: output.forms, problems: output.problems }
}

/// Reads the code inside a string literal; spans point into the file the string stands in.
pub fn read_code_string(sources: &Sources, string: &StringLiteral, span: Span) -> Reading {
    let output = read_text(&string.value, &Place::string(sources, string, span), &Forms::none());
    Reading { forms: output.forms, problems: output.problems }
}

/// Everything that one text gives.
#[derive(Default)]
struct Output {
    forms: Vec<Form>,
    problems: Vec<Diagnostic>,
    /// Includes whose file nobody has looked for.
    wanted: Vec<Wanted>,
    /// Levels of nesting, and bytes, with everything included.
    depth: usize,
    bytes: usize,
}

fn read_text(text: &str, place: &Place<'_>, included: &Forms) -> Output {
    let stop = |problems: Vec<Diagnostic>| Output { problems, ..Output::default() };
    let lexed = lexer::lex(text);
    // Behind a string that does not end, nothing means what it seems to mean.
    if let Some(error) = lexed.errors.iter().find(|error| error.fault == Fault::Unterminated) {
        return stop(vec![literal::unterminated(error, &lexed.tokens, text, place)]);
    }
    let mut problems: Vec<Diagnostic> =
        lexed.errors.iter().take(PROBLEMS_MAX).map(|error| no_token(error, place)).collect();
    let broken = brackets::check(&lexed.tokens, text, place);
    if !broken.is_empty() {
        problems.extend(broken);
        return stop(problems);
    }
    let mut tokens = lexed.tokens;
    tokens.retain(|token| !token.kind.is_trivia());
    let output = Output { problems, bytes: text.len(), ..Output::default() };
    let mut reader = Reader {
        text,
        place,
        included,
        tokens,
        at: 0,
        depth: 0,
        unused: 0,
        stopped: false,
        output,
        names: HashMap::default(),
        unfinished: Vec::new(),
        spliced: Vec::new(),
    };
    while let Some(form) = reader.next() {
        reader.output.forms.push(form);
    }
    if reader.stopped {
        reader.output.forms.clear();
    }
    reader.output
}

fn no_token(error: &LexError, place: &Place<'_>) -> Diagnostic {
    let span = place.span(error.start, error.end);
    let mut problem = Diagnostic::new(Code::READER_INVALID, span, error.message.clone());
    problem.help.clone_from(&error.help);
    problem
}

struct Reader<'a> {
    text: &'a str,
    place: &'a Place<'a>,
    included: &'a Forms,
    /// Without whitespace and comments.
    tokens: Vec<Token>,
    at: usize,
    /// Forms around the next one, counting prefixes.
    depth: usize,
    /// Discards and inactive branches around the next form: what is read there is thrown away.
    unused: usize,
    /// Nothing more is read or reported.
    stopped: bool,
    output: Output,
    /// Keywords and symbols by their text: a name is stored once, however often it is written.
    names: HashMap<&'a str, FormKind, TableState>,
    /// The forms so far of all collections that are being read, the innermost last.
    unfinished: Vec<Form>,
    /// Forms of a splice (`#?@`) that are still to be given out, the last one first.
    spliced: Vec<Form>,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<Token> {
        self.tokens.get(self.at).copied()
    }

    fn text(&self, token: Token) -> &'a str {
        token.text(self.text)
    }

    fn span(&self, token: Token) -> Span {
        self.place.span(token.start, token.end)
    }

    fn report(&mut self, problem: Diagnostic) {
        // Whoever mends so many will check again; a file of garbage must not cost more than its size.
        if !self.stopped && self.output.problems.len() < PROBLEMS_MAX {
            self.output.problems.push(problem);
        }
    }

    /// The next form; None before a closing bracket (which stays) and at the end.
    fn next(&mut self) -> Option<Form> {
        self.depth += 1;
        self.output.depth = self.output.depth.max(self.depth);
        let form = self.next_here();
        self.depth -= 1;
        form
    }

    fn next_here(&mut self) -> Option<Form> {
        loop {
            if let Some(form) = self.spliced.pop() {
                return Some(form);
            }
            let token = self.peek().filter(|token| !matches!(token.kind, TokenKind::Close(_)))?;
            if self.depth > NESTING_MAX {
                self.stop(token);
                return None;
            }
            self.at += 1;
            if let Some(form) = self.form(token) {
                return Some(form);
            }
        }
    }

    /// Ends the reading at a form that is nested too deep. What is around it has no end then, which is no problem of
    /// its own.
    fn stop(&mut self, token: Token) {
        let message = format!("forms are nested deeper than {NESTING_MAX} levels");
        let problem = Diagnostic::new(Code::READER_INVALID, self.span(token), message)
            .label("the level that is too deep")
            .help("give inner parts names of their own, or put them into functions");
        self.output.problems.truncate(PROBLEMS_MAX - 1);
        self.output.problems.push(problem);
        self.at = self.tokens.len();
        self.stopped = true;
    }

    /// The form that begins with a token. None when it makes no form: a discard, a conditional without an active
    /// branch, something unreadable.
    fn form(&mut self, token: Token) -> Option<Form> {
        match token.kind {
            TokenKind::Open(opener) => Some(self.collection(token, opener)),
            TokenKind::MapNamespace => self.namespaced_map(token),
            TokenKind::Quote => self.prefixed(token, FormKind::Quote),
            TokenKind::SyntaxQuote => self.prefixed(token, FormKind::SyntaxQuote),
            TokenKind::Unquote => self.prefixed(token, FormKind::Unquote),
            TokenKind::UnquoteSplice => self.prefixed(token, FormKind::UnquoteSplice),
            TokenKind::Deref => self.prefixed(token, FormKind::Deref),
            TokenKind::VarQuote => self.prefixed(token, FormKind::VarQuote),
            TokenKind::Meta => self.with_metadata(token),
            TokenKind::Discard => {
                self.skip_operand(token);
                None
            }
            TokenKind::Conditional => self.conditional(token, false),
            TokenKind::ConditionalSplice => self.conditional(token, true),
            TokenKind::Tag => self.tagged(token),
            TokenKind::Eval => {
                let span = self.span(token);
                let problem = Diagnostic::new(Code::READER_EVAL_DISABLED, span, "`#=` is never evaluated")
                    .label("would run code while the source is read")
                    .help("write the value itself, or compute it in the flow");
                self.report(problem);
                self.skip_operand(token);
                // Something stands here: maps keep their pairs.
                Some(Form::new(FormKind::Atom(Value::Nil), span))
            }
            // Reported by the lexer.
            TokenKind::Invalid => None,
            _ => Some(self.atom(token)),
        }
    }

    /// The form that a prefix stands in front of.
    fn operand(&mut self, prefix: Token) -> Option<Form> {
        let form = self.next();
        if form.is_none() {
            let text = self.text(prefix);
            let problem =
                Diagnostic::new(Code::READER_INVALID, self.span(prefix), format!("nothing follows `{text}`"))
                    .label("needs a form after it")
                    .help(format!("write a form after `{text}`, or remove it"));
            self.report(problem);
        }
        form
    }

    /// Reads the operand away. Code that nobody uses may be unfinished: only `#=` in it is reported.
    fn skip_operand(&mut self, prefix: Token) {
        let before = self.output.problems.len();
        self.unused += 1;
        let found = self.next().is_some();
        self.unused -= 1;
        self.forget_problems_since(before);
        if !found && self.output.problems.len() == before {
            self.at = self.at.min(self.tokens.len());
            let text = self.text(prefix);
            let problem =
                Diagnostic::new(Code::READER_INVALID, self.span(prefix), format!("nothing follows `{text}`"))
                    .label("needs a form after it")
                    .help(format!("remove this `{text}`"));
            self.report(problem);
        }
    }

    fn forget_problems_since(&mut self, count: usize) {
        let mut index = 0;
        let stopped = self.stopped;
        self.output.problems.retain(|problem| {
            index += 1;
            index <= count || stopped || problem.code == Code::READER_EVAL_DISABLED
        });
    }

    fn prefixed(&mut self, token: Token, wrap: fn(Box<Form>) -> FormKind) -> Option<Form> {
        let operand = self.operand(token)?;
        let span = self.span(token).to(operand.span);
        Some(Form::new(wrap(Box::new(operand)), span))
    }

    /// `^meta form`: the metadata goes in front of what the form has already.
    fn with_metadata(&mut self, token: Token) -> Option<Form> {
        let meta = self.operand(token)?;
        if !matches!(
            meta.kind,
            FormKind::Map(_) | FormKind::Keyword(_) | FormKind::String(_) | FormKind::Symbol(_)
        ) {
            let message = format!("metadata cannot be {}", meta.describe());
            let problem = Diagnostic::new(Code::READER_INVALID, meta.span, message)
                .label("not metadata")
                .help("write a label as `^\"Label\"`, a flag as `^:flag`, or several entries as `^{:label \"Label\"}`");
            self.report(problem);
        }
        let mut form = self.operand(token)?;
        if matches!(
            form.kind,
            FormKind::Atom(_) | FormKind::Keyword(_) | FormKind::String(_) | FormKind::Regex(_)
        ) {
            let problem = Diagnostic::new(
                Code::READER_INVALID,
                form.span,
                format!("{} cannot have metadata", form.describe()),
            )
            .label("metadata goes on symbols and collections")
            .also(meta.span, "this metadata")
            .help("remove the metadata, or put it on the form around this one");
            self.report(problem);
        }
        form.meta.insert(0, meta);
        Some(form)
    }
}
