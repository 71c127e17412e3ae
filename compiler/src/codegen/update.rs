//! The change of what stands at a path, as a call with a Rust closure that makes the new value of the old one.

use std::collections::BTreeSet;

use breyta_core::library::direct;
use proc_macro2::TokenStream;
use quote::quote;

use super::expr::{Captured, Spelling, handed, lent, library_path, operands, path};
use crate::mir::{Change, LocalId, Operand, Update, Use};

/// `live` is what is still needed after it.
pub(super) fn spelled(of: &Update, live: &BTreeSet<LocalId>, spelling: &impl Spelling) -> TokenStream {
    // What is looked at inside of the closure stays where it is.
    let looked: Vec<Operand> =
        of.uses().into_iter().filter(|(how, _)| *how == Use::Looked).map(|(_, it)| it.clone()).collect();
    let looked = Captured::of(&looked, live, spelling);
    let taken = of.uses().into_iter().filter(|(how, _)| *how != Use::Looked).map(|(_, it)| it);
    let mut taken = operands(&taken.collect::<Vec<_>>(), &looked.live, spelling).into_iter();
    let coll = taken.next();
    let keys: Vec<TokenStream> = taken.by_ref().take(of.path.len()).collect();
    let absent: Vec<TokenStream> = taken.by_ref().take(usize::from(of.absent.is_some())).collect();
    let absent = absent.into_iter().map(|absent| quote!(let old = if old.is_nil() { #absent } else { old };));
    let change = change(of, taken, &looked, spelling);
    let old = if matches!(of.change, Change::Put) { quote!(_) } else { quote!(old) };
    let budget = spelling.budget();
    let function = if change.budgeted { quote!(|budget, #old|) } else { quote!(|_, #old|) };
    let code = change.code;
    looked.around(quote! {
        rt::direct::paths::update(#budget, #coll, &[#(#keys),*], #function { #(#absent)* #code })?
    })
}

struct Spelled {
    code: TokenStream,
    /// Whether it uses the budget.
    budgeted: bool,
}

/// The new value; `arguments` are those that it takes.
fn change(
    of: &Update,
    arguments: impl Iterator<Item = TokenStream>,
    looked: &Captured,
    spelling: &impl Spelling,
) -> Spelled {
    let looked = &looked.references;
    let code = match &of.change {
        Change::Put => return Spelled { code: quote!(Ok(#(#arguments)*)), budgeted: false },
        Change::Call(entry) => match direct::by_reference(entry, 1 + of.arguments.len()) {
            Some(direct) => {
                let path = path(direct.path);
                let call = quote!(rt::direct::#path(budget, &old, #(#looked),*));
                if direct.shape == direct::Shape::Part { quote!(Ok(#call?.into_owned())) } else { call }
            }
            None => {
                let path = library_path(entry);
                quote!(#path(budget, &mut [old, #(#arguments),*]))
            }
        },
        Change::Closure(index, _) => {
            let closure = spelling.closure_body(*index);
            let given = std::iter::once(quote!(old)).chain(arguments).enumerate();
            let given = given.map(|(at, value)| if lent(closure, at) { quote!(&#value) } else { value });
            handed(*index, looked, given, spelling)
        }
        Change::Invoke(_) => quote!(rt::invoke(budget, #(#looked)*, &mut [old, #(#arguments),*])),
    };
    Spelled { code, budgeted: true }
}
