//! Reader conditionals: `#?(:clj a :default b)` and the splicing `#?@`.
//!
//! The active features are `:clj` and `:default`; `(:and …)`, `(:or …)` and `(:not x)` combine them. The first active
//! branch wins; without one the conditional makes no form.

use breyta_core::lexer::{Opener, Token, TokenKind};

use super::Reader;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::{Form, FormKind};

impl Reader<'_> {
    pub(super) fn conditional(&mut self, token: Token, splice: bool) -> Option<Form> {
        let Some(open) = self.peek().filter(|next| next.kind == TokenKind::Open(Opener::List)) else {
            let text = self.text(token);
            let problem = Diagnostic::new(
                Code::READER_INVALID,
                self.span(token),
                format!("a list must follow `{text}`"),
            )
            .help(format!("write `{text}(:clj form :default form)`"));
            self.report(problem);
            return None;
        };
        self.at += 1;
        let chosen = self.branches();
        // Brackets balance: this is the conditional's own closing one.
        let close = self.peek().unwrap_or(open);
        self.at += 1;
        let form = chosen?;
        if !splice {
            return Some(form);
        }
        match form.kind {
            FormKind::List(items) | FormKind::Vector(items) => {
                self.spliced.extend(items.into_iter().rev());
                None
            }
            _ => {
                let message =
                    format!("`#?@` puts the elements of a collection here, and this is {}", form.describe());
                let problem = Diagnostic::new(Code::READER_INVALID, form.span, message)
                    .label("not a vector or list")
                    .also(self.span(token).to(self.span(close)), "spliced here")
                    .help("put it into a vector, or use `#?`");
                self.report(problem);
                None
            }
        }
    }

    /// Reads all branches up to the closing bracket and gives the first active one.
    fn branches(&mut self) -> Option<Form> {
        let mut chosen = None;
        while let Some(feature) = self.next() {
            let active = self.is_active(&feature);
            let before = self.output.problems.len();
            let unused = usize::from(!active || chosen.is_some());
            self.unused += unused;
            let form = self.next();
            self.unused -= unused;
            if !active || chosen.is_some() {
                // Nobody uses this branch: it may be unfinished.
                self.forget_problems_since(before);
            }
            match form {
                Some(form) if active && chosen.is_none() => chosen = Some(form),
                Some(_) => {}
                None => {
                    let problem = Diagnostic::new(
                        Code::READER_INVALID,
                        feature.span,
                        "this feature has no form after it",
                    )
                    .label("features and forms stand in turn");
                    self.report(problem);
                }
            }
        }
        chosen
    }

    fn is_active(&mut self, feature: &Form) -> bool {
        if let Some(keyword) = feature.as_keyword() {
            return matches!(keyword.full(), "clj" | "default");
        }
        let parts =
            feature.as_list().and_then(|items| Some((items.first()?.as_keyword()?.full(), items.get(1..)?)));
        match parts {
            Some(("and", rest)) => rest.iter().all(|part| self.is_active(part)),
            Some(("or", rest)) => rest.iter().any(|part| self.is_active(part)),
            Some(("not", [part])) => !self.is_active(part),
            _ => {
                let problem = Diagnostic::new(Code::READER_INVALID, feature.span, "this is no feature")
                    .label("expected a keyword such as `:clj`")
                    .help("write `:clj`, `:default`, or `(:and …)`, `(:or …)`, `(:not …)` of these");
                self.report(problem);
                false
            }
        }
    }
}
