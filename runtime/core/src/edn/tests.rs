//! Data that is read, and data that is refused with its place.

use super::*;

fn check(text: &str, wanted: &Value) {
    assert_eq!(read(text).as_ref(), Ok(wanted), "{text}");
}

fn check_refused(text: &str, place: &str, message: &str) {
    let error = read(text).expect_err(text);
    assert_eq!(
        (format!("{}:{}", error.line, error.column), error.message),
        (place.to_owned(), message.to_owned())
    );
}

#[test]
fn data() {
    check("42", &Value::Int(42));
    check(" ; c\n nil ", &Value::Nil);
    check("true #_ #_ 1 2", &Value::Bool(true));
    check("#_ (fn [x]) \"a\\nb\"", &Value::literal("a\nb"));
    check("\\newline", &Value::Char(10));
    check("##-Inf", &Value::Double(f64::NEG_INFINITY));
    check("a/b", &Value::Symbol(Symbol::literal("a/b")));
    check("#inst \"1970-01-01T00:00:01Z\"", &Value::Instant(1000));
    check("#uuid \"00000000-0000-0000-0000-00000000000f\"", &Value::Uuid(15));
    let items: Vector = [Value::Int(1), Value::keyword("k")].into_iter().collect();
    check("[1 :k]", &Value::Vector(items.clone()));
    check("(1, :k)", &Value::List(items.clone()));
    check("#{1 :k}", &Value::Set(items.iter().cloned().collect()));
    check(
        "#:p{:a 1 :_/b 2 :q/c 3}",
        &Value::Map(Map::from([
            (Value::keyword("p/a"), Value::Int(1)),
            (Value::keyword("b"), Value::Int(2)),
            (Value::keyword("q/c"), Value::Int(3)),
        ])),
    );
    assert_eq!(read_all("1 :a \"x\"").map(|values| values.len()), Ok(3));
    assert_eq!(read_all(""), Ok(vec![]));
}

#[test]
fn refusals() {
    check_refused("", "1:1", "there is no value in this text");
    check_refused("1 2", "1:3", "there is more than one value in this text");
    check_refused("{:a 1\n :é 2 :a 3}", "2:7", "this key is already in the map");
    check_refused("{1 :a 1N :b}", "1:7", "this key is already in the map");
    check_refused("#{1 1}", "1:5", "this member is already in the set");
    check_refused("{:a}", "1:2", "this key has no value: a map needs an even number of forms");
    check_refused("[1", "1:1", "this `[` is never closed");
    check_refused("\n[1)", "2:3", "`)` cannot close the `[` of line 2, column 1");
    check_refused("1]", "1:2", "`]` closes nothing");
    check_refused(
        "{:a 'x}",
        "1:5",
        "`'` is a quote, and this file holds plain data; write the form without it",
    );
    check_refused("#=(+ 1 2)", "1:1", "`#=` is never evaluated; write the value itself");
    check_refused("#foo 1", "1:1", "unknown tag `#foo`; there are #inst and #uuid");
    check_refused("#inst 5", "1:7", "`#inst` takes a text such as \"2024-05-01T12:00:00Z\"");
    check_refused("#_", "1:1", "nothing follows `#_`");
    check_refused("08", "1:1", "`08` is not a number: a leading 0 makes it octal, and 8 is no octal digit");
    check_refused("[\"a\\d\"]", "1:4", "`\\d` is no escape; a backslash is written `\\\\`");
    for code in ["#(a)", "^:k x", "#\"a\"", "@a", "~a", "`a", "#'a", "::k", "#?(:clj 1)"] {
        assert!(read(code).is_err(), "{code}");
    }
}

#[test]
fn deep_nesting_is_an_error() {
    let deep = |count: usize| read(&format!("{}{}", "[".repeat(count), "]".repeat(count)));
    assert!(deep(DEPTH_MAX).is_ok());
    assert_eq!(deep(100_000).expect_err("too deep").message, "nested deeper than 256 levels");
    assert_eq!(read(&"#_ ".repeat(100_000)).expect_err("too deep").message, "nested deeper than 256 levels");
    assert_eq!(read(&"#a ".repeat(100_000)).expect_err("too deep").message, "nested deeper than 256 levels");
}
