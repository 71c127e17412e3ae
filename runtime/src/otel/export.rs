//! The thread that sends spans, and the queue in front of it. Whoever puts a span there never waits.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use opentelemetry::{Key, KeyValue};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SpanData, SpanExporter as _};

use super::client::Client;
use super::{Service, settings};
use crate::cli::say;

/// Spans that wait to be sent; more are dropped.
const QUEUE_MAX: usize = 2_048;

/// Spans of one request, and how long the first of them waits for others.
const BATCH_MAX: usize = 512;
const BATCH_WAIT: Duration = Duration::from_secs(1);

/// How long the end of the process waits for what is in the queue.
const FLUSH: Duration = Duration::from_secs(1);

/// The queue of this process, from the first span on.
static QUEUE: Mutex<Option<Queue>> = Mutex::new(None);

struct Queue {
    spans: SyncSender<SpanData>,
    /// Closed when everything is sent.
    done: Receiver<()>,
    overflow_told: bool,
}

/// Sends a span soon.
pub(super) fn send(span: SpanData, service: Service) {
    let mut queue = QUEUE.lock().unwrap_or_else(PoisonError::into_inner);
    let queue = queue.get_or_insert_with(|| start(service));
    if let Err(TrySendError::Full(_)) = queue.spans.try_send(span)
        && !queue.overflow_told
    {
        queue.overflow_told = true;
        say("warning: the trace collector is slower than the runs; spans are dropped");
    }
}

/// Waits a moment for what is not sent yet: before the process ends.
pub(crate) fn flush() {
    let queue = QUEUE.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(Queue { spans, done, .. }) = queue {
        drop(spans);
        // Either way: closed, or not in time.
        let _ = done.recv_timeout(FLUSH);
    }
}

fn start(service: Service) -> Queue {
    let (spans, waiting) = mpsc::sync_channel(QUEUE_MAX);
    let (ended, done) = mpsc::channel();
    let thread = std::thread::Builder::new().name("breyta-traces".to_owned());
    let started = thread.spawn(move || {
        if let Err(reason) = serve(&waiting, service) {
            say(&format!("warning: no traces are sent: {reason}"));
        }
        drop(ended);
    });
    if let Err(error) = started {
        say(&format!("warning: no traces are sent: {error}"));
    }
    Queue { spans, done, overflow_told: false }
}

/// Sends until nobody can put anything into the queue any more.
fn serve(waiting: &Receiver<SpanData>, service: Service) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let exporter = SpanExporter::builder().with_http().with_http_client(Client::new()?).build();
    let mut exporter = exporter.map_err(|error| error.to_string())?;
    exporter.set_resource(&resource(service));
    let mut failure_told = false;
    while let Some(batch) = next(waiting) {
        let sent = runtime.block_on(exporter.export(batch));
        if let Err(error) = sent
            && !failure_told
        {
            failure_told = true;
            let endpoint = settings::endpoint().unwrap_or_default();
            say(&format!("warning: traces do not reach {}: {error}", without_secrets(&endpoint)));
        }
    }
    Ok(())
}

/// What is there, and what comes within a moment; None when nothing can come any more.
fn next(waiting: &Receiver<SpanData>) -> Option<Vec<SpanData>> {
    let mut batch = vec![waiting.recv().ok()?];
    let until = Instant::now() + BATCH_WAIT;
    while batch.len() < BATCH_MAX {
        match waiting.recv_timeout(until.saturating_duration_since(Instant::now())) {
            Ok(span) => batch.push(span),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    Some(batch)
}

/// What the process is called. The environment may say otherwise.
fn resource(service: Service) -> Resource {
    let given = Resource::builder().build();
    let is_named = settings::set("OTEL_SERVICE_NAME").is_some()
        || settings::set("OTEL_RESOURCE_ATTRIBUTES").is_some_and(|text| text.contains("service.name="));
    let mut resource = Resource::builder();
    if !is_named {
        resource = resource.with_service_name(service.slug);
    }
    let version = Key::from_static_str("service.version");
    if given.get(&version).is_none() {
        resource = resource.with_attribute(KeyValue::new(version, service.version));
    }
    resource.build()
}

/// An endpoint without what may stand in front of its host or behind its path.
fn without_secrets(endpoint: &str) -> String {
    let Some((scheme, rest)) = endpoint.split_once("://") else { return "the collector".to_owned() };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}")
}
