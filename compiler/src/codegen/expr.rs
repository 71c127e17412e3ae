//! Operands and what statements compute, as Rust expressions.

use std::collections::BTreeSet;

use breyta_core::Value;
use breyta_core::library::Entry;
use breyta_core::library::direct::{self, Direct, Shape};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::constant;
use super::function;
use super::names::ident;
use super::update;
use crate::mir::pointless::are_distinct;
use crate::mir::{Body, Kept, LocalId, Operand, Rvalue};

/// How operands are spelled at one place of one Rust function.
pub(super) trait Spelling {
    /// The Rust variable of a local.
    fn variable(&self, id: LocalId) -> TokenStream;

    /// How the local is kept.
    fn kept(&self, id: LocalId) -> Kept;

    /// Whether some local is borrowed from this one, so that it must stay where it is.
    fn lends(&self, id: LocalId) -> bool;

    /// The body of a closure.
    fn closure_body(&self, index: usize) -> &Body;

    /// The budget, as a `&mut` expression.
    fn budget(&self) -> TokenStream;

    /// The path of a closure's function.
    fn closure(&self, index: usize) -> TokenStream;

    /// The function around, as a value.
    fn itself(&self) -> TokenStream;

    /// The closure's name, for people.
    fn closure_name(&self, index: usize) -> String;
}

/// What a statement computes. `live` is what is still needed after it: anything else is moved.
pub(super) fn rvalue(of: &Rvalue, live: &BTreeSet<LocalId>, spelling: &impl Spelling) -> TokenStream {
    match of {
        Rvalue::Invoke(callee, arguments) => return invoke(callee, arguments, live, spelling),
        Rvalue::Call(function, arguments) => {
            if let Some(direct) = direct::by_reference(function, arguments.len()) {
                let value = by_reference(direct, arguments, live, spelling);
                return if direct.shape == Shape::Part { quote!(#value.into_owned()) } else { value };
            }
        }
        Rvalue::CallWith { function, closure, captured, arguments, integers } => {
            let call = With { function, closure: *closure, captured, arguments, integers: *integers };
            return call.spelled(live, spelling);
        }
        Rvalue::Update(of) => return update::spelled(of, live, spelling),
        _ => {}
    }
    let budget = spelling.budget();
    let values = operands(&of.operands(), live, spelling);
    match of {
        Rvalue::Use(_) | Rvalue::Invoke(..) | Rvalue::CallWith { .. } | Rvalue::Update(_) => {
            quote!(#(#values)*)
        }
        Rvalue::Call(function, _) => {
            let path = library_path(function);
            quote!(#path(#budget, &mut [#(#values),*])?)
        }
        Rvalue::Itself => spelling.itself(),
        Rvalue::NowMs => quote!(rt::Value::Int(frame.now_ms())),
        Rvalue::Vector(_) => quote!(rt::vector(#budget, &mut [#(#values),*])?),
        Rvalue::Set(items) if are_distinct(items.iter()) => {
            quote!(rt::set(#budget, &mut [#(#values),*])?)
        }
        Rvalue::Set(_) => quote!(rt::distinct_set(#budget, &mut [#(#values),*])?),
        Rvalue::Map(entries) => {
            let pairs = values.chunks_exact(2).map(|pair| quote!((#(#pair),*)));
            if are_distinct(entries.iter().map(|(key, _)| key)) {
                quote!(rt::map(#budget, &mut [#(#pairs),*])?)
            } else {
                quote!(rt::distinct_map(#budget, &mut [#(#pairs),*])?)
            }
        }
        Rvalue::Closure(index, _) => {
            let (path, name) = (spelling.closure(*index), spelling.closure_name(*index));
            quote!(rt::closure(#name, #path, &mut [#(#values),*]))
        }
    }
}

/// A part that is left where it stands.
pub(super) fn borrowed(of: &Rvalue, live: &BTreeSet<LocalId>, spelling: &impl Spelling) -> TokenStream {
    let Rvalue::Call(function, arguments) = of else { panic!("invariant: only parts are borrowed") };
    let direct = direct::by_reference(function, arguments.len()).expect("parts come from these");
    by_reference(direct, arguments, live, spelling)
}

/// A call of a value. The callee is only looked at, so no argument may be moved out of it.
fn invoke(
    callee: &Operand,
    arguments: &[Operand],
    live: &BTreeSet<LocalId>,
    spelling: &impl Spelling,
) -> TokenStream {
    let budget = spelling.budget();
    let mut live = live.clone();
    if let Operand::Local(id) = callee {
        live.insert(*id);
    }
    let callee = reference(callee, &live, spelling);
    let arguments = operands(&arguments.iter().collect::<Vec<_>>(), &live, spelling);
    quote!(rt::invoke(#budget, #callee, &mut [#(#arguments),*])?)
}

/// A call that only looks at its arguments. What is needed no longer is dropped behind it, so that what it held may be
/// changed in place.
fn by_reference(
    direct: &Direct,
    arguments: &[Operand],
    live: &BTreeSet<LocalId>,
    spelling: &impl Spelling,
) -> TokenStream {
    let budget = spelling.budget();
    let references: Vec<TokenStream> = arguments
        .iter()
        .enumerate()
        .map(|(index, argument)| {
            let elsewhere =
                |it: &Operand| matches!((it, argument), (Operand::Local(a), Operand::Local(b)) if a == b);
            let others = arguments.iter().take(index).chain(arguments.iter().skip(index + 1));
            match argument {
                // Moving out of a variable that the same call looks at elsewhere is not allowed.
                Operand::Local(id) if others.clone().any(elsewhere) => {
                    let mut live = live.clone();
                    live.insert(*id);
                    reference(argument, &live, spelling)
                }
                _ => reference(argument, live, spelling),
            }
        })
        .collect();
    if let (
        "parts::get" | "parts::get_or",
        [coll, _, absent @ ..],
        Some(Operand::Constant(Value::Keyword(key))),
    ) = (direct.path, references.as_slice(), arguments.get(1))
    {
        let (key, code) = (key.full(), ident(if absent.is_empty() { "field" } else { "field_or" }));
        return quote!(rt::direct::parts::#code(#budget, #coll, #key, #(#absent),*)?);
    }
    let path = path(direct.path);
    quote!(rt::direct::#path(#budget, #(#references),*)?)
}

/// A reference to an operand. A variable that nothing needs later is dropped behind the expression, so that what it held
/// may be changed in place; one that lends to others is dropped after the last of them.
pub(super) fn reference(of: &Operand, live: &BTreeSet<LocalId>, spelling: &impl Spelling) -> TokenStream {
    if let Operand::Local(id) = of {
        let variable = spelling.variable(*id);
        match spelling.kept(*id) {
            Kept::Borrowed(None) => return variable,
            Kept::Value if !live.contains(id) && !spelling.lends(*id) => return quote!(&{ #variable }),
            Kept::Value | Kept::Borrowed(Some(_)) => return quote!(&#variable),
            Kept::Integer | Kept::Boolean => {}
        }
    }
    match of {
        Operand::Constant(value) => constant::reference(value),
        _ => {
            let value = operand(of, live, spelling);
            quote!(&#value)
        }
    }
}

/// What a statement computes that gives an integer, as `i64`.
pub(super) fn integer_of(of: &Rvalue, spelling: &impl Spelling) -> TokenStream {
    match of {
        Rvalue::Use(operand) => integer_operand(operand, spelling),
        Rvalue::Call(function, arguments) => {
            let direct = direct::by_reference(function, arguments.len()).expect("integers come from these");
            let code = ident(direct.path.rsplit("::").next().unwrap_or_default());
            let arguments = arguments.iter().map(|it| integer_operand(it, spelling));
            quote!(rt::direct::integers::#code(#(#arguments),*)?)
        }
        _ => panic!("invariant: only constants, copies and arithmetic give integers"),
    }
}

/// An operand that is an integer, as `i64`.
pub(super) fn integer_operand(of: &Operand, spelling: &impl Spelling) -> TokenStream {
    match of {
        Operand::Local(id) => spelling.variable(*id),
        Operand::Constant(Value::Int(i64::MIN)) => quote!(i64::MIN),
        Operand::Constant(Value::Int(value)) => {
            let literal = Literal::i64_suffixed(value.abs());
            if *value < 0 { quote!(-#literal) } else { quote!(#literal) }
        }
        _ => panic!("invariant: the operand is an integer"),
    }
}

/// What a statement computes that gives a boolean, as `bool`.
pub(super) fn boolean_of(of: &Rvalue, live: &BTreeSet<LocalId>, spelling: &impl Spelling) -> TokenStream {
    match of {
        Rvalue::Use(Operand::Local(id)) => spelling.variable(*id),
        Rvalue::Use(Operand::Constant(Value::Bool(value))) => quote!(#value),
        Rvalue::Call(function, arguments) => {
            let direct = direct::by_reference(function, arguments.len()).expect("booleans come from these");
            comparison(direct, arguments, spelling).unwrap_or_else(|| {
                let value = by_reference(direct, arguments, live, spelling);
                quote!(#value.is_truthy())
            })
        }
        _ => panic!("invariant: only constants, copies and questions give booleans"),
    }
}

/// A comparison of integers; None when some argument is none.
fn comparison(direct: &Direct, arguments: &[Operand], spelling: &impl Spelling) -> Option<TokenStream> {
    let integer = |operand: &Operand| match operand {
        Operand::Local(id) => spelling.kept(*id) == Kept::Integer,
        Operand::Constant(value) => matches!(value, Value::Int(_)),
        Operand::Function(_) => false,
    };
    if direct.shape != Shape::Comparison || !arguments.iter().all(integer) {
        return None;
    }
    let spelled: Vec<TokenStream> = arguments.iter().map(|it| integer_operand(it, spelling)).collect();
    let code = direct.path.rsplit("::").next().unwrap_or_default();
    Some(match (code, spelled.as_slice()) {
        ("less", [a, b]) => quote!(#a < #b),
        ("greater", [a, b]) => quote!(#a > #b),
        ("less_or_equal", [a, b]) => quote!(#a <= #b),
        ("greater_or_equal", [a, b]) => quote!(#a >= #b),
        ("equivalent" | "equal", [a, b]) => quote!(#a == #b),
        ("not_equal", [a, b]) => quote!(#a != #b),
        ("is_zero", [a]) => quote!(#a == 0),
        ("is_positive", [a]) => quote!(#a > 0),
        ("is_negative", [a]) => quote!(#a < 0),
        ("is_even", [a]) => quote!(#a & 1 == 0),
        ("is_odd", [a]) => quote!(#a & 1 != 0),
        _ => return None,
    })
}

/// A call with a closure that nothing else sees.
struct With<'a> {
    function: &'static Entry,
    closure: usize,
    captured: &'a [Operand],
    arguments: &'a [Operand],
    integers: bool,
}

impl With<'_> {
    fn spelled(&self, live: &BTreeSet<LocalId>, spelling: &impl Spelling) -> TokenStream {
        let with = direct::with_closure(self.function, self.arguments.len() + 1)
            .expect("the pass that makes these calls looks them up");
        let captured = Captured::of(self.captured, live, spelling);
        let (budget, path) = (spelling.budget(), path(with.direct.path));
        let arguments = operands(&self.arguments.iter().collect::<Vec<_>>(), &captured.live, spelling);
        let names: Vec<_> = ["first", "second"].into_iter().take(with.parameters).map(ident).collect();
        let given = names.iter().enumerate().map(|(index, name)| {
            let owned = index + 1 < names.len();
            match (lent(spelling.closure_body(self.closure), index), owned) {
                (true, _) => quote!(&#name),
                (false, true) => quote!(#name),
                (false, false) => quote!(#name.into_owned()),
            }
        });
        let code = handed(self.closure, &captured.references, given, spelling);
        if self.integers {
            let item = function::over_integers(spelling.closure_body(self.closure));
            let path = self::path(&format!("{}_integers", with.direct.path));
            return quote!({
                #item
                rt::direct::#path(#budget, over_integers, |budget, #(#names),*| #code, #(#arguments),*)?
            });
        }
        captured.around(quote!(rt::direct::#path(#budget, |budget, #(#names),*| #code, #(#arguments),*)?))
    }
}

/// Whether a parameter of a closure is left with whoever calls it.
pub(super) fn lent(closure: &Body, parameter: usize) -> bool {
    closure.parameters.get(parameter).is_some_and(|id| closure.local(*id).kept == Kept::Borrowed(None))
}

/// The call of a closure that the library is handed: what it captures is lent, then come its arguments.
pub(super) fn handed(
    closure: usize,
    captured: &[TokenStream],
    arguments: impl Iterator<Item = TokenStream>,
    spelling: &impl Spelling,
) -> TokenStream {
    let code = spelling.closure(closure);
    let given = captured.iter().cloned().chain(arguments);
    quote!(#code(budget, #(#given),*))
}

/// What a closure captures that one call is handed.
pub(super) struct Captured {
    /// What must not be moved in the call: what is needed later, and what is captured.
    pub(super) live: BTreeSet<LocalId>,
    pub(super) references: Vec<TokenStream>,
    /// Needed by nothing but the closure.
    last: Vec<TokenStream>,
}

impl Captured {
    pub(super) fn of(captured: &[Operand], live: &BTreeSet<LocalId>, spelling: &impl Spelling) -> Self {
        let mut all = live.clone();
        let mut last = Vec::new();
        for operand in captured {
            if let Operand::Local(id) = operand
                && all.insert(*id)
                && spelling.kept(*id) == Kept::Value
                && !spelling.lends(*id)
            {
                last.push(spelling.variable(*id));
            }
        }
        let references = captured.iter().map(|it| reference(it, &all, spelling)).collect();
        Self { live: all, references, last }
    }

    /// The call in a scope of its own, at the end of which is dropped what nothing else needs.
    pub(super) fn around(&self, call: TokenStream) -> TokenStream {
        let last = &self.last;
        if last.is_empty() { call } else { quote!({ #(let #last = #last;)* #call }) }
    }
}

/// Operands in order; a local is moved at its last occurrence when nothing needs it later, copied otherwise.
pub(super) fn operands(
    of: &[&Operand],
    live: &BTreeSet<LocalId>,
    spelling: &impl Spelling,
) -> Vec<TokenStream> {
    of.iter()
        .enumerate()
        .map(|(index, it)| {
            let again = |id: &LocalId| {
                of.iter().skip(index + 1).any(|later| matches!(later, Operand::Local(other) if other == id))
            };
            match it {
                Operand::Local(id) => {
                    let variable = spelling.variable(*id);
                    match spelling.kept(*id) {
                        Kept::Integer => quote!(rt::Value::Int(#variable)),
                        Kept::Boolean => quote!(rt::Value::Bool(#variable)),
                        Kept::Borrowed(None) => quote!(#variable.clone()),
                        Kept::Borrowed(Some(_)) => panic!("invariant: what is lent is only looked at"),
                        Kept::Value if live.contains(id) || again(id) => quote!(#variable.clone()),
                        Kept::Value => variable,
                    }
                }
                Operand::Constant(value) => constant::constant(value),
                Operand::Function(entry) => constant::function(entry),
            }
        })
        .collect()
}

/// One operand on its own.
pub(super) fn operand(of: &Operand, live: &BTreeSet<LocalId>, spelling: &impl Spelling) -> TokenStream {
    operands(&[of], live, spelling).into_iter().collect()
}

pub(super) fn library_path(entry: &Entry) -> TokenStream {
    let path = path(entry.path);
    quote!(rt::#path)
}

pub(super) fn path(of: &str) -> TokenStream {
    let parts = of.split("::").map(ident);
    quote!(#(#parts)::*)
}
