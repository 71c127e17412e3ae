//! Java interop: `(.method x)`, `(Class. x)`, `(Class/member x)`, `Class/FIELD`, `Class`.
//!
//! There is no JVM: every member that code may use is a row of the library (`breyta_core::library::java`), a method under
//! `breyta.method/name` for all the classes that have it. What is no row is a problem with the nearest names.

use breyta_core::library::java::{self, FieldValue};
use breyta_core::{Value, library, thrown};

use super::{Resolver, forbidden, unknown};
use crate::diagnostics::{Code, Diagnostic, nearest};
use crate::hir::{Expr, ExprKind};
use crate::source::Span;
use crate::syntax::Form;

/// What people ask for and no sandbox has, with what to do instead; the clock, chance and the outside are
/// [`forbidden`]'s.
const REFUSED: &[(&str, &str)] = &[
    ("RoundingMode", "write `BigDecimal/ROUND_HALF_UP` and its siblings"),
    ("getClass", "`(class x)` names the kind of a value; `(instance? Class x)` asks for one"),
];

impl Resolver<'_> {
    /// A form whose head only interop has: `.`, `..`, `new`, `.method`, `Class.`. None when the head is none of them.
    pub(super) fn interop(&mut self, head: &str, form: &Form, arguments: &[Form]) -> Option<Expr> {
        Some(match head {
            "." => self.dot(form, arguments),
            ".." => self.dots(form, arguments),
            "new" => match arguments.split_first() {
                Some((class, rest)) if class.as_symbol().is_some() => {
                    let name = class.as_symbol().map(|symbol| symbol.full().to_owned()).unwrap_or_default();
                    self.constructor(form, &name, rest)
                }
                _ => self.malformed(form, "`new` needs a class", "write `(new Class argument)`"),
            },
            _ if head.starts_with('.') => {
                let name = head.trim_start_matches(['.', '-']);
                self.method(form, name, arguments)
            }
            _ if head.ends_with('.') => {
                let class = head.trim_end_matches('.');
                self.constructor(form, class, arguments)
            }
            _ => return None,
        })
    }

    /// `(. target member argument…)`, `(. target (member argument…))`.
    fn dot(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let [target, member, rest @ ..] = arguments else {
            return self.malformed(form, "`.` needs a value and a member", "write `(.member value)`");
        };
        let (member, rest) = match member.as_list().and_then(<[Form]>::split_first) {
            Some((member, inner)) => (member, inner),
            None => (member, rest),
        };
        let Some(name) = member.as_symbol().map(|symbol| symbol.full().trim_start_matches('-').to_owned())
        else {
            return self.malformed(form, "`.` needs the name of a member", "write `(.member value)`");
        };
        if let Some(class) = self.class_named(target) {
            let qualified = format!("{class}/{name}");
            return self.call(form, member, &qualified, rest);
        }
        let mut all = vec![target.clone()];
        all.extend(rest.iter().cloned());
        self.method(form, &name, &all)
    }

    /// `(.. target (member argument) member …)`: one `.` inside the other.
    fn dots(&mut self, form: &Form, arguments: &[Form]) -> Expr {
        let Some((target, members)) = arguments.split_first() else {
            return self.malformed(form, "`..` needs a value and members", "write `(.. value (member) …)`");
        };
        let dot = |inner: Form, member: &Form| {
            let symbol = breyta_core::Symbol::new(".");
            let head = Form::new(crate::syntax::FormKind::Symbol(symbol), form.span);
            Form::new(crate::syntax::FormKind::List(vec![head, inner, member.clone()]), form.span)
        };
        let nested = members.iter().fold(target.clone(), dot);
        self.expr(&nested)
    }

    /// The class that a form names, when it does.
    fn class_named(&self, form: &Form) -> Option<&'static str> {
        let name = form.as_symbol()?.full();
        if self.local(name).is_some() { None } else { java::class(name) }
    }

    /// Whether interop may stand here; reports when not.
    fn interop_allowed(&mut self, span: Span) -> bool {
        let allowed = self.in_function();
        if !allowed {
            self.report(
                Diagnostic::new(Code::UNKNOWN_SYMBOL, span, "the flow body has no Java interop")
                    .help("do it in an entry of `:functions` and call that with a `:function` step"),
            );
        }
        allowed
    }

    fn method(&mut self, form: &Form, name: &str, arguments: &[Form]) -> Expr {
        if !self.interop_allowed(form.span) {
            return unknown(form.span);
        }
        if arguments.is_empty() {
            let usage = format!("write `(.{name} value)`");
            return self.malformed(form, format!("`.{name}` needs a value"), &usage);
        }
        if let Some(function) = library::lookup(&format!("breyta.method/{name}")) {
            return self.call_row(form, function, &format!(".{name}"), arguments);
        }
        let members = library::entries().filter(|entry| entry.namespace() == "breyta.method");
        let near = nearest(name, members.map(library::Entry::short_name));
        self.no_member(form.span, name, format!("`.{name}` is no method that functions may call"), near, ".");
        self.only_resolve(arguments, form.span)
    }

    fn constructor(&mut self, form: &Form, name: &str, arguments: &[Form]) -> Expr {
        if let Some(class) = thrown::qualified_class(name) {
            let short = class.rsplit('.').next().unwrap_or(class);
            return self.exception(form, short, arguments);
        }
        if let Some(ruled) = forbidden::constructor(&format!("{name}."), arguments.len()) {
            self.report(ruled.problem(&format!("{name}."), form.span));
            return self.only_resolve(arguments, form.span);
        }
        if !self.interop_allowed(form.span) {
            return unknown(form.span);
        }
        let class = java::class(name);
        let row = class.and_then(|class| library::lookup(&format!("{class}/new")));
        if let Some(function) = row {
            return self.call_row(form, function, &format!("{name}."), arguments);
        }
        let message = match class {
            Some(_) => format!("`{name}` has no constructor that functions may call"),
            None => format!("`{name}` is no class that functions may use"),
        };
        let constructors = library::entries().filter(|entry| entry.name.ends_with("/new"));
        let known = constructors.filter_map(|entry| entry.namespace().rsplit('.').next());
        let near = nearest(name, known.chain(thrown::class_names()));
        let near = near.into_iter().map(|name| format!("{name}.")).collect::<Vec<_>>();
        self.no_member(form.span, name, message, near.iter().map(String::as_str).collect(), "");
        self.only_resolve(arguments, form.span)
    }

    /// `(IllegalArgumentException. "message" cause)`.
    fn exception(&mut self, form: &Form, class: &str, arguments: &[Form]) -> Expr {
        if thrown::Class::of_java_name(class).is_none() {
            return self.malformed(
                form,
                format!("`{class}` is made by Clojure itself"),
                "write `(throw (ex-info message data))`",
            );
        }
        let mut values =
            vec![Expr { kind: ExprKind::Literal(Value::string(class.to_owned())), span: form.span }];
        values.extend(arguments.iter().map(|argument| self.expr(argument)));
        self.internal("exception", values, form.span)
    }

    /// `Class/FIELD` and `Class` in the place of a value; None when the symbol is neither.
    pub(super) fn interop_symbol(&mut self, name: &str, form: &Form) -> Option<Expr> {
        let literal = |value| Expr { kind: ExprKind::Literal(value), span: form.span };
        let Some((class, member)) = name.split_once('/') else {
            let class = java::class(name).or_else(|| thrown::qualified_class(name))?;
            return Some(self.internal("class", vec![literal(Value::literal(class))], form.span));
        };
        if matches!((class, member), ("clojure.math" | "math", "PI" | "E")) {
            return java::field("java.lang.Math", member).and_then(|field| match field.value {
                FieldValue::Literal(value) => Some(literal(value())),
                FieldValue::Named(_) => None,
            });
        }
        let class = java::class(class)?;
        if !self.interop_allowed(form.span) {
            return Some(unknown(form.span));
        }
        if let Some(field) = java::field(class, member) {
            return Some(match field.value {
                FieldValue::Literal(value) => literal(value()),
                FieldValue::Named(row) => {
                    let Some(function) = library::lookup(row) else { return Some(unknown(form.span)) };
                    let arguments = vec![literal(Value::literal(field.name))];
                    Expr { kind: ExprKind::Call { function, arguments }, span: form.span }
                }
            });
        }
        if library::lookup(&format!("{class}/{member}")).is_some() {
            self.report(
                Diagnostic::new(
                    Code::UNKNOWN_SYMBOL,
                    form.span,
                    format!("`{name}` is a method and no value"),
                )
                .help(format!("write `#({name} %)`")),
            );
            return Some(unknown(form.span));
        }
        self.static_member_unknown(class, member, form.span);
        Some(unknown(form.span))
    }

    /// `(Class/member argument…)` whose class is allowed or looks like one; None when the name is something else.
    pub(super) fn interop_call(&mut self, name: &str, form: &Form, arguments: &[Form]) -> Option<Expr> {
        let (class, member) = name.split_once('/').filter(|_| forbidden::rule(name).is_none())?;
        let Some(known) = java::class(class) else {
            let short = class.rsplit('.').next().unwrap_or(class);
            if !short.starts_with(|char: char| char.is_ascii_uppercase()) {
                return None;
            }
            let near = nearest(short, java::CLASSES.iter().filter_map(|name| name.rsplit('.').next()));
            let message = format!("`{class}` is no class that functions may use");
            self.no_member(form.span, short, message, near, "");
            return Some(self.only_resolve(arguments, form.span));
        };
        if !self.interop_allowed(form.span) {
            return Some(unknown(form.span));
        }
        if let Some(function) = library::lookup(&format!("{known}/{member}")) {
            return Some(self.call_row(form, function, name, arguments));
        }
        // `(Math/PI)` reads the field too.
        if arguments.is_empty() && java::field(known, member).is_some() {
            return self.interop_symbol(name, form);
        }
        self.static_member_unknown(known, member, form.span);
        Some(self.only_resolve(arguments, form.span))
    }

    fn static_member_unknown(&mut self, class: &str, member: &str, span: Span) {
        let short = class.rsplit('.').next().unwrap_or(class);
        let methods = library::entries().filter(|entry| entry.namespace() == class);
        let methods = methods.map(library::Entry::short_name).filter(|name| *name != "new");
        let fields = java::FIELDS.iter().filter(|field| field.class == class).map(|field| field.name);
        let near = nearest(member, methods.chain(fields));
        let message = format!("`{short}` has no static member `{member}` that functions may use");
        self.no_member(span, member, message, near, &format!("{short}/"));
    }

    fn no_member(&mut self, span: Span, name: &str, message: String, near: Vec<&str>, prefix: &str) {
        let mut problem = Diagnostic::new(Code::UNKNOWN_SYMBOL, span, message);
        if let Some((_, instead)) = REFUSED.iter().find(|(refused, _)| *refused == name) {
            problem = problem.help((*instead).to_owned());
        } else if !near.is_empty() {
            let near: Vec<String> = near.into_iter().map(|name| format!("`{prefix}{name}`")).collect();
            problem = problem.help(format!("nearest names: {}", near.join(", ")));
        }
        self.report(problem);
    }

    /// Arguments for what is wrong in them.
    fn only_resolve(&mut self, arguments: &[Form], span: Span) -> Expr {
        for argument in arguments {
            self.expr(argument);
        }
        unknown(span)
    }
}
