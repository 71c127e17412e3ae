//! Auth types of connection slots: what `:auth {:type …}` may name.

/// One auth type.
#[derive(Debug)]
pub struct AuthType {
    /// Without the colon.
    pub name: &'static str,
    /// Keys that the auth map may have besides `:type`.
    pub keys: &'static [&'static str],
    pub supported: bool,
    pub doc: &'static str,
}

/// The header that carries an API key when nothing else is said.
pub const API_KEY_HEADER: &str = "X-API-Key";

pub const TYPES: &[AuthType] = &[
    AuthType { name: "none", keys: &[], supported: true, doc: "No credentials." },
    AuthType {
        name: "bearer",
        keys: &["secret-ref"],
        supported: true,
        doc: "`Authorization: Bearer <key>`.",
    },
    AuthType {
        name: "api-key",
        keys: &["header", "query", "location", "param-name", "secret-ref"],
        supported: true,
        doc: "The key in a header (`X-API-Key` when nothing else is said) or in a query parameter.",
    },
    AuthType {
        name: "basic",
        keys: &["username", "secret-ref"],
        supported: false,
        doc: "`Authorization: Basic <user:password>`.",
    },
    AuthType {
        name: "oauth",
        keys: &["scopes", "secret-ref"],
        supported: false,
        doc: "An OAuth token that is refreshed.",
    },
    AuthType {
        name: "google-service-account",
        keys: &["scopes", "secret-ref"],
        supported: false,
        doc: "A token made from a Google service account.",
    },
    AuthType {
        name: "aws-sigv4",
        keys: &["region", "service", "secret-ref"],
        supported: false,
        doc: "Requests signed the way AWS wants them.",
    },
    AuthType {
        name: "private-key",
        keys: &["secret-ref", "passphrase-secret-ref", "username"],
        supported: false,
        doc: "The private key of an SSH connection.",
    },
];

/// The row of a name without the colon.
pub fn find(name: &str) -> Option<&'static AuthType> {
    TYPES.iter().find(|auth| auth.name == name)
}
