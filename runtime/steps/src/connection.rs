//! Connections as executors see them: where a slot leads and what proves the right to use it.
//!
//! Secrets live here, in memory and in executors only. [`Secret`] prints as `…`, and every text that leaves an
//! executor goes through [`crate::scrub::Scrubber`].

use std::fmt;

use breyta_engine::error::StepError;

/// Resolves connection slots against the bindings of this installation.
pub trait Connections: Send + Sync {
    /// The connection bound to `slot`; `missing-binding` when there is none or a needed field is not set.
    fn resolve(&self, slot: &str) -> Result<Connection, StepError>;
}

/// A secret text that no formatting shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: only for the place where it is sent.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// How requests over a connection identify themselves.
#[derive(Clone, Debug, Default)]
pub enum Auth {
    #[default]
    None,
    /// `Authorization: Bearer <secret>`.
    Bearer(Secret),
    /// The key in a header of this name.
    ApiKeyHeader { name: String, key: Secret },
    /// The key in a query parameter of this name.
    ApiKeyQuery { name: String, key: Secret },
}

impl Auth {
    pub fn secret(&self) -> Option<&Secret> {
        match self {
            Self::None => None,
            Self::Bearer(key) | Self::ApiKeyHeader { key, .. } | Self::ApiKeyQuery { key, .. } => Some(key),
        }
    }
}

/// A bound connection.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    pub slot: String,
    /// Scheme, host and maybe a path prefix.
    pub base_url: String,
    pub auth: Auth,
    /// Sent with every request; the step's own headers win.
    pub headers: Vec<(String, Secret)>,
}

impl Connection {
    /// Everything about this connection that must not be seen anywhere.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let headers =
            self.headers.iter().filter(|(name, value)| holds_secret(name, value)).map(|(_, value)| value);
        self.auth.secret().into_iter().chain(headers).map(Secret::reveal)
    }
}

/// Whether the value of a bound header is treated as secret: short plain markers (`X-T: 1`) are not, because removing
/// them everywhere would garble results.
fn holds_secret(name: &str, value: &Secret) -> bool {
    let name = name.to_ascii_lowercase();
    let telling = ["auth", "key", "token", "secret", "cookie", "password", "signature"];
    value.reveal().len() >= 8 || telling.iter().any(|word| name.contains(word))
}
