//! The `:http` family: one request through a bound connection or to a full URL.
//!
//! HTTP/1.1 over rustls. The proxy variables of the environment are not read, so that a run behaves the same wherever
//! it is started. Redirects are followed here, not in the client: credentials of a connection never leave its origin.
//! A status of 400 or above fails the step unless `:client-opts {:throw-on-status false}`.

use breyta_core::{Map, Value};
use breyta_engine::error::StepError;
use breyta_engine::world::BoxFuture;

use crate::duration;
use crate::family::{Family, StepContext};
use crate::scrub::Scrubber;

/// Request bodies and response bodies.
mod body;
/// The shared clients.
mod client;
pub use client::builder;
/// The evaluated config, checked.
mod config;
/// Where a request goes and what it carries.
mod request;
/// From the response to the step's result or error.
mod response;

#[cfg(test)]
mod tests;

/// The family as emitted code registers it.
pub static HTTP: Family = Family { name: "http", execute };

fn execute(context: StepContext<'_>) -> BoxFuture<'_, Result<Value, StepError>> {
    Box::pin(attempt(context))
}

async fn attempt(context: StepContext<'_>) -> Result<Value, StepError> {
    let config = merged(&context)?;
    let config = config::Config::read(&config, &context)?;
    let connection = match &config.connection {
        Some(slot) => Some(context.connections.resolve(slot)?),
        None => None,
    };
    let scrubber = Scrubber::new(connection.iter().flat_map(crate::connection::Connection::secrets));
    let request = request::Request::new(&config, connection.as_ref(), context.request.idempotency_key)
        .map_err(|error| scrubber.error(error))?;
    let shown = request.shown_url();
    let answer = match tokio::time::timeout(config.timeout, exchange(request, &config, &scrubber)).await {
        Ok(answer) => answer,
        Err(_) => Err(StepError::new(
            "timeout",
            format!("no complete answer from {shown} within {}", duration::show(config.timeout)),
        )
        .with_url(shown)
        .retryable()),
    };
    match answer {
        Ok(result) => Ok(scrubber.value(result)),
        Err(error) => Err(scrubber.error(error)),
    }
}

async fn exchange(
    request: request::Request,
    config: &config::Config,
    scrubber: &Scrubber,
) -> Result<Value, StepError> {
    let (url, response) = request.send().await?;
    response::read(url, response, config, scrubber).await
}

/// The step's config over the rendered template: explicit keys of the step win, key by key.
fn merged(context: &StepContext<'_>) -> Result<Map, StepError> {
    let Some(config) = context.request.config.as_map() else {
        return Err(
            context.invalid(&format!("the config is a map, not {}", context.request.config.type_name()))
        );
    };
    let own: Map = config
        .iter()
        .filter(|(key, _)| !matches!(key.as_name(), Some("template" | "data")))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let given = |key: &str| config.get_keyword(key).filter(|value| !value.is_nil());
    let Some(template) = given("template") else {
        return match given("data") {
            Some(_) => Err(context.invalid(":data fills a template, so it needs :template")),
            None => Ok(own),
        };
    };
    let id = template.as_name().ok_or_else(|| {
        context.invalid(&format!(":template takes the id of a template, not {}", template.type_name()))
    })?;
    let data = given("data").cloned().unwrap_or_else(|| Value::Map(Map::new()));
    let Value::Map(mut merged) = context.templates.rendered(id, "request", &data)? else {
        return Err(context.invalid(&format!("the :request of template :{id} is not a map")));
    };
    for (key, value) in &own {
        merged.insert(key.clone(), value.clone());
    }
    // A full URL and a path are alternatives: the one that the step itself gives wins.
    for (winner, dropped) in [("path", "url"), ("url", "path")] {
        if given(winner).is_some() && given(dropped).is_none() {
            merged.remove(&Value::Keyword(breyta_core::Keyword::new(dropped)));
        }
    }
    Ok(merged)
}
