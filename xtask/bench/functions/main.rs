//! Times functions of the flow: each is called with an input that another function makes. Prints JSON.

use std::time::Instant;

use breyta_runtime::rt;

mod functions;

const WARM_UPS: usize = 20;
const ROUNDS: usize = 30;

type Code = fn(&mut rt::Budget, &mut [rt::Value]) -> Result<rt::Value, rt::Thrown>;

fn call(code: Code, argument: rt::Value) -> rt::Value {
    let mut budget = rt::Budget::new(u64::MAX, 400, u64::MAX);
    code(&mut budget, &mut [argument]).expect("the functions of the bench do not throw")
}

fn measure(name: &str, input: Code, code: Code) -> String {
    let input = call(input, rt::Value::Nil);
    let mut times: Vec<u128> = (0..WARM_UPS + ROUNDS)
        .map(|_| {
            let argument = input.clone();
            let begun = Instant::now();
            let result = call(code, argument);
            let took = begun.elapsed().as_nanos();
            drop(result);
            took
        })
        .skip(WARM_UPS)
        .collect();
    times.sort_unstable();
    let result = rt::printing::pr_str(&mut rt::Budget::new(u64::MAX, 400, u64::MAX), &mut [call(code, input)]);
    let Ok(rt::Value::Str(text)) = result else { panic!("{name} has no text") };
    let sum = text.bytes().fold(0u64, |sum, byte| sum.wrapping_add(u64::from(byte)));
    format!("\"{name}\":{{\"ms\":{:.4},\"bytes\":{},\"sum\":{sum}}}", times[ROUNDS / 2] as f64 / 1e6, text.len())
}

fn main() {
    let rows = [
        measure("aggregate", functions::aggregate_input, functions::aggregate),
        measure("normalise", functions::normalise_input, functions::normalise),
        measure("nested", functions::nested_input, functions::nested),
        measure("sum", functions::sum_input, functions::sum),
        measure("build", functions::build_input, functions::build),
        measure("lines", functions::lines_input, functions::lines),
        measure("sort", functions::sort_input, functions::sort),
        measure("destructure", functions::destructure_input, functions::destructure),
    ];
    println!("{{{}}}", rows.join(","));
}
