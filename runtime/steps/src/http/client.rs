//! The clients of this process: one for `http`, one for `https`, made on first use.
//!
//! Two, because loading the system's certificates costs milliseconds that a plain request need not pay. Neither follows
//! redirects (that is [`super::request`]'s) nor reads proxy variables.

use std::sync::OnceLock;
use std::time::Duration;

use breyta_engine::error::StepError;
use reqwest::{Client, redirect};

/// The client for URLs of this scheme.
pub(super) fn for_scheme(scheme: &str) -> Result<&'static Client, StepError> {
    static PLAIN: OnceLock<Result<Client, String>> = OnceLock::new();
    static SECURE: OnceLock<Result<Client, String>> = OnceLock::new();
    let client = if scheme == "https" {
        SECURE.get_or_init(|| finish(builder()))
    } else {
        // An empty list of roots: this client never speaks TLS.
        PLAIN.get_or_init(|| finish(builder().tls_certs_only([])))
    };
    client
        .as_ref()
        .map_err(|reason| StepError::new("tls", format!("cannot set up the HTTP client: {reason}")))
}

/// What every HTTP client of an executable has in common.
pub fn builder() -> reqwest::ClientBuilder {
    // Answers an error when a provider is there already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .referer(false)
        .user_agent(concat!("breytac/", env!("CARGO_PKG_VERSION")))
        .pool_idle_timeout(Duration::from_mins(1))
        .pool_max_idle_per_host(16)
}

fn finish(builder: reqwest::ClientBuilder) -> Result<Client, String> {
    builder.build().map_err(|error| super::request::innermost(&error))
}
