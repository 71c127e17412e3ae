//! Every identifier of generated code is decided here: case, keywords, clashes, characters that Rust does not have.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};

/// The one module of the runtime that generated code names.
pub const RUNTIME: &str = "breyta_runtime::rt";

/// Names that generated code uses itself and a user's name must not hide.
const TAKEN: &[&str] =
    &["rt", "frame", "outcome", "budget", "arguments", "captured", "handed", "functions", "flow", "main"];

/// Rust's keywords, strict and reserved.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "Self",
    "static", "struct", "super", "trait", "true", "try", "type", "typeof", "union", "unsafe", "unsized",
    "use", "virtual", "where", "while", "yield",
];

/// `get-users!` → `get_users`. Never a keyword, never empty, never starting with a digit.
pub fn snake(text: &str) -> String {
    let mut name = String::new();
    let mut after_lower_case = false;
    for character in text.chars() {
        if character.is_ascii_uppercase() && after_lower_case {
            name.push('_');
        }
        after_lower_case = character.is_ascii_lowercase();
        if character.is_ascii_alphanumeric() {
            name.push(character.to_ascii_lowercase());
        } else if character == '?' {
            name.push_str("_p");
        } else if !name.ends_with('_') && !name.is_empty() {
            name.push('_');
        }
    }
    let name = name.trim_matches('_');
    if name.is_empty() {
        return "value".to_owned();
    }
    if name.starts_with(|it: char| it.is_ascii_digit()) {
        return format!("n{name}");
    }
    if KEYWORDS.contains(&name) || TAKEN.contains(&name) {
        return format!("{name}_");
    }
    name.to_owned()
}

/// `get-users` → `GetUsers`: a variant's name.
pub fn camel(text: &str) -> String {
    let name: String = snake(text)
        .split('_')
        .filter(|part| !part.is_empty())
        .map(|part| {
            let mut letters = part.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
                .unwrap_or_default()
        })
        .collect();
    if name == "Self" || name.is_empty() { format!("{name}_") } else { name }
}

/// Names given out in one scope.
#[derive(Debug, Default)]
pub struct Scope(BTreeSet<String>);

impl Scope {
    /// The wanted name, with a number behind it when it is given out already: `users_2`, and `type_2` after `type_`.
    pub fn unique(&mut self, wanted: &str) -> String {
        self.numbered(wanted, "_")
    }

    /// The same for the name of a variant: `Users2`.
    pub fn unique_variant(&mut self, wanted: &str) -> String {
        self.numbered(wanted, "")
    }

    fn numbered(&mut self, wanted: &str, before_number: &str) -> String {
        let mut name = wanted.to_owned();
        let mut number = 1;
        while !self.0.insert(name.clone()) {
            number += 1;
            name = format!("{}{before_number}{number}", wanted.trim_end_matches('_'));
        }
        name
    }
}

/// The name of a parameter: with an underscore in front where the code does not use it, as Rust asks for.
pub fn parameter(name: &str, code: &TokenStream) -> Ident {
    if mentions(code, name) { ident(name) } else { ident(&format!("_{name}")) }
}

fn mentions(code: &TokenStream, name: &str) -> bool {
    code.clone().into_iter().any(|token| match token {
        TokenTree::Ident(it) => it == name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// A name made by this module as a token.
pub fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

#[cfg(test)]
mod tests {
    use super::{Scope, camel, snake};

    #[test]
    fn names_are_always_identifiers() {
        for (text, expected) in [
            ("get-users", "get_users"),
            ("getUsers", "get_users"),
            ("type", "type_"),
            ("rt", "rt_"),
            ("vip?", "vip_p"),
            ("1st", "n1st"),
            ("%1", "n1"),
            ("->", "value"),
            ("", "value"),
            ("über", "ber"),
            ("名前", "value"),
            ("if/then/fetch", "if_then_fetch"),
            ("a--b__c", "a_b_c"),
            ("+", "value"),
            ("HTTP", "http"),
        ] {
            assert_eq!(snake(text), expected, "{text}");
            assert!(syn::parse_str::<syn::Ident>(&snake(text)).is_ok(), "{text}");
            assert!(syn::parse_str::<syn::Ident>(&camel(text)).is_ok(), "{text}");
        }
        assert_eq!(camel("get-users"), "GetUsers");
        assert_eq!(camel("self"), "Self_");
    }

    #[test]
    fn clashes_get_numbers() {
        let mut scope = Scope::default();
        assert_eq!(scope.unique("users"), "users");
        assert_eq!(scope.unique("users"), "users_2");
        assert_eq!(scope.unique("users"), "users_3");
        assert_eq!(scope.unique("type_"), "type_");
        assert_eq!(scope.unique("type_"), "type_2");
        assert_eq!(scope.unique_variant("Users"), "Users");
        assert_eq!(scope.unique_variant("Users"), "Users2");
    }
}
