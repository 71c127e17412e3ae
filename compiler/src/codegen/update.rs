//! The change of what stands at a path, as a call with a Rust closure that makes the new value of the old one.

use breyta_core::library::direct;
use proc_macro2::TokenStream;
use quote::quote;

use super::expr::{Spelling, library_path, path};
use crate::mir::{Change, Update};

/// The values are the operands of the update, in order.
pub(super) fn spelled(of: &Update, values: Vec<TokenStream>, spelling: &impl Spelling) -> TokenStream {
    let mut values = values.into_iter();
    let coll = values.next();
    let keys: Vec<TokenStream> = values.by_ref().take(of.path.len()).collect();
    let absent: Vec<TokenStream> = values.by_ref().take(usize::from(of.absent.is_some())).collect();
    let absent = absent.into_iter().map(|absent| quote!(let old = if old.is_nil() { #absent } else { old };));
    let change = change(&of.change, values, spelling);
    let old = if matches!(of.change, Change::Put) { quote!(_) } else { quote!(old) };
    let budget = spelling.budget();
    let function = if change.budgeted { quote!(|budget, #old|) } else { quote!(|_, #old|) };
    let code = change.code;
    quote! {
        rt::direct::paths::update(#budget, #coll, &[#(#keys),*], #function { #(#absent)* #code })?
    }
}

struct Spelled {
    code: TokenStream,
    /// Whether it uses the budget.
    budgeted: bool,
}

fn change(of: &Change, mut values: impl Iterator<Item = TokenStream>, spelling: &impl Spelling) -> Spelled {
    let code = match of {
        Change::Put => return Spelled { code: quote!(Ok(#(#values)*)), budgeted: false },
        Change::Call(entry) => {
            let values: Vec<TokenStream> = values.collect();
            match direct::by_reference(entry, 1 + values.len()) {
                Some(direct) => {
                    let path = path(direct.path);
                    quote!(rt::direct::#path(budget, &old, #(&#values),*))
                }
                None => {
                    let path = library_path(entry);
                    quote!(#path(budget, &mut [old, #(#values),*]))
                }
            }
        }
        Change::Closure(index, captured) => {
            let captured: Vec<TokenStream> = values.by_ref().take(captured.len()).collect();
            let code = spelling.closure(*index);
            quote!(#code(budget, &[#(#captured),*], &mut [old, #(#values),*]))
        }
        Change::Invoke(_) => {
            let callee = values.next();
            quote!(rt::invoke(budget, &#callee, &mut [old, #(#values),*]))
        }
    };
    Spelled { code, budgeted: true }
}
