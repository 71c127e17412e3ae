//! The cases: every script of every scenario flow, the orchestration bodies that Clojure answered, and twists of all of
//! them, in which answers fail and people do something else. Two that come to the same story are one.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use breyta_compiler::mir::simplify::Passes;
use breyta_compiler::source::Sources;
use breyta_core::{Map, Value, edn};
use breyta_engine::error::StepError;
use breyta_engine::machine::Program;

use super::teller::Answers;
use super::{Case, Lived, Plan, Teller};
use crate::interp::Interpreted;
use crate::scenario::Scenario;
use crate::spec::PREFIX;
use crate::{batch, tree};

/// Twists of every case, besides the one in which nothing goes wrong.
const TWISTS: u64 = 4;

/// All cases, lived undisturbed. Panics when a script does not come to its end.
pub fn corpus() -> Vec<Lived> {
    let mut lived = Vec::new();
    let mut known = BTreeSet::new();
    for case in scripts().into_iter().chain(rows()) {
        let is_script = matches!(case.teller, Teller::Script(_));
        match Plan::of(&case) {
            Ok(plan) if known.insert(plan.story.clone()) => lived.push(Lived { case, plan }),
            // Twists may come to the same; some let a run wait for ever.
            Ok(_) => {}
            Err(problem) => assert!(!is_script, "{}: {problem}", case.name),
        }
    }
    lived
}

/// The scenarios and their twists.
fn scripts() -> Vec<Case> {
    let mut flows = tree::files(&tree::root().join("examples"), "/flow.edn");
    flows.extend(tree::files(&tree::tests().join("scenarios"), "/flow.edn"));
    let mut cases = Vec::new();
    for flow in flows {
        let program = scenario_program(&flow);
        let folder = flow.parent().unwrap_or(&flow);
        for script in tree::files(folder, ".edn") {
            let is_script = script.parent() == Some(folder)
                && script.file_name().is_some_and(|name| name.to_string_lossy().starts_with("scenario"));
            if is_script {
                let scenario = Scenario::load(&script);
                let input = scenario.input.as_map().cloned().unwrap_or_default();
                let answers = Teller::answers(&scenario.events);
                let name = tree::shown(&script);
                cases.extend(twists(&name, &program, &input, &answers));
                let teller = Teller::Script(scenario.events);
                cases.push(Case { name, program: Arc::clone(&program), input, teller });
            }
        }
    }
    cases
}

fn scenario_program(flow: &Path) -> Arc<dyn Program> {
    let sources = Sources::single(tree::shown(flow), tree::read(flow));
    let compilation = breyta_compiler::compile(&sources);
    let (Some(definition), Some(program)) = (compilation.definition, compilation.program) else {
        panic!("{} does not compile: {:#?}", tree::shown(flow), compilation.problems);
    };
    let children = batch::children(flow).into_iter().map(|child| {
        let slug = child.definition.slug.value.clone();
        Arc::new(Interpreted::new(&slug, child.program)) as Arc<dyn Program>
    });
    Arc::new(Interpreted::new(&definition.slug.value, program).with_children(children.collect()))
}

/// The orchestration bodies, with a flow in place of each that they call.
fn rows() -> Vec<Case> {
    let path = tree::tests().join("conformance/orchestration-dev.jsonl");
    let text = tree::read(&path);
    let mut cases = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let row: serde_json::Value = serde_json::from_str(line).expect("a row is JSON");
        let (id, flow) = (row["id"].as_str().unwrap_or_default(), row["flow"].as_str().unwrap_or_default());
        let env = edn::read(row["env"].as_str().unwrap_or_default()).expect("the world of a row is EDN");
        let (mut answers, mut children) = (Answers::new(), Vec::new());
        for (of, is_flow) in [("steps", false), ("flows", true)] {
            for (name, results) in env.field(of).and_then(Value::as_map).into_iter().flatten() {
                let name = name.as_name().unwrap_or_default();
                let results = results.as_sequential().into_iter().flatten();
                answers.insert(name.to_owned(), results.map(answer).collect());
                if is_flow {
                    let body = format!("(flow/step :http :{name} {{:input (flow/input)}})");
                    children.push(compile(name, &body) as Arc<dyn Program>);
                }
            }
        }
        let body = compile("spec", flow);
        let program: Arc<dyn Program> =
            Arc::new(Arc::into_inner(body).expect("nobody else has it").with_children(children));
        let input = env.field("input").and_then(Value::as_map).cloned().unwrap_or_default();
        cases.extend(twists(&format!("row {id}"), &program, &input, &answers));
    }
    cases
}

fn compile(slug: &str, body: &str) -> Arc<Interpreted> {
    let text = format!("{}:flow '\n{body}\n}}\n", PREFIX.replacen(":spec", &format!(":{slug}"), 1));
    let sources = Sources::single("row.edn", text);
    let compilation = breyta_compiler::compile_body(&sources, &Passes::ALL);
    let problems = compilation.problems;
    let program = compilation.program.unwrap_or_else(|| panic!("a row does not compile: {problems:#?}"));
    Arc::new(Interpreted::new(slug, program))
}

fn answer(result: &Value) -> Result<Value, StepError> {
    match result.field("throw") {
        Some(message) => Err(StepError::new("thrown", message.as_str().unwrap_or_default())),
        None => Ok(result.clone()),
    }
}

fn twists(name: &str, program: &Arc<dyn Program>, input: &Map, answers: &Answers) -> Vec<Case> {
    let twist = |number: u64| Case {
        name: format!("{name}, twist {number}"),
        program: Arc::clone(program),
        input: varied(input, number),
        teller: Teller::Twist { answers: answers.clone(), number },
    };
    (0..=TWISTS).map(twist).collect()
}

/// Other numbers in the input of every other twist.
fn varied(input: &Map, number: u64) -> Map {
    let vary = |value: &Value| match value {
        Value::Int(it) if number % 2 == 1 => Value::Int(it + number as i64),
        other => other.clone(),
    };
    input.iter().map(|(key, value)| (key.clone(), vary(value))).collect()
}
