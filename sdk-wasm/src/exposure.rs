//! Which experiments this browser has shown: an exposure is recorded once per (experiment,
//! epoch), and every later event names it, so that "after" needs no clock.

use crate::blob::Experiment;
use crate::event::Assigned;
use crate::json;
use crate::platform::Platform;

/// One recorded exposure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Exposure {
    pub(crate) experiment: String,
    pub(crate) variant: String,
    pub(crate) epoch: u32,
    pub(crate) event_id: String,
    /// When, by the page's clock; nothing for an exposure of an earlier page, which precedes
    /// everything that happens on this one, even if the clock was set back since.
    pub(crate) at_ms: Option<f64>,
}

/// The exposures of one visitor, a stored row each: two tabs never overwrite each other's.
#[derive(Default)]
pub(crate) struct Exposures {
    prefix: String,
    visitor: String,
    list: Vec<Exposure>,
}

impl Exposures {
    pub(crate) fn load(platform: &impl Platform, project: &str, visitor: &str) -> Self {
        let prefix = ["ttoolab:", project, ":exposure:"].concat();
        let mut exposures = Self { prefix, visitor: visitor.to_owned(), list: Vec::new() };
        for key in platform.keys(&exposures.prefix) {
            let experiment = key[exposures.prefix.len()..].to_owned();
            exposures.adopt(platform, &experiment);
        }
        exposures
    }

    /// The exposure to the variant that the blob says now. One to another variant or epoch is
    /// not an exposure to this.
    pub(crate) fn of(&self, experiment: &Experiment) -> Option<&Exposure> {
        self.list.iter().find(|exposure| {
            exposure.experiment == experiment.key
                && exposure.variant == experiment.variant
                && exposure.epoch == experiment.epoch
        })
    }

    /// Looks whether another tab has recorded it meanwhile.
    pub(crate) fn adopt(&mut self, platform: &impl Platform, experiment: &str) {
        let Some(text) = platform.get(&self.key(experiment)) else { return };
        let Some(exposure) = self.read(experiment, &text) else { return };
        if !self.list.iter().any(|known| known.event_id == exposure.event_id) {
            self.replace(exposure);
        }
    }

    /// Records an exposure.
    pub(crate) fn record(&mut self, platform: &impl Platform, exposure: Exposure) {
        let mut text = self.visitor.clone();
        text.push(' ');
        json::whole(&mut text, i64::from(exposure.epoch));
        for word in [&exposure.variant, &exposure.event_id] {
            text.push(' ');
            text.push_str(word);
        }
        platform.set(&self.key(&exposure.experiment), &text);
        self.replace(exposure);
    }

    /// The assignment to an experiment as an event of that time saw it. An event from before
    /// the exposure (a call that waited for the SDK) must not claim to have followed it.
    pub(crate) fn assigned(&self, experiment: &Experiment, at_ms: f64) -> Assigned {
        let exposure =
            self.of(experiment).filter(|exposure| exposure.at_ms.is_none_or(|then| then <= at_ms));
        Assigned {
            experiment_key: experiment.key.clone(),
            variant_key: experiment.variant.clone(),
            epoch: experiment.epoch,
            exposure_id: exposure.map(|exposure| exposure.event_id.clone()),
        }
    }

    fn replace(&mut self, exposure: Exposure) {
        self.list.retain(|known| known.experiment != exposure.experiment);
        self.list.push(exposure);
    }

    fn read(&self, experiment: &str, text: &str) -> Option<Exposure> {
        let mut words = text.split(' ');
        if words.next()? != self.visitor {
            return None;
        }
        let epoch = words.next()?.parse().ok()?;
        let variant = words.next()?.to_owned();
        let event_id = words.next()?.to_owned();
        Some(Exposure { experiment: experiment.to_owned(), variant, epoch, event_id, at_ms: None })
    }

    fn key(&self, experiment: &str) -> String {
        [&*self.prefix, experiment].concat()
    }
}
