//! Places of faults and variables: the character in the file, whatever the string is escaped with.

use crate::source::Sources;

fn flow(template: &str) -> Sources {
    let head = "{:slug :x :name \"X\" :concurrency {:type :singleton :on-new-version :supersede} :flow '(flow/input)";
    Sources::single(
        "flow.edn",
        format!("{head}\n:templates [{{:id :t :type :llm-prompt :prompt\n{template}}}]}}"),
    )
}

/// Faults as `line:column text`, lines counted from the template's own first one.
#[track_caller]
fn check(template: &str, expected: &[&str]) {
    let sources = flow(template);
    let compilation = crate::compile(&sources);
    let found: Vec<String> = compilation
        .problems
        .iter()
        .filter(|it| it.code.name().contains("template") || it.code.name().contains("helper"))
        .map(|it| {
            let (line, column) = sources.line_column(it.primary.span.file, it.primary.span.start);
            format!("{}:{column} {}", line - 2, sources.text(it.primary.span))
        })
        .collect();
    assert_eq!(found, expected, "{template}");
}

#[track_caller]
fn reads(template: &str, expected: &[&str]) {
    let sources = flow(template);
    let definition = crate::compile(&sources).definition.expect("a definition");
    let variables: Vec<String> = definition
        .templates
        .iter()
        .flat_map(crate::flow::Template::variables)
        .map(|it| format!("{} {}", it.path.join("."), sources.text(it.span)))
        .collect();
    assert_eq!(variables, expected, "{template}");
}

#[test]
fn faults_are_at_their_character() {
    check(r#""a {{nope b}}""#, &["1:6 nope"]);
    check(r#""\"q\" \n {{nope b}}""#, &["1:13 nope"]);
    check("\"one\n two {{nope b}}\"", &["2:8 nope"]);
    check(r#""ä\u00e4 {{nope b}}""#, &["1:12 nope"]);
    check(r#""{{json a pretty=\"x\"}}""#, &[r#"1:18 \"x\""#]);
    check(r#""{{#if a}} \"x\" {{#each b}} {{/if}}""#, &["1:18 {{#each b}}"]);
    check(r#""{{a""#, &["1:2 {{"]);
    check(r#""\{{a""#.replace('\\', "\\\\").as_str(), &[]);
}

#[test]
fn variables_know_their_place() {
    reads(r#""\"{{a.b}}\" {{c}}""#, &["a.b a.b", "c c"]);
    reads("\"{{#each items}}\n{{this.id}}{{/each}}\"", &["items items", "items.[].id this.id"]);
}
