//! The `:table` family: bounded operations on a table that exists.

use super::{
    ConfigKey, EffectClass, Family, KeyType, Outcome, ResultField, RetrySafety, Shape, ToolUse, Uses,
    Variant, Variants,
};

/// A table: its URI, the map that a persisted step gives, or a map with partitions.
const TABLE_VALUE: KeyType = KeyType::Either(&[KeyType::String, KeyType::Shape(&TABLE_MAP)]);

const TABLE_MAP: Shape = Shape::new(
    "a table map such as {:ref uri}",
    &[
        ConfigKey::new("ref", KeyType::Reference, "The table."),
        ConfigKey::new("uri", KeyType::String, "The table."),
        ConfigKey::new("partitions", KeyType::Shape(&PARTITIONS), "The partitions that are meant."),
    ],
)
.any_of(&[&["ref", "uri"]])
.open();

const PARTITIONS: Shape = Shape::new(
    "a map such as {:key \"2026-07\"}",
    &[
        ConfigKey::new("key", KeyType::String, "One partition."),
        ConfigKey::new("keys", KeyType::VectorOf(&KeyType::String), "Several partitions."),
    ],
)
.any_of(&[&["key", "keys"]])
.exclusive(&[&["key", "keys"]]);

const TABLE_KEY: ConfigKey = ConfigKey::required("table", TABLE_VALUE, "The table.");

const WHERE: ConfigKey =
    ConfigKey::new("where", KeyType::VectorOf(&KeyType::Tuple(CONDITION)), "Conditions `[field op value]`.");

const CONDITION: &[KeyType] = &[
    KeyType::Name,
    KeyType::OneOf(&["=", "!=", "<", "<=", ">", ">=", "in", "contains", "starts-with", "nil?"]),
    KeyType::Any,
];

const SELECT: ConfigKey =
    ConfigKey::new("select", KeyType::VectorOf(&KeyType::Name), "The fields that are given.");

const SORT: ConfigKey =
    ConfigKey::new("sort", KeyType::VectorOf(&KeyType::Tuple(ORDER)), "Fields `[field :asc]`.");

const ORDER: &[KeyType] = &[KeyType::Name, KeyType::OneOf(&["asc", "desc"])];

const LIMIT: ConfigKey = ConfigKey::new("limit", KeyType::Whole(1, 1_000), "How many rows at most.");

const ROW: [ConfigKey; 2] = [
    ConfigKey::new("row-id", KeyType::Either(&[KeyType::String, KeyType::Integer]), "The row, by its id."),
    ConfigKey::new("key", KeyType::Any, "The row, by its key fields."),
];

const ONE_ROW: &[&[&str]] = &[&["row-id", "key"]];

const COLUMN: ConfigKey = ConfigKey::required("column", KeyType::Name, "The column.");

const PAGE: Shape = Shape::new(
    "a page map such as {:mode :offset :limit 25}",
    &[
        ConfigKey::new("limit", KeyType::Whole(1, 1_000), "How many rows.").or("25"),
        ConfigKey::new("include-total-count?", KeyType::Boolean, "Whether all rows are counted."),
    ],
)
.variants(&Variants {
    key: "mode",
    required: true,
    default: None,
    others: &[],
    doc: "How pages follow each other.",
    cases: &[
        Variant::new(
            "offset",
            &[ConfigKey::new("offset", KeyType::Whole(0, i64::MAX), "How many rows are skipped.").or("0")],
            "By number of rows.",
        ),
        Variant::new(
            "cursor",
            &[ConfigKey::new("cursor", KeyType::String, "Where the page before ended.")],
            "From where the page before ended.",
        ),
    ],
});

const METRIC: Shape = Shape::new(
    "a metric such as {:op :sum :field :amount :as \"total\"}",
    &[
        ConfigKey::required(
            "op",
            KeyType::OneOf(&["count", "sum", "avg", "min", "max", "median", "percentile"]),
            "What is computed.",
        ),
        ConfigKey::new("field", KeyType::Name, "From which field."),
        ConfigKey::new("p", KeyType::Number(0, 1), "Of a percentile: which one."),
        ConfigKey::new("as", KeyType::Name, "The name of the result."),
    ],
);

const GROUP: Shape = Shape::new(
    "a group such as {:field :region}",
    &[
        ConfigKey::required("field", KeyType::Name, "The field."),
        ConfigKey::new("bucket", KeyType::Map, "How values are put together: `{:op :numeric-bin :size 10}`."),
        ConfigKey::new("as", KeyType::Name, "The name of the result."),
    ],
);

const COLUMN_DEFINITION: Shape = Shape::new(
    "a column definition",
    &[
        ConfigKey::new("display-name", KeyType::String, "What people see."),
        ConfigKey::new("type-hint", KeyType::Name, "The type of its values."),
        ConfigKey::new("semantic-type", KeyType::Name, "What its values mean."),
        ConfigKey::new("enum", KeyType::Map, "The values it may have."),
        ConfigKey::new("computed", KeyType::Map, "How it is computed."),
        ConfigKey::new("reference", KeyType::Map, "The table that it refers to."),
        ConfigKey::new("format", KeyType::Any, "How values are shown."),
        ConfigKey::new("validation", KeyType::Any, "What values must be."),
    ],
);

const JOIN_SIDE: Shape = Shape::new(
    "a side of a join such as {:table {:ref uri}}",
    &[
        ConfigKey::new("table", TABLE_VALUE, "A table."),
        ConfigKey::new("rows", KeyType::Vector, "Rows."),
        SELECT,
        WHERE,
    ],
)
.any_of(&[&["table", "rows"]])
.exclusive(&[&["table", "rows"]]);

const JOIN_ON: Shape = Shape::new(
    "a map such as {:left-field :id :right-field :order-id}",
    &[
        ConfigKey::required("left-field", KeyType::Name, "The field on the left."),
        ConfigKey::required("right-field", KeyType::Name, "The field on the right."),
    ],
);

const PROJECT: Shape = Shape::new(
    "a projection",
    &[
        ConfigKey::new(
            "keep-left",
            KeyType::Either(&[KeyType::OneOf(&["all"]), KeyType::VectorOf(&KeyType::Name)]),
            "The fields of the left side.",
        ),
        ConfigKey::new(
            "right-fields",
            KeyType::VectorOf(&KeyType::Shape(&RIGHT_FIELD)),
            "Those of the right side.",
        ),
    ],
);

const RIGHT_FIELD: Shape = Shape::new(
    "a field such as {:field :name :as \"customer\"}",
    &[
        ConfigKey::required("field", KeyType::Name, "The field."),
        ConfigKey::new("as", KeyType::Name, "Its new name."),
    ],
);

const INTO: Shape = Shape::new(
    "a target such as {:table \"joined\"}",
    &[
        ConfigKey::required("table", KeyType::Name, "The table that is written."),
        ConfigKey::new("write-mode", KeyType::OneOf(&["append", "upsert"]), "How rows are written.")
            .or(":append"),
        ConfigKey::new("key-fields", KeyType::VectorOf(&KeyType::Name), "Fields that tell rows apart."),
        ConfigKey::new("partition-key", KeyType::String, "The partition that is written."),
    ],
);

/// Operations that only read.
const READING: [Variant; 5] = [
    Variant::new(
        "query",
        &[
            TABLE_KEY,
            ConfigKey::required("page", KeyType::Shape(&PAGE), "Which rows, explicitly."),
            SELECT,
            WHERE,
            SORT,
        ],
        "Gives rows.",
    )
    .gives(Outcome::AtLeast(&[
        ResultField::new("rows", KeyType::Vector, "The rows."),
        ResultField::optional("items", KeyType::Vector, "The rows with their ids."),
        ResultField::optional("count", KeyType::Integer, "How many there are on the page."),
        ResultField::optional("page", KeyType::Map, "The page, and where the next one begins."),
    ]))
    .agent_safe(),
    Variant::new("get-row", &[TABLE_KEY, ROW[0], ROW[1]], "Gives one row.")
        .any_of(ONE_ROW)
        .exclusive(ONE_ROW)
        .agent_safe(),
    Variant::new(
        "aggregate",
        &[
            TABLE_KEY,
            WHERE,
            ConfigKey::new(
                "group-by",
                KeyType::VectorOf(&KeyType::Either(&[KeyType::Name, KeyType::Shape(&GROUP)])),
                "What rows have in common.",
            ),
            ConfigKey::new("metrics", KeyType::VectorOf(&KeyType::Shape(&METRIC)), "What is computed."),
            ConfigKey::new(
                "having",
                KeyType::VectorOf(&KeyType::Tuple(CONDITION)),
                "Conditions on the results.",
            ),
            ConfigKey::new("order-by", KeyType::VectorOf(&KeyType::Tuple(ORDER)), "Order of the results."),
            LIMIT,
        ],
        "Computes over rows.",
    )
    .gives(Outcome::AtLeast(&[ResultField::new("rows", KeyType::Vector, "A row for each group.")]))
    .agent_safe(),
    Variant::new("schema", &[TABLE_KEY], "Gives columns and partitions.").agent_safe(),
    Variant::new("export", &[TABLE_KEY, SELECT, WHERE, SORT], "Gives rows as CSV.").agent_safe(),
];

/// Operations that change a table.
const CHANGING: [Variant; 5] = [
    Variant::new(
        "update-cell",
        &[TABLE_KEY, ROW[0], ROW[1], COLUMN, ConfigKey::required("value", KeyType::Any, "The new value.")],
        "Changes a value.",
    )
    .any_of(ONE_ROW)
    .exclusive(ONE_ROW)
    .mutates()
    .agent_safe(),
    Variant::new(
        "update-cell-format",
        &[
            TABLE_KEY,
            ROW[0],
            ROW[1],
            COLUMN,
            ConfigKey::new("format", KeyType::Any, "How the value is shown."),
            ConfigKey::new("clear", KeyType::Boolean, "Whether the format is taken away."),
        ],
        "Changes how a value is shown.",
    )
    .any_of(&[&["row-id", "key"], &["format", "clear"]])
    .exclusive(&[&["row-id", "key"], &["format", "clear"]])
    .mutates()
    .agent_safe(),
    Variant::new(
        "set-column",
        &[
            TABLE_KEY,
            COLUMN,
            ConfigKey::new("definition", KeyType::Shape(&COLUMN_DEFINITION), "What the column is."),
        ],
        "Defines a column.",
    )
    .mutates()
    .agent_safe(),
    Variant::new(
        "recompute",
        &[
            TABLE_KEY,
            WHERE,
            LIMIT,
            ConfigKey::new("offset", KeyType::Whole(0, i64::MAX), "How many rows are skipped."),
        ],
        "Computes computed columns anew.",
    )
    .mutates()
    .agent_safe(),
    Variant::new(
        "materialize-join",
        &[
            ConfigKey::required("left", KeyType::Shape(&JOIN_SIDE), "The left side."),
            ConfigKey::required("right", KeyType::Shape(&JOIN_SIDE), "The right side."),
            ConfigKey::required(
                "on",
                KeyType::VectorOf(&KeyType::Shape(&JOIN_ON)),
                "Fields that must be equal.",
            ),
            ConfigKey::required("into", KeyType::Shape(&INTO), "Where the rows go."),
            ConfigKey::new("join-type", KeyType::OneOf(&["left", "inner"]), "What happens without a match.")
                .or(":left"),
            ConfigKey::new("project", KeyType::Shape(&PROJECT), "The fields that are kept."),
            ConfigKey::new("op-id", KeyType::String, "Makes a second attempt the same as the first."),
        ],
        "Joins two tables into a third.",
    )
    .gives(Outcome::AtLeast(&[
        ResultField::new("resource-uri", KeyType::String, "The table."),
        ResultField::optional("rows-written", KeyType::Integer, "How many rows there are."),
    ]))
    .mutates()
    .agent_safe(),
];

pub static TABLE: Family = Family {
    name: "table",
    aliases: &[],
    effect: EffectClass::Effect,
    retry: RetrySafety::Keyed,
    uses: Uses { packaged: true, tool: ToolUse::Raw, isolated: true },
    runs: false,
    config: Shape::new("the config of a :table step", &[]).variants(&Variants {
        key: "op",
        required: true,
        default: None,
        others: &[],
        doc: "What is done.",
        cases: &[
            READING[0],
            READING[1],
            READING[2],
            READING[3],
            READING[4],
            CHANGING[0],
            CHANGING[1],
            CHANGING[2],
            CHANGING[3],
            CHANGING[4],
        ],
    }),
    result: Outcome::Any,
    timeout_ms: 30_000,
    doc: "Reads and changes a table that a persisted step has made.",
    example: "(let [top (flow/step :table :top-regions
            {:op :aggregate
             :table {:ref (:table (flow/input)) :partitions {:key \"2026-07\"}}
             :where [[:status \"=\" \"late\"]]
             :group-by [:region]
             :metrics [{:op :count :as \"n\"} {:op :percentile :field :age-days :p 0.9 :as \"p90\"}]
             :order-by [[\"n\" \"desc\"]] :limit 10})]
  (:rows top))",
};
