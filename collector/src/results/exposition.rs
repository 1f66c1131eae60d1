//! What `/metrics` says of goals, in the text format of Prometheus.
//!
//! Written here and not through the `metrics` crate: reasons follow from what is stored and change
//! after the fact (an exposure that comes late turns `notExposed` into `counted`), so they are
//! counted when asked for. A registry of gauges would go on showing those that went to nothing.

use super::census::ReasonCount;
use std::fmt::{Result, Write};
use ttoolab_core::id::{ExperimentKey, GoalKey, ProjectKey};

/// What stands above the first line of a metric.
const HEAD: &str = "\
# HELP ttoolab_goal_events Stored events by what became of them for a goal; without a goal, for the experiment. As at …/health.
# TYPE ttoolab_goal_events gauge
";

/// The reasons of many experiments. Its labels are what is configured and one list of words: at most
/// 50 goals an experiment, each with the reasons there are, and nothing that a sender chooses.
pub(crate) struct Reasons<'t>(&'t mut String);

impl<'t> Reasons<'t> {
    /// To be added to a text that ends with a line.
    pub(crate) fn begin(text: &'t mut String) -> Self {
        text.push_str(HEAD);
        Self(text)
    }

    /// Adds an experiment. Keys and words need no escaping: none has a quote, a backslash or an end
    /// of line.
    pub(crate) fn add(
        &mut self,
        project: &ProjectKey,
        experiment: &ExperimentKey,
        reasons: &[ReasonCount],
    ) -> Result {
        reasons.iter().try_for_each(|ReasonCount { goal_key, reason, events }| {
            let goal = goal_key.as_ref().map_or("", GoalKey::as_str);
            writeln!(
                self.0,
                "ttoolab_goal_events{{project=\"{project}\",experiment=\"{experiment}\",\
                 goal=\"{goal}\",reason=\"{reason}\"}} {events}"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ttoolab_core::reason::Reason;

    #[test]
    fn a_line_for_each_reason() {
        let goal = |key| Some(GoalKey::parse(key).unwrap());
        let counted = |goal_key, reason, events| ReasonCount { goal_key, reason, events };
        let mut text = "before 1\n".to_owned();
        let project = ProjectKey::parse("demo").unwrap();
        let experiment = ExperimentKey::parse("hero").unwrap();
        Reasons::begin(&mut text)
            .add(
                &project,
                &experiment,
                &[counted(goal("a.b"), Reason::Counted, 2), counted(None, Reason::NotRunning, 1)],
            )
            .unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "before 1");
        assert!(lines[1].starts_with("# HELP ttoolab_goal_events "));
        assert_eq!(lines[2], "# TYPE ttoolab_goal_events gauge");
        let labels = r#"project="demo",experiment="hero""#;
        assert_eq!(
            lines[3],
            format!(r#"ttoolab_goal_events{{{labels},goal="a.b",reason="counted"}} 2"#)
        );
        assert_eq!(
            lines[4],
            format!(r#"ttoolab_goal_events{{{labels},goal="",reason="notRunning"}} 1"#)
        );
        assert_eq!(lines.len(), 5);
    }
}
