//! Prints the generated documents as one JSON object from path to text; `cargo xtask docs` writes them.

use std::io::Write;

fn main() -> std::io::Result<()> {
    let documents: serde_json::Map<String, serde_json::Value> =
        breyta_tests::documents::all().into_iter().map(|(path, text)| (path, text.into())).collect();
    writeln!(std::io::stdout(), "{}", serde_json::Value::Object(documents))
}
