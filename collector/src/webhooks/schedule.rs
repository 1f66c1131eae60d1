//! When an attempt is made, and what follows from its outcome: pure, time is an argument.

use crate::store::DeliveryStatus;
use std::fmt;
use std::str::FromStr;

/// The most attempts of a delivery.
const MAX_ATTEMPTS: usize = 16;
/// The longest wait between two of them, in milliseconds: a week.
const MAX_DELAY_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// The published number of failures in a row, whichever the deliveries, that disables an endpoint.
/// Attempts are counted: a receiver that is gone shows it at the second message, not at the tenth.
pub(crate) const MAX_FAILURES: u32 = 10;

/// The waits before each attempt, counted from the end of the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule(Vec<i64>);

/// A text that is no schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is 1 to 16 waits such as `0s,1m,5m,15m,1h`, each at most 7d")]
pub struct InvalidSchedule;

impl FromStr for Schedule {
    type Err = InvalidSchedule;

    fn from_str(text: &str) -> Result<Self, InvalidSchedule> {
        let delays: Vec<i64> =
            text.split(',').map(delay).collect::<Option<_>>().ok_or(InvalidSchedule)?;
        if delays.len() > MAX_ATTEMPTS { Err(InvalidSchedule) } else { Ok(Self(delays)) }
    }
}

fn delay(text: &str) -> Option<i64> {
    let text = text.trim();
    let unit_at = text.find(|char: char| !char.is_ascii_digit())?;
    let (number, unit) = text.split_at(unit_at);
    let unit_ms = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    let delay_ms = number.parse::<i64>().ok()?.checked_mul(unit_ms)?;
    (delay_ms <= MAX_DELAY_MS).then_some(delay_ms)
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let delays: Vec<_> = self.0.iter().map(|delay_ms| format!("{delay_ms}ms")).collect();
        f.write_str(&delays.join(","))
    }
}

/// What is to be done about a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Next {
    pub(crate) status: DeliveryStatus,
    /// When it is tried next; `None` once it is over.
    pub(crate) due_ms: Option<i64>,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// A 2xx.
    Delivered,
    /// Anything else, and a later attempt may do better.
    Failed,
    /// No later attempt can do better.
    Hopeless,
}

impl Schedule {
    /// What a new delivery begins with.
    pub(crate) fn first(&self, now_ms: i64) -> Next {
        let delay_ms = self.0.first().copied().unwrap_or_default();
        Next { status: DeliveryStatus::Pending, due_ms: Some(now_ms.saturating_add(delay_ms)) }
    }

    /// What follows from the attempt that has ended now, of `made` in all.
    pub(crate) fn after(&self, made: usize, ending: Ending, now_ms: i64) -> Next {
        match ending {
            Ending::Delivered => Next { status: DeliveryStatus::Success, due_ms: None },
            Ending::Hopeless => Next { status: DeliveryStatus::Failed, due_ms: None },
            Ending::Failed => match self.0.get(made) {
                Some(delay_ms) => Next {
                    status: DeliveryStatus::Retrying,
                    due_ms: Some(now_ms.saturating_add(*delay_ms)),
                },
                None => Next { status: DeliveryStatus::Failed, due_ms: None },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published() -> Schedule {
        "0s,1m,5m,15m,1h".parse().unwrap()
    }

    #[test]
    fn the_published_schedule() {
        let schedule = published();
        let mut next = schedule.first(0);
        let mut times = Vec::new();
        for made in 1.. {
            let Some(due_ms) = next.due_ms else { break };
            times.push(due_ms / 60_000);
            next = schedule.after(made, Ending::Failed, due_ms);
        }
        assert_eq!(times, [0, 1, 6, 21, 81]);
        assert_eq!(next, Next { status: DeliveryStatus::Failed, due_ms: None });
    }

    #[test]
    fn a_success_and_a_hopeless_attempt_end_it() {
        let over = |status| Next { status, due_ms: None };
        assert_eq!(published().after(1, Ending::Delivered, 7), over(DeliveryStatus::Success));
        assert_eq!(published().after(1, Ending::Hopeless, 7), over(DeliveryStatus::Failed));
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        for text in ["", "1", "m", "1w", "8d", "0s,,1m", "-1s", "99999999999999999999s"] {
            assert_eq!(text.parse::<Schedule>(), Err(InvalidSchedule), "{text}");
        }
        assert!(["0s"; 17].join(",").parse::<Schedule>().is_err());
        assert_eq!("0s, 90m".parse::<Schedule>().unwrap().to_string(), "0ms,5400000ms");
    }
}
