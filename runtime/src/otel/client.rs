//! The HTTP client under the exporter: that of the `:http` family, with connections of its own.

use std::future::Future;
use std::pin::Pin;

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};

use super::settings;

/// What a collector may answer; more is not read.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

#[derive(Debug)]
pub(super) struct Client(reqwest::Client);

impl Client {
    pub(super) fn new() -> Result<Self, String> {
        let builder = breyta_steps::http::builder().timeout(settings::timeout());
        // Certificates are loaded only where they are needed.
        let is_secure = settings::endpoint().is_some_and(|endpoint| endpoint.starts_with("https"));
        let builder = if is_secure { builder } else { builder.tls_certs_only([]) };
        builder.build().map(Self).map_err(|error| error.to_string())
    }

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let mut answer = self.0.execute(request.try_into()?).await?;
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = answer.status();
        std::mem::swap(response.headers_mut(), answer.headers_mut());
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            body.extend_from_slice(&chunk);
            if body.len() > ANSWER_BYTES_MAX {
                return Err("the answer is too large".into());
            }
        }
        *response.body_mut() = body.into();
        Ok(response)
    }
}

type Sent<'f> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'f>>;

impl HttpClient for Client {
    fn send_bytes<'c, 'f>(&'c self, request: Request<Bytes>) -> Sent<'f>
    where
        'c: 'f,
        Self: 'f,
    {
        Box::pin(self.send(request))
    }
}
