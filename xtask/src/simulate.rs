//! `simulate --seeds N`: whole lives of runs under seeds, with crashes and signals everywhere; `torture --seconds N`: a real
//! process over a real disk that is killed again and again. Both are examples of the store's crate.

use anyhow::{Result, bail};

use crate::program;

/// Lives so many seeds.
pub(crate) fn seeds(arguments: &[&str]) -> Result<()> {
    example("simulate", number(arguments, "--seeds", "2000")?)
}

/// Kills for so many seconds.
pub(crate) fn torture(arguments: &[&str]) -> Result<()> {
    example("torture", number(arguments, "--seconds", "120")?)
}

fn number<'a>(arguments: &[&'a str], option: &str, usual: &'a str) -> Result<&'a str> {
    match arguments {
        [] => Ok(usual),
        [name, number] if *name == option && number.parse::<u64>().is_ok() => Ok(number),
        other => bail!("`{}` is not {option} NUMBER", other.join(" ")),
    }
}

fn example(name: &str, number: &str) -> Result<()> {
    let arguments =
        ["run", "--quiet", "--release", "--package", "breyta-store", "--example", name, "--", number];
    program::run(&mut program::cargo(&arguments))
}
