//! From text to forms: a recovering reader of Clojure syntax.
//!
//! The only stage that looks at text. It knows nothing of flows: what a form means is for later stages.

/// The tree of forms.
pub mod form;

/// Forms out of tokens, with recovery and bracket blame.
pub mod reader;

/// Other files in the place of a form.
pub mod include;

/// What reading leaves out and a rule may still ask for.
pub mod comments;

/// Places in a file, or in a string of a file.
mod place;

/// Which bracket is wrong when a text does not balance.
mod brackets;

/// Forms back to text, on one line.
pub mod print;

pub use form::{Form, FormKind, StringLiteral};
pub use print::{print, summary};
pub use reader::{Reading, read, read_code_string};
