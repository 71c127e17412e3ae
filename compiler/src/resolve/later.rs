//! Forms that are right and that no machine is built of yet: checked here, refused when the flow is built.

use super::{Resolver, unknown};
use crate::diagnostics::{Code, Diagnostic};
use crate::hir::{Expr, ExprKind};
use crate::source::Span;
use crate::syntax::Form;

impl Resolver<'_> {
    /// Refuses to build a form that is right; its value is unknown.
    pub(super) fn refuse(&mut self, span: Span, what: &str) -> Expr {
        self.problems.refuse(
            Diagnostic::new(Code::NOT_SUPPORTED_YET, span, format!("{what} cannot be built yet"))
                .label("this compiler version checks it and does not compile it"),
        );
        unknown(span)
    }

    /// Resolves parts for what is wrong in them, then refuses the whole.
    pub(super) fn checked_only(&mut self, form: &Form, what: &str, parts: &[Form]) -> Expr {
        let mut values: Vec<Expr> = parts.iter().map(|part| self.expr(part)).collect();
        values.push(self.refuse(form.span, what));
        Expr { kind: ExprKind::Do(values), span: form.span }
    }
}
