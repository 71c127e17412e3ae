//! Forms that are right and that no machine is built of yet: checked here, refused when the flow is built.

use super::{Kind, Resolver, unknown};
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

    /// `(flow/call-flow :slug input)` with an optional third map.
    pub(super) fn call_flow(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        if !self.in_flow_body(form, "flow/call-flow") {
            return unknown(form.span);
        }
        match arguments {
            [slug, rest @ ..]
                if rest.len() <= 2 && (slug.as_keyword().is_some() || slug.as_string().is_some()) =>
            {
                self.checked_only(form, "`flow/call-flow`", rest)
            }
            _ => self.malformed(
                form,
                "`flow/call-flow` takes the slug of a flow, its input, and maybe a map of options",
                "write `(flow/call-flow :slug {…input…})`",
            ),
        }
    }

    /// `(flow/poll {config} body)`.
    pub(super) fn poll(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        if !self.in_flow_body(form, "flow/poll") {
            return unknown(form.span);
        }
        let usage = "write `(flow/poll {:interval \"10s\" :timeout \"5m\" :return-on (fn [result] …)} body)`";
        let [config, body] = arguments else {
            return self.malformed(form, "`flow/poll` takes a config map and one form", usage);
        };
        if config.as_map().is_none() {
            return self.malformed(config, "the config of `flow/poll` must be a map literal", usage);
        }
        for (keys, what) in [
            (&["interval"][..], "`:interval`"),
            (&["timeout", "max-attempts"], "`:timeout` or `:max-attempts`"),
            (&["return-on"], "`:return-on`"),
        ] {
            if keys.iter().all(|key| config.map_get(key).is_none()) {
                self.report(
                    Diagnostic::new(
                        Code::MISSING_CONFIG_KEY,
                        config.span,
                        format!("`flow/poll` needs {what}"),
                    )
                    .help(usage),
                );
            }
        }
        let config = self.expr(config);
        let body = self.under("poll", |this| this.expr(body));
        let refused = self.refuse(form.span, "`flow/poll`");
        Expr { kind: ExprKind::Do(vec![config, body, refused]), span: form.span }
    }

    /// `(flow/slot-bound? :slot)`.
    pub(super) fn slot_bound(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        if !self.in_flow_body(form, "flow/slot-bound?") {
            return unknown(form.span);
        }
        let [slot] = arguments else {
            return self.malformed(
                form,
                "`flow/slot-bound?` takes one slot",
                "write `(flow/slot-bound? :slot)`",
            );
        };
        self.connection_slot(slot);
        self.refuse(form.span, "`flow/slot-bound?`")
    }

    /// Whether this is the flow body itself; reports when it is not.
    fn in_flow_body(&mut self, form: &Form, name: &str) -> bool {
        let fits = self.kind == Kind::Orchestration && self.closures == 0;
        if !fits {
            self.report(
                Diagnostic::new(
                    Code::MISPLACED_STEP,
                    form.span,
                    format!("`{name}` exists only in the flow body itself"),
                )
                .help("functions are pure: do it in the flow body and pass the result on"),
            );
        }
        fits
    }
}
