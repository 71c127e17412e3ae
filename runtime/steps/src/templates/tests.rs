//! Rendering: what Breyta's templates promise beyond plain Handlebars.

use breyta_core::{edn, print};

use super::{RENDER, Templates, holds_expression};

fn check(template: &str, data: &str, expected: &str) {
    let shape = breyta_core::Value::from(template);
    let rendered = RENDER(&shape, &edn::read(data).unwrap());
    let shown = match &rendered {
        Ok(value) => value.as_str().unwrap_or_default().to_owned(),
        Err(error) => format!("{}: {}", error.kind, error.message),
    };
    assert_eq!(shown, expected, "{template} with {data}");
}

#[test]
fn expressions() {
    check("plain", "{}", "plain");
    check("{{a}} {{b.c}} {{missing}}.", "{:a 1 :b {:c \"x\"}}", "1 x .");
    check("{{current-date}}", "{:current-date \"2026-01-01\"}", "2026-01-01");
    check("<{{a}}>", "{:a \"<&\\\"'>\"}", "<<&\"'>>");
    check("{{kind}}", "{:kind :open}", "open");
    check("{{#each items}}{{@index}}={{this}};{{/each}}", "{:items [\"a\" \"b\"]}", "0=a;1=b;");
    check("{{#if a}}yes{{else}}no{{/if}} {{#unless a}}u{{/unless}}", "{:a false}", "no u");
    check("{{#with a}}{{b}}{{/with}}", "{:a {:b 2}}", "2");
}

#[test]
fn helpers() {
    check("{{truncate text length=3}}", "{:text \"abcdef\"}", "abc");
    check("{{truncate text length=5 suffix=\"...\"}}", "{:text \"abcdef\"}", "ab...");
    check("{{truncate text length=9 suffix=\"...\"}}", "{:text \"abcdef\"}", "abcdef");
    check("{{json a}}", "{:a {:k [1 nil \"x\"]}}", r#"{"k":[1,null,"x"]}"#);
    check("{{json a pretty=true}}", "{:a [1]}", "[\n  1\n]");
    check("{{length a}} {{length b}} {{length c}}", "{:a [1 2] :b \"äö\" }", "2 2 0");
    check("{{join a separator=\"|\"}} {{join a}}", "{:a [1 \"b\"]}", "1|b 1, b");
    check("{{first a}} {{last a}}", "{:a [1 2 3]}", "1 3");
    check("{{default a \"none\"}} {{default b \"none\"}} {{default c 5}}", "{:a \"\" :b \"x\"}", "none x 5");
    check("{{#with (first a)}}{{id}}{{/with}}", "{:a [{:id 7}]}", "7");
}

#[test]
fn leaves_are_rendered_and_keys_are_not() {
    let shape = edn::read(r#"{:path "/{{id}}" "{{id}}" [1 "{{id}}" {:k :v}]}"#).unwrap();
    let rendered = RENDER(&shape, &edn::read("{:id 5}").unwrap()).unwrap();
    assert_eq!(print::pr_str(&rendered), r#"{:path "/5", "{{id}}" [1 "5" {:k :v}]}"#);
}

#[test]
fn mistakes_are_errors_with_the_template() {
    let error = RENDER(&"{{#each a}}".into(), &edn::read("{}").unwrap()).unwrap_err();
    assert_eq!(error.kind, "template");
    assert!(error.message.starts_with("template \"{{#each a}}\": "), "{}", error.message);
    let error = RENDER(&"{{nosuch a}}".into(), &edn::read("{}").unwrap()).unwrap_err();
    assert!(error.message.contains("nosuch"), "{}", error.message);
}

#[test]
fn without_rendering_only_plain_templates_work() {
    let entries =
        edn::read("{:a {:request {:path \"/x\"}} :b {:request {:path \"/{{x}}\"}} :c {:prompt \"p\"}}")
            .unwrap();
    let templates = Templates { entries: entries.as_map().unwrap().clone(), render: None };
    let data = edn::read("{}").unwrap();
    assert_eq!(print::pr_str(&templates.rendered("a", "request", &data).unwrap()), "{:path \"/x\"}");
    assert_eq!(templates.rendered("b", "request", &data).unwrap_err().kind, "template");
    assert_eq!(templates.rendered("c", "request", &data).unwrap_err().kind, "invalid-config");
    assert!(holds_expression(entries.field("b").unwrap()) && !holds_expression(entries.field("a").unwrap()));
}
