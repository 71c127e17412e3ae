//! How webhooks prove where they come from: the schemes of `:auth` in a webhook interface.

/// One scheme.
#[derive(Debug)]
pub struct Scheme {
    /// Without the colon.
    pub name: &'static str,
    /// Keys that must be there besides `:type`.
    pub required: &'static [&'static str],
    /// Keys that may be there.
    pub optional: &'static [&'static str],
    pub doc: &'static str,
}

/// A key of the auth maps.
#[derive(Debug)]
pub struct Key {
    /// Without the colon.
    pub name: &'static str,
    pub ty: KeyType,
    /// What to write, for messages.
    pub example: &'static str,
}

/// What may stand under a key.
#[derive(Clone, Copy, Debug)]
pub enum KeyType {
    /// A string that is not blank.
    Text,
    /// A keyword or a string that is not blank.
    Name,
    /// The name of a secret.
    SecretRef,
    /// Milliseconds, above zero.
    Milliseconds,
    /// A vector of addresses, each with an optional prefix length.
    Addresses,
    OneOf(&'static [&'static str]),
}

/// Algorithms of `:signature`: the name, and the key that names the secret or public key it needs.
pub const ALGORITHMS: &[(&str, &str)] = &[("hmac-sha256", "secret-ref"), ("ecdsa-p256", "public-key-ref")];

/// How far the clock of a sender may be off.
pub const MAX_SKEW_MS: i64 = 300_000;

pub const SCHEMES: &[Scheme] = &[
    Scheme {
        name: "api-key",
        required: &["secret-ref"],
        optional: &["header", "location", "in", "param", "query-param"],
        doc: "The secret in a header (`X-API-Key`) or in the query.",
    },
    Scheme {
        name: "bearer",
        required: &["secret-ref"],
        optional: &[],
        doc: "`Authorization: Bearer <secret>`.",
    },
    Scheme {
        name: "basic",
        required: &["username", "secret-ref"],
        optional: &[],
        doc: "`Authorization: Basic <username:secret>`.",
    },
    Scheme {
        name: "hmac-sha256",
        required: &["secret-ref"],
        optional: &["header"],
        doc: "HMAC-SHA256 of the body in a header (`X-Signature`).",
    },
    Scheme {
        name: "signature",
        required: &["algo", "signature-header"],
        optional: &[
            "secret-ref",
            "public-key-ref",
            "signature-format",
            "signature-prefix",
            "signed-message",
            "timestamp-header",
            "timestamp-max-skew-ms",
        ],
        doc: "A signature of the body, or of a timestamp and the body.",
    },
    Scheme {
        name: "ip-allowlist",
        required: &["allow"],
        optional: &[],
        doc: "The address of the sender is on a list.",
    },
];

pub const KEYS: &[Key] = &[
    Key { name: "secret-ref", ty: KeyType::SecretRef, example: ":webhook-secret" },
    Key { name: "public-key-ref", ty: KeyType::SecretRef, example: ":sender-public-key" },
    Key { name: "header", ty: KeyType::Text, example: "\"X-Signature\"" },
    Key { name: "location", ty: KeyType::OneOf(&["header", "query"]), example: ":query" },
    Key { name: "in", ty: KeyType::OneOf(&["header", "query"]), example: ":query" },
    Key { name: "param", ty: KeyType::Name, example: "\"token\"" },
    Key { name: "query-param", ty: KeyType::Name, example: "\"token\"" },
    Key { name: "username", ty: KeyType::Text, example: "\"events\"" },
    Key { name: "algo", ty: KeyType::OneOf(&["hmac-sha256", "ecdsa-p256"]), example: ":hmac-sha256" },
    Key { name: "signature-header", ty: KeyType::Text, example: "\"X-Signature\"" },
    Key { name: "signature-format", ty: KeyType::OneOf(&["base64", "hex"]), example: ":hex" },
    Key { name: "signature-prefix", ty: KeyType::Text, example: "\"sha256=\"" },
    Key {
        name: "signed-message",
        ty: KeyType::OneOf(&["payload", "timestamp-payload"]),
        example: ":timestamp-payload",
    },
    Key { name: "timestamp-header", ty: KeyType::Text, example: "\"X-Timestamp\"" },
    Key { name: "timestamp-max-skew-ms", ty: KeyType::Milliseconds, example: "300000" },
    Key { name: "allow", ty: KeyType::Addresses, example: "[\"203.0.113.7\"]" },
];

/// The row of a scheme's name without the colon.
pub fn find(name: &str) -> Option<&'static Scheme> {
    SCHEMES.iter().find(|scheme| scheme.name == name)
}

/// The row of a key's name without the colon.
pub fn key(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

impl Scheme {
    /// Whether a map of this scheme may have the key.
    pub fn takes(&self, key: &str) -> bool {
        key == "type" || self.required.contains(&key) || self.optional.contains(&key)
    }
}
