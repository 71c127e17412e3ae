//! `with-out-str`: its body becomes a closure that is called while printing goes into a string.

use super::Resolver;
use crate::hir::{Closure, Expr, ExprKind};
use crate::syntax::Form;

impl Resolver<'_> {
    pub(super) fn with_out_str(&mut self, form: &Form, body: &[Form]) -> Expr {
        let span = form.span;
        let targets = std::mem::take(&mut self.targets);
        self.closures += 1;
        let value = self.scoped(|this| this.sequence(body, span, false));
        self.closures -= 1;
        self.targets = targets;
        let name = Some("with-out-str".to_owned());
        let closure = Closure { name, parameters: Vec::new(), rest: None, value };
        let closure = Expr { kind: ExprKind::Closure(Box::new(closure)), span };
        self.internal("with-out-str", vec![closure], span)
    }
}
