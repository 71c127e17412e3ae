//! `simulate --seeds N`: whole lives of flows under seeds, with crashes and signals everywhere; `torture --seconds N`: a
//! real process over a real disk that is killed again and again.

use anyhow::{Result, bail};

use crate::program;

/// Lives so many seeds, from the first on.
pub(crate) fn seeds(arguments: &[&str]) -> Result<()> {
    let (seeds, first) = match arguments {
        [] => ("2000", "0"),
        ["--seeds", seeds] => (*seeds, "0"),
        ["--seeds", seeds, "--first", first] => (*seeds, *first),
        other => bail!("`{}` is not --seeds NUMBER [--first NUMBER]", other.join(" ")),
    };
    check_number(seeds)?;
    check_number(first)?;
    // As the tests are built: that build is there, and a thousand seeds take half a minute with it.
    let run = ["run", "--quiet", "--package", "breyta-tests", "--bin", "simulate", "--"];
    program::run(program::cargo(&run).args([seeds, first]))
}

/// Kills for so many seconds.
pub(crate) fn torture(arguments: &[&str]) -> Result<()> {
    let seconds = match arguments {
        [] => "120",
        ["--seconds", seconds] => seconds,
        other => bail!("`{}` is not --seconds NUMBER", other.join(" ")),
    };
    check_number(seconds)?;
    let run = ["run", "--quiet", "--package", "breyta-tests", "--bin", "torture", "--"];
    program::run(program::cargo(&run).arg(seconds))
}

fn check_number(text: &str) -> Result<()> {
    match text.parse::<u64>() {
        Ok(_) => Ok(()),
        Err(_) => bail!("`{text}` is no number"),
    }
}
