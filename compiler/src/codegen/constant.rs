//! Constants of the program, as Rust expressions: those that need memory are made once.

use breyta_core::library::Entry;
use breyta_core::{Keyword, Value};
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// How a constant comes to be.
enum Made {
    /// Where it stands.
    Here(TokenStream),
    /// Once, and then shared.
    Once(TokenStream),
}

/// A constant of the program.
pub(super) fn constant(value: &Value) -> TokenStream {
    match made(value) {
        Made::Here(code) => code,
        Made::Once(code) => quote!({
            static CONSTANT: rt::Constant = rt::Constant::new(|| #code);
            rt::constant(&CONSTANT)
        }),
    }
}

/// A reference to a constant of the program.
pub(super) fn reference(value: &Value) -> TokenStream {
    match made(value) {
        Made::Here(code) => quote!(&#code),
        Made::Once(code) => quote!({
            static CONSTANT: rt::Constant = rt::Constant::new(|| #code);
            rt::lent_constant(&CONSTANT)
        }),
    }
}

/// A library function as a value.
pub(super) fn function(entry: &Entry) -> TokenStream {
    let (name, path) = (entry.name, super::expr::library_path(entry));
    quote!({
        static CONSTANT: rt::Constant = rt::Constant::new(|| rt::native(#name, #path));
        rt::constant(&CONSTANT)
    })
}

fn made(value: &Value) -> Made {
    Made::Here(match value {
        Value::Nil => quote!(rt::Value::Nil),
        Value::Bool(value) => quote!(rt::Value::Bool(#value)),
        Value::Int(value) => {
            let literal = integer(*value);
            quote!(rt::Value::Int(#literal))
        }
        Value::Double(value) => double(*value),
        Value::Char(unit) => {
            let literal = Literal::u16_unsuffixed(*unit);
            quote!(rt::Value::Char(#literal))
        }
        Value::Str(text) => {
            let text = text.as_str();
            quote!(rt::Value::literal(#text))
        }
        Value::Keyword(keyword) => keyword_constant(keyword),
        Value::Symbol(symbol) => {
            let text = symbol.full();
            quote!(rt::Value::Symbol(rt::Symbol::literal(#text)))
        }
        Value::Regex(pattern) => {
            let source = pattern.source().as_str();
            return Made::Once(quote!(rt::regex(#source)));
        }
        Value::List(_) | Value::Vector(_) | Value::Set(_) | Value::Map(_) => {
            let made = collection(value);
            if !is_empty(value) {
                return Made::Once(made);
            }
            made
        }
        Value::BigInt(value) => {
            let digits = value.to_string();
            return Made::Once(quote!(rt::bigint(#digits)));
        }
        Value::Ratio(value) => {
            let (numerator, denominator) = (value.numer().to_string(), value.denom().to_string());
            return Made::Once(quote!(rt::ratio(#numerator, #denominator)));
        }
        Value::Decimal(value) => {
            let (unscaled, scale) = (value.unscaled.to_string(), Literal::i32_unsuffixed(value.scale.abs()));
            let sign = (value.scale < 0).then(|| quote!(-));
            return Made::Once(quote!(rt::decimal(#unscaled, #sign #scale)));
        }
        Value::Instant(ms) => {
            let ms = integer(*ms);
            quote!(rt::Value::Instant(#ms))
        }
        Value::Uuid(bits) => {
            let bits = Literal::u128_unsuffixed(*bits);
            quote!(rt::Value::Uuid(#bits))
        }
        Value::Function(_) | Value::Lazy(_) | Value::Object(_) | Value::Error(_) | Value::Bytes(_) => {
            panic!("invariant: {} has no literal", value.type_name())
        }
    })
}

fn is_empty(collection: &Value) -> bool {
    match collection {
        Value::List(items) | Value::Vector(items) => items.is_empty(),
        Value::Set(members) => members.is_empty(),
        Value::Map(map) => map.is_empty(),
        _ => false,
    }
}

/// A collection of constants, made where it stands. Inner collections are made with it.
fn collection(value: &Value) -> TokenStream {
    let all = |items: &mut dyn Iterator<Item = &Value>| items.map(collection).collect::<Vec<_>>();
    match value {
        Value::List(items) => {
            let items = all(&mut items.iter());
            quote!(rt::constants::list(&mut [#(#items),*]))
        }
        Value::Vector(items) => {
            let items = all(&mut items.iter());
            quote!(rt::constants::vector(&mut [#(#items),*]))
        }
        Value::Set(items) => {
            let items = all(&mut items.iter());
            quote!(rt::constants::set(&mut [#(#items),*]))
        }
        Value::Map(map) => {
            let entries = map.iter().map(|(key, value)| {
                let (key, value) = (collection(key), collection(value));
                quote!((#key, #value))
            });
            quote!(rt::constants::map(&mut [#(#entries),*]))
        }
        scalar => constant(scalar),
    }
}

fn keyword_constant(keyword: &Keyword) -> TokenStream {
    let text = keyword.full();
    quote!(rt::Value::keyword(#text))
}

fn integer(value: i64) -> TokenStream {
    if value == i64::MIN {
        return quote!(i64::MIN);
    }
    let digits = Literal::i64_unsuffixed(value.abs());
    if value < 0 { quote!(-#digits) } else { quote!(#digits) }
}

fn double(value: f64) -> TokenStream {
    let inner = if value.is_nan() {
        quote!(f64::NAN)
    } else if value.is_infinite() {
        if value > 0.0 { quote!(f64::INFINITY) } else { quote!(f64::NEG_INFINITY) }
    } else {
        let digits = Literal::f64_unsuffixed(value.abs());
        if value.is_sign_negative() { quote!(-#digits) } else { quote!(#digits) }
    };
    quote!(rt::Value::Double(#inner))
}
