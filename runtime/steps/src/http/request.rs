//! Where a request goes, what it carries, and how it is sent: with redirects, without leaking credentials.

use std::error::Error;

use breyta_engine::error::StepError;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Method, Response, StatusCode, Url};

use super::body::{Body, encoded_pairs};
use super::client;
use super::config::Config;
use crate::connection::{Auth, Connection};
use crate::scrub::percent_encoded;

/// As browsers and most clients have it.
const REDIRECTS_MAX: usize = 10;

/// A request, ready to be sent.
#[derive(Debug)]
pub(super) struct Request {
    method: Method,
    /// Without credentials.
    url: Url,
    /// The step's own headers.
    headers: HeaderMap,
    credentials: Credentials,
    body: Body,
}

/// What proves the right to use the connection; dropped when a redirect leaves the origin.
#[derive(Debug, Default)]
struct Credentials {
    headers: HeaderMap,
    /// An encoded `name=key`.
    query: Option<String>,
}

impl Request {
    pub(super) fn new(
        config: &Config,
        connection: Option<&Connection>,
        idempotency_key: &str,
    ) -> Result<Self, StepError> {
        let url = target(config, connection)?;
        let mut headers = HeaderMap::new();
        if let Some(accept) = &config.accept {
            headers.insert(ACCEPT, header_value("accept", accept)?);
        }
        if let Body::Bytes { content_type, .. } = &config.body
            && let Some(content_type) = config.content_type.as_deref().or(*content_type)
        {
            headers.insert(CONTENT_TYPE, header_value("content-type", content_type)?);
        }
        if let Some(name) = &config.idempotency_header {
            headers.insert(header_name(name)?, header_value(name, idempotency_key)?);
        }
        let mut own = HeaderMap::new();
        for (name, value) in &config.headers {
            own.append(header_name(name)?, header_value(name, value)?);
        }
        // Replaces what the other keys set, keeps repetitions of its own.
        headers.extend(own);
        let credentials = match connection {
            Some(connection) => Credentials::new(connection, &headers)?,
            None => Credentials::default(),
        };
        Ok(Self { method: config.method.clone(), url, headers, credentials, body: config.body.clone() })
    }

    /// The URL for messages: no query, no user.
    pub(super) fn shown_url(&self) -> String {
        shown(&self.url)
    }

    /// Sends it and follows redirects. Answers the final URL (without credentials) and the response, body unread.
    pub(super) async fn send(mut self) -> Result<(Url, Response), StepError> {
        let origin = self.url.origin();
        for _ in 0..=REDIRECTS_MAX {
            let response = self.send_once().await?;
            let Some(next) = redirect(&self.url, &response)? else {
                return Ok((self.url, response));
            };
            if next.origin() != origin {
                self.credentials = Credentials::default();
                self.headers.remove(AUTHORIZATION);
                self.headers.remove(reqwest::header::COOKIE);
            }
            self.follow(next, response.status());
        }
        let url = self.shown_url();
        Err(StepError::new("connect", format!("{url} redirects more than {REDIRECTS_MAX} times"))
            .with_url(url))
    }

    async fn send_once(&self) -> Result<Response, StepError> {
        let mut url = self.url.clone();
        if let Some(query) = &self.credentials.query {
            let query = url.query().map_or_else(|| query.clone(), |before| format!("{before}&{query}"));
            url.set_query(Some(&query));
        }
        let mut headers = self.headers.clone();
        headers.extend(self.credentials.headers.clone());
        let mut request =
            client::for_scheme(url.scheme())?.request(self.method.clone(), url).headers(headers);
        if let Body::Bytes { bytes, .. } = &self.body {
            request = request.body(bytes.to_vec());
        }
        request.send().await.map_err(|error| failure(&error, &self.url))
    }

    /// 303, and 301 and 302 after a POST, turn into a GET without body; 307 and 308 repeat the request.
    fn follow(&mut self, next: Url, status: StatusCode) {
        let becomes_get = match status {
            StatusCode::SEE_OTHER => self.method != Method::HEAD,
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => self.method == Method::POST,
            _ => false,
        };
        if becomes_get {
            self.method = Method::GET;
            self.body = Body::Empty;
            self.headers.remove(CONTENT_TYPE);
        }
        self.url = next;
    }
}

impl Credentials {
    /// The step's own headers win over the headers of the binding, never over the authentication.
    fn new(connection: &Connection, own: &HeaderMap) -> Result<Self, StepError> {
        let mut credentials = Self::default();
        for (name, value) in &connection.headers {
            let name = header_name(name)?;
            if !own.contains_key(&name) {
                credentials
                    .headers
                    .insert(name.clone(), secret_value(connection, name.as_str(), value.reveal())?);
            }
        }
        match &connection.auth {
            Auth::None => {}
            Auth::Bearer(token) => {
                let value = secret_value(connection, "authorization", &format!("Bearer {}", token.reveal()))?;
                credentials.headers.insert(AUTHORIZATION, value);
            }
            Auth::ApiKeyHeader { name, key } => {
                credentials.headers.insert(header_name(name)?, secret_value(connection, name, key.reveal())?);
            }
            Auth::ApiKeyQuery { name, key } => {
                credentials.query =
                    Some(format!("{}={}", percent_encoded(name), percent_encoded(key.reveal())));
            }
        }
        Ok(credentials)
    }
}

fn target(config: &Config, connection: Option<&Connection>) -> Result<Url, StepError> {
    let invalid = |message: String| StepError::new("invalid-config", message);
    let base =
        connection.map(|connection| parsed(&connection.base_url, "the connection's base URL")).transpose()?;
    let mut url = match (&config.url, base) {
        (Some(url), None) => parsed(url, ":url")?,
        (Some(url), Some(base)) => {
            let url = parsed(url, ":url")?;
            if url.origin() != base.origin() {
                return Err(StepError::new(
                    "blocked",
                    format!(
                        ":url leads to {}, but the connection is for {}; give :path, or :url without :connection",
                        shown(&url),
                        shown(&base)
                    ),
                ));
            }
            url
        }
        (None, Some(base)) => joined(&base, config.path.as_deref().unwrap_or_default())?,
        (None, None) => return Err(invalid("the step needs :connection with :path, or :url".to_owned())),
    };
    if !config.query.is_empty() {
        let query = encoded_pairs(&config.query);
        let query = url
            .query()
            .filter(|before| !before.is_empty())
            .map_or(query.clone(), |before| format!("{before}&{query}"));
        url.set_query(Some(&query));
    }
    url.set_fragment(None);
    Ok(url)
}

fn parsed(text: &str, what: &str) -> Result<Url, StepError> {
    let invalid = |reason: &str| {
        StepError::new("invalid-config", format!("{what} \"{}\" {reason}", without_query(text)))
    };
    let url = Url::parse(text).map_err(|error| invalid(&format!("is not a full URL ({error})")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(invalid("must start with http:// or https://"));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(invalid("names no host"));
    }
    Ok(url)
}

/// The path appended to the base's path, with one slash between them.
fn joined(base: &Url, path: &str) -> Result<Url, StepError> {
    if path.contains("://") {
        let message = format!(":path \"{}\" is a full URL; write it as :url", without_query(path));
        return Err(StepError::new("invalid-config", message));
    }
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
    let mut url = base.clone();
    if !path.is_empty() {
        let prefix = base.path().trim_end_matches('/');
        url.set_path(&format!("{prefix}/{}", path.trim_start_matches('/')));
    }
    if let Some(query) = query {
        url.set_query(Some(query));
    }
    Ok(url)
}

/// The URL for messages and errors.
pub(super) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // Fails only for URLs that cannot have a user.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}

fn without_query(text: &str) -> &str {
    text.split(['?', '#']).next().unwrap_or_default()
}

fn redirect(from: &Url, response: &Response) -> Result<Option<Url>, StepError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = response.headers().get(LOCATION) else { return Ok(None) };
    let bad = || {
        StepError::new("connect", format!("{} redirects to something that is no URL", shown(from)))
            .with_url(shown(from))
    };
    let next = location.to_str().ok().and_then(|location| from.join(location).ok()).ok_or_else(bad)?;
    if matches!(next.scheme(), "http" | "https") { Ok(Some(next)) } else { Err(bad()) }
}

fn header_name(name: &str) -> Result<HeaderName, StepError> {
    HeaderName::try_from(name)
        .map_err(|_| StepError::new("invalid-config", format!("\"{name}\" cannot be the name of a header")))
}

fn header_value(name: &str, value: &str) -> Result<HeaderValue, StepError> {
    HeaderValue::try_from(value).map_err(|_| {
        StepError::new(
            "invalid-config",
            format!("the value of the header {name} holds characters that headers cannot carry"),
        )
    })
}

fn secret_value(connection: &Connection, name: &str, value: &str) -> Result<HeaderValue, StepError> {
    let mut value = HeaderValue::try_from(value).map_err(|_| {
        let slot = &connection.slot;
        StepError::new(
            "auth",
            format!("the secret of :{slot} holds characters that the header {name} cannot carry"),
        )
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// A failure to get an answer.
pub(super) fn failure(error: &reqwest::Error, url: &Url) -> StepError {
    let url = shown(url);
    let reason = innermost(error);
    let failed = if is_tls(error) {
        StepError::new("tls", format!("no secure connection to {url}: {reason}"))
    } else if error.is_timeout() {
        StepError::new("timeout", format!("no answer from {url}: {reason}")).retryable()
    } else if error.is_connect() {
        StepError::new("connect", format!("cannot connect to {url}: {reason}")).retryable()
    } else {
        StepError::new("connect", format!("the connection to {url} broke: {reason}")).retryable()
    };
    failed.with_url(url)
}

/// The cause at the bottom: the outer ones only say where it passed.
pub(super) fn innermost(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

fn is_tls(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(current) = cause {
        if current.is::<rustls::Error>() {
            return true;
        }
        let wrapped = current.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if wrapped.is_some_and(|wrapped| is_tls(wrapped)) {
            return true;
        }
        cause = current.source();
    }
    false
}
