//! Which visitors and which epoch an answer is about.

use crate::admin::experiment::Experiment;
use crate::ingest::fold::ExperimentFold;
use crate::ingest::fold::cells::{Cell, CellKey, Population};
use crate::store::verdict::Lane;
use serde::Deserialize;
use utoipa::IntoParams;

/// The query parameters, as they come.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Parameters {
    /// The number of an epoch; the latest one when left out.
    pub(crate) epoch: Option<String>,
    /// `verified` (default), `unverified` or `all`.
    pub(crate) lane: Option<String>,
    /// `include` shows visitors who look like bots as well.
    pub(crate) flagged: Option<String>,
    /// Not supported yet.
    pub(crate) segment: Option<String>,
    /// The first day, such as `2026-11-23`.
    pub(crate) from: Option<String>,
    /// The last day.
    pub(crate) to: Option<String>,
}

/// A checked selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selection {
    pub(crate) epoch: u32,
    lane: Option<Lane>,
    with_flagged: bool,
    from: Option<String>,
    to: Option<String>,
}

/// A parameter that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvalidParameter {
    pub(crate) name: &'static str,
    pub(crate) message: &'static str,
}

impl Parameters {
    /// Checks the parameters for an experiment.
    pub(crate) fn check(self, experiment: &Experiment) -> Result<Selection, InvalidParameter> {
        let invalid = |name, message| InvalidParameter { name, message };
        let epoch = match &self.epoch {
            None => experiment.epoch(),
            Some(text) => text
                .parse()
                .ok()
                .filter(|epoch| (1..=experiment.epoch()).contains(epoch))
                .ok_or(invalid("epoch", "is the number of an epoch of this experiment"))?,
        };
        let lane = match self.lane.as_deref() {
            None | Some("verified") => Some(Lane::Verified),
            Some("unverified") => Some(Lane::Unverified),
            Some("all") => None,
            Some(_) => return Err(invalid("lane", "is verified, unverified or all")),
        };
        let with_flagged = match self.flagged.as_deref() {
            None => false,
            Some("include") => true,
            Some(_) => return Err(invalid("flagged", "is `include` or left out")),
        };
        if self.segment.is_some() {
            return Err(invalid("segment", "is not supported yet"));
        }
        Ok(Selection {
            epoch,
            lane,
            with_flagged,
            from: day("from", self.from)?,
            to: day("to", self.to)?,
        })
    }
}

impl Selection {
    /// What is shown when nobody asks for anything else.
    pub(crate) fn current(experiment: &Experiment) -> Self {
        let lane = Some(Lane::Verified);
        Self { epoch: experiment.epoch(), lane, with_flagged: false, from: None, to: None }
    }

    /// The cells that are meant; none where nothing was counted yet.
    pub(super) fn cells<'f>(
        &self,
        fold: Option<&'f ExperimentFold>,
    ) -> impl Iterator<Item = (&'f CellKey, &'f Cell)> {
        let cells = fold.into_iter().flat_map(|fold| fold.cells().iter());
        cells.filter(|(key, _)| key.epoch == self.epoch && self.takes(key.population))
    }

    fn takes(&self, population: Population) -> bool {
        self.lane.is_none_or(|lane| lane == population.lane)
            && (self.with_flagged || !population.flagged)
    }

    /// Tells whether a day, as text, is meant.
    pub(super) fn takes_day(&self, day: &str) -> bool {
        self.from.as_deref().is_none_or(|from| day >= from)
            && self.to.as_deref().is_none_or(|to| day <= to)
    }
}

/// A day in the form that sorts as text.
fn day(name: &'static str, text: Option<String>) -> Result<Option<String>, InvalidParameter> {
    let Some(text) = text else { return Ok(None) };
    match text.parse::<jiff::civil::Date>() {
        Ok(date) => Ok(Some(date.to_string())),
        Err(_) => Err(InvalidParameter { name, message: "is a day such as 2026-11-23" }),
    }
}
