//! Blocks as nested Rust: the dominator tree of a region becomes the nesting of its code.
//!
//! A block with several ways in stands after the branch that leads to it; code that reaches its end falls into it,
//! code that does not jumps there with a labelled `break`. Loops do not exist in regions yet.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Span, TokenStream};
use quote::quote;

use super::expr::{self, Spelling};
use super::names::{Scope, ident, snake};
use super::region::{Dominators, Regions, jumps};
use crate::mir::live::Liveness;
use crate::mir::{BlockId, Body, LocalId, Operand, StatementKind, Suspension, Terminator};

/// What differs between states and functions.
pub(super) trait Exits {
    /// The budget inside this Rust function.
    fn budget(&self) -> TokenStream;

    /// The value of the Rust function when the body is done with `value`.
    fn done(&self, value: TokenStream) -> TokenStream;

    /// The value of the Rust function at a suspension; `config` is evaluated.
    fn suspend(&self, suspension: &Suspension, config: TokenStream) -> TokenStream;

    /// The value of the Rust function when it goes on in another region.
    fn proceed(&self, to: BlockId) -> TokenStream;

    /// Statements that hand a local over to the region after an exit; None when it is there already.
    fn hand_over(&self, id: LocalId, value: TokenStream) -> Option<TokenStream>;

    /// The function of a closure, and its name for people.
    fn closure(&self, index: usize) -> (TokenStream, String);
}

/// Spells one region of one body.
pub(super) struct Emitter<'a, E: Exits> {
    body: &'a Body,
    liveness: &'a Liveness,
    regions: &'a Regions,
    head: BlockId,
    dominators: Dominators,
    exits: &'a E,
    variables: BTreeMap<LocalId, String>,
    /// Locals written in several blocks, by the block in which they are declared.
    declarations: BTreeMap<BlockId, Vec<LocalId>>,
}

/// Where control goes by falling off the end of what is being written.
#[derive(Clone, Copy)]
struct Place {
    next: Option<BlockId>,
    /// Whether the code is the last of the Rust function, so that its value needs no `return`.
    tail: bool,
}

impl<'a, E: Exits> Emitter<'a, E> {
    pub(super) fn new(
        body: &'a Body,
        liveness: &'a Liveness,
        regions: &'a Regions,
        head: BlockId,
        exits: &'a E,
    ) -> Self {
        let dominators = Dominators::of(body, regions, head);
        let mut emitter = Self {
            body,
            liveness,
            regions,
            head,
            dominators,
            exits,
            variables: BTreeMap::new(),
            declarations: BTreeMap::new(),
        };
        emitter.name_variables();
        emitter.place_declarations();
        emitter
    }

    /// Locals that are there when the region begins and that it reads.
    pub(super) fn loaded(&self) -> BTreeSet<LocalId> {
        let live = self.liveness.at_start(self.head);
        let mut read = BTreeSet::new();
        for id in self.regions.blocks(self.head) {
            let block = self.body.block(id);
            let statements = block.statements.iter().flat_map(|statement| match &statement.kind {
                StatementKind::Assign(_, value) => value.operands(),
                StatementKind::Note { .. } => Vec::new(),
            });
            for operand in statements.chain(block.terminator.operands()) {
                if let Operand::Local(id) = operand {
                    read.insert(*id);
                }
            }
        }
        live.intersection(&read).copied().collect()
    }

    /// Locals that must be there after some exit of the region.
    pub(super) fn needed_later(&self) -> BTreeSet<LocalId> {
        let mut needed = BTreeSet::new();
        for id in self.regions.blocks(self.head) {
            for next in self.leaving(id) {
                needed.extend(self.live_over(id, next));
            }
        }
        needed
    }

    /// The Rust variable of a local.
    pub(super) fn variable_name(&self, id: LocalId) -> TokenStream {
        let name = self.variables.get(&id).map_or("value", String::as_str);
        let name = ident(name);
        quote!(#name)
    }

    /// The statements of the region, ending in the Rust function's value.
    pub(super) fn code(&self) -> TokenStream {
        self.block(self.head, Place { next: None, tail: true })
    }

    fn name_variables(&mut self) {
        let mut scope = Scope::default();
        for reserved in ["frame", "budget", "arguments", "captured"] {
            scope.unique(reserved);
        }
        let mut order: Vec<LocalId> =
            self.liveness.at_start(self.head).into_iter().chain(self.body.given()).collect();
        for id in self.regions.blocks(self.head) {
            for statement in &self.body.block(id).statements {
                if let StatementKind::Assign(target, _) = &statement.kind {
                    order.push(*target);
                }
            }
        }
        for id in order {
            if !self.variables.contains_key(&id) {
                let name = scope.unique(&snake(&self.body.local(id).name));
                self.variables.insert(id, name);
            }
        }
    }

    fn place_declarations(&mut self) {
        let mut writes: BTreeMap<LocalId, BTreeSet<BlockId>> = BTreeMap::new();
        for id in self.regions.blocks(self.head) {
            let after = self.liveness.after_each(self.body, id);
            for (statement, live) in self.body.block(id).statements.iter().zip(&after) {
                if let StatementKind::Assign(target, _) = &statement.kind
                    && live.contains(target)
                {
                    writes.entry(*target).or_default().insert(id);
                }
            }
        }
        for (local, blocks) in writes.into_iter().filter(|(_, blocks)| blocks.len() > 1) {
            if let Some(meet) = self.dominators.meet(blocks) {
                self.declarations.entry(meet).or_default().push(local);
            }
        }
    }

    fn is_declared_apart(&self, id: LocalId) -> bool {
        self.declarations.values().any(|locals| locals.contains(&id))
    }

    fn block(&self, id: BlockId, place: Place) -> TokenStream {
        let mut code = self.statements(id);
        for local in self.declarations.get(&id).into_iter().flatten() {
            let variable = self.variable_name(*local);
            code.extend(quote!(let #variable;));
        }
        let merges = self.dominators.merges(id);
        let mut inner = match merges.first() {
            None => return code_and(code, self.terminator(id, place)),
            Some(first) => self.terminator(id, Place { next: Some(*first), tail: false }),
        };
        for (index, merge) in merges.iter().enumerate() {
            let next = merges.get(index + 1).copied();
            let after = match next {
                Some(next) => self.block(*merge, Place { next: Some(next), tail: false }),
                None => self.block(*merge, place),
            };
            inner = labelled(*merge, inner);
            inner.extend(after);
        }
        code_and(code, inner)
    }

    fn statements(&self, id: BlockId) -> TokenStream {
        let after = self.liveness.after_each(self.body, id);
        let mut code = TokenStream::new();
        for (statement, live) in self.body.block(id).statements.iter().zip(&after) {
            match &statement.kind {
                StatementKind::Note { label, choice } => code.extend(quote!(frame.note(#label, #choice);)),
                StatementKind::Assign(target, value) => {
                    let used = live.contains(target);
                    if !used && !expr::may_throw(value) {
                        continue;
                    }
                    let value = expr::rvalue(value, live, self);
                    let variable = self.variable_name(*target);
                    code.extend(match (used, self.is_declared_apart(*target)) {
                        (false, _) => quote!(#value;),
                        (true, true) => quote!(#variable = #value;),
                        (true, false) => quote!(let #variable = #value;),
                    });
                }
            }
        }
        code
    }

    fn terminator(&self, id: BlockId, place: Place) -> TokenStream {
        match &self.body.block(id).terminator {
            Terminator::Goto(next) => self.edge(id, *next, place),
            Terminator::If { condition, then, otherwise } => {
                let condition = match condition {
                    Operand::Local(id) => self.variable_name(*id),
                    other => expr::operand(other, &BTreeSet::new(), self),
                };
                let first = self.edge(id, *then, place);
                let second = self.edge(id, *otherwise, place);
                match (first.is_empty(), second.is_empty()) {
                    (true, true) => TokenStream::new(),
                    (false, true) => quote!(if #condition.is_truthy() { #first }),
                    (true, false) => quote!(if !#condition.is_truthy() { #second }),
                    (false, false) => quote!(if #condition.is_truthy() { #first } else { #second }),
                }
            }
            Terminator::Return(value) => {
                let value = expr::operand(value, &BTreeSet::new(), self);
                leave(self.exits.done(value), place)
            }
            Terminator::Suspend(suspension) => {
                let live = self.live_over(id, suspension.resume);
                let config = expr::operand(&suspension.config, &BTreeSet::new(), self);
                let mut code = self.hand_over(&live, Some(&suspension.config));
                code.extend(leave(self.exits.suspend(suspension, config), place));
                code
            }
        }
    }

    fn edge(&self, from: BlockId, to: BlockId, place: Place) -> TokenStream {
        if !self.regions.contains(self.head, to) || to == self.head {
            let mut code = self.hand_over(&self.live_over(from, to), None);
            code.extend(leave(self.exits.proceed(to), place));
            return code;
        }
        if place.next == Some(to) {
            return TokenStream::new();
        }
        if self.dominators.is_merge(to) {
            let label = label(to);
            return quote!(break #label;);
        }
        self.block(to, place)
    }

    /// Makes everything that is needed after an exit available there. `config` is read after that.
    fn hand_over(&self, live: &BTreeSet<LocalId>, config: Option<&Operand>) -> TokenStream {
        let given = self.liveness.at_start(self.head);
        live.iter()
            // What was there at the beginning is there still.
            .filter(|id| !given.contains(id))
            .filter_map(|id| {
                let variable = self.variable_name(*id);
                let read_again = matches!(config, Some(Operand::Local(it)) if it == id);
                self.exits.hand_over(*id, if read_again { quote!(#variable.clone()) } else { variable })
            })
            .collect()
    }

    fn leaving(&self, id: BlockId) -> Vec<BlockId> {
        match &self.body.block(id).terminator {
            Terminator::Suspend(suspension) => vec![suspension.resume],
            _ => jumps(self.body, id)
                .filter(|next| !self.regions.contains(self.head, *next) || *next == self.head)
                .collect(),
        }
    }

    /// What crosses an edge out of the region: live behind it, but for the result that a suspension makes.
    fn live_over(&self, from: BlockId, to: BlockId) -> BTreeSet<LocalId> {
        let mut live = self.liveness.at_start(to);
        if let Terminator::Suspend(suspension) = &self.body.block(from).terminator {
            live.remove(&suspension.result);
        }
        live
    }
}

impl<E: Exits> Spelling for Emitter<'_, E> {
    fn variable(&self, id: LocalId) -> TokenStream {
        self.variable_name(id)
    }

    fn budget(&self) -> TokenStream {
        self.exits.budget()
    }

    fn closure(&self, index: usize) -> TokenStream {
        self.exits.closure(index).0
    }

    fn closure_name(&self, index: usize) -> String {
        self.exits.closure(index).1
    }
}

fn code_and(mut code: TokenStream, rest: TokenStream) -> TokenStream {
    code.extend(rest);
    code
}

fn leave(value: TokenStream, place: Place) -> TokenStream {
    if place.tail { value } else { quote!(return #value;) }
}

/// Code that may jump out to `merge`, which stands right behind it.
fn labelled(merge: BlockId, inner: TokenStream) -> TokenStream {
    let label = label(merge);
    let jump = quote!(break #label).to_string();
    if inner.to_string().contains(&jump) { quote!(#label: { #inner }) } else { inner }
}

fn label(block: BlockId) -> syn::Lifetime {
    syn::Lifetime::new(&format!("'b{}", block.0), Span::call_site())
}
