//! The blob arrives, experiments become active, changes are applied.

use super::{Effect, Engine, Phase, Settings};
use crate::blob::{Experiment, Known, bootstrap_url};
use crate::capture::What;
use crate::delivery::URGENT_MS;
use crate::platform::Platform;
use ttoolab_core::forced::{Forced, forced};
use ttoolab_core::url_rule::matches_any;

/// The first and the longest wait between two questions for the blob, doubled in between.
const BACKOFF_MS: (f64, f64) = (1_000.0, 300_000.0);

impl<P: Platform> Engine<P> {
    pub(super) fn ask(&mut self) {
        let token = self.known.as_ref().map_or("", |known| &known.blob.token);
        let url = self.platform.url();
        let Settings { endpoint, project_key, .. } = &self.settings;
        let question = bootstrap_url(endpoint, project_key, &self.visitor, &url, token);
        self.bootstrap_asked_at = self.platform.elapsed_ms();
        self.bootstrap_due = None;
        self.effects.push(Effect::Bootstrap(question));
    }

    pub(super) fn bootstrapped(&mut self, status: u16, text: Option<String>) {
        if self.phase == Phase::Idle {
            return;
        }
        let now = self.platform.elapsed_ms();
        let text = text.filter(|_| status == 200);
        let known = text
            .and_then(|text| Known::arrived(&self.platform, text, now - self.bootstrap_asked_at));
        match known.filter(|known| known.blob.visitor == self.visitor) {
            Some(known) => {
                self.bootstrap_failures = 0;
                // The next page would take a forced variant for the visitor's own.
                if self.forced.is_empty() {
                    known.store(&self.platform, &self.settings.project_key);
                }
                if !self.forced.iter().all(|asked| known.blob.experiments.iter().any(is(asked))) {
                    self.effects.push(Effect::Say("ttoolab_force names no variant."));
                }
                for _ in 0..known.blob.unreadable {
                    self.note("unreadableExperiment", None);
                }
                self.known = Some(known);
                self.delivery.wake(now + URGENT_MS);
            }
            None if matches!(status, 400 | 401 | 403) => {
                self.effects.push(Effect::Say("the collector refuses this project key or origin."));
            }
            None => {
                let cap = BACKOFF_MS.0 * f64::from(1_u32 << self.bootstrap_failures.min(16));
                self.bootstrap_failures += 1;
                let wait = cap.min(BACKOFF_MS.1) * self.platform.chance();
                self.bootstrap_due = Some(now + wait);
            }
        }
        self.go_live();
    }

    pub(super) fn go_live(&mut self) {
        if self.phase == Phase::Waiting {
            self.phase = Phase::Live;
        }
        self.evaluate();
    }

    /// Finds out which experiments are active on the URL the page stands on now, and lets
    /// their changes be applied. What depends on it goes on in [`Engine::applied`].
    pub(super) fn evaluate(&mut self) {
        if !matches!(self.phase, Phase::Live | Phase::Applying) {
            return;
        }
        let url = self.platform.url();
        let regex = |pattern: &str, url: &str| self.platform.regex_matches(pattern, url);
        let mut changes = Vec::new();
        self.active.clear();
        self.previewed.clear();
        if let Some(known) = &self.known {
            for (at, experiment) in known.blob.experiments.iter().enumerate() {
                let here = matches_any(&experiment.url_rules, &url, &regex);
                let key = |forced: &&Forced| forced.experiment_key.as_str() == experiment.key;
                if let Some(asked) = self.forced.iter().find(key) {
                    // Another variant of it is not shown either: it would have to be sent.
                    if is(asked)(experiment) {
                        self.previewed.push(at);
                        // The rules of the experiment may not take a URL with the parameter.
                        if here || forced(&url).contains(asked) {
                            changes.extend_from_slice(&experiment.changes);
                        }
                    }
                    continue;
                }
                let listed = known.fresh && known.blob.listed.contains(&experiment.key);
                let exposed = self.exposures.of(experiment).is_some();
                if exposed || listed || (here && experiment.running) {
                    self.active.push(at);
                    // A variant is shown where its experiment runs; its goals count everywhere.
                    if here {
                        changes.extend_from_slice(&experiment.changes);
                    }
                }
            }
        }
        if changes == self.changes {
            if !changes.is_empty() {
                self.effects.push(Effect::Rewatch);
            }
            self.applied();
        } else {
            self.changes.clone_from(&changes);
            self.phase = Phase::Applying;
            self.effects.push(Effect::Apply(changes));
        }
    }

    /// The changes stand: now, and not before, the visitor has seen the variant.
    pub(super) fn applied(&mut self) {
        if self.phase == Phase::Idle {
            return;
        }
        self.phase = Phase::Live;
        self.expose();
        let url = self.platform.url();
        for signal in std::mem::take(&mut self.held) {
            // The page that stands here has just shown the variant: its own view follows the
            // exposure, as it does where a router brings the visitor to it.
            let is_this_page = matches!(signal.what, What::Url) && signal.url == url;
            let known_at_ms = if is_this_page { f64::INFINITY } else { signal.at_ms };
            self.record(&signal, known_at_ms);
        }
        // Happened on a page that already showed the variant, whatever the clock says.
        for signal in std::mem::take(&mut self.following) {
            self.record(&signal, f64::INFINITY);
        }
        if !std::mem::replace(&mut self.told_ready, true) {
            self.effects.push(Effect::Ready);
        }
        self.finish_flush();
    }

    /// A change that the page's policy or the browser does not let happen. The variant is shown
    /// without it, and exposed: who is left out afterwards would depend on the variant.
    pub(super) fn refused(&mut self, change: &str) {
        if !self.refused.iter().any(|known| known == change) {
            self.note("changeRefused", Some(("change", change)));
            self.refused.push(change.to_owned());
        }
    }

    /// The experiments that events belong to.
    pub(super) fn active(&self) -> impl Iterator<Item = &Experiment> {
        self.at(&self.active)
    }

    /// The experiments that are only looked at.
    pub(super) fn previewed(&self) -> impl Iterator<Item = &Experiment> {
        self.at(&self.previewed)
    }

    fn at<'e>(&'e self, places: &'e [usize]) -> impl Iterator<Item = &'e Experiment> {
        let experiments = self.known.as_ref().map_or(&[][..], |known| &known.blob.experiments);
        places.iter().filter_map(|&at| experiments.get(at))
    }

    /// The variant of an experiment that is active or looked at.
    pub(crate) fn variant(&self, experiment_key: &str) -> Option<&str> {
        self.active()
            .chain(self.previewed())
            .find(|experiment| experiment.key == experiment_key)
            .map(|found| &*found.variant)
    }

    /// The blob in force, as it came.
    pub(crate) fn blob_json(&self) -> Option<&str> {
        self.known.as_ref().map(|known| &*known.json)
    }
}

/// Tells whether an experiment comes in the variant that was asked for.
fn is(forced: &Forced) -> impl Fn(&Experiment) -> bool {
    let (experiment, variant) = (forced.experiment_key.as_str(), forced.variant_key.as_str());
    move |found| found.key == experiment && found.variant == variant
}
