//! The bounds that the driver keeps. Defaults come from the catalog's table; the rest is the engine's own.

use breyta_core::Budget;

/// Limits in force while runs are driven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Work of one call of compiled code.
    pub fuel: u64,
    /// Calls of compiled code inside each other.
    pub depth_max: u32,
    /// Memory that one call of compiled code may allocate for values.
    pub memory_bytes_max: u64,
    /// Size of one step result as JSON.
    pub result_bytes_max: u64,
    /// From this size on the journal carries a warning.
    pub result_bytes_warned: u64,
    /// Step executions of one run.
    pub steps_max: u64,
    /// How deep flows may call flows.
    pub call_depth_max: u64,
    /// Child flows that one run may call.
    pub children_max: u64,
    /// Fan-outs of one run, and their items together.
    pub fanouts_max: u64,
    pub fanout_items_max: u64,
    /// HTTP requests of one run.
    pub http_requests_max: u64,
    /// States entered without a step in between.
    pub state_gotos_max: u32,
    /// What bounds any attempt of a step, whatever its own timeout says.
    pub attempt_ms_max: u64,
    /// How often a step in flight looks for a cancel request.
    pub cancel_poll_ms: u64,
    /// From the start of a run to its end.
    pub run_ms_max: u64,
    /// How often the process may die over a run without a commit in between.
    pub deaths_max: u64,
    /// Records of pure steps that may wait for the next commit; then one is made for them.
    pub riding_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self::from(&breyta_catalog::limits::Limits::default())
    }
}

impl From<&breyta_catalog::limits::Limits> for Limits {
    fn from(table: &breyta_catalog::limits::Limits) -> Self {
        Self {
            fuel: table.fuel,
            depth_max: u32::try_from(table.call_depth).unwrap_or(u32::MAX),
            memory_bytes_max: table.memory_bytes,
            result_bytes_max: table.result_bytes_max,
            result_bytes_warned: 512_000,
            steps_max: table.steps_per_run,
            call_depth_max: table.call_flow_depth,
            children_max: table.child_flows_per_run,
            fanouts_max: table.fanouts_per_run,
            fanout_items_max: table.fanout_items_per_run,
            http_requests_max: table.http_requests_per_run,
            state_gotos_max: 100_000,
            attempt_ms_max: table.attempt_timeout_ms,
            run_ms_max: table.run_duration_ms,
            deaths_max: table.deaths_without_progress,
            cancel_poll_ms: 200,
            riding_bytes_max: 256 * 1024,
        }
    }
}

impl Limits {
    /// What one entry into compiled code may use.
    pub fn budget(&self) -> Budget {
        Budget::new(self.fuel, self.depth_max, self.memory_bytes_max)
    }
}
