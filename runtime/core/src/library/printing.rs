//! The printing family: `pr-str`, `print-str` and the rest, and the functions that print.
//!
//! Code in the sandbox has no output of its own. What it prints is kept with the call (`Budget::print`) and becomes a
//! line on standard error of the executable, unless `with-out-str` takes it.

use std::mem::take;

use super::format::formatted;
use super::invoke::invoke;
use super::rows;
use super::text::charge_text;
use crate::print::{write_plain, write_readable};
use crate::value::realize;
use crate::{Budget, Thrown, Value};

rows! { printing:
    "clojure.core/pr-str" pr_str ( => & Any) -> String, "The arguments as they are written in code, with spaces between.";
    "clojure.core/prn-str" prn_str ( => & Any) -> String, "As `pr-str`, with a line end.";
    "clojure.core/print-str" print_str ( => & Any) -> String, "The arguments for people, strings without quotes, with spaces between.";
    "clojure.core/println-str" println_str ( => & Any) -> String, "As `print-str`, with a line end.";
    "clojure.core/pr" pr ( => & Any) -> Nil, "Prints what `pr-str` gives to standard error.";
    "clojure.core/prn" prn ( => & Any) -> Nil, "Prints what `prn-str` gives to standard error.";
    "clojure.core/print" print ( => & Any) -> Nil, "Prints what `print-str` gives to standard error.";
    "clojure.core/println" println ( => & Any) -> Nil, "Prints what `println-str` gives to standard error.";
    "clojure.core/printf" printf (String => & Any) -> Nil, "Prints what `format` gives to standard error.";
    "clojure.core/newline" newline () -> Nil, "Prints a line end to standard error.";
    "breyta.internal/with-out-str" with_out_str (Callable) -> String, "Calls a function and answers what it printed.";
}

/// The texts of the values with spaces between them, and a line end when asked for.
fn joined(budget: &mut Budget, args: &mut [Value], readable: bool, line: bool) -> Result<String, Thrown> {
    let mut out = String::new();
    for (index, value) in args.iter_mut().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        let value = realize(budget, take(value))?;
        let meter = &mut |bytes| charge_text(budget, bytes);
        if readable {
            write_readable(&value, &mut out, meter)?;
        } else {
            write_plain(&value, &mut out, meter)?;
        }
    }
    if line {
        out.push('\n');
    }
    Ok(out)
}

fn print_joined(
    budget: &mut Budget,
    args: &mut [Value],
    readable: bool,
    line: bool,
) -> Result<Value, Thrown> {
    let text = joined(budget, args, readable, line)?;
    budget.print(&text)?;
    Ok(Value::Nil)
}

pub fn pr_str(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    joined(budget, args, true, false).map(Value::string)
}

pub fn prn_str(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    joined(budget, args, true, true).map(Value::string)
}

pub fn print_str(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    joined(budget, args, false, false).map(Value::string)
}

pub fn println_str(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    joined(budget, args, false, true).map(Value::string)
}

pub fn pr(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    print_joined(budget, args, true, false)
}

pub fn prn(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    print_joined(budget, args, true, true)
}

pub fn print(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    print_joined(budget, args, false, false)
}

pub fn println(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    print_joined(budget, args, false, true)
}

pub fn printf(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let text = match args {
        [Value::Str(format), args @ ..] => formatted(budget, &format.clone(), args)?,
        [other, ..] => return Err(super::class::mismatch("printf", "a string", other)),
        [] => return Err(Thrown::arity("clojure.core/printf", 0)),
    };
    budget.print(text.as_str().unwrap_or_default())?;
    Ok(Value::Nil)
}

pub fn newline(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    if !args.is_empty() {
        return Err(Thrown::arity("clojure.core/newline", args.len()));
    }
    budget.print("\n")?;
    Ok(Value::Nil)
}

pub fn with_out_str(budget: &mut Budget, args: &mut [Value]) -> Result<Value, Thrown> {
    let [body] = args else { return Err(Thrown::arity("breyta.internal/with-out-str", args.len())) };
    let before = budget.take_printed();
    let outcome = invoke(budget, body, &mut []);
    let text = budget.take_printed();
    budget.restore_printed(before);
    outcome.map(|_| Value::string(text))
}
