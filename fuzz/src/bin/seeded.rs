//! The targets without libFuzzer: seeded mutation, for a bounded time.
//!
//! `seeded TARGET SECONDS SEED FOLDER…`: seeds are the files of the folders. What breaks a target stays in
//! `fuzz/artifacts/TARGET/input`; give that file's folder as the only one to run it again.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use breytac_fuzz::{TARGETS, Target};

/// An input that takes longer hangs.
const HANG: Duration = Duration::from_secs(20);
const INPUT_BYTES_MAX: usize = 20_000;
const POOL_MAX: usize = 2_000;
/// Resident memory that 10 MB of input may take, in KB.
const RSS_KB_MAX: u64 = 4_000_000;

const WORDS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "#{",
    "#(",
    "\"",
    "\\",
    ";",
    "'",
    "`",
    "~",
    "~@",
    "@",
    "^",
    "#^",
    "#_",
    "#?(",
    "#?@(",
    "#'",
    "##Inf",
    "#=",
    "#:a{",
    "#::{",
    "::",
    ":",
    "/",
    "%",
    "%&",
    "&",
    "\n",
    "\r\n",
    "\t",
    ",",
    "\0",
    "\u{feff}",
    "é",
    "😀",
    "0",
    "-1",
    "1/2",
    "0x",
    "36r",
    "1e9",
    "1M",
    "9N",
    "\\u00e9",
    "\\newline",
    "#\"",
    "#inst \"2024\"",
    "nil",
    ":clj ",
    ":default ",
    "(fn [input] input)",
    "(let [a 1] a)",
    "(loop [i 0] (recur (inc i)))",
    "(for [x [1]] x)",
    "(flow/step :http :a {})",
    "(flow/step :function :f {:ref :f :input {}})",
    "(flow/input)",
    "(flow/poll {} 1)",
    "(flow/call-flow :x {})",
    "(try 1 (catch :default e e))",
    "(cond-> 1 true inc)",
    "(case 1 1 2)",
    "{:keys [a] :or {a 1}}",
    ":slug :x ",
    ":concurrency {:type :singleton :on-new-version :supersede} ",
    ":flow '",
    ":requires [",
    ":functions [",
    ":templates [",
    ":interfaces {",
    ":invocations {",
    ":schedules [",
    ":steps [",
    ":agents [",
    ":triggers [",
    "#flow/include \"x\" ",
    "{{x}}",
    "{{#each x}}",
    "\\\"",
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, seconds, seed, folders @ ..] = arguments.as_slice() else {
        eprintln!("usage: seeded TARGET SECONDS SEED FOLDER…");
        return ExitCode::from(2);
    };
    let target = TARGETS.iter().find(|(known, _)| known == name).map(|(_, target)| *target);
    let (Some(target), Ok(seconds), Ok(seed)) = (target, seconds.parse(), seed.parse()) else {
        eprintln!("there is no such target, or a number is none");
        return ExitCode::from(2);
    };
    let seeds: Vec<Vec<u8>> = folders.iter().flat_map(|folder| files(Path::new(folder))).collect();
    let mut fuzzer = Fuzzer::new(target, name, seed, seeds);
    fuzzer.extremes();
    let runs = fuzzer.run(Duration::from_secs(seconds));
    let _ = std::fs::remove_file(&fuzzer.input);
    println!("{name}: {runs} inputs, {} kinds of outcome, {} MB at most", fuzzer.seen.len(), rss_kb() / 1024);
    if rss_kb() > RSS_KB_MAX {
        eprintln!("{name}: more than {} MB of memory", RSS_KB_MAX / 1024);
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn files(folder: &Path) -> Vec<Vec<u8>> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().filter_map(|path| std::fs::read(path).ok()).collect()
}

/// The highest resident size so far; 0 where nobody says.
fn rss_kb() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or(0)
}

struct Fuzzer {
    target: Target,
    state: u64,
    /// Inputs that did something new, the seeds first.
    pool: Vec<Vec<u8>>,
    seen: std::collections::BTreeSet<Vec<&'static str>>,
    /// The file that holds what is being run: whatever ends the process leaves it behind.
    input: PathBuf,
    /// Milliseconds since `begun` at which the current input was started; 0 between inputs.
    started: Arc<AtomicU64>,
    begun: Instant,
}

impl Fuzzer {
    fn new(target: Target, name: &str, seed: u64, seeds: Vec<Vec<u8>>) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("artifacts").join(name);
        std::fs::create_dir_all(&folder).expect("the artifacts folder can be made");
        let (started, begun) = (Arc::new(AtomicU64::new(0)), Instant::now());
        watch(Arc::clone(&started), begun, name.to_owned());
        let mut fuzzer = Self {
            target,
            state: seed ^ 0x9e37_79b9_7f4a_7c15,
            pool: Vec::new(),
            seen: std::collections::BTreeSet::new(),
            input: folder.join("input"),
            started,
            begun,
        };
        for seed in seeds {
            fuzzer.one(&seed);
            fuzzer.pool.push(seed);
        }
        if fuzzer.pool.is_empty() {
            fuzzer.pool.push(b"{:slug :x :flow '(f [1])}".to_vec());
        }
        fuzzer
    }

    /// Runs one input; says whether its outcome was new.
    fn one(&mut self, data: &[u8]) -> bool {
        std::fs::write(&self.input, data).expect("the input can be kept");
        self.started.store(self.begun.elapsed().as_millis().max(1) as u64, Ordering::Relaxed);
        let outcome = (self.target)(data);
        self.started.store(0, Ordering::Relaxed);
        self.seen.insert(outcome)
    }

    /// What mutation would hardly find: depth and size.
    fn extremes(&mut self) {
        let size = 10_000_000;
        for text in [
            "[".repeat(100_000),
            format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)),
            format!("{}{}", "#?(:clj ".repeat(100_000), ")".repeat(100_000)),
            "'".repeat(100_000),
            "#_".repeat(100_000),
            "^:a ".repeat(100_000),
            "([{)]}".repeat(50_000),
            "\"a\n".repeat(size / 3),
            "a\0 ".repeat(size / 3),
            "08 ".repeat(size / 3),
            "9".repeat(size),
            format!("[{}]", "1 ".repeat(size / 2)),
            format!("#{{{}}}", "a ".repeat(size / 2)),
        ] {
            self.one(text.as_bytes());
        }
    }

    fn run(&mut self, time: Duration) -> u64 {
        let (begun, mut runs) = (Instant::now(), 0);
        while begun.elapsed() < time {
            let index = self.below(self.pool.len());
            let mut data = self.pool.get(index).cloned().unwrap_or_default();
            for _ in 0..=self.below(6) {
                self.mutate(&mut data);
            }
            data.truncate(INPUT_BYTES_MAX);
            if self.one(&data) && self.pool.len() < POOL_MAX {
                self.pool.push(data);
            }
            runs += 1;
        }
        runs
    }

    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 33) as usize % bound.max(1)
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let most = if self.below(3) == 0 { length } else { 12 };
        start..(start + self.below(most + 1)).min(length)
    }

    fn mutate(&mut self, data: &mut Vec<u8>) {
        let range = self.range(data.len());
        match self.below(6) {
            0 => {
                data.drain(range);
            }
            1 => {
                let word = WORDS.get(self.below(WORDS.len())).copied().unwrap_or_default();
                data.splice(range.start..range.start, word.bytes());
            }
            2 => {
                let word = WORDS.get(self.below(WORDS.len())).copied().unwrap_or_default();
                data.splice(range, word.bytes());
            }
            3 => {
                let copy = data.get(range).unwrap_or_default().to_vec();
                let at = self.below(data.len() + 1);
                data.splice(at..at, copy);
            }
            4 => {
                let index = self.below(self.pool.len());
                let other = self.pool.get(index).cloned().unwrap_or_default();
                let piece = other.get(self.range(other.len())).unwrap_or_default().to_vec();
                data.splice(range, piece);
            }
            _ => {
                let byte = self.below(128) as u8;
                if let Some(place) = data.get_mut(range.start) {
                    *place = byte;
                }
            }
        }
    }
}

/// Ends the process when one input takes too long.
fn watch(started: Arc<AtomicU64>, begun: Instant, name: String) {
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_millis(500));
            let since = started.load(Ordering::Relaxed);
            if since > 0 && begun.elapsed().as_millis() as u64 > since + HANG.as_millis() as u64 {
                eprintln!("{name}: an input takes longer than {} s", HANG.as_secs());
                std::process::exit(1);
            }
        }
    });
}
