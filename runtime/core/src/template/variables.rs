//! What a template reads of its data, with the scopes of `each` and `with`.

use super::{Block, Call, Expression, Node, Path, Place, helpers};

/// Stands in a path for any element of a list.
pub const ELEMENT: &str = "[]";

/// A place of the data that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Names from the top of the data on, [`ELEMENT`] for the elements of a list; empty when all of it is read.
    pub path: Vec<String>,
    pub place: Place,
    /// Whether the data may well lack it: it is read under a condition, has a replacement, or may be meant for a scope
    /// further out.
    pub optional: bool,
}

/// Everything that is read, in the order of the text.
pub fn variables(nodes: &[Node]) -> Vec<Variable> {
    let top = Scope { base: Some(Vec::new()), names: Vec::new() };
    let mut walk = Walk { found: Vec::new(), scopes: vec![top], conditions: 0 };
    walk.nodes(nodes);
    walk.found
}

/// What plain names refer to inside a block.
struct Scope {
    /// None when it cannot be said.
    base: Option<Vec<String>>,
    /// `as |item|`: what each name stands for.
    names: Vec<(String, Option<Vec<String>>)>,
}

struct Walk {
    found: Vec<Variable>,
    /// Outermost first.
    scopes: Vec<Scope>,
    /// How many conditions stand around.
    conditions: usize,
}

impl Walk {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text(_) => {}
                Node::Output { call, .. } => self.output(call),
                Node::Block(block) => self.block(block),
            }
        }
    }

    fn output(&mut self, call: &Call) {
        let helper = call.head.as_name().and_then(helpers::find);
        if call.is_bare() && helper.is_none() {
            self.read(&call.head, false);
        } else {
            self.arguments(call);
        }
    }

    fn arguments(&mut self, call: &Call) {
        let may_lack = matches!(call.head.as_name(), Some("default" | "log"));
        for (index, argument) in call.arguments.iter().enumerate() {
            self.expression(argument, may_lack && index == 0);
        }
        for named in &call.named {
            self.expression(&named.value, false);
        }
    }

    fn expression(&mut self, expression: &Expression, optional: bool) {
        match expression {
            Expression::Path(path) => self.read(path, optional),
            Expression::Literal(..) => {}
            Expression::Call(call) => self.output(call),
        }
    }

    fn block(&mut self, block: &Block) {
        let name = block.call.head.as_name();
        let subject = match block.call.arguments.first() {
            Some(Expression::Path(path)) => self.resolve(path),
            _ => None,
        };
        match name {
            Some("each" | "with") => {
                let lacks = block.otherwise.is_some();
                for argument in &block.call.arguments {
                    self.expression(argument, lacks);
                }
                let base = subject.map(|mut path| {
                    if name == Some("each") {
                        path.push(ELEMENT.to_owned());
                    }
                    path
                });
                let mut names: Vec<_> = block.parameters.iter().map(|it| (it.name.clone(), None)).collect();
                if let Some(first) = names.first_mut() {
                    first.1.clone_from(&base);
                }
                self.inside(Scope { base, names }, &block.body);
            }
            Some("if" | "unless") => {
                for argument in &block.call.arguments {
                    self.expression(argument, true);
                }
                self.conditional(&block.body);
            }
            _ if block.call.is_bare() => {
                self.read(&block.call.head, true);
                self.conditions += 1;
                if block.inverted {
                    self.nodes(&block.body);
                } else {
                    self.inside(Scope { base: None, names: Vec::new() }, &block.body);
                }
                self.conditions -= 1;
            }
            _ => {
                self.arguments(&block.call);
                self.conditional(&block.body);
            }
        }
        if let Some(otherwise) = &block.otherwise {
            self.conditional(otherwise);
        }
    }

    fn conditional(&mut self, nodes: &[Node]) {
        self.conditions += 1;
        self.nodes(nodes);
        self.conditions -= 1;
    }

    fn inside(&mut self, scope: Scope, nodes: &[Node]) {
        self.scopes.push(scope);
        self.nodes(nodes);
        self.scopes.pop();
    }

    /// What a path means in the innermost scope that it can be meant for.
    fn resolve(&self, path: &Path) -> Option<Vec<String>> {
        let names = || path.segments.iter().map(|it| it.name.clone());
        if path.at {
            let root = path.segments.first().is_some_and(|it| it.name == "root");
            return root.then(|| names().skip(1).collect());
        }
        if path.up == 0
            && !path.this
            && let Some(first) = path.segments.first()
            && let Some((_, of)) =
                self.scopes.iter().rev().flat_map(|it| &it.names).find(|(name, _)| *name == first.name)
        {
            return of.as_ref().map(|base| base.iter().cloned().chain(names().skip(1)).collect());
        }
        let index = self.scopes.len().checked_sub(1 + path.up)?;
        let base = self.scopes.get(index)?.base.as_ref()?;
        Some(base.iter().cloned().chain(names()).collect())
    }

    fn is_parameter(&self, name: &str) -> bool {
        self.scopes.iter().flat_map(|it| &it.names).any(|(it, _)| it == name)
    }

    fn read(&mut self, path: &Path, optional: bool) {
        let place = path.place;
        // A plain name that a scope lacks is looked for further out.
        let open = path.up == 0
            && !path.this
            && !path.at
            && self.scopes.len() > 1
            && path.segments.first().is_some_and(|it| !self.is_parameter(&it.name));
        let optional = optional || open || self.conditions > 0;
        if let Some(path) = self.resolve(path) {
            self.found.push(Variable { path, place, optional });
        }
        if open {
            let outer = self.scopes.iter().rev().skip(1).filter_map(|scope| scope.base.as_ref());
            let names = || path.segments.iter().map(|it| it.name.clone());
            let found: Vec<Variable> = outer
                .map(|base| base.iter().cloned().chain(names()).collect())
                .map(|path| Variable { path, place, optional: true })
                .collect();
            self.found.extend(found);
        }
    }
}
