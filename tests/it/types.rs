//! The checker is silent about what is right: flows that people would write, and generated functions. And what it is
//! silent about does not fail with an error of types when it runs.

use breyta_compiler::source::Sources;
use breyta_compiler::types::children::Children;
use breyta_core::thrown::Class;
use breyta_core::{Budget, edn};
use breyta_engine::machine::Program as _;
use breyta_tests::interp::Interpreted;
use breyta_tests::{fixture, generate, spec, tree};

/// How many generated functions.
const GENERATED: u64 = 1500;

#[test]
fn examples_and_fixtures_are_clean() {
    let mut files = tree::files(&tree::root().join("examples"), "flow.edn");
    for folder in ["bearer", "five-calls", "two-calls"] {
        files.extend(tree::files(&tree::tests().join("fixtures").join(folder), ".edn"));
    }
    assert!(files.len() >= 6, "the examples are gone");
    let failures: Vec<String> = files
        .iter()
        .flat_map(|path| {
            let sources = Sources::single(tree::shown(path), tree::read(path));
            let problems = breyta_compiler::compile(&sources).problems.into_iter();
            let counts = |code: &str| !spec::ADVICE.contains(&code) && !code.starts_with("deprecated");
            let found = problems.filter(|it| counts(it.code.name()));
            found.map(|it| format!("{}: {}", tree::shown(path), spec::summary(&it))).collect::<Vec<_>>()
        })
        .collect();
    fixture::assert_none(&failures);
}

fn flow_around(program: &generate::Generated) -> String {
    format!(
        "{{:slug :generated :name \"G\" :concurrency {{:type :singleton :on-new-version :supersede}} \
         :interfaces {{:manual [{{:id :run :label \"Run\" :invocation :default :enabled true}}]}} \
         :invocations {{:default {{:inputs []}}}} \
         :functions [{{:id :f :language :clojure :code '\n{}\n}}] \
         :flow '(flow/step :function :call {{:ref :f :input {}}})}}\n",
        program.function, program.input
    )
}

#[test]
fn generated_functions_are_clean_and_run() {
    let mut failures = Vec::new();
    for seed in 0..GENERATED {
        let program = generate::function(seed);
        let text = flow_around(&program);
        let compilation = breyta_compiler::compile(&Sources::single("generated.edn", text.clone()));
        for problem in &compilation.problems {
            failures.push(format!("seed {seed}: {}\n{text}", spec::summary(problem)));
        }
        let Some(built) = compilation.program else {
            failures.push(format!("seed {seed}: no program\n{text}"));
            continue;
        };
        let interpreted = Interpreted::new("generated", built);
        let mut budget = Budget::new(50_000_000, 512, 512 << 20);
        let input = edn::read(&program.input).unwrap();
        let ended = interpreted.call("f", &mut budget, &mut [input]).unwrap();
        if let Err(thrown) = ended
            && matches!(
                thrown.class(),
                Class::ClassCast | Class::Arity | Class::IllegalArgument | Class::NullPointer
            )
        {
            failures.push(format!("seed {seed} fails: {}\n{text}", thrown.message()));
        }
    }
    fixture::assert_none(&failures);
}

/// What is reported for a flow that calls the child flow `:child`, with the child given.
fn with_child(call: &str) -> Vec<String> {
    let child = "{:slug :child :name \"C\" :concurrency {:type :singleton :on-new-version :supersede} \
                 :interfaces {:manual [{:id :run :label \"Run\" :invocation :default :enabled true}]} \
                 :invocations {:default {:inputs [{:name :order-id :type :text :required true} \
                                                  {:name :count :type :number}]}} \
                 :flow '(flow/input)}";
    let child = breyta_compiler::compile(&Sources::single("child.edn", child.to_owned()));
    let mut children = Children::new();
    children.add(child.definition.unwrap());
    let text = spec::flow_text(&format!(";; body:\n{call}\n"));
    let compilation = breyta_compiler::compile_with_children(&Sources::single("flow.edn", text), &children);
    compilation
        .problems
        .iter()
        .filter(|problem| !spec::ADVICE.contains(&problem.code.name()))
        .map(|problem| format!("{} {}", problem.code.name(), problem.message))
        .collect()
}

#[test]
fn child_flows_take_what_they_declare() {
    assert_eq!(with_child("(flow/call-flow :child {:order-id \"a\" :count 5})"), Vec::<String>::new());
    assert_eq!(
        with_child("(flow/call-flow :child {:order-id (:id (flow/input)) :count \"5\" :more 1})"),
        Vec::<String>::new()
    );
    assert_eq!(with_child("(flow/call-flow :child (flow/input))"), Vec::<String>::new());
    assert_eq!(with_child("(flow/call-flow :other {})"), Vec::<String>::new());
    assert_eq!(
        with_child("(flow/call-flow :child {:order \"a\"})"),
        ["missing-input-key the flow `:child` needs the input `:order-id`"]
    );
    assert_eq!(
        with_child("(flow/call-flow :child {:order-id \"a\" :count :many})"),
        ["type-mismatch the input `:count` of the flow `:child` takes a number, not a keyword"]
    );
}
