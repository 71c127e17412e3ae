//! Names that Clojure has and flows do not, on purpose: the clock, randomness, I/O, threads and global state. What to
//! write instead.
//!
//! Not the list of what is allowed: that is the library's table. A name that is there is never looked for here.

use crate::diagnostics::{Code, Diagnostic, one_slip_from};
use crate::source::Span;

/// Why a name does not exist, and what there is instead.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ruled {
    why: &'static str,
    instead: &'static str,
}

impl Ruled {
    /// What to say of a name that may be a misspelt one of these.
    pub(super) fn hint(self, meant: &str, problem: Diagnostic) -> Diagnostic {
        problem.note(format!("`{meant}` would not exist either: {}", self.why)).help(self.instead)
    }

    pub(super) fn problem(self, name: &str, span: Span) -> Diagnostic {
        Diagnostic::new(Code::UNKNOWN_SYMBOL, span, format!("`{name}` does not exist in flows"))
            .label("not in compiled code")
            .note(self.why)
            .help(self.instead)
    }
}

const CLOCK: Ruled = Ruled {
    why: "a resumed run must come to the same result, and a clock shows another time then",
    instead: "use `(flow/now-ms)` in the flow body, and give the time to functions with their input",
};

const CHANCE: Ruled = Ruled {
    why: "a resumed run must come to the same result, and chance gives another one then",
    instead: "take ids and random values from the input, or from a step that makes them",
};

const OUTSIDE: Ruled = Ruled {
    why: "flows and functions reach the outside through steps only",
    instead: "use a step: `(flow/step :http …)` for requests, `:files` for files, `:kv` for stored values; settings come with the input or a setup form",
};

const STATE: Ruled = Ruled {
    why: "code is compiled ahead, without threads, global state or definitions of its own",
    instead: "bind values and functions with `let`, or put functions into `:functions`; work side by side is a `:fanout` step",
};

const NAMES: &[(&[&str], Ruled)] = &[
    (&["System/currentTimeMillis", "System/nanoTime", "time", "Date.", "java.util.Date."], CLOCK),
    (
        &[
            "rand",
            "gensym",
            "rand-int",
            "rand-nth",
            "shuffle",
            "random-sample",
            "random-uuid",
            "Random.",
            "java.util.Random.",
        ],
        CHANCE,
    ),
    (
        &[
            "slurp",
            "spit",
            "read-line",
            "file-seq",
            "read",
            "load-file",
            "System/getenv",
            "System/getProperty",
            "with-open",
            "sh",
            "shell/sh",
        ],
        OUTSIDE,
    ),
    (
        &[
            "def",
            "defn",
            "defn-",
            "defmacro",
            "defmulti",
            "defmethod",
            "defprotocol",
            "defrecord",
            "deftype",
            "declare",
            "intern",
            "alter-var-root",
            "with-redefs",
            "binding",
            "eval",
            "load-string",
            "require",
            "use",
            "import",
            "ns",
            "in-ns",
            "resolve",
            "future",
            "promise",
            "deliver",
            "agent",
            "send",
            "send-off",
            "ref",
            "dosync",
            "alter",
            "commute",
            "ref-set",
            "pmap",
            "pcalls",
            "pvalues",
            "locking",
            "Thread/sleep",
        ],
        STATE,
    ),
];

/// Static methods of any class.
const METHODS: &[(&str, Ruled)] = &[("now", CLOCK), ("randomUUID", CHANCE), ("random", CHANCE)];

/// Namespaces of which nothing exists.
const NAMESPACES: &[(&str, Ruled)] = &[
    ("clojure.java.io", OUTSIDE),
    ("io", OUTSIDE),
    ("clojure.java.shell", OUTSIDE),
    ("clj-http.client", OUTSIDE),
    ("java.nio.file.Files", OUTSIDE),
    ("clojure.core.async", STATE),
    ("async", STATE),
];

/// The rule that making an object falls under: `(Date.)` is a clock, and `(Date. ms)` is not.
pub(super) fn constructor(class: &str, arguments: usize) -> Option<Ruled> {
    rule(class).filter(|_| arguments == 0 || class.ends_with("Random."))
}

/// A misspelt name that would not exist if it were spelled right.
pub(super) fn misspelt(name: &str) -> Option<(&'static str, Ruled)> {
    let all = NAMES.iter().flat_map(|(names, _)| names.iter().copied());
    let meant = one_slip_from(name, all)?;
    Some((meant, rule(meant)?))
}

/// The rule that a name falls under.
pub(super) fn rule(name: &str) -> Option<Ruled> {
    let short = name.strip_prefix("clojure.core/").unwrap_or(name);
    if let Some((_, ruled)) = NAMES.iter().find(|(names, _)| names.contains(&short)) {
        return Some(*ruled);
    }
    let (class, member) = name.split_once('/')?;
    if let Some((_, ruled)) = NAMESPACES.iter().find(|(namespace, _)| *namespace == class) {
        return Some(*ruled);
    }
    let is_class =
        class.rsplit('.').next().is_some_and(|it| it.starts_with(|c: char| c.is_ascii_uppercase()));
    let ruled = METHODS.iter().find(|(method, _)| *method == member).map(|(_, ruled)| *ruled);
    ruled.filter(|_| is_class)
}
