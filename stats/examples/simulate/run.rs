//! Many trials of one experiment, counted and held against bounds.

// By their paths: this file is a module of the example and of a test.
#[path = "draw.rs"]
mod draw;
#[path = "scenario.rs"]
mod scenario;
#[path = "trial.rs"]
mod trial;

use std::fmt;

pub(crate) use scenario::{Expected, Scenario, scenarios};

/// The same world every time.
const SEED: u64 = 20_240_611;

/// What happened in many trials.
pub(crate) struct Outcome {
    name: &'static str,
    runs: u32,
    winners: u32,
    /// Winners that are not the better arm.
    wrong: u32,
    naive: u32,
    mismatches: u32,
    /// Visitors of control when the winner was called, or none was by the end; sorted.
    stops: Vec<u64>,
}

/// The columns of [`Outcome`]'s text.
pub(crate) const HEADER: &str = "experiment                                       runs   winners    \
                                 wrong winners     naive rule    mismatch  median stop";

/// Runs an experiment so often.
pub(crate) fn run(scenario: &Scenario, runs: u32) -> Outcome {
    let mut outcome = Outcome {
        name: scenario.name,
        runs,
        winners: 0,
        wrong: 0,
        naive: 0,
        mismatches: 0,
        stops: Vec::new(),
    };
    for number in 0..runs {
        let trial = trial::trial(scenario, SEED + u64::from(number));
        outcome.winners += u32::from(trial.winner.is_some());
        let wrong = trial.winner.is_some_and(|winner| Some(winner) != scenario.better);
        outcome.wrong += u32::from(wrong);
        outcome.naive += u32::from(trial.naive);
        outcome.mismatches += u32::from(trial.mismatch);
        outcome.stops.push(trial.stopped_at);
    }
    outcome.stops.sort_unstable();
    outcome
}

impl Outcome {
    fn percent(&self, count: u32) -> f64 {
        100.0 * f64::from(count) / f64::from(self.runs)
    }

    /// A share with its standard error, in percent.
    fn share(&self, count: u32) -> String {
        let percent = self.percent(count);
        let error = (percent * (100.0 - percent) / f64::from(self.runs)).sqrt();
        format!("{percent:5.2} ± {error:4.2} %")
    }

    /// Visitors of control at which half of the trials had a winner; the end, if fewer ever had.
    fn median_stop(&self) -> u64 {
        self.stops.get(self.stops.len() / 2).copied().unwrap_or_default()
    }

    /// The same for people.
    fn stop(&self) -> String {
        if self.winners * 2 > self.runs { self.median_stop().to_string() } else { "-".to_owned() }
    }

    /// What is outside the bounds.
    pub(crate) fn faults(&self, scenario: &Scenario) -> Vec<String> {
        let mut faults = Vec::new();
        let mut demand = |holds: bool, what: String| {
            if !holds {
                faults.push(format!("{}: {what}", self.name));
            }
        };
        match &scenario.expected {
            Expected::NoWinner { naive } => {
                let wrong = self.percent(self.wrong);
                demand(wrong <= 5.0, format!("{wrong} % false winners, more than 5"));
                // Where the naive rule does well, the simulation could not have failed.
                let found = self.percent(self.naive);
                demand(found >= *naive, format!("the naive rule finds {found} %, below {naive}"));
                let mismatches = self.percent(self.mismatches);
                demand(mismatches <= 3.0, format!("{mismatches} % false mismatches"));
            }
            Expected::Winner { stop } => {
                let median = self.median_stop();
                demand(stop.contains(&median), format!("median stop {median}, not in {stop:?}"));
                let wrong = self.percent(self.wrong);
                demand(wrong <= 1.0, format!("{wrong} % wrong winners"));
            }
            Expected::Mismatch => {
                let found = self.percent(self.mismatches);
                demand(found >= 80.0, format!("{found} % of mismatches found, below 80"));
            }
        }
        faults
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, runs, .. } = self;
        write!(
            f,
            "{name:<47} {runs:>5} {:>9} {:>16} {:>14} {:>11} {:>12}",
            format!("{:.1} %", self.percent(self.winners)),
            self.share(self.wrong),
            format!("{:.1} %", self.percent(self.naive)),
            format!("{:.2} %", self.percent(self.mismatches)),
            self.stop(),
        )
    }
}
