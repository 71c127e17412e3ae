//! `bench engine`: durable steps of many runs, resuming, a very long run and parked runs, next to the disk's own floor and
//! to what other engines were measured at. The measuring is an example of the store's crate, which links nothing else.

use anyhow::{Context, Result};
use serde_json::Value;

use super::{Flags, machine, publish, startup, table};
use crate::program;

pub(crate) fn run(flags: &Flags) -> Result<()> {
    let arguments = ["run", "--quiet", "--release", "--package", "breyta-store", "--example", "bench_engine"];
    let json = program::output(&mut program::cargo(&arguments))?;
    let figures = Figures(serde_json::from_str(&json).context("output of bench_engine")?);
    let mut rows = vec![
        row("4 KB in place and fdatasync: the floor", figures.percentiles("/sequential/in_place"), "", ""),
        row("4 KB at the end of a file and fdatasync", figures.percentiles("/sequential/append"), "", ""),
    ];
    rows.extend(throughput(&figures));
    rows.extend(resume(&figures));
    rows.extend(long(&figures));
    rows.extend(parked(&figures));
    rows.push(startup::row()?);
    let interface = "HTTP interface, start + one step + result, 32 connections";
    let peers = "Restate 1,873 req/s, DBOS TS 886 req/s";
    rows.push(row(interface, "there is no `serve --listen` yet".to_owned(), "≥ 8,000 requests/s", peers));
    let text = format!(
        "Measured on {}, SQLite with `synchronous=FULL`; peers as measured on a machine of the same size.\n\n{}",
        machine(),
        table(&["What", "Measured", "Target", "Peers"], &rows)
    );
    publish("engine", &text, flags.has("--write"))
}

struct Figures(Value);

impl Figures {
    fn number(&self, path: &str) -> f64 {
        self.0.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN)
    }

    /// `p50 84 µs, p99 120 µs`.
    fn percentiles(&self, path: &str) -> String {
        let at = |name: &str| self.number(&format!("{path}/{name}_us"));
        format!("p50 {:.0} µs, p99 {:.0} µs", at("p50"), at("p99"))
    }

    fn rate(&self, path: &str, what: &str) -> String {
        format!("{} {what}/s", thousands(self.number(path)))
    }
}

fn row(what: &str, measured: String, target: &str, peers: &str) -> Vec<String> {
    vec![what.to_owned(), measured, target.to_owned(), peers.to_owned()]
}

/// `12,345`.
fn thousands(number: f64) -> String {
    if !number.is_finite() {
        return "–".to_owned();
    }
    let digits = format!("{number:.0}");
    let first = digits.len() % 3;
    let (head, tail) = digits.split_at(first);
    let mut parts: Vec<&str> = Vec::new();
    parts.extend(Some(head).filter(|head| !head.is_empty()));
    parts.extend((0..tail.len() / 3).filter_map(|part| tail.get(part * 3..part * 3 + 3)));
    parts.join(",")
}

fn throughput(figures: &Figures) -> Vec<Vec<String>> {
    let steps = |runs: u32| figures.rate(&format!("/throughput/runs_{runs}/steps_per_s"), "steps");
    let against = |floor: &str| {
        figures.number("/sequential/step/p50_us") / figures.number(&format!("/sequential/{floor}/p50_us"))
    };
    let sequential = format!(
        "{}, {:.2} × in place, {:.2} × at the end",
        figures.percentiles("/sequential/step"),
        against("in_place"),
        against("append")
    );
    let peers = "Restate 2,022, LangGraph + SQLite 1,909, DBOS TS 1,100, DBOS Python 535, Inngest 324, Temporal dev 20";
    let short = "Restate 536, DBOS TS 206, LangGraph 112, Temporal 9";
    vec![
        row("one durable step, one run", sequential, "p50 ≤ 1.3 × one fdatasync", ""),
        row("steps/s, 1 run", steps(1), "", peers),
        row("steps/s, 16 runs at once", steps(16), "", ""),
        row("steps/s, 256 runs at once", steps(256), "≥ 100,000", ""),
        row(
            "10-step runs/s, 50 at once",
            figures.rate("/throughput/ten_steps/runs_per_s", "runs"),
            "",
            short,
        ),
    ]
}

fn resume(figures: &Figures) -> Vec<Vec<String>> {
    let past = [10_u32, 1_000, 10_000, 100_000];
    let medians: Vec<f64> =
        past.iter().map(|past| figures.number(&format!("/resume/past_{past}/p50_us"))).collect();
    let (low, high) =
        medians.iter().fold((f64::MAX, 0.0_f64), |(low, high), time| (low.min(*time), high.max(*time)));
    let peers = [
        "",
        "LangGraph 0.02 s, Restate 0.47 s, DBOS TS 1.6 s, Temporal 1.6 s",
        "LangGraph 0.02 s, Restate 0.87 s, DBOS TS 5.0 s",
        "",
    ];
    let mut rows: Vec<Vec<String>> = past
        .iter()
        .zip(&medians)
        .zip(peers)
        .map(|((past, median), peers)| {
            let what = format!("open the store and resume, {} past steps", thousands(f64::from(*past)));
            row(&what, format!("{:.2} ms", median / 1_000.0), "", peers)
        })
        .collect();
    rows.push(row("slowest of these against fastest", format!("{:.2} ×", high / low), "≤ 1.2 ×", ""));
    rows
}

fn long(figures: &Figures) -> Vec<Vec<String>> {
    let at = |path: &str| figures.number(path);
    let ratio = at("/long/last/p50_us") / at("/long/first/p50_us");
    let ends = format!(
        "first 1,000 p50 {:.0} µs, last 1,000 p50 {:.0} µs ({ratio:.2} ×)",
        at("/long/first/p50_us"),
        at("/long/last/p50_us")
    );
    let size = format!(
        "{:.0} MB, {:.0} bytes a step",
        at("/long/bytes") / 1e6,
        at("/long/bytes") / at("/long/steps")
    );
    vec![
        row("one run of 1,000,000 steps", format!("{:.0} s; {ends}", at("/long/seconds")), "flat", ""),
        row("its store", size, "", ""),
    ]
}

fn parked(figures: &Figures) -> Vec<Vec<String>> {
    let at = |path: &str| figures.number(path);
    let what = |rest: &str| format!("{} parked waits: {rest}", thousands(at("/parked/runs")));
    let each = |path: &str| at(path) / at("/parked/runs") * 1e6;
    vec![
        row(
            &what("everybody has answered: until all have ended, process start included"),
            format!(
                "{:.1} s, {:.0} µs each",
                at("/parked/complete/seconds"),
                each("/parked/complete/seconds")
            ),
            "",
            "of 5,000: Restate 4.2 s (840 µs each), DBOS TS 6.0 s (1,200 µs each)",
        ),
        row(
            &what("until all answers are durable, one after the other"),
            format!("{:.1} s, {:.0} µs each", at("/parked/answer_seconds"), each("/parked/answer_seconds")),
            "",
            "",
        ),
        row(
            &what("disk each"),
            format!("{:.0} bytes", at("/parked/bytes_each")),
            "≤ 2 KB",
            "DBOS TS 1 KB, LangGraph 5.6 KB, duroxide 11 KB",
        ),
        row(
            &what("RSS of a process that has their timers"),
            format!("{:.1} MB", at("/parked/open/rss_kb") / 1_024.0),
            "≤ 30 MB",
            "of 5,000: Restate 210 MB, DBOS TS 150 MB, LangGraph 24 MB",
        ),
        row(
            &what("process start until their timers are armed"),
            format!("{:.1} ms", at("/parked/open/armed_seconds") * 1e3),
            "≤ 1 s",
            "",
        ),
    ]
}
