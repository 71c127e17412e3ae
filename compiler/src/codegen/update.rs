//! The changes of what stands at paths, as calls with Rust closures that make the new value of the old one. Where paths
//! begin alike, one call goes to where they part and the others stand inside of its closure.

use std::collections::BTreeSet;

use breyta_core::library::direct;
use proc_macro2::TokenStream;
use quote::quote;

use super::expr::{Captured, Spelling, handed, lent, library_path, operands, path};
use crate::mir::{Change, LocalId, Operand, Place, Update, Use};

/// `live` is what is still needed after it.
pub(super) fn spelled(of: &Update, live: &BTreeSet<LocalId>, spelling: &impl Spelling) -> TokenStream {
    // What is looked at inside of the closures stays where it is.
    let (looked, taken): (Vec<_>, Vec<_>) = of.uses().into_iter().partition(|(how, _)| *how == Use::Looked);
    let looked: Vec<Operand> = looked.into_iter().map(|(_, it)| it.clone()).collect();
    let captured = Captured::of(&looked, live, spelling);
    let taken: Vec<&Operand> = taken.into_iter().map(|(_, it)| it).collect();
    let mut taken = operands(&taken, &captured.live, spelling).into_iter();
    let mut looked = captured.references.iter().cloned();
    let coll = taken.next().unwrap_or_default();
    let mut turns: Vec<Turn> = Vec::new();
    for place in &of.places {
        let before = turns.last().map(|turn| turn.keys.as_slice()).unwrap_or_default();
        let mut keys: Vec<TokenStream> = before.iter().take(place.shared).cloned().collect();
        keys.extend(taken.by_ref().take(place.path.len()));
        let change = new_value(place, &mut taken, &mut looked, spelling);
        turns.push(Turn { shared: place.shared, keys, change });
    }
    let update = call(&turns, 0, &coll, &spelling.budget());
    captured.around(quote!(#update?))
}

/// A place, spelled.
struct Turn {
    shared: usize,
    /// The whole path. A key is spelled by the first call that goes there.
    keys: Vec<TokenStream>,
    change: Spelled,
}

/// What becomes of a value `old`, as an expression that gives a result.
#[derive(Clone)]
struct Spelled {
    code: TokenStream,
    /// Whether statements stand in front of the expression.
    is_long: bool,
    /// The new value, where nothing can go wrong in making it.
    put: Option<TokenStream>,
    /// Whether it uses the budget.
    budgeted: bool,
    /// Whether it uses the old value.
    of_old: bool,
}

/// The call that goes to where the paths part, to which `gone` keys have led already.
fn call(turns: &[Turn], gone: usize, coll: &TokenStream, budget: &TokenStream) -> TokenStream {
    let parting = parting(turns);
    let keys: Vec<&TokenStream> =
        turns.iter().take(1).flat_map(|turn| &turn.keys).take(parting).skip(gone).collect();
    let inner = within(turns, parting);
    let given = if inner.budgeted { quote!(budget) } else { quote!(_) };
    let old = if inner.of_old { quote!(old) } else { quote!(_) };
    let code = inner.code;
    quote!(rt::direct::paths::update(#budget, #coll, &[#(#keys),*], |#given, #old| { #code }))
}

/// How many keys all the paths begin with; one path is all its own.
fn parting(turns: &[Turn]) -> usize {
    let own = turns.first().map_or(0, |turn| turn.keys.len());
    turns.iter().skip(1).map(|turn| turn.shared).min().unwrap_or(own)
}

/// What becomes of the value to which the first keys of all the paths have led.
fn within(turns: &[Turn], gone: usize) -> Spelled {
    match turns {
        [only] if only.keys.len() == gone => only.change.clone(),
        _ if parting(turns) > gone => {
            let code = call(turns, gone, &quote!(old), &quote!(budget));
            Spelled { code, is_long: false, put: None, budgeted: true, of_old: true }
        }
        // Here they part, or one of them ends.
        _ => {
            let mut parts = Vec::new();
            let mut rest = turns;
            while !rest.is_empty() {
                let end = rest.iter().skip(1).position(|turn| turn.shared <= gone);
                let (part, behind) = rest.split_at(end.map_or(rest.len(), |at| at + 1));
                parts.push(within(part, gone));
                rest = behind;
            }
            in_turn(&parts)
        }
    }
}

/// One change of a value after the other.
fn in_turn(parts: &[Spelled]) -> Spelled {
    let mut code = TokenStream::new();
    for (index, part) in parts.iter().enumerate() {
        let own = &part.code;
        let Some(next) = parts.get(index + 1) else {
            code.extend(quote!(#own));
            continue;
        };
        let value = match &part.put {
            // Nobody sees it.
            Some(_) if !next.of_old => continue,
            Some(value) => value.clone(),
            None if part.is_long => quote!({ #own }?),
            None => quote!(#own?),
        };
        code.extend(if next.of_old { quote!(let old = #value;) } else { quote!(#value;) });
    }
    Spelled {
        code,
        is_long: true,
        put: None,
        budgeted: parts.iter().any(|part| part.budgeted),
        of_old: parts.first().is_some_and(|part| part.of_old),
    }
}

/// The new value of a place; takes what it uses from the operands.
fn new_value(
    of: &Place,
    taken: &mut impl Iterator<Item = TokenStream>,
    looked: &mut impl Iterator<Item = TokenStream>,
    spelling: &impl Spelling,
) -> Spelled {
    let absent: Vec<TokenStream> = taken.by_ref().take(usize::from(of.absent.is_some())).collect();
    let arguments = |from: &mut dyn Iterator<Item = TokenStream>| -> Vec<TokenStream> {
        from.take(of.arguments.len()).collect()
    };
    let code = match &of.change {
        Change::Put => {
            let value = arguments(taken);
            let put = Some(quote!(#(#value)*));
            return Spelled { code: quote!(Ok(#put)), is_long: false, put, budgeted: false, of_old: false };
        }
        Change::Call(entry) => match direct::by_reference(entry, 1 + of.arguments.len()) {
            Some(direct) => {
                let (path, looked) = (path(direct.path), arguments(looked));
                let call = quote!(rt::direct::#path(budget, &old, #(#looked),*));
                if direct.shape == direct::Shape::Part { quote!(Ok(#call?.into_owned())) } else { call }
            }
            None => {
                let (path, taken) = (library_path(entry), arguments(taken));
                quote!(#path(budget, &mut [old, #(#taken),*]))
            }
        },
        Change::Closure(index, captured) => {
            let captured: Vec<TokenStream> = looked.take(captured.len()).collect();
            let closure = spelling.closure_body(*index);
            let given = std::iter::once(quote!(old)).chain(arguments(taken)).enumerate();
            let given = given.map(|(at, value)| if lent(closure, at) { quote!(&#value) } else { value });
            handed(*index, &captured, given, spelling)
        }
        Change::Invoke(_) => {
            let (callee, taken) = (looked.next(), arguments(taken));
            quote!(rt::invoke(budget, #callee, &mut [old, #(#taken),*]))
        }
    };
    let code = quote!(#(let old = if old.is_nil() { #absent } else { old };)* #code);
    Spelled { code, is_long: !absent.is_empty(), put: None, budgeted: true, of_old: true }
}
