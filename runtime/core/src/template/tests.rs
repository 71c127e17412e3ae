//! Parsing and variables, as short text forms.

use super::{Expression, Node, Path, parse, variables};

/// The tree, a word per part: text in quotes, paths as they are, blocks in brackets.
fn shown(nodes: &[Node]) -> String {
    let parts: Vec<String> = nodes
        .iter()
        .map(|node| match node {
            Node::Text(text) => format!("{text:?}"),
            Node::Output { call, raw } => {
                format!("{}{}", if *raw { "raw " } else { "" }, call_shown(call))
            }
            Node::Block(block) => {
                let names: Vec<&str> = block.parameters.iter().map(|it| it.name.as_str()).collect();
                let names = if names.is_empty() { String::new() } else { format!(" |{}|", names.join(" ")) };
                let other = block.otherwise.as_ref().map(|it| format!(" else {}", shown(it)));
                format!(
                    "[{}{}{names}: {}{}]",
                    if block.inverted { "not " } else { "" },
                    call_shown(&block.call),
                    shown(&block.body),
                    other.unwrap_or_default()
                )
            }
        })
        .collect();
    parts.join(" ")
}

fn call_shown(call: &super::Call) -> String {
    let mut parts = vec![path_shown(&call.head)];
    parts.extend(call.arguments.iter().map(expression));
    parts.extend(call.named.iter().map(|it| format!("{}={}", it.name.name, expression(&it.value))));
    parts.join(" ")
}

fn path_shown(path: &Path) -> String {
    let names: Vec<&str> = path.segments.iter().map(|it| it.name.as_str()).collect();
    let start = format!(
        "{}{}{}",
        "^".repeat(path.up),
        if path.at { "@" } else { "" },
        if path.this { "this:" } else { "" }
    );
    format!("{start}{}", names.join("/"))
}

fn expression(it: &Expression) -> String {
    match it {
        Expression::Path(path) => path_shown(path),
        Expression::Literal(value, _) => crate::print::pr_str(value),
        Expression::Call(call) => format!("({})", call_shown(call)),
    }
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let parsed = parse(text);
    let faults: Vec<String> = parsed
        .faults
        .iter()
        .map(|it| format!("{}-{} {}", it.place.start, it.place.end, it.message))
        .collect();
    let got = if faults.is_empty() { shown(&parsed.nodes) } else { faults.join("; ") };
    assert_eq!(got, expected, "{text}");
}

#[test]
fn what_is_right() {
    check("plain { } }} text", r#""plain { } }} text""#);
    check("a {{b}} c", r#""a " b " c""#);
    check("{{a.b}} {{a/b}} {{a.[0].c}} {{a.0}} {{current-date}} {{done?}}", {
        r#"a/b " " a/b " " a/0/c " " a/0 " " current-date " " done?"#
    });
    check("{{this}} {{.}} {{this.a}} {{./a}} {{../a.b}} {{..}} {{@index}} {{@root.a}}", {
        r#"this: " " this: " " this:a " " this:a " " ^a/b " " ^ " " @index " " @root/a"#
    });
    check("{{{a}}} {{&a}} {{{ a }}}}", r#"raw a " " raw a " " raw a "}""#);
    check("{{truncate t length=5 suffix='..'}} {{join a separator = \", \"}}", {
        r#"truncate t length=5 suffix=".." " " join a separator=", ""#
    });
    check("{{default (first a.b) \"x \\\" }}\"}} {{f -1.5 true null}}", {
        r#"default (first a/b) "x \" }}" " " f -1.5 true nil"#
    });
    check("{{#if a}}x{{else}}y{{/if}}", r#"[if a: "x" else "y"]"#);
    check("{{#if a}}x{{else if b}}y{{else}}z{{/if}}w", r#"[if a: "x" else [if b: "y" else "z"]] "w""#);
    check("{{#each a as |item i|}}{{item.x}}{{^}}none{{/each}}", r#"[each a |item i|: item/x else "none"]"#);
    check("{{#a.b}}x{{/a.b}}{{^c}}y{{/c}}", r#"[a/b: "x"] [not c: "y"]"#);
    check("a {{~b~}} c {{~#if d~}} e {{~/if~}} f", r#""a" b "c" [if d: "e"] "f""#);
    check("{{! c }}a{{!-- {{b}} --}}b", r#""a" "b""#);
    check(r"\{{a}} \\{{b}} \{{c", r#""{{a}} \\" b " {{c""#);
    check("{\"a\":{{json b}}}", r#""{\"a\":" json b "}""#);
    check("{{elsewhere}}{{else-if}}", "elsewhere else-if");
}

#[test]
fn what_is_wrong() {
    check("a {{b", "2-4 this tag is never closed");
    check("{{a {{b}}", "0-2 this tag is not closed before the next one begins");
    check("{{a} b", "0-2 this tag is never closed");
    check("{{}} {{ }}", {
        "2-3 this tag is empty: a name must stand in it; 8-9 this tag is empty: a name must stand in it"
    });
    check("{{a.}}", "4-5 a name must follow here");
    check("{{a | upper}} {{b}}", "4-5 `|` cannot stand here");
    check("{{a == b}}", "4-5 `=` cannot stand here");
    check("{{:a}}", "2-4 `:a` is not a variable: keys are written without their colon");
    check("{{a[0].b}}", "3-6 an element is not taken with brackets here");
    check("{{f (g a}}", "4-5 this `(` is never closed");
    check("{{f \"a}}", "4-5 this text in quotes never ends");
    check("{{f a=1 b}}", "8-9 an argument without a name stands after a named one");
    check("{{f a=1 a=2}}", "8-9 `a=` is given twice");
    check("{{{a}} b", "0-2 this tag is never closed");
    check("{{$json.email}} {{ $('Set').item }} {{a}}", {
        "2-7 an n8n expression is not evaluated; 19-20 an n8n expression is not evaluated"
    });
    check("{{> header}} {{* x}}", {
        "0-3 a template cannot include another one; 13-16 a template cannot include another one"
    });
    check("{{{{raw}}}} {{a}} {{{{/raw}}}} {{b}}", "0-4 blocks with four braces are not available");
    check("{{=<% %>=}} <% a %>", "0-3 other delimiters than braces are not supported yet");
    check("{{!-- a }}", "0-3 this comment never ends");
    check("{{#each a as || }}{{/each}}", "13-15 no name stands between these bars");
}

#[test]
fn blocks_that_do_not_fit() {
    check("{{#if a}}x", "0-9 `{{#if a}}` is never closed");
    check("{{#if a}}{{#each b}}x{{/if}}", "9-20 `{{#each b}}` is never closed");
    check("x{{/if}}", "1-8 `{{/if}}` closes nothing");
    check("{{#each a}}x{{/eech}}", "12-21 `{{/eech}}` closes nothing");
    check("{{else}}", "0-8 `{{else}}` stands in no block");
    check("{{#if a}}{{else}}{{else}}{{/if}}", "17-25 a second `{{else}}` in one `{{#if}}`");
    check("{{#if a | b}}x{{/if}}", "8-9 `|` cannot stand here");
    check("{{#if a}}{{^b}}x{{/b}}", "0-9 `{{#if a}}` is never closed");
    let deep = "{{#if a}}".repeat(65);
    check(&deep, "576-585 blocks are nested deeper than 64");
    check("{{!----}}a{{!---}}b--}}c", r#""a" "c""#);
    check("{{! a ~}}  b", r#""b""#);
    let calls = format!("{{{{f {}", "(f ".repeat(100));
    check(&calls, "0-2 this tag is never closed");
}

#[track_caller]
fn reads(text: &str, expected: &str) {
    let parsed = parse(text);
    assert_eq!(parsed.faults, [], "{text}");
    let found: Vec<String> = variables(&parsed.nodes)
        .iter()
        .map(|it| format!("{}{}", it.path.join("."), if it.optional { "?" } else { "" }))
        .collect();
    assert_eq!(found.join(" "), expected, "{text}");
}

#[test]
fn what_is_read() {
    reads("{{a}} {{b.c}} {{json d}} {{@index}}", "a b.c d");
    reads("{{default a b}} {{truncate c length=d}}", "a? b c d");
    reads("{{#if a}}{{b}}{{else}}{{c}}{{/if}}{{d}}", "a? b? c? d");
    reads("{{#each a}}{{b}}{{this.c}}{{this}}{{../d}}{{@root.e}}{{/each}}", "a a.[].b? b? a.[].c a.[] d e");
    reads("{{#each a as |x i|}}{{x.b}}{{i}}{{/each}}", "a a.[].b");
    reads("{{#each a}}{{b}}{{else}}{{c}}{{/each}}", "a? a.[].b? b? c?");
    reads("{{#with a}}{{this.b}}{{#each c}}{{this}}{{/each}}{{/with}}", "a a.b a.c? c? a.c.[]");
    reads("{{#a}}{{b}}{{/a}}{{^c}}{{d}}{{/c}}", "a? b? c? d?");
    reads("{{json this}} {{length .}}", " ");
    reads("{{#with (first a)}}{{this.b}}{{c}}{{/with}}", "a c?");
    reads("{{default (lookup a b) 1}}", "a b");
}

#[test]
fn hostile_texts_end_soon() {
    let openings = "{{a ".repeat(500_000);
    assert_eq!(parse(&openings).faults.len(), 50);
    let comments = "{{!-- x --}}".repeat(100_000);
    assert_eq!(parse(&comments).faults, []);
    for text in [
        "{{é",
        "{{\"é",
        "{{a é=",
        "{{é[",
        "{{é}",
        "é{{~",
        "{{{{é",
        "{{^",
        "{{/",
        "{{#é as |",
        "{{!--é",
        "{{&",
        "{{@",
        "{{..",
    ] {
        assert!(!parse(text).faults.is_empty(), "{text}");
    }
}
