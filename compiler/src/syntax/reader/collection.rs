//! Collections: lists, vectors, maps, sets, function literals, namespaced maps.

use std::collections::HashMap;

use breyta_core::lexer::{Opener, Token, TokenKind};
use breyta_core::{Keyword, Symbol, edn, lexer};

use super::Reader;
use super::literal::CURRENT_NAMESPACE;
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
        // Collected on one stack for all collections, so that each allocates once and exactly.
        let begin = self.unfinished.len();
        while let Some(item) = self.next() {
            self.unfinished.push(item);
        }
        let items = self.unfinished.split_off(begin);
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
    fn check_unique<'f>(&mut self, forms: impl Iterator<Item = &'f Form> + Clone, what: &str, whole: &str) {
        if are_distinct_keywords(forms.clone()) {
            return;
        }
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

    /// `#:person{:name 1}` is `{:person/name 1}`; `#::{…}` and `#::alias{…}` stand for namespaces.
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
        let namespace = match auto {
            true if namespace.is_empty() => CURRENT_NAMESPACE,
            true => self.alias(namespace, token),
            false => {
                if namespace.is_empty() || namespace.contains('/') || lexer::check_name(namespace).is_err() {
                    let problem = Diagnostic::new(
                        Code::READER_INVALID,
                        self.span(token),
                        format!("`{written}` is no namespace"),
                    )
                    .help("write a plain name, `#:person{…}`");
                    self.report(problem);
                }
                namespace
            }
        };
        let (mut items, span) = self.items(open);
        for key in items.iter_mut().step_by(2) {
            qualify(key, namespace);
        }
        self.check_map(&mut items, open);
        Some(Form::new(FormKind::Map(items), self.span(token).to(span)))
    }
}

/// Whether the forms are few, all keywords, and no two are the same: what nearly every map is like.
fn are_distinct_keywords<'f>(mut forms: impl Iterator<Item = &'f Form> + Clone) -> bool {
    const FEW: usize = 24;
    let mut count = 0;
    while let Some(form) = forms.next() {
        let Some(keyword) = form.as_keyword() else { return false };
        count += 1;
        if count > FEW || forms.clone().any(|other| other.as_keyword() == Some(keyword)) {
            return false;
        }
    }
    true
}

/// Gives a key of a namespaced map its namespace; `_` takes it off. A key that has one keeps it.
fn qualify(key: &mut Form, namespace: &str) {
    match &key.kind {
        FormKind::Keyword(keyword) => {
            key.kind = FormKind::Keyword(Keyword::new(edn::qualify(namespace, keyword.full())));
        }
        FormKind::Symbol(symbol) => {
            key.kind = FormKind::Symbol(Symbol::new(edn::qualify(namespace, symbol.full())));
        }
        _ => {}
    }
}
