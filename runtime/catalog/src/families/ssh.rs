//! The `:ssh` family: a command on another machine.

use super::{
    ConfigKey, EffectClass, Family, KeyType, Outcome, ResultField, RetrySafety, Shape, ToolUse, Uses,
};
use crate::values::Spelling;

pub static SSH: Family = Family {
    name: "ssh",
    aliases: &[],
    effect: EffectClass::SingleAttempt,
    retry: RetrySafety::Unsafe,
    uses: Uses { packaged: true, tool: ToolUse::Wrapped, isolated: true },
    runs: false,
    config: Shape::new(
        "the config of an :ssh step",
        &[
            ConfigKey::required(
                "connection",
                KeyType::ConnectionRef(&["ssh"]),
                "The machine, a slot of `:requires`.",
            ),
            ConfigKey::required("command", KeyType::Text(Spelling::NotBlank), "Run as `sh -lc <command>`."),
            ConfigKey::new("workdir", KeyType::String, "Where the command runs."),
            ConfigKey::new("env", KeyType::MapOf(&KeyType::String), "Environment variables."),
            ConfigKey::new("stdin", KeyType::String, "What the command reads."),
            ConfigKey::new("pty?", KeyType::Boolean, "Whether the command gets a terminal.").or("false"),
            ConfigKey::new(
                "connect-timeout-ms",
                KeyType::Whole(1, i64::MAX),
                "How long connecting may take.",
            ),
            ConfigKey::new("max-output-bytes", KeyType::Whole(1, i64::MAX), "How much output is kept."),
            ConfigKey::new(
                "ok-exit-codes",
                KeyType::VectorOf(&KeyType::Whole(0, 255)),
                "Exit codes that are no failure.",
            )
            .or("[0]"),
            ConfigKey::new("log-command-preview?", KeyType::Boolean, "Whether the command is logged.")
                .or("false"),
        ],
    ),
    result: Outcome::AtLeast(&[
        ResultField::new("success", KeyType::Boolean, "Whether the exit code is one of `:ok-exit-codes`."),
        ResultField::new("exit", KeyType::Integer, "The exit code."),
        ResultField::new("stdout", KeyType::String, "What the command printed."),
        ResultField::new("stderr", KeyType::String, "What it said beside that."),
        ResultField::new("duration-ms", KeyType::Integer, "How long it took."),
    ]),
    timeout_ms: 60_000,
    doc: "Runs a command on another machine.",
    example: "(let [build (flow/step :ssh :build
              {:connection :builder :workdir \"/srv/app\"
               :command \"make release\" :env {\"STAGE\" \"prod\"}
               :ok-exit-codes [0 2] :timeout 120})]
  {:exit (:exit build) :log (:stdout build)})",
};
