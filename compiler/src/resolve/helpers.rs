//! Forms of the flow language that are no steps: child flows, polls, time, slots.
//!
//! `flow/poll` becomes a bounded loop around its body with a `:sleep` step at the end of each round; `flow/call-flow` a
//! suspension of its own.

use breyta_catalog::families;
use breyta_catalog::helpers::CALL_FLOW_OPTIONS;
use breyta_core::{Keyword, Value};

use super::macros::branch;
use super::{Kind, Resolver, unknown, use_local};
use crate::diagnostics::{Code, Diagnostic};
use crate::hir::{Expr, ExprKind, LocalId, Step};
use crate::source::Span;
use crate::syntax::{Form, FormKind};

/// Attempts of a poll that is bounded by its time only: no timeout is longer than an hour.
const ATTEMPTS_MAX: i64 = 100_000;

impl Resolver<'_> {
    /// `(flow/call-flow :slug input)` with an optional third map.
    pub(super) fn call_flow(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        if !self.in_flow_body(form, "flow/call-flow") {
            return unknown(form.span);
        }
        let slug = arguments.first().and_then(child_slug).map(str::to_owned);
        let (Some(slug), [at, rest @ ..]) = (slug, arguments) else {
            return self.malformed_call(form);
        };
        if rest.len() > 2 {
            return self.malformed_call(form);
        }
        let point = self.point(&format!("call:{slug}"), form.span);
        let mut entries = vec![(keyword("flow", at.span), keyword(&slug, at.span))];
        if let [_, options] = rest {
            self.check_call_options(options);
        }
        for (name, part) in ["input", "options"].into_iter().zip(rest) {
            entries.push((keyword(name, part.span), self.expr(part)));
        }
        let config = Expr { kind: ExprKind::Map(entries), span: form.span };
        self.suspension(form, &families::call_flow::CALL, slug, point, config)
    }

    /// Options that are not acted on would silently do nothing. What the others hold is checked with all configs.
    fn check_call_options(&mut self, options: &Form) {
        let Some(entries) = options.as_map() else {
            self.refuse(options.span, "`flow/call-flow` with options that are not written as a map");
            return;
        };
        for (key, _) in entries {
            let name =
                key.as_keyword().map_or_else(|| key.describe().to_string(), |it| format!(":{}", it.full()));
            let is_acted_on = CALL_FLOW_OPTIONS
                .common()
                .any(|option| option.supported && name == format!(":{}", option.name));
            if !is_acted_on {
                self.refuse(key.span, &format!("the option `{name}` of `flow/call-flow`"));
            }
        }
    }

    fn malformed_call(&mut self, form: &Form) -> Expr {
        self.malformed(
            form,
            "`flow/call-flow` takes the slug of a flow, its input, and maybe a map of options",
            "write `(flow/call-flow :slug {…input…})`",
        )
    }

    fn suspension(
        &mut self,
        form: &Form,
        family: &'static families::Family,
        id: String,
        point: String,
        config: Expr,
    ) -> Expr {
        let step = Step { family, id, point, config, form: self.summary(form).to_string() };
        Expr { kind: ExprKind::Step(Box::new(step)), span: form.span }
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
                return unknown(form.span);
            }
        }
        let Some(id) = poll_id(form) else {
            return self.malformed(
                body,
                "the body of `flow/poll` has no step",
                "poll a step, such as an `:http` one",
            );
        };
        self.poll_loop(form, config, body, &id)
    }

    /// The loop that a poll is. What the config computes is computed once, but for the predicate.
    fn poll_loop(&mut self, form: &Form, config: &Form, body: &Form, id: &str) -> Expr {
        let span = form.span;
        let mut outer = Vec::new();
        let mut computed = |this: &mut Self, key: &str, name: &str| {
            let value = config.map_get(key).map(|form| this.expr(form))?;
            // What is written down was checked.
            let bound = match key {
                "timeout" => Some("poll-timeout"),
                "max-attempts" => Some("poll-attempts"),
                _ => None,
            };
            let value = match bound.filter(|_| !matches!(value.kind, ExprKind::Literal(_))) {
                Some(check) => {
                    let span = value.span;
                    this.internal(check, vec![value], span)
                }
                None => value,
            };
            Some(this.kept(name, value, &mut outer))
        };
        let interval = computed(self, "interval", "-interval").unwrap_or_else(|| literal(Value::Nil, span));
        let timeout = computed(self, "timeout", "-timeout");
        let attempts = computed(self, "max-attempts", "-attempts");
        let backoff = computed(self, "backoff", "-backoff").unwrap_or_else(|| literal(Value::Nil, span));
        let abort = config.map_get("abort-on");
        let statuses = abort.and_then(|abort| abort.map_get("status")).map(|form| self.expr(form));
        let statuses = match statuses {
            Some(statuses) => self.kept("-statuses", statuses, &mut outer),
            None => literal(Value::Nil, span),
        };
        let throws = abort
            .and_then(|abort| abort.map_get("error?"))
            .is_none_or(|form| !matches!(form.kind, FormKind::Atom(Value::Bool(false))));
        let begun = self.invent("-begun", span);
        outer.push((begun, Expr { kind: ExprKind::NowMs, span }));
        let attempt = self.invent("-attempt", span);
        let targets = std::mem::take(&mut self.targets);
        let value = self.scoped(|this| {
            let value = this.invent("-value", span);
            let tried = this.under("poll", |this| this.expr(body));
            let error = this.invent("-error", span);
            let failed = this.internal(
                "poll-value",
                vec![use_local(error, span), literal(Value::Bool(throws), span)],
                span,
            );
            let kind = ExprKind::Try { body: Box::new(tried), error, handler: Box::new(failed) };
            let found = this.poll_round(config, span, value, &statuses, throws, |this| {
                let over = this.poll_is_over(attempt, begun, timeout.as_ref(), attempts.as_ref(), span);
                let last = use_local(value, span);
                let returns = config.map_get("on-timeout").and_then(child_slug) == Some("return-last");
                let end = if returns { last } else { this.internal("poll-exhausted", vec![last], span) };
                let arguments = vec![again(&interval), again(&backoff), use_local(attempt, span)];
                let delay = this.internal("poll-delay", arguments, span);
                let sleep = this.sleep(form, id, delay);
                let next = this.core("inc", vec![use_local(attempt, span)], span);
                let recur = Expr { kind: ExprKind::Recur(vec![next]), span };
                let rest = Expr { kind: ExprKind::Do(vec![sleep, recur]), span };
                branch(span, None, over, end, rest, false)
            });
            super::body::bound(vec![(value, Expr { kind, span })], found)
        });
        self.targets = targets;
        let bindings = vec![(attempt, literal(Value::Int(1), span))];
        super::body::bound(outer, Expr { kind: ExprKind::Loop { bindings, value: Box::new(value) }, span })
    }

    /// What is done with a value: it is returned, it ends the poll, or the poll goes on.
    fn poll_round(
        &mut self,
        config: &Form,
        span: Span,
        value: LocalId,
        statuses: &Expr,
        throws: bool,
        goes_on: impl FnOnce(&mut Self) -> Expr,
    ) -> Expr {
        let callee = config.map_get("return-on").map_or_else(|| unknown(span), |form| self.expr(form));
        let arguments = vec![use_local(value, span)];
        let accepted = match &callee.kind {
            // `:ready` is a predicate as it is everywhere.
            ExprKind::Literal(Value::Keyword(_)) => {
                let key = again(&callee);
                self.core("get", vec![use_local(value, span), key], span)
            }
            _ => Expr { kind: ExprKind::Invoke { callee: Box::new(callee), arguments }, span },
        };
        let arguments = vec![use_local(value, span), again(statuses), literal(Value::Bool(throws), span)];
        let aborts = self.internal("poll-aborts?", arguments, span);
        let aborted = self.internal("poll-aborted", vec![use_local(value, span)], span);
        let rest = goes_on(self);
        let otherwise = branch(span, None, aborts, aborted, rest, false);
        branch(span, None, accepted, use_local(value, span), otherwise, false)
    }

    /// Whether no attempt is left, or no time.
    fn poll_is_over(
        &mut self,
        attempt: LocalId,
        begun: LocalId,
        timeout: Option<&Expr>,
        attempts: Option<&Expr>,
        span: Span,
    ) -> Expr {
        let most = attempts.map_or_else(|| literal(Value::Int(ATTEMPTS_MAX), span), again);
        let used_up = self.core(">=", vec![use_local(attempt, span), most], span);
        let Some(timeout) = timeout else { return used_up };
        let now = Expr { kind: ExprKind::NowMs, span };
        let late = self.internal("elapsed?", vec![now, use_local(begun, span), again(timeout)], span);
        branch(span, None, used_up, literal(Value::Bool(true), span), late, false)
    }

    /// The step between two attempts.
    fn sleep(&mut self, form: &Form, id: &str, millis: Expr) -> Expr {
        let Some(family) = families::find("sleep") else { return unknown(form.span) };
        let span = form.span;
        let point = self.point(id, span);
        let config = Expr { kind: ExprKind::Map(vec![(keyword("millis", span), millis)]), span };
        let step = id.rsplit(['/', ':']).next().unwrap_or(id).to_owned();
        self.suspension(form, family, step, point, config)
    }

    /// A value that is needed again: as it is when it is written down, else in a local.
    fn kept(&mut self, name: &str, value: Expr, bindings: &mut Vec<(LocalId, Expr)>) -> Expr {
        if matches!(value.kind, ExprKind::Literal(_) | ExprKind::Local(_)) {
            return value;
        }
        let span = value.span;
        let id = self.invent(name, span);
        bindings.push((id, value));
        use_local(id, span)
    }

    /// `(flow/elapsed? start duration)`.
    pub(super) fn elapsed(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        if !self.in_flow_body(form, "flow/elapsed?") {
            return unknown(form.span);
        }
        let [start, duration] = arguments else {
            return self.malformed(
                form,
                "`flow/elapsed?` takes a time and a duration",
                "write `(flow/elapsed? start-ms \"10m\")`",
            );
        };
        let now = Expr { kind: ExprKind::NowMs, span: form.span };
        let arguments = vec![now, self.expr(start), self.expr(duration)];
        self.internal("elapsed?", arguments, form.span)
    }

    /// `(flow/backoff base attempt)`.
    pub(super) fn backoff(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        if !self.in_flow_body(form, "flow/backoff") {
            return unknown(form.span);
        }
        let [base, attempt] = arguments else {
            return self.malformed(
                form,
                "`flow/backoff` takes a delay and the number of an attempt",
                "write `(flow/backoff \"1s\" attempt)` or `(flow/backoff {:type :exponential :base \"1s\"} attempt)`",
            );
        };
        let arguments = vec![self.expr(base), self.expr(attempt)];
        self.internal("backoff", arguments, form.span)
    }

    /// `(flow/slot-bound? :slot)`: a fact of the run's start, which stands in its input.
    pub(super) fn slot_bound(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        if !self.in_flow_body(form, "flow/slot-bound?") {
            return unknown(form.span);
        }
        let (Some(input), [slot]) = (self.input, arguments) else {
            return self.malformed(
                form,
                "`flow/slot-bound?` takes one slot",
                "write `(flow/slot-bound? :slot)`",
            );
        };
        self.connection_slot(slot);
        let span = form.span;
        let context = self.core("get", vec![use_local(input, span), keyword("flow/ctx", span)], span);
        let bound = self.core("get", vec![context, keyword("bound-slots", span)], span);
        let name = self.expr(slot);
        self.core("contains?", vec![bound, name], span)
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

/// The id under which a form suspends without a step id of the author's: a called flow, or the pause of a poll.
pub(super) fn implied_id(form: &Form) -> Option<String> {
    if form.is_call_of("flow/poll") {
        return poll_id(form);
    }
    let slug = form.as_list().filter(|_| form.is_call_of("flow/call-flow"))?.get(1)?;
    Some(format!("call:{}", child_slug(slug)?))
}

/// The id of a poll's sleep step: the author's, or one after the first step of the body.
fn poll_id(form: &Form) -> Option<String> {
    let [_, config, body] = form.as_list()? else { return None };
    if let Some(id) = config.map_get("id").and_then(child_slug) {
        return Some(id.to_owned());
    }
    Some(format!("poll:{}/sleep", first_step(body)?))
}

fn first_step(form: &Form) -> Option<String> {
    if form.is_call_of("flow/step") {
        let parts = form.as_list()?;
        let id = parts.get(2).and_then(child_slug).or_else(|| parts.get(1).and_then(child_slug))?;
        return Some(id.to_owned());
    }
    if form.is_call_of("flow/call-flow") {
        return form.as_list()?.get(1).and_then(child_slug).map(str::to_owned);
    }
    form.evaluated().iter().find_map(first_step)
}

/// The name that a keyword or string spells.
fn child_slug(form: &Form) -> Option<&str> {
    form.as_keyword().map(Keyword::full).or_else(|| form.as_string().map(breyta_core::Text::as_str))
}

fn keyword(name: &str, span: Span) -> Expr {
    literal(Value::Keyword(Keyword::new(name)), span)
}

fn literal(value: Value, span: Span) -> Expr {
    Expr { kind: ExprKind::Literal(value), span }
}

/// The same literal or local once more.
fn again(expr: &Expr) -> Expr {
    match &expr.kind {
        ExprKind::Literal(value) => literal(value.clone(), expr.span),
        ExprKind::Local(id) => use_local(*id, expr.span),
        _ => unknown(expr.span),
    }
}
