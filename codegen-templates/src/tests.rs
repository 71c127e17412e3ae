//! Every document, with a minimal and with a hostile context, read back by the parser of its own syntax.

use super::*;

/// What breaks a template that does not escape: quotes, backslashes, line breaks, markup, braces of Handlebars.
const HOSTILE: &str = "a \"b\" \\ 'c' \n| <script> `x` *y* {{z}} \u{1} \u{2028} ü ; #";

fn slots(text: &'static str) -> Vec<Slot<'static>> {
    let slot = |name, secret| Slot {
        name,
        kind: "http-api",
        label: Some(text),
        url: text,
        auth: format!("API key in the header {text}"),
        secret,
        optional: !secret,
    };
    vec![slot("api", true), slot("crm/other", false)]
}

fn manifest<'a>(text: &'a str, features: &'a [String]) -> CargoToml<'a> {
    CargoToml {
        package: "flow-x",
        binary: "x",
        description: Some(text),
        slug: text,
        version: "ab12",
        compiler: "0.1.0",
        rust_version: "1.95",
        runtime_path: "runtime",
        features,
    }
}

#[test]
fn the_manifest_is_toml() {
    let features = ["ssh".to_owned(), "postgres".to_owned()];
    let text = manifest(HOSTILE, &features).render();
    let parsed: toml::Table = text.parse().unwrap();
    assert_eq!(parsed["package"]["description"].as_str(), Some(HOSTILE));
    assert_eq!(parsed["package"]["metadata"]["breyta"]["slug"].as_str(), Some(HOSTILE));
    assert_eq!(parsed["dependencies"]["breyta-runtime"]["features"].as_array().unwrap().len(), 2);
    let minimal = CargoToml { description: None, ..manifest("x", &[]) }.render();
    let parsed: toml::Table = minimal.parse().unwrap();
    assert!(parsed["package"].get("description").is_none());
    assert!(parsed["dependencies"]["breyta-runtime"].get("features").is_none());
}

#[test]
fn the_entry_point_is_rust() {
    let text = MainRs { modules: &["flow", "functions"] }.render();
    let file = syn::parse_file(&text).unwrap();
    assert_eq!(file.items.len(), 3);
    // Blank lines aside, it looks as the generated files do.
    let squeezed = |text: &str| text.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    assert_eq!(squeezed(&prettyplease::unparse(&file)), squeezed(&text));
}

#[test]
fn the_workflow_is_yaml() {
    let text = Workflow {
        title: HOSTILE,
        binary: "x",
        executable: "target/release/x",
        describe: "target/release/x describe",
        cache_key: "cargo-${{ hashFiles('Cargo.lock') }}",
        rust_version: "1.95",
    }
    .render();
    let parsed = yaml_rust2::YamlLoader::load_from_str(&text).unwrap();
    assert_eq!(parsed[0]["name"].as_str(), Some(HOSTILE));
    assert_eq!(parsed[0]["jobs"]["build"]["steps"][1]["with"]["toolchain"].as_str(), Some("1.95"));
}

#[test]
fn the_example_bindings_are_edn() {
    for slots in [slots(HOSTILE), slots("plain"), Vec::new()] {
        let text = Bindings { slug: "x", slots: &slots }.render();
        let parsed = text.parse::<edn_rs::Edn>().unwrap();
        let secret = parsed.get(":bindings").and_then(|it| it.get(":api")).and_then(|it| it.get(":apikey"));
        assert_eq!(secret.map(ToString::to_string), slots.first().map(|_| ":redacted".to_owned()));
    }
}

#[test]
fn the_readme_keeps_its_tables_and_fences() {
    let slots = slots(HOSTILE);
    let invocations = [Invocation {
        id: "default",
        label: Some(HOSTILE),
        inputs: vec![Input {
            name: "n",
            kind: "number",
            required: true,
            default: Some("\"a|`b\"".to_owned()),
            label: Some(HOSTILE),
        }],
    }];
    let readme = |slots, invocations, example_input| Readme {
        title: HOSTILE,
        description: Some(HOSTILE),
        version: "ab12",
        compiler: "0.1.0",
        binary: "x",
        rust_version: "1.95",
        runtime_path: "runtime",
        slots,
        invocations,
        example_input,
    };
    let text = readme(&slots, &invocations, Some("{\"n\":\"it's\"}".to_owned())).render();
    assert!(!text.contains("<script>"));
    assert_eq!(text.matches("```").count() % 2, 0);
    assert!(text.contains(r#"--input '{"n":"it'\''s"}'"#), "{text}");
    let bars = |line: &str| line.replace("\\|", "").matches('|').count();
    for line in text.lines().filter(|line| line.starts_with('|')) {
        assert!(bars(line) == 6 || bars(line) == 5, "{line}");
    }
    let minimal = readme(&[], &[], None).render();
    assert!(minimal.contains("target/release/x run\n"), "{minimal}");
    assert!(!minimal.contains("## Input") && !minimal.contains("## Connections"));
}

#[test]
fn fixed_documents_render() {
    let docker = Dockerfile { binary: "x", rust_version: "1.95" }.render();
    assert!(docker.contains("FROM rust:1.95-slim-bookworm AS build"));
    let ignored = Gitignore { flow: std::marker::PhantomData }.render();
    assert!(ignored.lines().any(|line| line == "/bindings.edn"));
}
