//! The `:db` family: one statement against a database.

use super::{
    ConfigKey, EffectClass, Family, KeyType, Outcome, RetrySafety, Shape, ToolUse, Uses, Variant, Variants,
};

const CONNECTION: ConfigKey = ConfigKey::required(
    "connection",
    KeyType::ConnectionRef(&["database"]),
    "The database slot of `:requires`.",
);

/// Databases of Google are also reached through an HTTP connection.
const CLOUD_CONNECTION: ConfigKey = ConfigKey::required(
    "connection",
    KeyType::ConnectionRef(&["database", "http-api"]),
    "The database slot of `:requires`.",
);

const STATEMENT: [ConfigKey; 5] = [
    ConfigKey::new("sql", KeyType::String, "The statement; values belong into `:params`."),
    ConfigKey::renamed("query", "sql", KeyType::String),
    ConfigKey::new("template", KeyType::TemplateRef(&["db-query", "sql"]), "A template with the statement."),
    ConfigKey::new("data", KeyType::Map, "What the template's `{{…}}` refer to."),
    ConfigKey::new("max-results", KeyType::Whole(1, 5_000), "How many rows are given back at most."),
];

const SQL: &[ConfigKey] = &[
    CONNECTION,
    STATEMENT[0],
    STATEMENT[1],
    STATEMENT[2],
    STATEMENT[3],
    STATEMENT[4],
    ConfigKey::new("params", KeyType::Vector, "Values of the statement's `?`, in order."),
];

const BIGQUERY: &[ConfigKey] = &[
    CLOUD_CONNECTION,
    STATEMENT[0],
    STATEMENT[1],
    STATEMENT[2],
    STATEMENT[3],
    STATEMENT[4],
    ConfigKey::new("params", KeyType::Map, "Values of the statement's `@name`, by name."),
    ConfigKey::new("dry-run", KeyType::Boolean, "Whether the statement is only checked.").or("false"),
];

const FIRESTORE: &[ConfigKey] = &[
    CLOUD_CONNECTION,
    ConfigKey::required("collection", KeyType::Name, "The collection to read."),
    ConfigKey::new("where", KeyType::VectorOf(&KeyType::Tuple(CONDITION)), "Conditions `[field op value]`."),
    ConfigKey::new("order-by", KeyType::VectorOf(&KeyType::Tuple(ORDER)), "Fields `[field :asc]`."),
    ConfigKey::new("limit", KeyType::Whole(1, 1_000), "How many documents are given back at most.").or("100"),
];

const CONDITION: &[KeyType] = &[
    KeyType::Name,
    KeyType::OneOf(&["=", "!=", "<", "<=", ">", ">=", "in", "contains", "contains-any"]),
    KeyType::Any,
];

const ORDER: &[KeyType] = &[KeyType::Name, KeyType::OneOf(&["asc", "desc"])];

const TEXT: &[&[&str]] = &[&["sql", "template", "query"]];

pub static DB: Family = Family {
    name: "db",
    aliases: &[],
    effect: EffectClass::Effect,
    retry: RetrySafety::Keyed,
    uses: Uses { packaged: true, tool: ToolUse::Wrapped, isolated: true },
    runs: false,
    config: Shape::new("the config of a :db step", &[]).variants(&Variants {
        key: "database",
        required: true,
        default: None,
        others: &[],
        doc: "The kind of database.",
        cases: &[
            Variant::new("postgres", SQL, "PostgreSQL.").any_of(TEXT).exclusive(TEXT),
            Variant::new("mysql", SQL, "MySQL.").any_of(TEXT).exclusive(TEXT),
            Variant::new("clickhouse", SQL, "ClickHouse.").any_of(TEXT).exclusive(TEXT),
            Variant::new("bigquery", BIGQUERY, "BigQuery.").any_of(TEXT).exclusive(TEXT),
            Variant::new("firestore", FIRESTORE, "Firestore."),
        ],
    }),
    // Rows as a vector of maps, or what a statement without rows did.
    result: Outcome::Any,
    timeout_ms: 60_000,
    doc: "One statement against a database; gives its rows as a vector of maps.",
    example: "(let [rows (flow/step :db :stale-carts
             {:database :postgres :connection :shop-db
              :sql \"select id, email from carts where status = ? limit ?\"
              :params [\"open\" 500] :max-results 500})]
  {:count (count rows)})",
};
