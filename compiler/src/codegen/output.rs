//! Items in order, formatted one by one with prettyplease and joined by a blank line (which prettyplease leaves out).

use proc_macro2::TokenStream;

/// One item as formatted text. Tokens that do not parse are a defect of this compiler, shown as they are.
pub(super) fn item(tokens: TokenStream) -> String {
    match syn::parse2::<syn::File>(tokens.clone()) {
        Ok(file) => prettyplease::unparse(&file),
        Err(error) => panic!("invariant: generated items parse as Rust ({error}): {tokens}"),
    }
}

/// A file: its head, then the items.
pub(super) fn file(head: &str, items: &[String]) -> String {
    let mut text = head.to_owned();
    for item in items {
        text.push('\n');
        text.push_str(item);
    }
    text
}
