//! Definitions and what is reported about them.

use std::fmt::Write as _;

use super::{Auth, ConcurrencyType, Definition, define};
use crate::diagnostics::{Problems, Severity};
use crate::source::{FileId, Sources};
use crate::syntax::read;

/// The definition and one line per problem: `code path | message`; `W` marks warnings, `R` what building refuses.
fn read_flow(text: &str) -> (Option<Definition>, String) {
    let sources = Sources::single("flow.edn", text);
    let reading = read(&sources, FileId(0));
    let mut problems = Problems::new();
    for problem in reading.problems {
        problems.report(problem);
    }
    let definition = define(&sources, &reading.forms, &mut problems);
    let mut lines = String::new();
    let (found, refused) = problems.into_sorted();
    for (problem, is_refused) in found.iter().map(|it| (it, false)).chain(refused.iter().map(|it| (it, true)))
    {
        let mark = match problem.severity {
            _ if is_refused => "R ",
            Severity::Warning => "W ",
            Severity::Error => "",
        };
        let (line, column) = sources.line_column(problem.primary.span.file, problem.primary.span.start);
        writeln!(
            lines,
            "{mark}{} {line}:{column} {} | {}",
            problem.code.name(),
            problem.path.join(" "),
            problem.message
        )
        .expect("writing to a string");
    }
    (definition, lines)
}

/// Sections around the ones under test, on one line each so that positions stay readable.
fn flow(sections: &str) -> String {
    let mut text = String::from("{:slug :x :name \"X\" ");
    for (key, value) in [
        (":concurrency", "{:type :singleton :on-new-version :supersede}"),
        (":interfaces", "{:manual [{:id :run :invocation :default}]}"),
        (":invocations", "{:default {:inputs []}}"),
        (":flow ", "'(flow/input)"),
    ] {
        if !sections.contains(key) {
            write!(text, "{key} {value} ").expect("writing to a string");
        }
    }
    format!("{text}\n{sections}}}")
}

#[track_caller]
fn check(sections: &str, expected: &str) {
    let (_, got) = read_flow(&flow(sections));
    let got: Vec<&str> = got.lines().collect();
    let expected: Vec<&str> = expected.lines().map(str::trim).collect();
    assert_eq!(got, expected, "{sections}");
}

#[test]
fn a_whole_definition() {
    let (definition, problems) = read_flow(
        r#"{:slug :order-triage
            :name "Order triage" :description "Sorts" :tags ["draft" :sales]
            :concurrency {:type :keyed :on-new-version :drain :key-field [:order :id]}
            :requires [{:slot :shop :type :http-api :label "Shop" :base-url "https://shop.example.com"
                        :auth {:type :api-key :location :query :param-name "key"} :optional true}
                       {:kind :connection :slot :desk :type :http-api :auth {:type :bearer} :required true}]
            :invocations {:default {:label "Order" :inputs [{:name :id :type :string :required true}
                                                            {:key "rush" :type :checkbox :default false}
                                                            {:name :mode :type :select :default :fast
                                                             :options ["fast" {:value :slow :label "Slow"}]}]}}
            :interfaces {:manual [{:id "run" :label "Run" :invocation :default}] :http nil}
            :templates [{:id :post :type :http-request :request {:path "/x/{{id}}" :method :post :json {:a [1 nil]}}}]
            :functions [{:id :one :language :clojure :code "(fn [input] input)"}
                        {:id :two :code '(fn [input] {:n 1})}
                        {:id :three :code (quote (fn [input] {:n 1}))}]
            :schedules nil
            :flow (quote (flow/input))}"#,
    );
    assert_eq!(problems, "");
    let definition = definition.expect("a definition");
    assert_eq!(definition.slug.value, "order-triage");
    assert_eq!(definition.concurrency.kind, ConcurrencyType::Keyed);
    assert_eq!(definition.concurrency.key_field, ["order", "id"]);
    let query = Auth::ApiKey { header: None, query: Some("key".to_owned()) };
    let auths: Vec<&Auth> = definition.requires.iter().map(|it| &it.auth).collect();
    assert_eq!(auths, [&query, &Auth::Bearer]);
    assert!(definition.requires.first().is_some_and(|it| it.optional));
    let kinds: Vec<&str> =
        definition.invocations.iter().flat_map(|it| &it.inputs).map(|it| it.kind.value.as_str()).collect();
    assert_eq!(kinds, ["text", "boolean", "select"]);
    assert!(definition.functions.iter().all(|it| it.code.is_call_of("fn")));
    assert!(definition.flow.is_call_of("flow/input"));
    assert!(definition.broken.is_empty());
    assert_eq!(definition.manual.map(|it| it.id.value), Some("run".to_owned()));
}

#[test]
fn files_that_are_no_flow() {
    let report = |text: &str| read_flow(text).1;
    assert_eq!(report(""), "not-a-flow 1:1  | the file holds no flow\n");
    assert_eq!(report("; nothing\n"), "not-a-flow 1:1  | the file holds no flow\n");
    assert_eq!(report("[1]"), "not-a-flow 1:1  | a flow must be a map, not a vector\n");
    let two = format!("{}\n{{:second 1}}", flow(""));
    assert_eq!(report(&two), "clojure_reader_invalid 3:1  | a flow file holds one map and nothing else\n");
    let (definition, problems) = read_flow("{}");
    assert!(definition.is_none());
    assert_eq!(problems.lines().filter(|line| line.starts_with("missing_required_field")).count(), 3);
}

#[test]
fn top_level_keys() {
    check(
        ":descripton \"a\"",
        "W unknown-key 2:1 :descripton | a flow has no key `:descripton`; it is not used",
    );
    check(":x/flow 1", "W unknown-key 2:1 :x/flow | a flow has no key `:x/flow`; it is not used");
    check(":agents []", "R not-supported-yet 2:1 :agents | `:agents` is not supported yet");
    check(":agents nil :requires nil :functions nil :templates nil :triggers nil :tags nil", "");
    check(":concurrency nil", "invalid_required_field 2:14 :concurrency | `:concurrency` may not be nil");
    check(":tags [1]", "invalid-field 2:8 :tags [0] | a tag must be a string or a keyword, not 1");
    check(":requires {}", "invalid-field 2:11 :requires | `:requires` must be a vector, not a map");
    check(":flow (flow/input)", "flow-body-unquoted 2:7 :flow | the body of `:flow` is not quoted");
    check(":flow nil", "invalid_required_field 2:7 :flow | `:flow` may not be nil");
}

#[test]
fn concurrency_and_requirements() {
    check(
        ":concurrency {:type :single}",
        "missing-key 2:14 :concurrency :on-new-version | a concurrency map needs `:on-new-version`
         invalid-field 2:21 :concurrency :type | `:type` of a concurrency map must be one of :singleton :keyed, not `:single`",
    );
    check(
        ":concurrency {:type :keyed :on-new-version :drain}",
        "missing-key 2:14 :concurrency :key-field | keyed concurrency needs `:key-field`",
    );
    check(
        ":requires [{:kind :form :fields []} {:slot :k :type :secret :secret-ref :k}]",
        "R not-supported-yet 2:19 :requires [0] | a setup form is not supported yet
         R not-supported-yet 2:44 :requires [1] | the secret slot `:k` is not supported yet",
    );
    check(
        ":requires [{:slot :ns/a :type :http-api :oauth {} :bas-url \"x\"}]",
        "invalid-field 2:19 :requires [0] :slot | `:slot` of a connection slot must be a keyword without namespace: a letter, then letters, digits, `_` or `-`, at most 128 characters, not `:ns/a`
         unknown-section-key 2:51 :requires [0] :bas-url | a connection slot has no key `:bas-url`
         R not-supported-yet 2:41 :requires [0] :oauth | `:oauth` in a connection slot is not supported yet",
    );
    check(
        ":requires [{:slot :a :type :http-api :auth {:type :basic}}]",
        "R not-supported-yet 2:51 :requires [0] :auth :type | `:type :basic` of an auth map is not supported yet",
    );
    check(
        ":requires [{:slot :a :type :http-api :auth {:type :bearer :header \"X\"}}]",
        "invalid-field 2:67 :requires [0] :auth :header | auth of type `:bearer` has no `:header`",
    );
    check(
        ":requires [{:slot :a :type :http-api :base-url \"example.com\"} {:slot \"a\" :type :http-api}]",
        "invalid-field 2:48 :requires [0] :base-url | `:base-url` of a connection slot must be a URL with `https://` or `http://`, not `\"example.com\"`
         duplicate-id 2:70 :requires [1] :slot | two slots have the name `:a`",
    );
}

#[test]
fn invocations_and_interfaces() {
    check(
        ":invocations []",
        "invalid_invocations_shape 2:14 :invocations | `:invocations` must be a map, not a vector",
    );
    check(
        ":invocations {:default {:inputs [{:name :n :type :numbr} {:type :text} {:name :n} {:name :n} 1]}}",
        "invalid_invocation_input_type 2:50 :invocations :default :inputs [0] :type | there is no input type `:numbr`
         missing_invocation_input_name 2:58 :invocations :default :inputs [1] :name | an input needs `:name`
         duplicate_invocation_input_name 2:90 :invocations :default :inputs [3] :name | two inputs have the name `:n`
         invalid_invocation_input_shape 2:94 :invocations :default :inputs [4] | an input must be a map, not an integer",
    );
    check(
        ":invocations {:default {:inputs [{:name :n :type :number :default \"x\"} {:name :f :type :file :accept []}]}}",
        "invalid-field 2:67 :invocations :default :inputs [0] :default | `:default` of an input must be a number for the type `:number`, not `\"x\"`
         R not-supported-yet 2:88 :invocations :default :inputs [1] :type | an input of type `:file` is not supported yet",
    );
    check(
        ":invocations {:default {:inputs [{:name :n :default (inc 1)}]}}",
        "invalid-field 2:53 :invocations :default :inputs [0] :default | only plain data may stand here, not a list",
    );
    check(
        ":interfaces {:manual [{:invocation :defalt} {:id :a :invocation :default} {:id :b :invocation :default}] :mcp []}",
        "missing_interface_id 2:23 :interfaces :manual [0] :id | a manual interface needs `:id`
         unknown_interface_invocation 2:36 :interfaces :manual [0] :invocation | there is no invocation `:defalt`
         too_many_interfaces 2:75 :interfaces :manual [2] | a flow has at most one manual interface",
    );
}

#[test]
fn templates_and_functions() {
    check(
        ":templates [{:id :a :type :http-request} {:id :b :type :llm-prompt :prompt \"x\"}]",
        "missing-key 2:13 :templates [0] :request | an `:http-request` template needs `:request`
         R not-supported-yet 2:56 :templates [1] :type | `:type :llm-prompt` of a template is not supported yet",
    );
    check(
        ":templates [{:id :a :type :http-request :request {:pth \"/\" :method :fetch :multipart [] :retry {}}}]",
        "unknown-section-key 2:51 :templates [0] :request :pth | a request has no key `:pth`
         unknown-section-key 2:89 :templates [0] :request :retry | a request has no key `:retry`",
    );
    check(
        ":functions [{:id :a :code \"\"} {:id :b :code \"(fn [x] x) 1\"} {:id :c :code \"(inc 1)\"}]",
        "function_code_string_invalid 2:27 :functions [0] :code | the code string is empty
         function_code_string_invalid 2:57 :functions [1] :code | the code string goes on after its function
         function_code_string_invalid 2:76 :functions [2] :code | the code of a function must be one `(fn …)` form, not a call of `inc`",
    );
    check(
        ":functions [{:id :a :code (fn [x] x)} {:id :b :language :python :code '(fn [x] x)}]",
        "invalid-field 2:27 :functions [0] :code | the code of a function must be quoted or stand in a string
         invalid-field 2:57 :functions [1] :language | `:language` of a function must be one of :clojure, not `:python`",
    );
    check(
        ":functions {:a '(fn [x] x) :b {:code '(fn [x] x)}}",
        "W functions-as-map 2:12 :functions | `:functions` is written as a map",
    );
}

#[test]
fn names_of_broken_entries_are_kept() {
    let text = flow(
        ":functions [{:id :a :code \"\"} {:id :b :code '(fn [x] x)}] :templates [{:id :c :type :nothing}]",
    );
    let definition = read_flow(&text).0.expect("a definition");
    assert_eq!(definition.broken, ["c", "a"]);
}

#[test]
fn legacy_triggers() {
    let text = "{:slug :x :concurrency {:type :singleton :on-new-version :supersede} :flow '(flow/input)\n:triggers [TRIGGER]}";
    let report = |trigger: &str| read_flow(&text.replace("TRIGGER", trigger)).1;
    assert_eq!(
        report("{:type :manual :label \"Run\" :enabled true :config {}}"),
        "W missing_interfaces 1:1 :interfaces | the flow has no `:interfaces`\n\
         W missing_invocations 1:1 :invocations | the flow has no `:invocations`\n\
         W deprecated_manual_trigger 2:12 :triggers | manual triggers are deprecated\n"
    );
    let schedule = report("{:type :schedule :config {}}");
    assert!(schedule.contains("W deprecated_schedule_trigger 2:12 :triggers [0] |"), "{schedule}");
    assert!(schedule.contains("missing-key 2:37 :triggers [0] :config :cron |"), "{schedule}");
    assert!(schedule.contains("R not-supported-yet 2:19 :triggers [0] |"), "{schedule}");
    let fields = text.replace("TRIGGER", "{:type :manual :config {:fields [{:name :n :type :number}]}}");
    let inputs = read_flow(&fields).0.expect("a definition").invocations;
    let kinds: Vec<&str> = inputs.iter().flat_map(|it| &it.inputs).map(|it| it.kind.value.as_str()).collect();
    assert_eq!(kinds, ["number"]);
    assert!(report("").contains("missing_interfaces"));
}

/// The text with every edit applied, and what is reported about it then; advice is left out.
#[track_caller]
fn check_fixed(sections: &str, expected: &str) {
    let text = format!(
        "{{:slug :x :concurrency {{:type :singleton :on-new-version :supersede}} :flow '(flow/input)\n {sections}}}"
    );
    let sources = Sources::single("flow.edn", &text);
    let mut problems = Problems::new();
    define(&sources, &read(&sources, FileId(0)).forms, &mut problems);
    let mut edits: Vec<_> = problems.into_sorted().0.into_iter().flat_map(|it| it.edits).collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
    let mut fixed = text.clone();
    for edit in &edits {
        fixed.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    let start = fixed.find('\n').unwrap() + 2;
    assert_eq!(&fixed[start..fixed.len() - 1], expected, "{sections}");
    let left: Vec<String> = read_flow(&fixed)
        .1
        .lines()
        .filter(|line| !line.starts_with("R ") && !line.starts_with("W missing_"))
        .map(str::to_owned)
        .collect();
    let left: Vec<String> = if edits.is_empty() { Vec::new() } else { left };
    assert_eq!(left, Vec::<String>::new(), "{fixed}");
}

#[test]
fn legacy_source_is_mended() {
    check_fixed(
        ":triggers [{:type :manual :label \"Run\" :enabled true :config {}}]",
        ":interfaces {:manual [{:id :run :label \"Run\" :invocation :default :enabled true}]}\n \
         :invocations {:default {:inputs []}}",
    );
    check_fixed(
        ":triggers [{:type :manual :id :go :config {:fields [{:key :n :field-type :number :default 1}]}}\n \
         {:type :schedule :label \"Daily\" :config {:cron \"0 9 * * *\" :timezone \"UTC\"}}]",
        ":interfaces {:manual [{:id :go :invocation :default}]}\n \
         :schedules [{:id :scheduled :label \"Daily\" :invocation :default :cron \"0 9 * * *\" :timezone \"UTC\"}]\n \
         :invocations {:default {:inputs [{:name :n :type :number :default 1}]}}",
    );
    check_fixed(
        ":requires [{:slot :hook :type :secret}]\n :triggers [{:type :event :config {:source :webhook \
         :event-name \"a.b\" :auth {:type :bearer :secret-ref :hook}}}]",
        ":requires [{:slot :hook :type :secret}]\n :interfaces {:webhook [{:id :event :invocation :default \
         :event-name \"a.b\" :auth {:type :bearer :secret-ref :hook}}]}\n :invocations {:default {:inputs []}}",
    );
    check_fixed(
        ":requires [{:slot :a :type :http-api}\n            {:kind :form :collect :run :fields {:key :q :label \"Q\"}}]",
        ":invocations {:default {:inputs [{:name :q :label \"Q\"}]}}\n :requires [{:slot :a :type :http-api}\n            ]",
    );
    check_fixed(
        ":requires [{:kind :form :collect :run :fields [{:key :q}]}]\n :triggers [{:type :manual}]",
        ":requires []\n :interfaces {:manual [{:id :run :invocation :default}]}\n \
         :invocations {:default {:inputs [{:name :q}]}}",
    );
    // What an edit would lose or must guess is left to people.
    for left in [
        ":triggers [{:type :manual} ; why\n ]",
        ":triggers [{:type :manual :id :a} {:type :manual :id :b}]",
        ":interfaces {:http []} :triggers [{:type :manual}]",
        ":triggers [{:type :event :config {:path \"/x\" :auth {:type :ip-allowlist :allow [\"10.0.0.1\"]}}}]",
    ] {
        check_fixed(left, left);
    }
}

#[test]
fn older_keys_are_mended() {
    check_fixed(
        ":requires [{:slot :a :type :http-api :required false}]",
        ":requires [{:slot :a :type :http-api :optional true}]",
    );
    check_fixed(
        ":requires [{:kind :worker :job-type \"a\"}]",
        ":requires [{:kind :worker :job-types [\"a\"]}]",
    );
    check_fixed(
        ":requires [{:slot :ai :type :llm-provider :backend \"openai\"}]",
        ":requires [{:slot :ai :type :http-api :backend \"openai\"}]",
    );
    check_fixed(
        ":requires [{:slot :ai :type :llm-provider :base-url \"https://api.openai.com/v1\"}]",
        ":requires [{:slot :ai :type :http-api :backend \"openai\" :base-url \"https://api.openai.com/v1\"}]",
    );
    check_fixed(
        ":interfaces {:manual [{:id :run :invocation :default :lable \"Run\"}]} :invocations {:default {}}",
        ":interfaces {:manual [{:id :run :invocation :default :label \"Run\"}]} :invocations {:default {}}",
    );
}
