//! Timers of the driver: how long an attempt may take, and when to look into the inbox. The only place of the engine
//! that waits for time. Dates are not here: they come from [`crate::world::World::now_ms`].

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

/// When something was last done, to do it not too often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace(Option<Instant>);

impl Pace {
    /// Never done so far.
    pub(crate) const NEVER: Self = Self(None);

    /// True at most once per interval, and then counts as done.
    pub(crate) fn is_due(&mut self, interval_ms: u64) -> bool {
        let now = Instant::now();
        let due = self.0.is_none_or(|last| now.duration_since(last) >= Duration::from_millis(interval_ms));
        if due {
            self.0 = Some(now);
        }
        due
    }
}

/// Lets so much time pass.
pub(crate) async fn pause(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms.min(1 << 40))).await;
}

/// How a watched future ended.
#[derive(Debug)]
pub(crate) enum Watched<T, S> {
    Done(T),
    /// The check said stop; the future was dropped.
    Stopped(S),
    /// The ceiling was reached; the future was dropped.
    TimedOut,
}

/// Waits for `work`, at most `ceiling_ms`, and asks `check` every `interval_ms` whether to stop. Work that is ready at
/// once costs no timer.
pub(crate) async fn watch<T, S, C>(
    work: impl Future<Output = T>,
    ceiling_ms: u64,
    interval_ms: u64,
    mut check: impl FnMut() -> C,
) -> Watched<T, S>
where
    C: Future<Output = Option<S>>,
{
    let mut work = pin!(work);
    let begun = std::future::poll_fn(|context| std::task::Poll::Ready(work.as_mut().poll(context))).await;
    if let std::task::Poll::Ready(value) = begun {
        return Watched::Done(value);
    }
    // Far enough in the future for any ceiling, and no overflow of the timer.
    let ceiling = Duration::from_millis(ceiling_ms.min(1 << 40));
    let end = Instant::now() + ceiling;
    let interval = Duration::from_millis(interval_ms.clamp(1, 60_000));
    loop {
        let wake = end.min(Instant::now() + interval);
        if let Ok(value) = timeout_at(wake, work.as_mut()).await {
            return Watched::Done(value);
        }
        if let Some(stop) = check().await {
            return Watched::Stopped(stop);
        }
        if Instant::now() >= end {
            return Watched::TimedOut;
        }
    }
}
