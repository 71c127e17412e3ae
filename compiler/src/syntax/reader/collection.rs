//! Collections: lists, vectors, maps, sets, function literals, namespaced maps.

use std::collections::HashMap;

use breyta_core::lexer::{Opener, Token, TokenKind};
use breyta_core::{Keyword, Symbol, Text, edn, lexer};

use super::Reader;
use crate::diagnostics::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::{Form, FormKind, print};

impl Reader<'_> {
    pub(super) fn collection(&mut self, open: Token, opener: Opener) -> Form {
        let (mut items, span) = self.items(open);
        let kind = match opener {
            Opener::List => FormKind::List(items),
            Opener::Vector => FormKind::Vector(items),
            Opener::Function => FormKind::AnonymousFn(items),
            Opener::Map => {
                self.check_map(&mut items, open);
                FormKind::Map(items)
            }
            Opener::Set => {
                self.check_unique(items.iter(), "member", "set");
                FormKind::Set(items)
            }
        };
        Form::new(kind, span)
    }

    /// The forms up to the closing bracket, and the span of it all.
    fn items(&mut self, open: Token) -> (Vec<Form>, Span) {
        let mut items = Vec::new();
        while let Some(item) = self.next() {
            items.push(item);
        }
        // Brackets balance, so that a closing one stands here.
        let close = self.peek().unwrap_or(open);
        self.at += 1;
        (items, self.span(open).to(self.span(close)))
    }

    fn check_map(&mut self, items: &mut Vec<Form>, open: Token) {
        if items.len() % 2 == 1
            && let Some(key) = items.pop()
        {
            let shown = print::summary(&key, 40);
            let problem = Diagnostic::new(
                Code::READER_INVALID,
                key.span,
                format!("`{shown}` has no value in this map"),
            )
            .label("the last of an odd number of forms")
            .also(self.span(open), "a map holds keys and values in turn")
            .help(format!("write a value after `{shown}`, or find the pair that lost its key or value"));
            self.report(problem);
        }
        self.check_unique(items.iter().step_by(2), "key", "map");
    }

    /// Reports each form that is equal to an earlier one.
    fn check_unique<'f>(&mut self, forms: impl Iterator<Item = &'f Form>, what: &str, whole: &str) {
        let mut seen: HashMap<String, Span> = HashMap::new();
        let mut found = Vec::new();
        for form in forms {
            let text = print::identity(form);
            match seen.get(&text) {
                Some(first) => found.push((form.span, *first, print::summary(form, 40))),
                None => {
                    seen.insert(text, form.span);
                }
            }
        }
        for (span, first, shown) in found {
            let problem =
                Diagnostic::new(Code::DUPLICATE_KEY, span, format!("`{shown}` stands twice in this {whole}"))
                    .label(format!("the same {what} again"))
                    .also(first, format!("the first `{shown}`"))
                    .help(format!("remove one of the two, or give it another {what}"));
            self.report(problem);
        }
    }

    /// `#:person{:name 1}` is `{:person/name 1}`; `#::{…}` and `#::alias{…}` give unresolved keywords.
    pub(super) fn namespaced_map(&mut self, token: Token) -> Option<Form> {
        let written = self.text(token);
        let namespace = written.get(2..).unwrap_or_default();
        let (namespace, auto) = match namespace.strip_prefix(':') {
            Some(alias) => (alias, true),
            None => (namespace, false),
        };
        let Some(open) = self.peek().filter(|next| next.kind == TokenKind::Open(Opener::Map)) else {
            let problem = Diagnostic::new(
                Code::READER_INVALID,
                self.span(token),
                format!("a map must follow `{written}`"),
            )
            .label("puts its namespace into the keys of a map");
            self.report(problem);
            return None;
        };
        self.at += 1;
        let nameless = namespace.is_empty() && !auto;
        if nameless
            || (!namespace.is_empty() && (namespace.contains('/') || lexer::check_name(namespace).is_err()))
        {
            let problem = Diagnostic::new(
                Code::READER_INVALID,
                self.span(token),
                format!("`{written}` is no namespace"),
            )
            .help("write a plain name, `#:person{…}`");
            self.report(problem);
        }
        let (mut items, span) = self.items(open);
        for key in items.iter_mut().step_by(2) {
            qualify(key, namespace, auto);
        }
        self.check_map(&mut items, open);
        Some(Form::new(FormKind::Map(items), self.span(token).to(span)))
    }
}

fn qualify(key: &mut Form, namespace: &str, auto: bool) {
    match &key.kind {
        FormKind::Keyword(keyword) if !auto => {
            key.kind = FormKind::Keyword(Keyword::new(edn::qualify(namespace, keyword.full())));
        }
        FormKind::Symbol(symbol) if !auto => {
            key.kind = FormKind::Symbol(Symbol::new(edn::qualify(namespace, symbol.full())));
        }
        FormKind::Keyword(keyword) => match keyword.namespace() {
            Some("_") => key.kind = FormKind::Keyword(Keyword::new(keyword.name())),
            Some(_) => {}
            None if namespace.is_empty() => key.kind = FormKind::AutoKeyword(Text::from(keyword.full())),
            None => {
                key.kind = FormKind::AutoKeyword(Text::from(format!("{namespace}/{}", keyword.full())));
            }
        },
        _ => {}
    }
}
