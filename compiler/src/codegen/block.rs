//! Blocks as nested Rust: the dominator tree of a region becomes the nesting of its code.
//!
//! A block with several ways in stands after the branch that leads to it; code that reaches its end falls into it,
//! code that does not jumps there with a labelled `break`. A loop becomes `loop`; what is behind it stands behind it.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Span, TokenStream};
use quote::quote;

use super::expr::{self, Spelling};
use super::names::{Scope, ident, snake};
use super::region::{Dominators, Regions, jumps};
use crate::mir::live::{Liveness, read};
use crate::mir::{BlockId, Body, Kept, LocalId, Operand, Rvalue, StatementKind, Suspension, Terminator, Use};

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

    /// The function around, as a value.
    fn itself(&self) -> TokenStream;

    /// Whether the Rust function gives an `i64`.
    fn gives_integer(&self) -> bool {
        false
    }

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
    kept: Vec<Kept>,
    /// Locals that others are borrowed from.
    lenders: BTreeSet<LocalId>,
    variables: BTreeMap<LocalId, String>,
    /// Locals that the region writes.
    written: BTreeSet<LocalId>,
    /// Locals written in several places and declared before the first, by the block in which that is.
    declarations: BTreeMap<BlockId, Vec<LocalId>>,
    /// Locals that are written again after a first write that all others come after: the locals of loops.
    rewritten: BTreeMap<LocalId, BlockId>,
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
            kept: body.locals.iter().map(|local| local.kept).collect(),
            lenders: body.locals.iter().filter_map(|local| local.kept.lender()).collect(),
            variables: BTreeMap::new(),
            written: BTreeSet::new(),
            declarations: BTreeMap::new(),
            rewritten: BTreeMap::new(),
        };
        emitter.name_variables();
        emitter.place_declarations();
        emitter
    }

    /// With the locals kept in another way than the body says.
    pub(super) fn keeping(mut self, kept: Vec<Kept>) -> Self {
        self.kept = kept;
        self
    }

    /// Locals that are there when the region begins and that it reads, or may change for those after it. With them,
    /// whether the region changes them.
    pub(super) fn loaded(&self) -> BTreeMap<LocalId, bool> {
        let live = self.liveness.at_start(self.head);
        let mut read: BTreeSet<LocalId> = self.needed_later().intersection(&self.written).copied().collect();
        for id in self.regions.blocks(self.head) {
            let block = self.body.block(id);
            let statements = block.statements.iter().flat_map(|statement| match &statement.kind {
                StatementKind::Assign(_, value) => value.operands(),
                StatementKind::Note { .. } | StatementKind::Spend => Vec::new(),
            });
            for operand in statements.chain(block.terminator.operands()) {
                if let Operand::Local(id) = operand {
                    read.insert(*id);
                }
            }
        }
        live.intersection(&read).map(|id| (*id, self.written.contains(id))).collect()
    }

    /// Locals that must be there after some exit of the region.
    pub(super) fn needed_later(&self) -> BTreeSet<LocalId> {
        let mut needed = BTreeSet::new();
        for id in self.regions.blocks(self.head) {
            for next in self.leaving(id) {
                needed.extend(self.live_over(id, next));
            }
            needed.extend(self.liveness.needed_by_handler(self.body, id));
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
        for reserved in ["frame", "budget", "arguments", "captured", "handed", "old"] {
            scope.unique(reserved);
        }
        let mut order: Vec<LocalId> =
            self.liveness.at_start(self.head).into_iter().chain(self.body.given()).collect();
        for id in self.regions.blocks(self.head) {
            for statement in &self.body.block(id).statements {
                if let StatementKind::Assign(target, _) = &statement.kind {
                    order.push(*target);
                    self.written.insert(*target);
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
        let given = self.liveness.at_start(self.head);
        // What is loaded is declared where it is loaded.
        for (local, blocks) in writes.into_iter().filter(|(local, _)| !given.contains(local)) {
            let Some(meet) = self.dominators.meet(blocks.iter().copied()) else { continue };
            // Written in a loop and read behind it: declared where the loop begins.
            let before = match self.loop_left_between(meet, local) {
                Some(before) => before,
                None if blocks.len() == 1 => continue,
                None => meet,
            };
            if blocks.contains(&before) {
                self.rewritten.insert(local, before);
                continue;
            }
            self.declarations.entry(before).or_default().push(local);
            if self.is_written_again(before, &blocks) {
                self.rewritten.insert(local, before);
            }
        }
    }

    /// Whether one write may follow another without the declaration, at the end of `declared`, between them.
    fn is_written_again(&self, declared: BlockId, writes: &BTreeSet<BlockId>) -> bool {
        let inside = |id: &BlockId| self.regions.contains(self.head, *id) && *id != declared;
        writes.iter().any(|write| {
            let mut seen = BTreeSet::new();
            let mut todo: Vec<BlockId> = jumps(self.body, *write).filter(inside).collect();
            while let Some(id) = todo.pop() {
                if writes.contains(&id) {
                    return true;
                }
                if seen.insert(id) {
                    todo.extend(jumps(self.body, id).filter(inside));
                }
            }
            false
        })
    }

    /// The block before the outermost loop that holds `written` and behind which the local is still read.
    fn loop_left_between(&self, written: BlockId, local: LocalId) -> Option<BlockId> {
        let mut header = None;
        for candidate in self.regions.blocks(self.head) {
            let Some(blocks) = self.dominators.loop_of(candidate) else { continue };
            let behind = self.dominators.after_loop(candidate);
            if blocks.contains(&written)
                && !self.liveness.at_start(candidate).contains(&local)
                && behind.iter().any(|id| self.liveness.at_start(*id).contains(&local))
            {
                header = match header {
                    Some(inner) if self.dominators.meet([inner, candidate]) == Some(inner) => Some(inner),
                    _ => Some(candidate),
                };
            }
        }
        self.dominators.parent(header?)
    }

    fn is_declared_apart(&self, id: LocalId) -> bool {
        self.declarations.values().any(|locals| locals.contains(&id))
    }

    fn block(&self, id: BlockId, place: Place) -> TokenStream {
        if self.dominators.loop_of(id).is_none() {
            return self.straight(id, place);
        }
        // Falling off the end of a round begins the next one.
        let round = self.straight(id, Place { next: Some(id), tail: false });
        let after = self.dominators.after_loop(id);
        let label = label(id);
        let mut code =
            if mentions(&round, &label) { quote!(#label: loop { #round }) } else { quote!(loop { #round }) };
        for (index, follower) in after.iter().enumerate() {
            if index > 0 {
                code = labelled(*follower, code);
            }
            code.extend(match after.get(index + 1) {
                Some(next) => self.block(*follower, Place { next: Some(*next), tail: false }),
                None => self.block(*follower, place),
            });
        }
        code
    }

    /// A block, and what it dominates of the same loop.
    fn straight(&self, id: BlockId, place: Place) -> TokenStream {
        let mut code = self.statements(id);
        for local in self.declarations.get(&id).into_iter().flatten() {
            let variable = self.variable_name(*local);
            let changes = self.rewritten.contains_key(local).then(|| quote!(mut));
            code.extend(quote!(let #changes #variable;));
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
        let mut started = BTreeSet::new();
        let given = self.liveness.at_start(self.head);
        for (statement, live) in self.body.block(id).statements.iter().zip(&after) {
            match &statement.kind {
                StatementKind::Spend => {
                    let budget = self.exits.budget();
                    code.extend(quote!(#budget.spend(1)?;));
                }
                StatementKind::Note { label, choice } => code.extend(quote!(frame.note(#label, #choice);)),
                StatementKind::Assign(target, value) => {
                    let used = live.contains(target);
                    if !used && !value.may_throw() {
                        continue;
                    }
                    let dropped = self.lent_for_the_last_time(value, live);
                    let value = match self.kept(*target) {
                        Kept::Value => expr::rvalue(value, live, self),
                        Kept::Integer => expr::integer_of(value, self),
                        Kept::Boolean => expr::boolean_of(value, live, self),
                        Kept::Borrowed(_) => expr::borrowed(value, live, self),
                    };
                    let variable = self.variable_name(*target);
                    code.extend(if !used {
                        quote!(#value;)
                    } else if self.is_declared_apart(*target)
                        || started.contains(target)
                        || given.contains(target)
                    {
                        quote!(#variable = #value;)
                    } else if let Some(first) = self.rewritten.get(target) {
                        if *first == id {
                            started.insert(*target);
                            quote!(let mut #variable = #value;)
                        } else {
                            quote!(#variable = #value;)
                        }
                    } else {
                        quote!(let #variable = #value;)
                    });
                    code.extend(dropped);
                }
            }
        }
        code
    }

    /// Drops what lends to others when a statement is the last to look at any of it, so that parts which were copied
    /// out of it may be changed in place.
    fn lent_for_the_last_time(&self, value: &Rvalue, live: &BTreeSet<LocalId>) -> TokenStream {
        let mut dropped: BTreeSet<LocalId> =
            value.operands().into_iter().flat_map(|it| read(&self.body.locals, it)).collect();
        dropped.retain(|id| self.lends(*id) && !live.contains(id) && self.kept(*id) == Kept::Value);
        // What is taken and not looked at is moved away.
        let uses = value.uses();
        dropped.retain(|id| {
            let mut own =
                uses.iter().filter(|(_, it)| matches!(it, Operand::Local(other) if other == id)).peekable();
            own.peek().is_none() || own.any(|(of, _)| *of == Use::Looked)
        });
        let variables = dropped.iter().map(|id| self.variable_name(*id));
        quote!(#(drop(#variables);)*)
    }

    fn terminator(&self, id: BlockId, place: Place) -> TokenStream {
        match &self.body.block(id).terminator {
            Terminator::Goto(next) => self.edge(id, *next, place),
            Terminator::If { condition, then, otherwise } => {
                let condition = self.condition(condition);
                let first = self.edge(id, *then, place);
                let second = self.edge(id, *otherwise, place);
                match (first.is_empty(), second.is_empty()) {
                    (true, true) => TokenStream::new(),
                    (false, true) => quote!(if #condition { #first }),
                    (true, false) => quote!(if !#condition { #second }),
                    (false, false) => quote!(if #condition { #first } else { #second }),
                }
            }
            Terminator::Return(value) => {
                let value = if self.exits.gives_integer() {
                    expr::integer_operand(value, self)
                } else {
                    expr::operand(value, &BTreeSet::new(), self)
                };
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

    /// Whether an operand is truthy, as `bool`.
    fn condition(&self, of: &Operand) -> TokenStream {
        match of {
            Operand::Local(id) => {
                let variable = self.variable_name(*id);
                match self.kept(*id) {
                    Kept::Boolean => variable,
                    Kept::Integer => quote!(true),
                    Kept::Value | Kept::Borrowed(_) => quote!(#variable.is_truthy()),
                }
            }
            other => {
                let value = expr::operand(other, &BTreeSet::new(), self);
                quote!(#value.is_truthy())
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
        if self.dominators.is_back_edge(from, to) {
            let label = label(to);
            return quote!(continue #label;);
        }
        if let Some(header) = self.dominators.leaves(to) {
            // The first block behind a loop is reached by leaving it; the others have labels of their own.
            let first = self.dominators.after_loop(header).first() == Some(&to);
            let label = label(if first { header } else { to });
            return quote!(break #label;);
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
            // What was there at the beginning and has not been changed is there still.
            .filter(|id| !given.contains(id) || self.written.contains(id))
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

    /// What crosses an edge out of the region: live behind it; at a suspension also what its handler needs.
    fn live_over(&self, from: BlockId, to: BlockId) -> BTreeSet<LocalId> {
        match &self.body.block(from).terminator {
            Terminator::Suspend(_) => self.liveness.at_exit(self.body, from),
            _ => self.liveness.at_start(to),
        }
    }
}

impl<E: Exits> Spelling for Emitter<'_, E> {
    fn variable(&self, id: LocalId) -> TokenStream {
        self.variable_name(id)
    }

    fn kept(&self, id: LocalId) -> Kept {
        self.kept.get(id.0).copied().unwrap_or_default()
    }

    fn lends(&self, id: LocalId) -> bool {
        self.lenders.contains(&id)
    }

    fn closure_body(&self, index: usize) -> &Body {
        self.body.closures.get(index).expect("a closure that is called exists")
    }

    fn budget(&self) -> TokenStream {
        self.exits.budget()
    }

    fn itself(&self) -> TokenStream {
        self.exits.itself()
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
    if mentions(&inner, &label) { quote!(#label: { #inner }) } else { inner }
}

/// Whether code jumps to a label.
fn mentions(code: &TokenStream, label: &syn::Lifetime) -> bool {
    let text = code.to_string();
    [quote!(break #label), quote!(continue #label)].iter().any(|jump| {
        let jump = jump.to_string();
        // `'b1` is the beginning of `'b12` too.
        text.match_indices(&jump).any(|(at, _)| {
            !text.get(at + jump.len()..).unwrap_or_default().starts_with(|it: char| it.is_ascii_digit())
        })
    })
}

fn label(block: BlockId) -> syn::Lifetime {
    syn::Lifetime::new(&format!("'b{}", block.0), Span::call_site())
}
