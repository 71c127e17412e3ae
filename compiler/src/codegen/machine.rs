//! The flow's states: one plain function each, the tables over them, and the static that `main` runs.

use std::collections::{BTreeMap, BTreeSet};

use breyta_core::Value;
use proc_macro2::TokenStream;
use quote::quote;

use super::block::{Emitter, Exits};
use super::function::{closure_items, closure_names, closure_of, function_names};
use super::names::{RUNTIME, Scope, camel, ident, parameter, snake};
use super::region::{Regions, crosses_try};
use super::{Place, Point, output};
use crate::flow::Definition;
use crate::mir::live::Liveness;
use crate::mir::{
    Block, BlockId, Body, Handler, LocalId, Operand, Program, StatementKind, Suspension, Terminator,
};
use crate::source::{FileId, Sources, Span};

/// The position of a run that has not met its first suspension. No suspension id has these characters.
const START: &str = "(start)";

/// A state or a continuation: a region of the body as one Rust function.
struct State<'a> {
    head: BlockId,
    /// What it waited for; None for the start and for continuations.
    awaited: Option<&'a Suspension>,
    /// Of a handler: what it catches, and the first step whose failure goes there.
    catches: Option<(Handler, Option<&'a Suspension>)>,
    /// The name of the Rust function.
    function: String,
    /// The variant in `enum State`; None for a continuation that is only called.
    variant: Option<String>,
}

/// Everything about the flow body that its functions share.
struct Machine<'a> {
    sources: &'a Sources,
    body: &'a Body,
    liveness: Liveness,
    regions: Regions,
    states: Vec<State<'a>>,
    /// Locals that are handed from one region to another, in order.
    slots: BTreeMap<LocalId, SlotName>,
    closures: Vec<String>,
    scope: Scope,
}

/// How a slot is known: in stores and manifests, and in `enum Slot`. Both are unique.
struct SlotName {
    stored: String,
    variant: String,
}

impl<'a> Machine<'a> {
    fn new(sources: &'a Sources, body: &'a Body) -> Self {
        let (liveness, regions) = (Liveness::of(body), Regions::of(body));
        let mut scope = Scope::default();
        let states = states(body, &liveness, &regions, &mut scope);
        let (mut names, mut variants) = (Scope::default(), Scope::default());
        let live: BTreeSet<LocalId> =
            regions.heads().iter().flat_map(|head| liveness.at_start(*head)).collect();
        let slots = live
            .into_iter()
            .map(|id| {
                let name = &body.local(id).name;
                (id, SlotName { stored: names.unique(name), variant: variants.unique_variant(&camel(name)) })
            })
            .collect();
        let closures = closure_names(body, "flow", &mut scope);
        Self { sources, body, liveness, regions, states, slots, closures, scope }
    }

    fn function_of(&self, head: BlockId) -> &str {
        self.states.iter().find(|state| state.head == head).map_or("start", |state| state.function.as_str())
    }

    /// Whether a region is a state although it waits for nothing: a loop, or where a `try` begins or ends.
    fn is_entered_by_driver(&self, head: BlockId) -> bool {
        self.states.iter().any(|state| {
            state.head == head && state.awaited.is_none() && state.variant.is_some() && head != BlockId(0)
        })
    }

    fn variant_of(&self, head: BlockId) -> &str {
        self.states
            .iter()
            .find(|state| state.head == head)
            .and_then(|state| state.variant.as_deref())
            .unwrap_or("Start")
    }

    fn slot(&self, id: LocalId) -> Option<TokenStream> {
        let variant = ident(&self.slots.get(&id)?.variant);
        Some(quote!(Slot::#variant as usize))
    }

    /// States with a row in the table, the start first.
    fn rows(&self) -> impl Iterator<Item = &State<'a>> {
        self.states.iter().filter(|state| state.variant.is_some())
    }

    fn result_of(&self, state: &State<'_>) -> Option<LocalId> {
        let result = match (state.awaited, state.catches) {
            (Some(suspension), _) => suspension.result,
            (None, Some((handler, _))) => handler.error,
            (None, None) if state.head == BlockId(0) => *self.body.parameters.first()?,
            (None, None) => return None,
        };
        self.liveness.at_start(state.head).contains(&result).then_some(result)
    }

    /// One region as a Rust function.
    fn function(&self, state: &State<'_>) -> TokenStream {
        let exits = StateExits { machine: self };
        let emitter = Emitter::new(self.body, &self.liveness, &self.regions, state.head, &exits);
        let later = emitter.needed_later();
        let loads = emitter.loaded().into_iter().filter_map(|(id, changes)| {
            let (variable, slot) = (emitter.variable_name(id), self.slot(id)?);
            let changes = changes.then(|| quote!(mut));
            Some(if later.contains(&id) {
                quote!(let #changes #variable = frame.get(#slot);)
            } else {
                quote!(let #changes #variable = frame.take(#slot);)
            })
        });
        let (name, doc, code) = (ident(&state.function), self.doc(state), emitter.code());
        let outcome = state.variant.is_some().then(|| quote!(, _outcome: rt::Outcome));
        let code = quote!(#(#loads)* #code);
        let frame = parameter("frame", &code);
        quote! {
            #[doc = #doc]
            fn #name(#frame: &mut rt::Frame #outcome) -> Result<rt::Action, rt::Thrown> {
                #code
            }
        }
    }

    /// Whether an error may leave the code that runs from a region on without a word to the driver.
    fn throws(&self, head: BlockId) -> bool {
        let handler = self.body.block(head).handler;
        handler.is_some() && self.body.block_ids().any(|id| self.body.thrown_to(id) == handler)
    }

    fn doc(&self, state: &State<'_>) -> String {
        let (span, what) = self.origin(state);
        let (line, _) = self.sources.line_column(span.file, span.start);
        let file = file_name(self.sources, span);
        match (state.awaited.or(state.catches.and_then(|(_, first)| first)), &state.variant) {
            (Some(suspension), _) if state.catches.is_some() => {
                format!(" Errors of `try` around the step `{}` ({file}:{line}): `{what}`", suspension.point)
            }
            (None, _) if state.catches.is_some() => format!(" Errors of `try` ({file}:{line}): `{what}`"),
            (Some(suspension), _) => {
                format!(" After the step `{}` ({file}:{line}): `{what}`", suspension.point)
            }
            (None, Some(_)) if state.head == BlockId(0) => {
                format!(" The beginning of the flow ({file}:{line}): `{what}`")
            }
            (None, Some(_)) if self.regions.goes_round(self.body, state.head) => {
                format!(" A round of a loop ({file}:{line}): `{what}`")
            }
            (None, Some(_)) => format!(" Where a `try` begins or ends ({file}:{line}): `{what}`"),
            (None, None) => format!(" What follows a branch ({file}:{line}): `{what}`"),
        }
    }

    /// Where a state comes from: the form and its first line.
    fn origin(&self, state: &State<'_>) -> (Span, String) {
        if let Some(suspension) = state.awaited {
            return (suspension.span, suspension.form.clone());
        }
        let span = if state.head == BlockId(0) {
            self.body.span
        } else {
            let statements = self.regions.blocks(state.head).flat_map(|id| &self.body.block(id).statements);
            statements.map(|statement| statement.span).next().unwrap_or(self.body.span)
        };
        let text = self.sources.text(span).lines().next().unwrap_or_default().trim_end();
        (span, text.chars().take(60).collect())
    }

    fn row(&self, state: &State<'_>) -> TokenStream {
        let name = match (state.awaited, state.catches) {
            (Some(suspension), _) => suspension.point.clone(),
            (None, Some((_, Some(first)))) => format!("(catch {})", first.point),
            (None, None) if state.head == BlockId(0) => START.to_owned(),
            // Never stored: a run does not stand between two rounds, or where nothing was awaited.
            (None, _) => format!("(within {})", state.function),
        };
        let live = self.liveness.at_start(state.head).into_iter().filter_map(|id| self.slot(id));
        let result = match self.result_of(state).and_then(|id| self.slot(id)) {
            Some(slot) => quote!(Some(#slot)),
            None => quote!(None),
        };
        let handler = match self.body.block(state.head).handler {
            Some(handler) if self.throws(state.head) => {
                let handler = ident(self.variant_of(handler.block));
                quote!(Some(State::#handler as usize))
            }
            _ => quote!(None),
        };
        let (span, form) = self.origin(state);
        let (line, _) = self.sources.line_column(span.file, span.start);
        let (file, line) = (file_name(self.sources, span), proc_macro2::Literal::usize_unsuffixed(line));
        quote! {
            rt::State {
                name: #name,
                live: &[#(#live),*],
                result: #result,
                handler: #handler,
                origin: rt::Origin { file: #file, line: #line, form: #form },
            }
        }
    }
}

/// States in block order: the start, resume blocks, continuations.
fn states<'a>(
    body: &'a Body,
    liveness: &Liveness,
    regions: &Regions,
    functions: &mut Scope,
) -> Vec<State<'a>> {
    let mut variants = Scope::default();
    regions
        .heads()
        .iter()
        .map(|head| {
            if *head == BlockId(0) {
                return State {
                    head: *head,
                    awaited: None,
                    catches: None,
                    function: functions.unique("start"),
                    variant: Some(variants.unique_variant("Start")),
                };
            }
            let awaited = body.suspensions().find(|it| it.resume == *head);
            let catches = catches(body, *head);
            let (function, variant) = match awaited {
                _ if let Some((_, first)) = catches => {
                    let point = first.map_or("", |it| it.point.as_str());
                    (
                        functions.unique(&snake(&format!("catch-{point}"))),
                        Some(variants.unique_variant(&camel(&format!("catch-{point}")))),
                    )
                }
                Some(suspension) => (
                    functions.unique(&snake(&format!("after-{}", suspension.point))),
                    Some(variants.unique_variant(&format!("After{}", camel(&suspension.point)))),
                ),
                None => {
                    let name = continuation_name(body, liveness, *head);
                    // A loop that is entered from several states is a state of its own: going round must not nest calls.
                    // So is what errors are caught differently in than around it: the driver looks where they go.
                    let driven = regions.goes_round(body, *head) || crosses_try(body, *head);
                    let variant = driven.then(|| variants.unique_variant(&camel(&name)));
                    (functions.unique(&name), variant)
                }
            };
            State { head: *head, awaited, catches, function, variant }
        })
        .collect()
}

/// What a block catches, if it is a handler, and the first step whose failure goes there.
fn catches(body: &Body, head: BlockId) -> Option<(Handler, Option<&Suspension>)> {
    let handler = body.handlers().into_iter().find(|handler| handler.block == head)?;
    Some((handler, body.suspensions().find(|it| it.handler == Some(handler))))
}

/// A continuation is named after the value that its branches made.
fn continuation_name(body: &Body, liveness: &Liveness, head: BlockId) -> String {
    let live = liveness.at_start(head);
    let made = body
        .blocks
        .iter()
        .filter(|block| block.terminator.successors().contains(&head))
        .flat_map(|block| block.statements.iter().rev().chain([]))
        .find_map(|statement| match &statement.kind {
            StatementKind::Assign(target, _) if live.contains(target) => Some(*target),
            _ => None,
        });
    let awaited = body.blocks.iter().find_map(|block| match &block.terminator {
        Terminator::Suspend(suspension)
            if live.contains(&suspension.result)
                && body.block(suspension.resume).terminator.successors().contains(&head) =>
        {
            Some(suspension.result)
        }
        _ => None,
    });
    match made.or(awaited) {
        Some(local) => format!("with_{}", snake(&body.local(local).name)),
        None => "onward".to_owned(),
    }
}

/// `src/flow.rs`.
pub(super) fn file(
    sources: &Sources,
    definition: &Definition,
    program: &Program,
    families: &BTreeSet<&str>,
    place: &Place,
) -> String {
    let mut machine = Machine::new(sources, &program.flow);
    let head =
        format!("//! The flow body: one function per state, and the tables over them.\n\nuse {RUNTIME};\n");
    let mut items = Vec::new();
    if !program.functions.is_empty() {
        items.push(output::item(quote!(
            use super::functions;
        )));
    }
    items.push(output::item(flow_static(&machine, definition, program, families, place)));
    items.push(output::item(states_table(&machine)));
    items.push(output::item(enumeration(
        "State",
        "The states, in the order of the table.",
        machine.rows().filter_map(|it| it.variant.as_deref()),
    )));
    if !machine.slots.is_empty() {
        items.push(output::item(enumeration(
            "Slot",
            "The slots: values that outlive a state.",
            machine.slots.values().map(|it| it.variant.as_str()),
        )));
    }
    items.extend(machine.states.iter().map(|state| output::item(machine.function(state))));
    let mut scope = std::mem::take(&mut machine.scope);
    items.extend(closure_items(sources, machine.body, &machine.closures, &mut scope));
    output::file(&head, &items)
}

/// The state functions alone.
pub(super) fn states_only(sources: &Sources, program: &Program) -> String {
    let mut machine = Machine::new(sources, &program.flow);
    let mut items: Vec<String> =
        machine.states.iter().map(|state| output::item(machine.function(state))).collect();
    let mut scope = std::mem::take(&mut machine.scope);
    items.extend(closure_items(sources, machine.body, &machine.closures, &mut scope));
    items.join("\n")
}

fn flow_static(
    machine: &Machine<'_>,
    definition: &Definition,
    program: &Program,
    families: &BTreeSet<&str>,
    place: &Place,
) -> TokenStream {
    let (slug, version, compiler) = (&definition.slug.value, &program.version, env!("CARGO_PKG_VERSION"));
    let enter = machine.rows().map(|state| ident(&state.function));
    let slots = machine.slots.values().map(|it| &it.stored);
    let functions = program.functions.iter().zip(function_names(program)).map(|((id, _), name)| {
        let name = ident(&name);
        quote!((#id, functions::#name))
    });
    let executed = families.iter().filter(|family| !breyta_catalog::families::is_of_engine(family));
    let families = executed.map(|family| ident(&snake(family).to_uppercase()));
    // Rendering is linked in only where there is something to render.
    let renders = definition.templates.iter().any(|template| holds_expression(&template.request));
    let templates = if renders { quote!(Some(rt::templates::RENDER)) } else { quote!(None) };
    let schemas = if mentions_schema(program) { quote!(Some(rt::CHECK_SCHEMA)) } else { quote!(None) };
    let (contract, source) = (&place.contract, &place.source);
    let children = place.children.iter().map(|module| ident(module));
    quote! {
        /// The flow as the runtime drives it.
        pub static FLOW: rt::Flow = rt::Flow {
            slug: #slug,
            version: #version,
            compiler: #compiler,
            contract: include_str!(#contract),
            source: include_str!(#source),
            machine: rt::Machine { states: STATES, slots: &[#(#slots),*] },
            enter: &[#(#enter),*],
            functions: &[#(#functions),*],
            families: &[#(&rt::families::#families),*],
            draft: cfg!(debug_assertions),
            children: &[#(&crate::#children::flow::FLOW),*],
            schemas: #schemas,
            templates: #templates,
        };
    }
}

/// Whether a `:schema` may stand in the config of some step: the keyword occurs somewhere.
fn mentions_schema(program: &Program) -> bool {
    let bodies = std::iter::once(&program.flow).chain(program.functions.iter().map(|(_, function)| function));
    bodies.into_iter().any(body_mentions_schema)
}

fn body_mentions_schema(body: &Body) -> bool {
    let in_block = |block: &Block| {
        let values = block.statements.iter().flat_map(|statement| match &statement.kind {
            StatementKind::Assign(_, value) => value.operands(),
            StatementKind::Spend | StatementKind::Note { .. } => Vec::new(),
        });
        values
            .chain(block.terminator.operands())
            .any(|operand| matches!(operand, Operand::Constant(value) if names_schema(value)))
    };
    body.blocks.iter().any(in_block) || body.closures.iter().any(body_mentions_schema)
}

fn names_schema(value: &Value) -> bool {
    match value {
        Value::Keyword(keyword) => keyword.full() == "schema",
        Value::Str(text) => text.as_str() == "schema",
        Value::Vector(items) | Value::List(items) => items.iter().any(names_schema),
        Value::Set(items) => items.iter().any(names_schema),
        Value::Map(map) => map.iter().any(|(key, value)| names_schema(key) || names_schema(value)),
        _ => false,
    }
}

/// Whether some text in a template has a Handlebars expression.
fn holds_expression(value: &Value) -> bool {
    match value {
        Value::Str(text) => text.contains("{{"),
        Value::Vector(items) | Value::List(items) => items.iter().any(holds_expression),
        Value::Map(map) => map.iter().any(|(_, value)| holds_expression(value)),
        Value::Set(items) => items.iter().any(holds_expression),
        _ => false,
    }
}

fn states_table(machine: &Machine<'_>) -> TokenStream {
    let rows = machine.rows().map(|state| machine.row(state));
    quote! {
        /// Where each state stands in the source and what is live when it is entered.
        const STATES: &[rt::State] = &[#(#rows),*];
    }
}

fn enumeration<'n>(name: &str, doc: &str, variants: impl Iterator<Item = &'n str>) -> TokenStream {
    let (name, variants) = (ident(name), variants.map(ident));
    let doc = format!(" {doc}");
    quote! {
        #[doc = #doc]
        #[allow(dead_code)]
        enum #name {
            #(#variants),*
        }
    }
}

/// The suspension points with what is live behind them, for the resume manifest.
pub(super) fn points(sources: &Sources, program: &Program) -> Vec<Point> {
    let machine = Machine::new(sources, &program.flow);
    let mut points: Vec<(u32, Point)> = machine
        .rows()
        .filter_map(|state| {
            let suspension = state.awaited?;
            let live = machine.liveness.at_start(state.head).into_iter().filter_map(|id| {
                Some((machine.slots.get(&id)?.stored.clone(), machine.body.local(id).of.to_string()))
            });
            let point = Point {
                id: suspension.point.clone(),
                family: suspension.family,
                step: suspension.step.clone(),
                line: sources.line_column(suspension.span.file, suspension.span.start).0,
                live: live.collect(),
                awaits: machine.body.local(suspension.result).of.to_string(),
            };
            Some((suspension.span.start, point))
        })
        .collect();
    points.sort_by_key(|(start, _)| *start);
    points.into_iter().map(|(_, point)| point).collect()
}

/// The file's name in the emitted crate: the flow is `flow.edn` there, whatever it is called outside; another file goes
/// by its own name, without the folders it happens to lie in.
pub(super) fn file_name(sources: &Sources, span: Span) -> String {
    if span.file == FileId(0) {
        return "flow.edn".to_owned();
    }
    let name = &sources.file(span.file).name;
    name.rsplit('/').next().unwrap_or(name).to_owned()
}

/// States end by asking for a step, by calling a continuation, or by finishing.
struct StateExits<'m, 'a> {
    machine: &'m Machine<'a>,
}

impl Exits for StateExits<'_, '_> {
    fn budget(&self) -> TokenStream {
        quote!(frame.budget())
    }

    fn done(&self, value: TokenStream) -> TokenStream {
        quote!(Ok(rt::Action::Done(#value)))
    }

    fn suspend(&self, suspension: &Suspension, config: TokenStream) -> TokenStream {
        let Suspension { point, family, step, .. } = suspension;
        let next = ident(self.machine.variant_of(suspension.resume));
        let handler = match suspension.handler {
            Some(handler) => {
                let handler = ident(self.machine.variant_of(handler.block));
                quote!(Some(State::#handler as usize))
            }
            None => quote!(None),
        };
        quote! {
            Ok(rt::Action::Step(rt::StepCall {
                point: #point,
                family: #family,
                step: #step,
                config: #config,
                next: State::#next as usize,
                handler: #handler,
            }))
        }
    }

    fn proceed(&self, to: BlockId) -> TokenStream {
        if self.machine.is_entered_by_driver(to) {
            let next = ident(self.machine.variant_of(to));
            return quote!(Ok(rt::Action::Goto(State::#next as usize)));
        }
        let function = ident(self.machine.function_of(to));
        quote!(#function(frame))
    }

    fn hand_over(&self, id: LocalId, value: TokenStream) -> Option<TokenStream> {
        let slot = self.machine.slot(id)?;
        Some(quote!(frame.set(#slot, #value);))
    }

    fn itself(&self) -> TokenStream {
        panic!("invariant: the flow body is no function that could be a value")
    }

    fn closure(&self, index: usize) -> (TokenStream, String) {
        closure_of(self.machine.body, &self.machine.closures, index)
    }
}
