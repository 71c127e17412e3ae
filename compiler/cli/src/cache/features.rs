//! What a runtime has beyond what every flow needs: Cargo features of the runtime. Each set is compiled for itself, so that
//! an executable carries nothing of what it did not ask for.

/// A set of features.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Features {
    /// Traces for OpenTelemetry.
    pub(crate) otel: bool,
}

impl Features {
    /// As the runtime's manifest calls them, sorted.
    pub(crate) fn names(self) -> Vec<String> {
        self.otel.then(|| "otel".to_owned()).into_iter().collect()
    }
}
