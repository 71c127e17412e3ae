//! The `:files` family: reads a source tree, edits it in a changeset, publishes it.

use super::{
    ConfigKey, EffectClass, Family, KeyType, Outcome, ResultField, RetrySafety, Shape, ToolUse, Uses,
    Variant, Variants,
};
use crate::values::Spelling;

const SOURCE_SPEC: Shape = Shape::new(
    "a source map such as {:type :git :repo \"…\"}",
    &[
        ConfigKey::required("type", KeyType::OneOf(&["git"]), "The kind of source."),
        ConfigKey::required("repo", KeyType::String, "Its address."),
        ConfigKey::new("ref", KeyType::String, "Branch, tag or commit.").or("\"HEAD\""),
        ConfigKey::new("provider", KeyType::ProviderRef("files"), "An entry of `:providers {:files …}`."),
        ConfigKey::new("connection", CONNECTION, "The slot of `:requires` with the credentials."),
    ],
);

const CONNECTION: KeyType = KeyType::ConnectionRef(&["http-api", "blob-storage"]);

const TREE: [ConfigKey; 2] = [
    ConfigKey::new("source", KeyType::Reference, "The source tree or changeset that is read."),
    ConfigKey::new("changeset", KeyType::Reference, "The changeset that is read."),
];

const CHANGESET: ConfigKey =
    ConfigKey::required("changeset", KeyType::Reference, "The changeset that is changed.");

const PATH: ConfigKey = ConfigKey::required(
    "path",
    KeyType::Text(Spelling::RelativePath),
    "The file, from the root of the tree.",
);

const FOLDER: ConfigKey = ConfigKey::new("path", KeyType::String, "Below this path only.");

const EDIT: Shape = Shape::new(
    "an edit such as {:old \"a\" :new \"b\"}",
    &[
        ConfigKey::required("old", KeyType::String, "What is there."),
        ConfigKey::required("new", KeyType::String, "What takes its place."),
        ConfigKey::new("count", KeyType::Whole(1, i64::MAX), "How often it must be there."),
    ],
);

const READ_FROM: &[&[&str]] = &[&["source", "changeset"]];

const CHANGED: ResultField = ResultField::new("changeset", KeyType::Any, "The changeset.");

/// Operations that only read.
const READING: [Variant; 5] = [
    Variant::new(
        "resolve-source",
        &[ConfigKey::required("source", KeyType::Shape(&SOURCE_SPEC), "What is imported.")],
        "Imports a source tree and gives a reference to it.",
    ),
    Variant::new(
        "list",
        &[
            TREE[0],
            TREE[1],
            FOLDER,
            ConfigKey::new("glob", KeyType::String, "What the names must match."),
            ConfigKey::new("limit", KeyType::Whole(1, i64::MAX), "How many entries are given at most."),
        ],
        "Lists files.",
    )
    .any_of(READ_FROM)
    .exclusive(READ_FROM)
    .gives(Outcome::AtLeast(&[ResultField::new("entries", KeyType::Vector, "The files.")]))
    .agent_safe(),
    Variant::new(
        "read",
        &[
            TREE[0],
            TREE[1],
            PATH,
            ConfigKey::new("start-line", KeyType::Whole(1, i64::MAX), "The first line."),
            ConfigKey::new("end-line", KeyType::Whole(1, i64::MAX), "The last line."),
            ConfigKey::new("max-chars", KeyType::Whole(1, i64::MAX), "How much is given at most."),
        ],
        "Reads a file.",
    )
    .any_of(READ_FROM)
    .exclusive(READ_FROM)
    .gives(Outcome::AtLeast(&[
        ResultField::new("path", KeyType::String, "The file."),
        ResultField::new("content", KeyType::String, "What is in it."),
    ]))
    .agent_safe(),
    Variant::new(
        "search",
        &[
            TREE[0],
            TREE[1],
            ConfigKey::new("query", KeyType::String, "A text to find."),
            ConfigKey::new("pattern", KeyType::String, "A regex to find."),
            FOLDER,
            ConfigKey::new("limit", KeyType::Whole(1, i64::MAX), "How many matches are given at most."),
        ],
        "Finds lines.",
    )
    .any_of(&[&["source", "changeset"], &["query", "pattern"]])
    .exclusive(&[&["source", "changeset"], &["query", "pattern"]])
    .gives(Outcome::AtLeast(&[ResultField::new("matches", KeyType::Vector, "Path, line and text of each.")]))
    .agent_safe(),
    Variant::new(
        "diff",
        &[
            ConfigKey::required("changeset", KeyType::Reference, "The changeset."),
            ConfigKey::new("format", KeyType::OneOf(&["unified"]), "How it is written.").or(":unified"),
        ],
        "Compares a changeset with its source tree.",
    )
    .gives(Outcome::AtLeast(&[
        ResultField::new("diff", KeyType::String, "The difference."),
        ResultField::optional("files", KeyType::Vector, "Path and status of each file."),
    ]))
    .agent_safe(),
];

/// Operations on a changeset.
const EDITING: [Variant; 7] = [
    Variant::new(
        "init-changeset",
        &[ConfigKey::required("source", KeyType::Reference, "The source tree.")],
        "Begins a changeset on a source tree and gives a reference to it.",
    )
    .mutates()
    .agent_safe(),
    Variant::new(
        "write-file",
        &[CHANGESET, PATH, ConfigKey::required("content", KeyType::String, "What will be in it.")],
        "Writes a file.",
    )
    .gives(Outcome::AtLeast(&[CHANGED]))
    .mutates()
    .agent_safe(),
    Variant::new(
        "apply-edit",
        &[
            CHANGESET,
            PATH,
            ConfigKey::new("edits", KeyType::VectorOf(&KeyType::Shape(&EDIT)), "Replacements."),
            ConfigKey::new("diff", KeyType::String, "A unified diff."),
        ],
        "Edits a file.",
    )
    .any_of(&[&["edits", "diff"]])
    .exclusive(&[&["edits", "diff"]])
    .gives(Outcome::AtLeast(&[
        CHANGED,
        ResultField::optional("applied", KeyType::Integer, "How many edits."),
    ]))
    .mutates()
    .agent_safe(),
    Variant::new(
        "replace",
        &[
            CHANGESET,
            PATH,
            ConfigKey::required("old", KeyType::String, "What is there."),
            ConfigKey::required("new", KeyType::String, "What takes its place."),
            ConfigKey::new("all", KeyType::Boolean, "Whether every place is replaced.").or("false"),
            ConfigKey::new("all?", KeyType::Boolean, "The same."),
        ],
        "Replaces text in a file.",
    )
    .gives(Outcome::AtLeast(&[
        CHANGED,
        ResultField::optional("replaced", KeyType::Integer, "How many places."),
    ]))
    .mutates()
    .agent_safe(),
    Variant::new(
        "replace-lines",
        &[
            CHANGESET,
            PATH,
            ConfigKey::required("start-line", KeyType::Whole(1, i64::MAX), "The first line."),
            ConfigKey::required("end-line", KeyType::Whole(1, i64::MAX), "The last line."),
            ConfigKey::required("content", KeyType::String, "What takes their place."),
        ],
        "Replaces lines of a file.",
    )
    .gives(Outcome::AtLeast(&[CHANGED]))
    .mutates()
    .agent_safe(),
    Variant::new("delete-file", &[CHANGESET, PATH], "Deletes a file.")
        .gives(Outcome::AtLeast(&[CHANGED]))
        .mutates()
        .agent_safe(),
    Variant::new(
        "move-file",
        &[
            CHANGESET,
            ConfigKey::required("from", KeyType::Text(Spelling::RelativePath), "Where it is."),
            ConfigKey::required("to", KeyType::Text(Spelling::RelativePath), "Where it will be."),
        ],
        "Moves a file.",
    )
    .gives(Outcome::AtLeast(&[CHANGED]))
    .mutates()
    .agent_safe(),
];

/// Operations that reach outside of the tree.
const PUBLISHING: [Variant; 4] = [
    Variant::new(
        "materialize",
        &[TREE[0], TREE[1], ConfigKey::new("dir", KeyType::String, "The folder.")],
        "Writes the tree into a folder of the worker.",
    )
    .any_of(READ_FROM)
    .exclusive(READ_FROM),
    Variant::new(
        "capture",
        &[CHANGESET, ConfigKey::required("dir", KeyType::String, "The folder.")],
        "Takes the changes of a folder into a changeset.",
    )
    .gives(Outcome::AtLeast(&[CHANGED]))
    .mutates(),
    Variant::new(
        "publish",
        &[
            CHANGESET,
            ConfigKey::required("branch", KeyType::String, "The branch."),
            ConfigKey::required("message", KeyType::String, "The message of the commit."),
            ConfigKey::new("base", KeyType::String, "What the branch starts from."),
            ConfigKey::new("repository", KeyType::String, "The repository, when the source does not say it."),
        ],
        "Pushes a changeset to a branch.",
    )
    .gives(Outcome::AtLeast(&[
        ResultField::new("branch", KeyType::String, "The branch."),
        ResultField::optional("commit", KeyType::String, "The commit."),
    ]))
    .mutates(),
    Variant::new(
        "open-change-request",
        &[
            ConfigKey::required("repository", KeyType::String, "The repository."),
            ConfigKey::required("branch", KeyType::String, "The branch that was published."),
            ConfigKey::required("title", KeyType::String, "Its title."),
            ConfigKey::new("body", KeyType::String, "What it says."),
            ConfigKey::new("base", KeyType::String, "Where it is to go."),
            ConfigKey::new("draft", KeyType::Boolean, "Whether it is a draft.").or("false"),
            ConfigKey::new("draft?", KeyType::Boolean, "The same."),
        ],
        "Opens a pull request, or finds the open one.",
    )
    .gives(Outcome::AtLeast(&[
        ResultField::new("url", KeyType::String, "Where it is."),
        ResultField::optional("number", KeyType::Integer, "Its number."),
    ]))
    .mutates(),
];

pub static FILES: Family = Family {
    name: "files",
    aliases: &[],
    effect: EffectClass::Effect,
    retry: RetrySafety::Keyed,
    uses: Uses { packaged: true, tool: ToolUse::Raw, isolated: true },
    runs: false,
    config: Shape::new(
        "the config of a :files step",
        &[
            ConfigKey::new("provider", KeyType::ProviderRef("files"), "An entry of `:providers {:files …}`."),
            ConfigKey::new("connection", CONNECTION, "The slot of `:requires` with the credentials."),
        ],
    )
    .variants(&Variants {
        key: "op",
        required: true,
        default: None,
        others: &[],
        doc: "What is done.",
        cases: &[
            READING[0],
            EDITING[0],
            READING[1],
            READING[2],
            READING[3],
            EDITING[1],
            EDITING[2],
            EDITING[3],
            EDITING[4],
            EDITING[5],
            EDITING[6],
            READING[4],
            PUBLISHING[0],
            PUBLISHING[1],
            PUBLISHING[2],
            PUBLISHING[3],
        ],
    }),
    result: Outcome::Any,
    timeout_ms: 120_000,
    doc: "Reads a source tree, edits it in a changeset and publishes it.",
    example: "(let [tree (flow/step :files :import
             {:op :resolve-source
              :source {:type :git :repo \"https://git.example.com/acme/site.git\" :ref \"main\"}})
      edits (flow/step :files :fork {:op :init-changeset :source tree})
      bumped (flow/step :files :bump
               {:op :replace :changeset edits :path \"VERSION\" :old \"1.4.0\" :new \"1.4.1\"})
      pushed (flow/step :files :push
               {:op :publish :changeset (:changeset bumped) :branch \"bot/bump\" :message \"Bump version\"})]
  (flow/step :files :request
    {:op :open-change-request :repository \"acme/site\" :branch (:branch pushed) :title \"Bump version\"}))",
};
