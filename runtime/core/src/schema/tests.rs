//! Schemas as people write them: what is one, which values fit, and what comes out as JSON Schema.

use super::Schema;
use crate::edn;

fn schema(text: &str) -> Schema {
    Schema::parse(&edn::read(text).unwrap()).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

/// The first error of a schema that is none.
fn refused(text: &str, part: &str) {
    let errors = Schema::parse(&edn::read(text).unwrap()).expect_err(text);
    assert!(errors.iter().any(|error| error.message.contains(part)), "{text}: {errors:?}");
}

/// Values that fit, and values that do not with a part of the reason.
fn check(text: &str, fit: &[&str], unfit: &[(&str, &str)]) {
    let schema = schema(text);
    for value in fit {
        let found = schema.validate(&edn::read(value).unwrap());
        assert_eq!(found, Ok(()), "{text} with {value}");
    }
    for (value, part) in unfit {
        let found = schema.validate(&edn::read(value).unwrap()).expect_err(&format!("{text} with {value}"));
        let told: Vec<String> = found.iter().map(|it| format!("{} {}", it.at(), it.message)).collect();
        assert!(told.iter().any(|it| it.contains(part)), "{text} with {value}: {told:?}");
    }
}

#[test]
fn simple_types() {
    check(":string", &["\"a\""], &[("1", "must be a string, not 1"), ("nil", "not nil")]);
    check(":int", &["1", "9223372036854775808"], &[("1.0", "an integer"), ("\"1\"", "a string")]);
    check(":double", &["1.5"], &[("1", "a double")]);
    check(":number", &["1", "1.5", "1/2", "1.5M"], &[(":a", "a number")]);
    check(":boolean", &["true", "false"], &[("nil", "a boolean")]);
    check(":keyword", &[":a", ":a/b"], &[("\"a\"", "a keyword")]);
    check(":any", &["nil", "1"], &[]);
    check(":some", &["false"], &[("nil", "anything but nil")]);
    check(":nil", &["nil"], &[("false", "nil")]);
    check(":uuid", &["#uuid \"00000000-0000-0000-0000-000000000001\""], &[("\"x\"", "a uuid")]);
    check(":inst", &["#inst \"2024-01-01T00:00:00Z\""], &[("\"2024\"", "an instant")]);
    check(":map", &["{}", "{:a 1}"], &[("[]", "a map")]);
    check("string?", &["\"a\""], &[("1", "a string")]);
    check("pos-int?", &["1"], &[("0", "greater than 0")]);
    check("nat-int?", &["0"], &[("-1", "at least 0")]);
    check("[string?]", &["\"a\""], &[("1", "a string")]);
}

#[test]
fn bounds() {
    check("[:string {:min 2 :max 3}]", &["\"ab\""], &[("\"a\"", "at least 2"), ("\"abcd\"", "at most 3")]);
    check("[:string {:max 1}]", &["\"a\""], &[("\"😀\"", "has 2")]);
    check("[:int {:min 1 :max 10}]", &["1", "10"], &[("0", "at least 1"), ("11", "at most 10")]);
    check("[:double {:max 1.5}]", &["1.5"], &[("1.6", "at most 1.5")]);
    check("[:> 0]", &["1", "0.1"], &[("0", "greater than 0"), ("\"a\"", "a number")]);
    check("[:<= 3]", &["3"], &[("4", "at most 3")]);
    check("[:vector {:min 1} :string]", &["[\"a\"]"], &[("[]", "at least 1")]);
    check("[:set {:max 1} :int]", &["#{1}"], &[("#{1 2}", "at most 1")]);
    check("[:map-of {:min 1} :keyword :int]", &["{:a 1}"], &[("{}", "at least 1"), ("{:a \"x\"}", "[:a]")]);
}

#[test]
fn collections() {
    check("[:vector :int]", &["[]", "[1 2]"], &[("[1 :b]", "[1] must be an integer"), ("(1)", "a vector")]);
    check("[:sequential :int]", &["[1]", "(1 2)"], &[("#{1}", "a vector or list")]);
    check(":vector", &["[1 :a]"], &[("1", "a vector")]);
    check("[:set :int]", &["#{1}"], &[("#{:a}", "must be an integer")]);
    check("[:tuple :int :string]", &["[1 \"a\"]"], &[("[1]", "2 elements"), ("[1 2]", "[1]")]);
    check("[:map-of :string :int]", &["{\"a\" 1}"], &[("{:a 1}", "must be a string")]);
}

#[test]
fn maps() {
    let text = "[:map [:id :int] [:name {:optional true} [:maybe :string]]]";
    check(
        text,
        &["{:id 1}", "{:id 1 :name nil}", "{:id 1 :more 2}"],
        &[("{}", "[:id] the key :id is missing"), ("{:id 1 :name 2}", "[:name]")],
    );
    check("[:map {:closed true} [:a :int]]", &["{:a 1}"], &[("{:a 1 :b 2}", ":b is not expected")]);
    let closed = schema("[:map [:a :int]]").closed_at_top();
    assert!(!closed.accepts(&edn::read("{:a 1 :b 2}").unwrap()));
    assert!(schema("[:map]").closed_at_top().accepts(&edn::read("{:b 2}").unwrap()));
    assert!(
        schema("[:map {:closed false} [:a :int]]")
            .closed_at_top()
            .accepts(&edn::read("{:a 1 :b 2}").unwrap())
    );
}

#[test]
fn choices() {
    check("[:enum \"a\" :b 3]", &["\"a\"", ":b", "3"], &[("\"b\"", "one of \"a\" :b 3")]);
    check("[:enum nil true]", &["nil", "true"], &[("false", "one of")]);
    check("[:= {:a 1}]", &["{:a 1}"], &[("{}", "{:a 1}")]);
    check("[:or :string :int]", &["\"a\"", "1"], &[(":a", "a string or an integer")]);
    check("[:or :nil [:map [:a :int]]]", &["nil", "{:a 1}"], &[("{:a \"x\"}", "[:a] must be an integer")]);
    check("[:and :int [:> 3]]", &["4"], &[("3", "greater than 3")]);
    check("[:not :nil]", &["1"], &[("nil", "not nil")]);
    check("[:maybe :int]", &["nil", "1"], &[("\"a\"", "an integer")]);
    check(
        "[:multi {:dispatch :type} [:a [:map [:x :int]]] [:b :map] [:malli.core/default [:map [:z :int]]]]",
        &["{:type :a :x 1}", "{:type :b}", "{:type :c :z 1}"],
        &[("{:type :a}", "[:x]"), ("{:type :c}", "[:z]")],
    );
    check(
        "[:multi {:dispatch :type} [\"a\" :map]]",
        &["{:type \"a\"}"],
        &[("{:type 1}", "[:type] must be one of \"a\"")],
    );
}

#[test]
fn patterns() {
    check("[:re \"^[a-z]+$\"]", &["\"abc\""], &[("\"aBc\"", "matches"), ("1", "matches")]);
    check("[:re \"b+\"]", &["\"abbc\""], &[("\"ac\"", "matches")]);
    check("[:re \"^(a|bc)*d{2,3}$\"]", &["\"abcadd\"", "\"ddd\""], &[("\"abd\"", "m"), ("\"dddd\"", "m")]);
    check("[:re \"^\\\\d{4}-\\\\d\\\\d$\"]", &["\"2024-01\""], &[("\"2024-1\"", "matches")]);
    check("[:re \"(?i)^ABC$\"]", &["\"abc\""], &[("\"abd\"", "matches")]);
    check("[:re \"^[^\\\\s@]+@[^\\\\s@]+$\"]", &["\"a@b\""], &[("\"a b@c\"", "matches")]);
    check("[:re \"^[\\\\w.-]+$\"]", &["\"a.b-c_1\""], &[("\"a b\"", "matches")]);
    check("[:re \"\\\\bcat\\\\b\"]", &["\"a cat\""], &[("\"cats\"", "matches")]);
    check("[:re \"^(?:ab)?c??$\"]", &["\"\"", "\"abc\""], &[("\"b\"", "matches")]);
    check("[:re \"^[\\\\W\\\\d]$\"]", &["\"-\"", "\"5\""], &[("\"a\"", "matches")]);
    check("[:re \"^a$\"]", &["\"a\\n\""], &[("\"a\\n\\n\"", "matches")]);
    // Exponential when backtracking: given up in time.
    assert!(!schema("[:re \"^(a*)*b$\"]").accepts(&crate::Value::string("a".repeat(5000))));
    check("[:re \"^(?=.*b)a\"]", &["\"ab\""], &[("\"ac\"", "matches")]);
    check("[:re \"(a)\\\\1\"]", &["\"aa\""], &[("\"aba\"", "matches")]);
    check("[:re \"a++b\"]", &["\"aab\""], &[("\"aa\"", "matches")]);
    check("[:re \"^(a{1000}){1000}$\"]", &[], &[("\"a\"", "matches")]);
    refused("[:re \"(a\"]", "Unclosed group");
    refused("[:re \"a)\"]", "Unmatched closing ')'");
    refused("[:re \"*a\"]", "Dangling meta character '*'");
    refused("[:re \"[b-a]\"]", "Illegal character range");
}

#[test]
fn what_is_no_schema() {
    refused(":strin", "there is no schema type `:strin`");
    refused("strig?", "no predicate");
    refused("\"string\"", "a string is no schema");
    refused("{:a :int}", "a map is no schema");
    refused("[]", "an empty vector");
    refused("[:map [:a]]", "has no type");
    refused("[:map [:a :int :int :int]]", "two or three parts");
    refused("[:map :a]", "a vector of a key and a type");
    refused("[:map [a :int]]", "a keyword or a string");
    refused("[:map [:a :int] [:a :int]]", "stands twice");
    refused("[:map {:close true}]", "no property `:close`");
    refused("[:map [:a {:optinal true} :int]]", "no property `:optinal`");
    refused("[:map [:a {:optional 1} :int]]", "true or false");
    refused("[:vector]", "takes one schema, has 0");
    refused("[:vector :int :int]", "takes one schema, has 2");
    refused("[:int {:min 3 :max 1}]", "nothing fits");
    refused("[:string {:min -1}]", "0 or more");
    refused("[:enum]", "without values");
    refused("[:enum 1 1]", "twice");
    refused("[:map-of :int]", "has 1");
    refused("[:fn inc]", "`:fn` schemas are not supported");
    refused("[:ref :user]", "`:ref` schemas are not supported");
    refused("[:schema {:registry {}} :int]", "not supported");
    refused("[:multi [:a :int]]", "needs `:dispatch`");
    refused("[:multi {:dispatch inc} [:a :int]]", "must be a key");
    refused("[:string :int]", "takes nothing after it");
    refused(&format!("{}:int{}", "[:maybe ".repeat(200), "]".repeat(200)), "levels at most");
}

#[test]
fn errors_have_places() {
    let errors = Schema::parse(&edn::read("[:map [:a :int] [:b [:vector :strng]]]").unwrap()).unwrap_err();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].path, [2, 1, 1]);
    assert_eq!(errors[0].unknown.as_ref().map(|(name, _)| name.as_str()), Some("strng"));
}

#[test]
fn json_schema() {
    let text = "[:map {:closed true :title \"T\"} [:id [:int {:min 1}]] \
                [:tags {:optional true :description \"Tags\"} [:vector {:min 1} [:enum \"a\" \"b\"]]] \
                [:owner [:maybe :string]] [:pair [:tuple :int :boolean]]]";
    assert_eq!(
        schema(text).to_json_schema(),
        serde_json::json!({
            "type": "object",
            "properties": {
                "id": {"type": "integer", "minimum": 1},
                "tags": {
                    "type": "array", "items": {"type": "string", "enum": ["a", "b"]},
                    "minItems": 1, "description": "Tags",
                },
                "owner": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                "pair": {
                    "type": "array", "prefixItems": [{"type": "integer"}, {"type": "boolean"}],
                    "items": false, "minItems": 2,
                },
            },
            "required": ["id", "owner", "pair"],
            "additionalProperties": false,
            "title": "T",
        })
    );
    assert_eq!(schema(":map").to_json_schema(), serde_json::json!({"type": "object"}));
    assert_eq!(
        schema("[:map-of :keyword :int]").to_json_schema(),
        serde_json::json!({"type": "object", "additionalProperties": {"type": "integer"}})
    );
    assert_eq!(schema("[:set {:min 1} :keyword]").to_json_schema()["uniqueItems"], true);
    assert_eq!(schema("[:> 0]").to_json_schema()["exclusiveMinimum"], 0);
    assert_eq!(schema("[:= :a]").to_json_schema(), serde_json::json!({"const": "a"}));
}
