//! Delays between attempts: constant, linear or exponential. One grammar for `:retry`, `flow/poll` and `flow/backoff`.
//!
//! Times in these maps are milliseconds as numbers, or texts with a unit. Nothing here waits.

use crate::{Value, duration};

/// What is waited at most when the author gives no `:max`.
const LONGEST_MS: u64 = 30 * 24 * 60 * 60 * 1_000;

/// How a delay grows from attempt to attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backoff {
    base_ms: u64,
    growth: Growth,
    max_ms: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Growth {
    Constant,
    Linear { step_ms: u64 },
    Exponential { factor: f64 },
}

impl Backoff {
    /// Where nothing is said: one second, then twice as long every time, at most a minute.
    pub const DEFAULT: Self =
        Self { base_ms: 1_000, growth: Growth::Exponential { factor: 2.0 }, max_ms: 60_000 };

    pub const fn constant(delay_ms: u64) -> Self {
        Self { base_ms: delay_ms, growth: Growth::Constant, max_ms: LONGEST_MS }
    }

    /// From one delay on twice as long every time.
    pub const fn doubling(base_ms: u64) -> Self {
        Self { base_ms, growth: Growth::Exponential { factor: 2.0 }, max_ms: LONGEST_MS }
    }

    /// Reads `{:type :constant|:linear|:exponential :base … :step … :factor … :max …}`; `base_ms` where the map has no
    /// delay of its own. The error says what is wrong.
    pub fn from_map(value: &Value, base_ms: u64) -> Result<Self, String> {
        let time = |key: &str| match value.field(key).filter(|value| !value.is_nil()) {
            None => Ok(None),
            Some(time) => match duration::of_value(time, 1) {
                Some(ms) => Ok(Some(ms)),
                None => Err(format!(":{key} takes milliseconds or a duration such as \"10s\"")),
            },
        };
        let (step, max) = (time("step")?, time("max")?);
        let base = time("base")?;
        let growth = match value.field("type").and_then(Value::as_name) {
            Some("constant") | None => Growth::Constant,
            Some("linear") => {
                Growth::Linear { step_ms: step.ok_or(":type :linear needs :step, what is added each time")? }
            }
            Some("exponential") => Growth::Exponential { factor: factor(value)? },
            Some(other) => return Err(format!(":type is :constant, :linear or :exponential, not :{other}")),
        };
        let first = match growth {
            Growth::Linear { .. } => base,
            Growth::Constant | Growth::Exponential { .. } => base.or(step),
        };
        Ok(Self { base_ms: first.unwrap_or(base_ms), growth, max_ms: max.unwrap_or(LONGEST_MS) })
    }

    /// The delay after an attempt, counted from 1.
    pub fn delay_ms(&self, attempt: u64) -> u64 {
        let before = attempt.saturating_sub(1);
        let delay = match self.growth {
            Growth::Constant => self.base_ms,
            Growth::Linear { step_ms } => self.base_ms.saturating_add(step_ms.saturating_mul(before)),
            Growth::Exponential { factor } => exponential(self.base_ms, factor, before, self.max_ms),
        };
        delay.min(self.max_ms)
    }
}

fn factor(value: &Value) -> Result<f64, String> {
    let factor = match value.field("factor") {
        None | Some(Value::Nil) => return Ok(2.0),
        Some(Value::Int(factor)) => *factor as f64,
        Some(Value::Double(factor)) => *factor,
        Some(_) => 0.0,
    };
    if factor >= 1.0 && factor.is_finite() {
        Ok(factor)
    } else {
        Err(":factor is a number of at least 1".to_owned())
    }
}

/// By multiplying, which gives the same everywhere.
fn exponential(base_ms: u64, factor: f64, times: u64, max_ms: u64) -> u64 {
    let mut delay = base_ms as f64;
    for _ in 0..times {
        let longer = delay * factor;
        // Nothing grows out of no time.
        if delay >= max_ms as f64 || longer <= delay {
            break;
        }
        delay = longer;
    }
    // Saturates.
    delay as u64
}

#[cfg(test)]
mod tests {
    use super::Backoff;
    use crate::edn;

    #[track_caller]
    fn check(map: &str, delays: [u64; 4]) {
        let backoff = Backoff::from_map(&edn::read(map).unwrap(), 1_000).unwrap();
        let given = [1, 2, 3, 50].map(|attempt| backoff.delay_ms(attempt));
        assert_eq!(given, delays, "{map}");
    }

    #[test]
    fn delays_grow_as_the_map_says() {
        check("{:type :constant}", [1_000; 4]);
        check("{:type :constant :base \"5s\"}", [5_000; 4]);
        check("{:type :linear :base 100 :step \"1s\" :max 2500}", [100, 1_100, 2_100, 2_500]);
        check("{:type :exponential :base \"1s\" :factor 3 :max \"1m\"}", [1_000, 3_000, 9_000, 60_000]);
        check("{:type :exponential :step 10}", [10, 20, 40, 2_592_000_000]);
        assert_eq!(Backoff::DEFAULT.delay_ms(7), 60_000);
        assert_eq!(Backoff::doubling(3).delay_ms(4), 24);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (map, wrong) in [
            ("{:type :linear}", ":step"),
            ("{:type :square}", ":square"),
            ("{:type :exponential :factor 0.5}", ":factor"),
            ("{:type :constant :base \"soon\"}", ":base"),
        ] {
            let message = Backoff::from_map(&edn::read(map).unwrap(), 1_000).unwrap_err();
            assert!(message.contains(wrong), "{map}: {message}");
        }
    }
}
