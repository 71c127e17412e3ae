//! Functions and closures: one Rust function per body.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::block::{Emitter, Exits};
use super::names::{Scope, ident, parameter, snake};
use super::output;
use super::region::Regions;
use crate::mir::live::Liveness;
use crate::mir::{BlockId, Body, Kept, LocalId, Program, Suspension};
use crate::source::Sources;

/// `src/functions.rs`.
pub(super) fn file(sources: &Sources, program: &Program) -> String {
    let head = "//! The functions of the flow, compiled.\n\nuse breyta_runtime::rt;\n";
    output::file(head, &items(sources, program))
}

/// The items of all functions, closures after the function that makes them.
pub(super) fn items(sources: &Sources, program: &Program) -> Vec<String> {
    let mut items = Vec::new();
    let names = function_names(program);
    let mut scope = Scope::default();
    for name in &names {
        scope.unique(name);
    }
    for ((_, body), name) in program.functions.iter().zip(&names) {
        let closures = closure_names(body, name, &mut scope);
        items.push(output::item(function(sources, body, name, &closures)));
        items.extend(closure_items(sources, body, &closures, &mut scope));
    }
    items
}

/// The Rust names of the functions of a program, in order.
pub(super) fn function_names(program: &Program) -> Vec<String> {
    let mut scope = Scope::default();
    program.functions.iter().map(|(id, _)| scope.unique(&snake(id))).collect()
}

/// The Rust names of the closures that a body makes.
pub(super) fn closure_names(body: &Body, owner: &str, scope: &mut Scope) -> Vec<String> {
    body.closures.iter().map(|closure| scope.unique(&snake(&format!("{owner}-{}", closure.name)))).collect()
}

/// The items of a body's closures, inner ones after the one that makes them.
pub(super) fn closure_items(
    sources: &Sources,
    body: &Body,
    names: &[String],
    scope: &mut Scope,
) -> Vec<String> {
    let mut items = Vec::new();
    for (index, (closure, name)) in body.closures.iter().zip(names).enumerate() {
        let inner = closure_names(closure, name, scope);
        let spelled = if body.hands_over(index) {
            handed_function(sources, closure, name, &inner)
        } else {
            closure_function(sources, closure, name, &inner)
        };
        items.push(output::item(spelled));
        items.extend(closure_items(sources, closure, &inner, scope));
    }
    items
}

fn function(sources: &Sources, body: &Body, name: &str, closures: &[String]) -> TokenStream {
    let doc = doc_line(sources, body, "function");
    let (name, shown) = (ident(name), &body.name);
    let code = code(body, quote!(rt::native(#shown, #name)), closures);
    let (budget, arguments) = (parameter("budget", &code), parameter("arguments", &code));
    quote! {
        #[doc = #doc]
        pub fn #name(#budget: &mut rt::Budget, #arguments: &mut [rt::Value]) -> Result<rt::Value, rt::Thrown> {
            #code
        }
    }
}

fn closure_function(sources: &Sources, body: &Body, name: &str, closures: &[String]) -> TokenStream {
    let doc = doc_line(sources, body, "closure");
    let (name, shown) = (ident(name), &body.name);
    let code = code(body, quote!(rt::closure(#shown, #name, &mut captured.to_vec())), closures);
    let [budget, captured, arguments] =
        ["budget", "captured", "arguments"].map(|name| parameter(name, &code));
    quote! {
        #[doc = #doc]
        fn #name(
            #budget: &mut rt::Budget,
            #captured: &[rt::Value],
            #arguments: &mut [rt::Value],
        ) -> Result<rt::Value, rt::Thrown> {
            #code
        }
    }
}

/// A closure that the library calls from one place: it gets what it captures by reference, then its arguments.
fn handed_function(sources: &Sources, body: &Body, name: &str, closures: &[String]) -> TokenStream {
    let doc = doc_line(sources, body, "closure");
    let name = ident(name);
    let (liveness, regions) = (Liveness::of(body), Regions::single(body));
    let exits = FunctionExits { body, itself: quote!(), closures };
    let emitter = Emitter::new(body, &liveness, &regions, BlockId(0), &exits);
    let used = liveness.at_start(BlockId(0));
    let variable = |id: LocalId| if used.contains(&id) { emitter.variable_name(id) } else { quote!(_) };
    let captured = body.captured.iter().map(|id| {
        let variable = variable(*id);
        quote!(#variable: &rt::Value)
    });
    let parameters = body.parameters.iter().map(|id| {
        let variable = variable(*id);
        let lent = (body.local(*id).kept == Kept::Borrowed(None)).then(|| quote!(&));
        quote!(#variable: #lent rt::Value)
    });
    let given: Vec<TokenStream> = captured.chain(parameters).collect();
    let copies = copies_of_captured(body, &used, &emitter);
    let code = emitter.code();
    let budget = parameter("budget", &code);
    quote! {
        #[doc = #doc]
        fn #name(#budget: &mut rt::Budget, #(#given),*) -> Result<rt::Value, rt::Thrown> {
            #copies
            #code
        }
    }
}

/// Captured values are lent; one that is not only looked at is copied at the entry.
fn copies_of_captured(
    body: &Body,
    used: &BTreeSet<LocalId>,
    emitter: &Emitter<'_, FunctionExits<'_>>,
) -> TokenStream {
    let copied = body.captured.iter().filter(|id| used.contains(id) && body.local(**id).kept == Kept::Value);
    let variables = copied.map(|id| emitter.variable_name(*id));
    quote!(#(let #variables = #variables.clone();)*)
}

fn doc_line(sources: &Sources, body: &Body, kind: &str) -> String {
    let (line, _) = sources.line_column(body.span.file, body.span.start);
    let file = super::machine::file_name(sources, body.span);
    let text = sources.text(body.span).lines().next().unwrap_or_default().trim_end();
    let short: String = text.chars().take(60).collect();
    format!(" The {kind} `{}` ({file}:{line}): `{short}`", body.name)
}

fn code(body: &Body, itself: TokenStream, closures: &[String]) -> TokenStream {
    let (liveness, regions) = (Liveness::of(body), Regions::single(body));
    let exits = FunctionExits { body, itself, closures };
    let emitter = Emitter::new(body, &liveness, &regions, BlockId(0), &exits);
    let used = liveness.at_start(BlockId(0));
    let rest = body.rest.filter(|id| used.contains(id));
    let binding = |id: &LocalId| if used.contains(id) { emitter.variable_name(*id) } else { quote!(_) };
    let mut code = TokenStream::new();
    if !body.captured.is_empty() {
        let places = body.captured.iter().map(binding);
        let copies = copies_of_captured(body, &used, &emitter);
        code.extend(quote! {
            let [#(#places),*] = captured else { return Err(rt::wrong_captures()) };
            #copies
        });
    }
    let mut places: Vec<TokenStream> = body.parameters.iter().map(binding).collect();
    let mut further = quote!(arguments);
    if let Some(id) = rest.filter(|_| !places.is_empty()) {
        further = emitter.variable_name(id);
        places.push(quote!(#further @ ..));
    } else if body.rest.is_some() {
        places.push(quote!(..));
    }
    // Only further arguments: any number of them fits.
    if body.rest.is_none() || !body.parameters.is_empty() {
        let name = &body.name;
        code.extend(quote! {
            let [#(#places),*] = arguments else { return Err(rt::wrong_arity(#name, arguments.len())) };
        });
    }
    for id in body.parameters.iter().filter(|id| used.contains(id)) {
        let variable = emitter.variable_name(*id);
        code.extend(match body.local(*id).kept {
            Kept::Borrowed(_) => quote!(let #variable = &*#variable;),
            Kept::Value | Kept::Integer | Kept::Boolean => quote!(let #variable = rt::take(#variable);),
        });
    }
    if let Some(id) = rest {
        let variable = emitter.variable_name(id);
        code.extend(quote!(let #variable = rt::rest(#further);));
    }
    code.extend(emitter.code());
    code
}

/// The body of a closure over integers, as an item `over_integers`.
pub(super) fn over_integers(closure: &Body) -> TokenStream {
    let kept = crate::mir::unboxed::over_integers(closure).expect("the pass that marks folds has looked");
    let (liveness, regions) = (Liveness::of(closure), Regions::single(closure));
    let emitter = Emitter::new(closure, &liveness, &regions, BlockId(0), &IntegerExits).keeping(kept);
    let used = liveness.at_start(BlockId(0));
    let parameters = closure.parameters.iter().map(|id| {
        let name = if used.contains(id) { emitter.variable_name(*id) } else { quote!(_) };
        quote!(#name: i64)
    });
    let code = emitter.code();
    quote! {
        fn over_integers(#(#parameters),*) -> Result<i64, rt::Thrown> {
            #code
        }
    }
}

/// A body over integers makes and calls nothing: it only ends.
struct IntegerExits;

impl Exits for IntegerExits {
    fn budget(&self) -> TokenStream {
        panic!("invariant: integers cost nothing")
    }

    fn done(&self, value: TokenStream) -> TokenStream {
        quote!(Ok(#value))
    }

    fn gives_integer(&self) -> bool {
        true
    }

    fn suspend(&self, suspension: &Suspension, _config: TokenStream) -> TokenStream {
        panic!("invariant: a closure has no steps, but there is `{}`", suspension.point)
    }

    fn proceed(&self, to: BlockId) -> TokenStream {
        panic!("invariant: a function is one region, but b{} is outside", to.0)
    }

    fn hand_over(&self, _id: LocalId, _value: TokenStream) -> Option<TokenStream> {
        None
    }

    fn itself(&self) -> TokenStream {
        panic!("invariant: a body over integers calls nothing")
    }

    fn closure(&self, index: usize) -> (TokenStream, String) {
        panic!("invariant: a body over integers makes no closure, but there is {index}")
    }
}

/// Functions end by returning; they have no frame and no suspensions.
struct FunctionExits<'a> {
    body: &'a Body,
    /// How the function itself is spelled as a value.
    itself: TokenStream,
    closures: &'a [String],
}

impl Exits for FunctionExits<'_> {
    fn budget(&self) -> TokenStream {
        quote!(budget)
    }

    fn done(&self, value: TokenStream) -> TokenStream {
        quote!(Ok(#value))
    }

    fn suspend(&self, suspension: &Suspension, _config: TokenStream) -> TokenStream {
        panic!("invariant: a function has no steps, but `{}` has `{}`", self.body.name, suspension.point)
    }

    fn proceed(&self, to: BlockId) -> TokenStream {
        panic!("invariant: a function is one region, but `{}` leaves it for b{}", self.body.name, to.0)
    }

    fn hand_over(&self, _id: LocalId, _value: TokenStream) -> Option<TokenStream> {
        None
    }

    fn itself(&self) -> TokenStream {
        self.itself.clone()
    }

    fn closure(&self, index: usize) -> (TokenStream, String) {
        closure_of(self.body, self.closures, index)
    }
}

/// The path and the shown name of a closure.
pub(super) fn closure_of(body: &Body, names: &[String], index: usize) -> (TokenStream, String) {
    let path = names.get(index).map_or_else(|| ident("closure"), |name| ident(name));
    let shown = body.closures.get(index).map_or_else(String::new, |closure| closure.name.clone());
    (quote!(#path), shown)
}
