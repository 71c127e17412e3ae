//! Calls in a template against the table of helpers, and what the present renderer does not carry out.

use breyta_core::Value;
use breyta_core::template::helpers::{self, AT_NAMES, HELPERS, Helper, Role, Takes};
use breyta_core::template::{Block, Call, Expression, Node, Path, Place};

use super::text::Text;
use crate::diagnostics::{Code, Diagnostic, Problems, nearest};

/// Checks all calls below some nodes. `runs`: also refuses what the renderer cannot do.
pub(super) fn check(text: &Text, nodes: &[Node], runs: bool, problems: &mut Problems) {
    Check { text, runs, problems }.nodes(nodes);
}

struct Check<'a, 'p> {
    text: &'a Text<'a>,
    runs: bool,
    problems: &'p mut Problems,
}

impl Check<'_, '_> {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text(_) => {}
                Node::Output { call, .. } => self.call(call, Role::Inline, false),
                Node::Block(block) => self.block(block),
            }
        }
    }

    fn block(&mut self, block: &Block) {
        self.call(&block.call, Role::Block, false);
        let section =
            block.call.is_bare() && helpers::find(block.call.head.as_name().unwrap_or("")).is_none();
        // An opening tag that was wrong has no name, and was reported.
        if (section || block.inverted) && !block.call.head.segments.is_empty() {
            self.refuse("a section without a helper", block.opener);
        }
        self.nodes(&block.body);
        if let Some(otherwise) = &block.otherwise {
            self.nodes(otherwise);
        }
    }

    fn call(&mut self, call: &Call, role: Role, argument: bool) {
        let name = call.head.as_name();
        match name.and_then(helpers::find) {
            Some(helper) if helper.role == role => self.arguments(call, helper, argument),
            Some(helper) => self.wrong_role(call, helper, role),
            None if call.is_bare() && !argument => self.path(&call.head),
            None => self.unknown(call, role),
        }
        for argument in &call.arguments {
            self.expression(argument);
        }
        for named in &call.named {
            self.expression(&named.value);
        }
    }

    fn expression(&mut self, expression: &Expression) {
        match expression {
            Expression::Path(path) => self.path(path),
            Expression::Literal(..) => {}
            Expression::Call(call) => self.call(call, Role::Inline, true),
        }
    }

    fn report(&mut self, code: Code, place: Place, message: String, help: String) {
        let diagnostic = Diagnostic::new(code, self.text.span(place), message).help(help);
        self.text.report(diagnostic, self.problems);
    }

    fn refuse(&mut self, what: &str, place: Place) {
        if self.runs {
            self.text.refuse(what, place, self.problems);
        }
    }

    fn written(&self, place: Place) -> &str {
        place.of(&self.text.literal.value)
    }

    fn unknown(&mut self, call: &Call, role: Role) {
        let place = call.head.place;
        let name = self.written(place).to_owned();
        let known = HELPERS.iter().filter(|it| it.role == role).map(|it| it.name);
        let near = nearest(&name, known.clone());
        let span = self.text.span(place);
        let message = format!("there is no template helper `{name}`");
        let diagnostic = Diagnostic::new(Code::UNKNOWN_TEMPLATE_HELPER, span, message);
        let diagnostic = if let Some(best) = near.first() {
            diagnostic.help(format!("did you mean `{best}`?")).edit(span, *best)
        } else {
            let names: Vec<String> = known.map(|it| format!("`{it}`")).collect();
            diagnostic.help(format!(
                "the helpers here are {}; anything else is computed in a function and given in `:data`",
                names.join(" ")
            ))
        };
        self.text.report(diagnostic, self.problems);
    }

    fn wrong_role(&mut self, call: &Call, helper: &Helper, role: Role) {
        let (message, help) = if role == Role::Block {
            let message = format!("`{}` is not a block", helper.name);
            (message, format!("write `{}`; a variable of that name is `this.{}`", helper.usage, helper.name))
        } else {
            (format!("`{}` opens a block", helper.name), format!("write `{}`", helper.usage))
        };
        self.report(Code::WRONG_HELPER_CALL, call.head.place, message, help);
    }

    fn arguments(&mut self, call: &Call, helper: &Helper, argument: bool) {
        let (least, most) = helper.arguments;
        let count = call.arguments.len();
        if count < least || count > most {
            let wanted = if least == 1 { "1 argument".to_owned() } else { format!("{least} arguments") };
            let message = format!("`{}` takes {wanted}, not {count}", helper.name);
            let help = if call.is_bare() && helper.role == Role::Inline && !argument {
                format!(
                    "`{}` is a helper: write `{}`, or `{{{{this.{}}}}}` for a variable of that name",
                    helper.name, helper.usage, helper.name
                )
            } else {
                format!("write `{}`", helper.usage)
            };
            let place = call.arguments.get(most).map_or(call.head.place, Expression::place);
            self.report(Code::WRONG_HELPER_CALL, place, message, help);
        }
        for named in &call.named {
            let name = named.name.name.as_str();
            match helper.named.iter().find(|(known, _)| *known == name) {
                None => self.unknown_named(named.name.place, name, helper),
                Some((_, takes)) => self.named_type(&named.value, name, *takes, helper),
            }
        }
    }

    fn unknown_named(&mut self, place: Place, name: &str, helper: &Helper) {
        let span = self.text.span(place);
        let message = format!("`{}` takes no `{name}=`", helper.name);
        let diagnostic = Diagnostic::new(Code::WRONG_HELPER_CALL, span, message);
        let near = nearest(name, helper.named.iter().map(|(known, _)| *known));
        let diagnostic = if let Some(best) = near.first() {
            diagnostic.help(format!("did you mean `{best}=`?")).edit(span, *best)
        } else {
            diagnostic.help(format!("write `{}`", helper.usage))
        };
        self.text.report(diagnostic, self.problems);
    }

    fn named_type(&mut self, value: &Expression, name: &str, takes: Takes, helper: &Helper) {
        let Expression::Literal(literal, place) = value else { return };
        let fits = match takes {
            Takes::Count => matches!(literal, Value::Int(count) if *count >= 0),
            Takes::Boolean => matches!(literal, Value::Bool(_)),
            Takes::Text => matches!(literal, Value::Str(_)),
        };
        if !fits {
            let written = self.written(*place).to_owned();
            let message =
                format!("`{name}=` of `{}` takes {}, not `{written}`", helper.name, takes.describe());
            self.report(Code::WRONG_HELPER_CALL, *place, message, format!("write `{}`", helper.usage));
        }
    }

    fn path(&mut self, path: &Path) {
        if path.at {
            self.at_name(path);
        }
        if path.segments.is_empty() && self.written(path.place) != "this" {
            self.refuse(
                &format!("`{}` alone in a template", self.written(path.place).to_owned()),
                path.place,
            );
        }
        for segment in &path.segments {
            let written = self.written(segment.place);
            let plain = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "-_$:".contains(c);
            if !written.starts_with('[') && !written.chars().all(plain) {
                let what = format!("the key `{written}` in a template");
                self.refuse(&what, segment.place);
            }
        }
    }

    fn at_name(&mut self, path: &Path) {
        let Some(first) = path.segments.first() else { return };
        let name = first.name.as_str();
        match AT_NAMES.iter().find(|(known, _)| *known == name) {
            Some((_, true)) if name != "root" || path.segments.len() > 1 => {}
            Some(_) => self.refuse(&format!("`@{name}` in a template"), path.place),
            None => {
                let near = nearest(name, AT_NAMES.iter().map(|(known, _)| *known));
                let help = near.first().map_or_else(
                    || "inside `{{#each}}` there are `@index` `@key` `@first` and `@last`".to_owned(),
                    |best| format!("did you mean `@{best}`?"),
                );
                let message = format!("there is no `@{name}` in templates");
                self.report(Code::UNKNOWN_TEMPLATE_HELPER, path.place, message, help);
            }
        }
    }
}
