//! The `:job` family: work for external workers.

use super::{
    ConfigKey, EffectClass, Family, KeyType, Outcome, ResultField, RetrySafety, Shape, ToolUse, Uses,
    Variant, Variants,
};
use crate::controls::BACKOFF;
use crate::values::{HOUR_MS, Spelling, THIRTY_DAYS_MS, Time};

const JOB_TYPE: ConfigKey = ConfigKey::required(
    "job-type",
    KeyType::Either(&[KeyType::Text(Spelling::NotBlank), KeyType::Keyword]),
    "The kind of job; workers claim by it.",
);

const JOB_ID: ConfigKey = ConfigKey::required("job-id", KeyType::String, "The job.");

const BATCH_ID: ConfigKey = ConfigKey::required("batch-id", KeyType::String, "The batch.");

const METADATA: ConfigKey = ConfigKey::new("metadata", KeyType::Map, "Kept beside the payload.");

const LEASES: ConfigKey =
    ConfigKey::new("max-attempts", KeyType::Whole(1, i64::MAX), "How often a worker may try.");

const POLLS: [ConfigKey; 4] = [
    ConfigKey::new("interval", KeyType::Within(Time::up_to(HOUR_MS)), "The time between two looks."),
    ConfigKey::new("timeout", KeyType::Within(Time::up_to(THIRTY_DAYS_MS)), "How long it is waited for."),
    ConfigKey::new("max-attempts", KeyType::Whole(1, i64::MAX), "How many looks there are."),
    ConfigKey::new(
        "backoff",
        KeyType::Either(&[KeyType::OneOf(&["constant", "exponential"]), KeyType::Shape(&BACKOFF)]),
        "How the interval grows.",
    ),
];

const INCLUDE: [ConfigKey; 2] = [
    ConfigKey::new("include-jobs?", KeyType::Boolean, "Whether the jobs of the batch come along."),
    ConfigKey::new("limit", KeyType::Whole(1, i64::MAX), "How many of them."),
];

const BATCHED: Shape = Shape::new(
    "a job such as {:payload {…}}",
    &[
        ConfigKey::new("payload", KeyType::Any, "What the worker gets."),
        METADATA,
        LEASES,
        ConfigKey::new("job-type", KeyType::Name, "The kind of job, when not that of the batch."),
    ],
);

const A_JOB: Outcome = Outcome::AtLeast(&[
    ResultField::new("job-id", KeyType::String, "The job."),
    ResultField::optional("job-type", KeyType::String, "Its kind."),
    ResultField::optional("status", KeyType::String, "`queued`, `running`, `succeeded`, `failed` …"),
    ResultField::optional("result", KeyType::Map, "What the worker gave."),
    ResultField::optional("error", KeyType::Map, "Why it failed."),
]);

const A_BATCH: Outcome = Outcome::AtLeast(&[
    ResultField::new("batch-id", KeyType::String, "The batch."),
    ResultField::optional("status", KeyType::String, "`completed`, `failed` …"),
    ResultField::optional("jobs", KeyType::Vector, "Its jobs."),
]);

pub static JOB: Family = Family {
    name: "job",
    aliases: &[],
    effect: EffectClass::SingleAttempt,
    retry: RetrySafety::Unsafe,
    uses: Uses { packaged: false, tool: ToolUse::Never, isolated: true },
    runs: false,
    config: Shape::new("the config of a :job step", &[]).variants(&Variants {
        key: "op",
        required: true,
        default: None,
        others: &[],
        doc: "What is done.",
        cases: &[
            Variant::new(
                "submit",
                &[
                    JOB_TYPE,
                    ConfigKey::new("payload", KeyType::Any, "What the worker gets."),
                    METADATA,
                    LEASES,
                ],
                "Hands a job to the workers.",
            )
            .gives(A_JOB)
            .mutates(),
            Variant::new(
                "submit-batch",
                &[
                    JOB_TYPE,
                    ConfigKey::required("jobs", KeyType::VectorOf(&KeyType::Shape(&BATCHED)), "The jobs."),
                    METADATA,
                    LEASES,
                ],
                "Hands several jobs to the workers.",
            )
            .gives(A_BATCH)
            .mutates(),
            Variant::new("get", &[JOB_ID], "Reads a job.").gives(A_JOB),
            Variant::new("get-batch", &[BATCH_ID, INCLUDE[0], INCLUDE[1]], "Reads a batch.").gives(A_BATCH),
            Variant::new(
                "await",
                &[JOB_ID, POLLS[0], POLLS[1], POLLS[2], POLLS[3]],
                "Waits until a job has ended.",
            )
            .gives(A_JOB),
            Variant::new(
                "await-batch",
                &[BATCH_ID, POLLS[0], POLLS[1], POLLS[2], POLLS[3], INCLUDE[0], INCLUDE[1]],
                "Waits until a batch has ended.",
            )
            .gives(A_BATCH),
        ],
    }),
    result: Outcome::Any,
    timeout_ms: 60_000,
    doc: "Hands work to external workers, and reads or awaits it.",
    example: "(let [batch (flow/step :job :queue
              {:op :submit-batch :job-type \"pdf-render\"
               :jobs [{:payload {:uri (:first (flow/input))}} {:payload {:uri (:second (flow/input))}}]})]
  (flow/step :job :drain
    {:op :await-batch :batch-id (:batch-id batch) :interval \"5s\" :timeout \"30m\" :include-jobs? true}))",
};
