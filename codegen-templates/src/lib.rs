//! The flat documents of an emitted crate: manifest, entry point, README, Dockerfile, CI workflow, example bindings.
//!
//! One serialisable context per document, each with its template, so that a variable cannot be added without being
//! filled. Handlebars runs in strict mode and escapes nothing; every text that comes from a flow passes through the
//! helper of the target syntax (`toml`, `md`, `code`, `yaml`, `edn`, `shell`, or `plain` for one
//! line of anything). Rust that depends on the flow's body
//! is never templated: the code generator builds that from tokens.

use std::fmt::Write as _;

use handlebars::{Handlebars, handlebars_helper, no_escape};
use serde::Serialize;

#[cfg(test)]
mod tests;

/// A document: its context is the value itself.
pub trait Template: Serialize + Sized {
    /// Path below the crate's folder.
    const PATH: &'static str;
    /// Handlebars text.
    const TEXT: &'static str;

    /// The document.
    ///
    /// # Panics
    /// Never for the contexts of this crate: "a template uses only what its context has" is an invariant that the
    /// tests hold with full and with minimal contexts.
    fn render(&self) -> String {
        match engine().render_template(Self::TEXT, self) {
            Ok(text) => text,
            Err(error) => panic!("the template {} uses only what its context has: {error}", Self::PATH),
        }
    }
}

macro_rules! template {
    ($context:ident $path:literal $file:literal) => {
        impl Template for $context<'_> {
            const PATH: &'static str = $path;
            const TEXT: &'static str = include_str!(concat!("../templates/", $file, ".hbs"));
        }
    };
}

/// `Cargo.toml`.
#[derive(Serialize)]
pub struct CargoToml<'a> {
    /// Package name, valid for cargo.
    pub package: &'a str,
    /// Name of the executable.
    pub binary: &'a str,
    pub description: Option<&'a str>,
    pub slug: &'a str,
    /// The flow version in hex.
    pub version: &'a str,
    /// Version of the compiler.
    pub compiler: &'a str,
    /// The oldest toolchain that builds the crate.
    pub rust_version: &'a str,
    /// Where the runtime's sources are, relative to the crate.
    pub runtime_path: &'a str,
    /// Cargo features of the runtime, sorted.
    pub features: &'a [String],
}
template!(CargoToml "Cargo.toml" "Cargo.toml");

/// `src/main.rs`.
#[derive(Serialize)]
pub struct MainRs<'a> {
    /// Modules in order; the first one is `flow`.
    pub modules: &'a [&'a str],
}
template!(MainRs "src/main.rs" "main.rs");

/// `.gitignore`.
#[derive(Serialize)]
pub struct Gitignore<'a> {
    #[serde(skip)]
    pub flow: std::marker::PhantomData<&'a ()>,
}
template!(Gitignore ".gitignore" "gitignore");

/// A connection slot, as people read about it and fill it in.
#[derive(Serialize)]
pub struct Slot<'a> {
    /// Without the colon.
    pub name: &'a str,
    pub kind: &'a str,
    pub label: Option<&'a str>,
    /// Base URL or an example of one.
    pub url: &'a str,
    /// `none`, `bearer token`, `API key in the header X-API-Key`.
    pub auth: String,
    /// Whether a secret has to be given.
    pub secret: bool,
    pub optional: bool,
}

/// One invocation with its fields.
#[derive(Serialize)]
pub struct Invocation<'a> {
    pub id: &'a str,
    pub label: Option<&'a str>,
    pub inputs: Vec<Input<'a>>,
}

/// A field of an invocation.
#[derive(Serialize)]
pub struct Input<'a> {
    pub name: &'a str,
    pub kind: &'a str,
    pub required: bool,
    /// As EDN text.
    pub default: Option<String>,
    pub label: Option<&'a str>,
}

/// `README.md`.
#[derive(Serialize)]
pub struct Readme<'a> {
    pub title: &'a str,
    pub description: Option<&'a str>,
    pub version: &'a str,
    pub compiler: &'a str,
    pub binary: &'a str,
    pub rust_version: &'a str,
    pub runtime_path: &'a str,
    pub slots: &'a [Slot<'a>],
    pub invocations: &'a [Invocation<'a>],
    /// JSON for the example command line; None when the flow needs no input.
    pub example_input: Option<String>,
}
template!(Readme "README.md" "README.md");

/// `bindings.example.edn`.
#[derive(Serialize)]
pub struct Bindings<'a> {
    pub slug: &'a str,
    pub slots: &'a [Slot<'a>],
}
template!(Bindings "bindings.example.edn" "bindings.example.edn");

/// `Dockerfile`.
#[derive(Serialize)]
pub struct Dockerfile<'a> {
    /// A file name without blanks.
    pub binary: &'a str,
    pub rust_version: &'a str,
}
template!(Dockerfile "Dockerfile" "Dockerfile");

/// `.github/workflows/flow.yml`, written on request only.
#[derive(Serialize)]
pub struct Workflow<'a> {
    pub title: &'a str,
    pub binary: &'a str,
    /// `target/release/<binary>`.
    pub executable: &'a str,
    /// The command that shows what was built.
    pub describe: &'a str,
    pub cache_key: &'a str,
    pub rust_version: &'a str,
}
template!(Workflow ".github/workflows/flow.yml" "workflow.yml");

/// Strict, unescaped, with one helper per target syntax.
fn engine() -> Handlebars<'static> {
    handlebars_helper!(toml: |text: str| quoted(text));
    handlebars_helper!(yaml: |text: str| quoted(text));
    handlebars_helper!(edn: |text: str| edn_string(text));
    handlebars_helper!(md: |text: str| markdown(text));
    handlebars_helper!(code: |text: str| code_span(text));
    handlebars_helper!(plain: |text: str| one_line(text));
    handlebars_helper!(shell: |text: str| format!("'{}'", text.replace('\'', r"'\''")));
    handlebars_helper!(keyword: |text: str| format!(":{text}"));
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    engine.register_escape_fn(no_escape);
    engine.register_helper("toml", Box::new(toml));
    engine.register_helper("yaml", Box::new(yaml));
    engine.register_helper("edn", Box::new(edn));
    engine.register_helper("md", Box::new(md));
    engine.register_helper("code", Box::new(code));
    engine.register_helper("plain", Box::new(plain));
    engine.register_helper("shell", Box::new(shell));
    engine.register_helper("keyword", Box::new(keyword));
    engine
}

/// A double-quoted string with the escapes that TOML basic strings and YAML double-quoted scalars share.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // Line breaks and invisible characters that one of the two refuses or folds.
            char if char.is_control() || matches!(char, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            char => out.push(char),
        }
    }
    out.push('"');
    out
}

/// An EDN string: everything but quotes, backslashes and line breaks stands for itself.
fn edn_string(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\r', "\\r");
    format!("\"{escaped}\"")
}

/// One line in which every character that Markdown or HTML could take as markup is escaped.
fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in one_line(text).chars() {
        match char {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '!' => {
                out.push('\\');
                out.push(char);
            }
            char => out.push(char),
        }
    }
    out
}

/// A Markdown code span on one line, also inside a table.
fn code_span(text: &str) -> String {
    let text = one_line(text).replace('|', "\\|");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// Line breaks and other control characters become blanks.
fn one_line(text: &str) -> String {
    text.split(|char: char| char.is_control() || matches!(char, '\u{2028}' | '\u{2029}'))
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
