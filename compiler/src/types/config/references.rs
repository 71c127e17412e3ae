//! What a config refers to by name in other sections of the definition.
//!
//! That a `:connection`, `:template` or `:ref` of a step exists was checked when names were resolved; here is whether
//! it is of a type that fits, and everything that stands deeper.

use breyta_catalog::values::KeyType;

use super::Checker;
use super::node::Node;
use super::shapes::shown;
use crate::diagnostics::{Code, Diagnostic, nearest};

impl Checker<'_> {
    /// Checks a value that names something. Values of other types pass.
    pub(super) fn reference(&mut self, ty: KeyType, node: &Node<'_>, place: &str) {
        let Some(name) = node.name() else { return };
        match ty {
            KeyType::ConnectionRef(types) => self.slot(types, &name, node, place),
            KeyType::SecretRef => self.secret(&name, node, place),
            KeyType::TemplateRef(types) => self.template(types, &name, node, place),
            KeyType::FunctionRef => self.function(&name, node),
            _ => {}
        }
    }

    fn slot(&mut self, types: &[&str], name: &str, node: &Node<'_>, place: &str) {
        let Some(connection) = self.definition.requires.iter().find(|it| it.slot.value == name) else {
            self.no_slot(types, name, node, place);
            return;
        };
        let kind = connection.kind.value.as_str();
        if types.contains(&kind) {
            return;
        }
        let wanted: Vec<String> = types.iter().map(|ty| format!("`:{ty}`")).collect();
        let fitting = self.definition.requires.iter().filter(|it| types.contains(&it.kind.value.as_str()));
        let fitting: Vec<&str> = fitting.map(|it| it.slot.value.as_str()).collect();
        let problem = Diagnostic::new(
            Code::WRONG_CONNECTION_TYPE,
            node.span,
            format!(
                "{place} takes a slot of type {}, and `:{name}` is of type `:{kind}`",
                wanted.join(" or ")
            ),
        )
        .also(connection.slot.span, format!("a slot of type `:{kind}`"));
        let help = match fitting.as_slice() {
            [] => format!(
                "declare a slot with `:type :{}` in `:requires`",
                types.first().unwrap_or(&"http-api")
            ),
            slots => format!("slots of that type are {}", shown(slots)),
        };
        self.report(problem.help(help));
    }

    /// A slot that is not declared. For the step's own `:connection` that has been said.
    fn no_slot(&mut self, types: &[&str], name: &str, node: &Node<'_>, place: &str) {
        let own = self.written.is_none()
            && self
                .family
                .is_some_and(|family| place == format!("`:connection` of `:{}` steps", family.name));
        if own || self.definition.broken.iter().any(|it| it == name) {
            return;
        }
        let fitting = self.definition.requires.iter().filter(|it| types.contains(&it.kind.value.as_str()));
        let known: Vec<&str> = fitting.map(|it| it.slot.value.as_str()).collect();
        let mut problem = Diagnostic::new(
            Code::UNKNOWN_CONNECTION_SLOT,
            node.span,
            format!("there is no connection slot `:{name}`"),
        )
        .label("not declared in `:requires`");
        if let Some(best) = nearest(name, known.iter().copied()).first() {
            problem = problem.help(format!("did you mean `:{best}`?"));
            if node.is_written() {
                problem = problem.edit(node.span, format!(":{best}"));
            }
        } else {
            let kind = types.first().unwrap_or(&"http-api");
            problem = problem.help(format!("declare it: `:requires [{{:slot :{name} :type :{kind}}}]`"));
        }
        self.report(problem);
    }

    fn template(&mut self, types: &[&str], name: &str, node: &Node<'_>, place: &str) {
        let definition = self.definition;
        let Some(template) = definition.templates.iter().find(|it| it.id.value == name) else {
            let known = definition.templates.iter().map(|it| it.id.value.as_str()).collect();
            self.undeclared(Code::UNKNOWN_TEMPLATE_REF, "template", ":templates", known, name, node);
            return;
        };
        let kind = template.kind.value.as_str();
        if types.contains(&kind) {
            return;
        }
        let wanted: Vec<String> = types.iter().map(|ty| format!("`:{ty}`")).collect();
        self.report(
            Diagnostic::new(
                Code::WRONG_TEMPLATE_TYPE,
                node.span,
                format!(
                    "{place} takes a template of type {}, and `:{name}` is of type `:{kind}`",
                    wanted.join(" or ")
                ),
            )
            .also(template.id.span, format!("a template of type `:{kind}`"))
            .help(format!("name a template of type {}", wanted.join(" or "))),
        );
    }

    fn function(&mut self, name: &str, node: &Node<'_>) {
        let known: Vec<&str> = self.definition.functions.iter().map(|it| it.id.value.as_str()).collect();
        if !known.contains(&name) {
            self.undeclared(Code::UNKNOWN_FUNCTION_REF, "function", ":functions", known, name, node);
        }
    }

    /// A name that its section does not have. Of what stands in a body, that has been said.
    fn undeclared(
        &mut self,
        code: Code,
        what: &str,
        section: &str,
        known: Vec<&str>,
        name: &str,
        node: &Node<'_>,
    ) {
        if self.written.is_none() || self.definition.broken.iter().any(|it| it == name) {
            return;
        }
        let mut problem = Diagnostic::new(code, node.span, format!("there is no {what} `:{name}`"))
            .label(format!("not declared in `{section}`"));
        if let Some(best) = nearest(name, known.iter().copied()).first() {
            problem = problem.help(format!("did you mean `:{best}`?")).edit(node.span, format!(":{best}"));
        } else if known.is_empty() {
            problem = problem.help(format!("declare it in `{section}`; there are no entries yet"));
        } else {
            problem = problem.help(format!("declared in `{section}`: {}", shown(&known)));
        }
        self.report(problem);
    }

    /// A secret, by the name it is stored under or by its slot. A flow without any requirement may mean a secret of its
    /// workspace.
    fn secret(&mut self, name: &str, node: &Node<'_>, place: &str) {
        let definition = self.definition;
        let known: Vec<&str> = definition
            .secrets
            .iter()
            .flat_map(|secret| [secret.secret_ref.value.as_str(), secret.slot.value.as_str()])
            .collect();
        let declares_nothing = definition.requires.is_empty() && definition.secrets.is_empty();
        if declares_nothing || known.contains(&name) || definition.broken.iter().any(|it| it == name) {
            return;
        }
        let mut problem = Diagnostic::new(
            Code::UNKNOWN_SECRET_REF,
            node.span,
            format!("{place} names the secret `:{name}`, which is not in `:requires`"),
        )
        .label("no such secret");
        if let Some(best) = nearest(name, known.iter().copied()).first() {
            problem = problem.help(format!("did you mean `:{best}`?"));
            if node.is_written() {
                problem = problem.edit(node.span, format!(":{best}"));
            }
        } else {
            problem = problem
                .help(format!("declare it: `:requires [{{:slot :{name} :type :secret :label \"…\"}}]`"));
        }
        self.report(problem);
    }
}
