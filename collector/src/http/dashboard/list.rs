//! The list of experiments.

use super::format::{count, percent};
use super::layout;
use crate::admin::catalog::Catalog;
use crate::admin::experiment::Experiment;
use crate::admin::project::Project;
use crate::ingest::fold::Fold;
use crate::results::query::Selection;
use crate::results::totals::{Results, primary, totals};
use maud::{Markup, html};

pub(super) fn experiments(catalog: &Catalog, counts: &Fold, now_ms: i64) -> Markup {
    let projects = catalog.projects();
    let content = html! {
        h1 { "Experiments" }
        @if projects.iter().all(|project| project.experiments.is_empty()) {
            p .empty {
                "No experiments yet. Start the collector with "
                code { "--import experiments.json" } " to take some over."
            }
        }
        @for project in projects.iter().filter(|project| !project.experiments.is_empty()) {
            section {
                h2 { (project_name(project)) }
                div .scroll tabindex="0" {
                    table .list {
                        thead {
                            tr {
                                th scope="col" { "Experiment" }
                                th scope="col" { "Status" }
                                th .number scope="col" { "Visitors" }
                                th scope="col" { "Primary goal" }
                                th .number scope="col" { "Rate by variant" }
                            }
                        }
                        tbody {
                            @for experiment in &project.experiments {
                                (row(project, experiment, counts, now_ms))
                            }
                        }
                    }
                }
            }
        }
    };
    layout::page("Experiments", &content)
}

fn row(project: &Project, experiment: &Experiment, counts: &Fold, now_ms: i64) -> Markup {
    let counted = counts.experiment(project.id, experiment.key());
    let results = totals(experiment, counted, &Selection::current(experiment), now_ms);
    let visitors = results.variants.iter().map(|variant| variant.exposures).sum();
    let goal = primary(experiment);
    let goal_name = goal.map_or("–", |goal| name_or(&goal.name, goal.goal_key.as_str()));
    html! {
        tr {
            th scope="row" {
                a href=(format!("/projects/{}/experiments/{}", project.key(), experiment.key())) {
                    (experiment_name(experiment))
                }
            }
            td { (status(results.status)) }
            td .number { (count(visitors)) }
            td { (goal_name) }
            td .number { (rates(&results)) }
        }
    }
}

fn rates(results: &Results) -> Markup {
    let primary = results.goals.iter().find(|goal| goal.is_primary);
    html! {
        @for variant in primary.iter().flat_map(|goal| &goal.variants) {
            span .pair { (variant.variant_key) " " b { (percent(variant.conversion_rate)) } } " "
        }
    }
}

pub(super) fn status(status: &str) -> Markup {
    html! { span class={ "status " (status) } { (status) } }
}

pub(super) fn experiment_name(experiment: &Experiment) -> &str {
    name_or(&experiment.config.name, experiment.key().as_str())
}

pub(super) fn project_name(project: &Project) -> &str {
    name_or(&project.config.name, project.key().as_str())
}

/// The name people gave, or the key when they gave none.
pub(super) fn name_or<'a>(name: &'a str, key: &'a str) -> &'a str {
    if name.is_empty() { key } else { name }
}
