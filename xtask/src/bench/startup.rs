//! From the start of an executable's process to its first effect: the moment in which a server hears from it.

use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::{program, tree};

const REPEATS: usize = 21;

/// The row of the table: a release executable, an empty data directory each time.
pub(super) fn row() -> Result<Vec<String>> {
    program::run(&mut program::cargo(&["build", "--release", "--package", "breytac"]))?;
    let (root, folder) = (tree::root(), tempfile::tempdir()?);
    let executable = folder.path().join("fetch-users");
    let mut build = Command::new(root.join("target/release/breytac"));
    build.env("BREYTAC_CACHE", root.join("target/breytac-cache")).arg("build");
    build.arg(root.join("examples/fetch-users/flow.edn")).arg("--release").arg("-o").arg(&executable);
    program::output(&mut build)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let bindings = folder.path().join("bindings.edn");
    let address = listener.local_addr()?;
    std::fs::write(&bindings, format!("{{:bindings {{:api {{:url \"http://{address}\"}}}}}}\n"))?;
    let mut times = Vec::new();
    for number in 0..REPEATS {
        let mut command = Command::new(&executable);
        command.arg("run").arg("--bindings").arg(&bindings);
        command.arg("--data").arg(folder.path().join(format!("data-{number}")));
        // Proxies of the machine must not stand between.
        for name in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
            command.env_remove(name);
        }
        times.push(first_step(&mut command, &listener)?);
    }
    times.sort();
    let median = times.get(REPEATS / 2).copied().unwrap_or_default();
    let cells = [
        "process start to first step, new data directory",
        "",
        "≤ 5 ms",
        "cold start to first run: duroxide 280 ms",
    ];
    let mut row: Vec<String> = cells.iter().map(ToString::to_string).collect();
    if let Some(measured) = row.get_mut(1) {
        *measured = format!("{:.1} ms", median.as_secs_f64() * 1e3);
    }
    Ok(row)
}

fn first_step(command: &mut Command, listener: &TcpListener) -> Result<Duration> {
    let begun = Instant::now();
    let mut child =
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().context("starting the flow")?;
    // It waits for an answer that never comes: its end is not measured.
    let heard = listener.accept().map(|(stream, _)| (begun.elapsed(), stream));
    child.kill()?;
    child.wait()?;
    Ok(heard?.0)
}
