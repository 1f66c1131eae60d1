//! Making the blob: what one visitor is told about one page.

use crate::admin::experiment::{Experiment, Status, VariantConfig};
use crate::admin::project::Project;
use crate::assign::audience::Facts;
use crate::assign::bucket::bucket;
use crate::assign::token::{Arm, Claims, Holder, TokenKey, mint};
use ttoolab_core::blob::{
    Blob, BlobAssignment, BlobExperiment, BlobStatus, BlobVariant, Integrations,
};
use ttoolab_core::change::Change;
use ttoolab_core::clock::format_time;
use ttoolab_core::forced::{Forced, forced};
use ttoolab_core::goal::GoalConfig;
use ttoolab_core::id::AnonymousId;
use ttoolab_core::url_rule::matches_any;

/// How long a page lets ordinary events wait for company, in milliseconds: long enough to batch
/// what one interaction makes, short enough to be seen in the dashboard while one looks.
const FLUSH_INTERVAL_MS: u32 = 2_000;

/// Who asks, from where.
pub(crate) struct Request<'a> {
    pub(crate) project: &'a Project,
    pub(crate) visitor: AnonymousId,
    /// Nothing is taken of the visitor, so that there is nothing to show either.
    pub(crate) erased: bool,
    pub(crate) token: Option<Claims>,
    /// The origin the answer is for; empty when the request names none.
    pub(crate) origin: &'a str,
    pub(crate) facts: Facts<'a>,
    pub(crate) now_ms: i64,
}

/// The blob, and the token that goes with it.
///
/// `was_exposed` knows the visitors whose exposures are durable.
pub(crate) fn blob(
    request: &Request<'_>,
    key: &TokenKey,
    was_exposed: impl Fn(&Experiment) -> bool,
) -> Blob {
    let project = request.project;
    let mut arms = kept_arms(request);
    let mut experiments = Vec::new();
    let mut assignments = Vec::new();
    let open = if request.erased { &[] } else { project.experiments.as_slice() };
    let forced = forced(request.facts.url);
    for experiment in open {
        if let Some(variant) = forced_variant(&forced, experiment) {
            // No arm: nothing may count for a variant that was not assigned.
            assignments.push(assignment(experiment, variant));
            let epoch = experiment.epoch();
            experiments.push(described(experiment, variant, BlobStatus::Running, epoch));
            continue;
        }
        let exposed = was_exposed(experiment);
        let status = match (experiment.config.status, exposed) {
            (Status::Running, _) => BlobStatus::Running,
            (Status::Paused, true) => BlobStatus::Paused,
            (Status::Paused, false) | (Status::Draft | Status::Completed, _) => continue,
        };
        let Some(arm) = arm(request, experiment) else { continue };
        let Some(variant) = experiment.variant(arm.variant.as_str()) else { continue };
        let here = || {
            let regex = |pattern: &str, url: &str| experiment.regex_matches(pattern, url);
            matches_any(&experiment.config.url_rules, request.facts.url, &regex)
        };
        if exposed || (status == BlobStatus::Running && here()) {
            assignments.push(assignment(experiment, variant));
        }
        experiments.push(described(experiment, variant, status, arm.epoch));
        if !arms.iter().any(|kept| kept.experiment == arm.experiment) {
            arms.push(arm);
        }
    }
    let holder = Holder { project: project.key(), visitor: request.visitor };
    let now = format_time(request.now_ms);
    Blob {
        project_key: project.key().to_string(),
        anonymous_id: request.visitor.to_string(),
        version: format_time(project.changed_ms),
        fetched_at: now.clone(),
        has_active_experiments: !assignments.is_empty(),
        assignments,
        experiments,
        integrations: Integrations::default(),
        visitor_token: mint(key, &holder, request.origin, request.now_ms, arms),
        server_time: now,
        currency: project.currency.code().to_owned(),
        flush_interval_ms: FLUSH_INTERVAL_MS,
    }
}

/// The variant that the page's URL asks for, whatever the experiment's status and audience: people
/// look at a variant before they start it. One that does not exist is not asked for.
fn forced_variant<'e>(forced: &[Forced], experiment: &'e Experiment) -> Option<&'e VariantConfig> {
    let asked = forced.iter().find(|asked| asked.experiment_key == *experiment.key())?;
    experiment.variant(asked.variant_key.as_str())
}

/// The arms of the visitor's token that are still good: also those of experiments that do not
/// reach this page, because events that were kept offline need them.
fn kept_arms(request: &Request<'_>) -> Vec<Arm> {
    let arms = request.token.iter().flat_map(|token| &token.arms);
    arms.filter(|arm| {
        let experiment = request.project.experiment(arm.experiment.as_str());
        experiment.is_some_and(|experiment| keeps(experiment, arm))
    })
    .cloned()
    .collect()
}

/// Tells whether a visitor stays in their arm: the variant must still exist, and the experiment
/// must want it.
fn keeps(experiment: &Experiment, arm: &Arm) -> bool {
    let exists = experiment.variant(arm.variant.as_str()).is_some();
    exists && experiment.config.sticky && experiment.config.status != Status::Draft
}

/// The arm of the visitor: the signed one where there is one, else allocation, audience and hash.
fn arm(request: &Request<'_>, experiment: &Experiment) -> Option<Arm> {
    let signed = request.token.as_ref().and_then(|token| token.arm(experiment.key().as_str()));
    if let Some(arm) = signed.filter(|arm| keeps(experiment, arm)) {
        return Some(arm.clone());
    }
    let owner = experiment.ranges.variant(bucket(experiment.seed(), &request.visitor))?;
    experiment.audience.admit(&request.facts).ok()?;
    Some(Arm {
        experiment: experiment.key().clone(),
        variant: experiment.config.variants.get(owner)?.variant_key.clone(),
        epoch: experiment.epoch(),
    })
}

fn assignment(experiment: &Experiment, variant: &VariantConfig) -> BlobAssignment {
    BlobAssignment {
        experiment_key: experiment.key().clone(),
        experiment_id: experiment.key().to_string(),
        experiment_name: experiment.config.name.clone(),
        variant_key: variant.variant_key.clone(),
        variant_id: variant.variant_key.to_string(),
        variant_name: variant.name.clone(),
        is_control: variant.is_control,
    }
}

fn described(
    experiment: &Experiment,
    variant: &VariantConfig,
    status: BlobStatus,
    epoch: u32,
) -> BlobExperiment {
    let mut changes: Vec<Change> = variant.changes.clone();
    changes.sort_by_key(|change| change.order_index);
    let goals: Vec<GoalConfig> = experiment.config.goals.clone();
    BlobExperiment {
        experiment_key: experiment.key().clone(),
        experiment_id: experiment.key().to_string(),
        status,
        variant: BlobVariant { key: variant.variant_key.clone(), changes },
        goals,
        epoch,
        url_rules: experiment.config.url_rules.clone(),
    }
}
