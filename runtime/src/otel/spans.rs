//! Spans of a run. Their ids follow from the run alone, so that whoever carries it on adds to the same trace.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use breyta_engine::journal::StepExecution;
use breyta_engine::store::RunSummary;
use opentelemetry::trace::{Link, SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState};
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use sha2::{Digest, Sha256};

/// What the spans of a run have in common.
#[derive(Clone, Debug)]
pub(super) struct Traced {
    workflow_id: String,
    slug: String,
    version: String,
    trigger: String,
    started_ms: i64,
    context: SpanContext,
    /// The run that called this one.
    parent: Option<SpanContext>,
}

impl Traced {
    pub(super) fn new(run: &RunSummary, parent: Option<&RunSummary>) -> Self {
        Self {
            workflow_id: run.workflow_id.clone(),
            slug: slug(&run.workflow_id).to_owned(),
            version: run.version.clone(),
            trigger: run.trigger.clone(),
            started_ms: run.started_ms,
            context: context(&run.workflow_id, run.started_ms),
            parent: parent.map(|parent| context(&parent.workflow_id, parent.started_ms)),
        }
    }

    /// One attempt of a step.
    pub(super) fn attempt(
        &self,
        execution: &StepExecution,
        status: &'static str,
        code: Option<String>,
    ) -> SpanData {
        let StepExecution { point, step, family, count, attempt, started_ms, ended_ms } = execution;
        let key = format!("{point} {count} {attempt} {started_ms}");
        let id = SpanId::from_bytes(first(&digest(&[&self.workflow_id, &self.started_ms.to_string(), &key])));
        let trace = self.context.trace_id();
        let mut span = self.span(step.clone(), *started_ms, *ended_ms, status, code);
        span.span_context = SpanContext::new(trace, id, TraceFlags::SAMPLED, false, TraceState::default());
        span.parent_span_id = self.context.span_id();
        span.attributes.extend([
            KeyValue::new("breyta.step.id", step.clone()),
            KeyValue::new("breyta.step.family", family.clone()),
            KeyValue::new("breyta.step.point", point.clone()),
            KeyValue::new("breyta.step.count", i64::try_from(*count).unwrap_or(i64::MAX)),
            KeyValue::new("breyta.step.attempt", i64::from(*attempt)),
            KeyValue::new("breyta.step.status", status),
        ]);
        span
    }

    /// The run from its beginning to its end.
    pub(super) fn ended(&self, ended_ms: i64, status: &'static str, code: Option<String>) -> SpanData {
        let mut span = self.span(self.slug.clone(), self.started_ms, ended_ms, status, code);
        span.attributes.extend([
            KeyValue::new("breyta.flow.slug", self.slug.clone()),
            KeyValue::new("breyta.flow.version", self.version.clone()),
            KeyValue::new("breyta.run.trigger", self.trigger.clone()),
            KeyValue::new("breyta.run.status", status),
        ]);
        span.links.links.extend(self.parent.iter().map(|parent| Link::with_context(parent.clone())));
        span
    }

    /// A span of the run itself, with what every span has.
    fn span(
        &self,
        name: String,
        started_ms: i64,
        ended_ms: i64,
        status: &'static str,
        code: Option<String>,
    ) -> SpanData {
        let mut attributes = vec![KeyValue::new("breyta.run.id", self.workflow_id.clone())];
        let failed = matches!(status, "failed" | "retried");
        let status = match &code {
            Some(code) if failed => Status::error(code.clone()),
            _ if failed => Status::error("failed"),
            _ => Status::Unset,
        };
        attributes.extend(code.map(|code| KeyValue::new("error.type", code)));
        SpanData {
            span_context: self.context.clone(),
            parent_span_id: SpanId::INVALID,
            parent_span_is_remote: false,
            span_kind: SpanKind::Internal,
            name: name.into(),
            start_time: time(started_ms),
            end_time: time(ended_ms.max(started_ms)),
            attributes,
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status,
            instrumentation_scope: InstrumentationScope::builder("breyta")
                .with_version(env!("CARGO_PKG_VERSION"))
                .build(),
        }
    }
}

/// The trace of a run and its first span. A number is given once per store; the time tells stores apart.
fn context(workflow_id: &str, started_ms: i64) -> SpanContext {
    let hash = digest(&[workflow_id, &started_ms.to_string()]);
    let (trace, span) = hash.split_at(16);
    let (trace, span) = (TraceId::from_bytes(first(trace)), SpanId::from_bytes(first(span)));
    SpanContext::new(trace, span, TraceFlags::SAMPLED, false, TraceState::default())
}

fn digest(parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// The first bytes of a hash.
fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut taken = [0; N];
    for (to, from) in taken.iter_mut().zip(bytes) {
        *to = *from;
    }
    taken
}

/// The flow of a run: `flow-<slug>-local-r<N>`.
fn slug(workflow_id: &str) -> &str {
    let inner = workflow_id.strip_prefix("flow-").and_then(|rest| rest.rsplit_once("-local-r"));
    inner.map_or(workflow_id, |(slug, _)| slug)
}

/// A time before 1970 is as good as 1970.
fn time(ms: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}
