//! The results page of one experiment.

use super::format::{count, mean, money, percent};
use super::layout;
use super::list::{experiment_name, name_or, project_name, status};
use crate::admin::experiment::Experiment;
use crate::admin::project::Project;
use crate::results::daily::{Daily, VariantDay};
use crate::results::totals::{GoalResult, GoalVariantResult, Results};
use maud::{Markup, html};
use ttoolab_core::goal::GoalType;
use ttoolab_core::id::VariantKey;

/// Everything the page shows.
pub(super) struct Shown<'a> {
    pub(super) project: &'a Project,
    pub(super) experiment: &'a Experiment,
    pub(super) totals: Results,
    pub(super) daily: Daily,
    /// Visitors left out because they saw two variants.
    pub(super) multiple_variants: usize,
}

pub(super) fn page(shown: &Shown<'_>) -> Markup {
    let Shown { project, experiment, totals, .. } = shown;
    let (primary, others): (Vec<_>, Vec<_>) = totals.goals.iter().partition(|goal| goal.is_primary);
    let content = html! {
        p .crumbs { a href="/" { "Experiments" } " / " (project_name(project)) }
        div .title {
            h1 { (experiment_name(experiment)) }
            (status(totals.status))
        }
        p .meta {
            "Epoch " (totals.epoch) " · as of " time datetime=(totals.as_of) { (minute(&totals.as_of)) " UTC" }
            " · days in " (shown.daily.time_zone)
        }
        (simulated(totals))
        (exposures(shown))
        @for goal in primary { (goal_section(shown, goal)) }
        @for goal in others { (goal_section(shown, goal)) }
        (days(shown))
    };
    layout::page(experiment_name(experiment), &content)
}

/// `2026-11-23 10:00` of an RFC 3339 time.
fn minute(time: &str) -> String {
    time.chars().take(16).map(|c| if c == 'T' { ' ' } else { c }).collect()
}

/// Nobody shall take made-up numbers for real ones.
fn simulated(totals: &Results) -> Markup {
    let made_up: i64 = totals.variants.iter().map(|variant| variant.simulated).sum();
    let all: i64 = totals.variants.iter().map(|variant| variant.exposures).sum();
    html! {
        @if made_up > 0 {
            p .notice role="note" {
                b { "Simulated data. " }
                (count(made_up)) " of " (count(all))
                " visitors were made up by " code { "cargo xtask demo --visitors" } "."
            }
        }
    }
}

fn exposures(shown: &Shown<'_>) -> Markup {
    let largest = shown.totals.variants.iter().map(|variant| variant.exposures).max();
    html! {
        section .card {
            h2 { "Visitors" }
            div .scroll tabindex="0" {
                table {
                    thead {
                        tr {
                            th scope="col" { "Variant" }
                            th .number scope="col" { "Exposures" }
                            th .bar-column aria-hidden="true" {}
                        }
                    }
                    tbody {
                        @for variant in &shown.totals.variants {
                            tr {
                                th scope="row" { (variant_name(shown, &variant.variant_key)) }
                                td .number { (count(variant.exposures)) }
                                td .bar-column { (bar(share(variant.exposures, largest.unwrap_or(0)))) }
                            }
                        }
                    }
                }
            }
            @if shown.multiple_variants > 0 {
                p .hint {
                    (shown.multiple_variants)
                    " more saw two variants and are left out (" code { "multipleVariants" } ")."
                }
            }
        }
    }
}

fn goal_section(shown: &Shown<'_>, goal: &GoalResult) -> Markup {
    let configured = shown.experiment.config.goals.iter().find(|c| c.goal_key == goal.goal_key);
    let name = configured.map_or("", |config| &config.name);
    let best = goal.variants.iter().filter_map(|v| v.conversion_rate).fold(0.0, f64::max);
    html! {
        section class=(if goal.is_primary { "card primary" } else { "card" }) {
            div .title {
                h2 { (name_or(name, goal.goal_key.as_str())) }
                @if goal.is_primary { span .tag { "primary goal" } }
                span .kind { (kind(goal.kind)) }
            }
            div .scroll tabindex="0" {
                table {
                    thead {
                        tr {
                            th scope="col" { "Variant" }
                            th .number scope="col" { "Visitors" }
                            th .number scope="col" { "Converted" }
                            th .number scope="col" { "Rate" }
                            th .bar-column aria-hidden="true" {}
                            th .number scope="col" { "Total" }
                        }
                    }
                    tbody {
                        @for variant in &goal.variants {
                            tr {
                                th scope="row" { (variant_name(shown, &variant.variant_key)) }
                                td .number { (count(variant.exposures)) }
                                td .number { (count(variant.conversions)) }
                                td .number { b { (percent(variant.conversion_rate)) } }
                                td .bar-column { (bar(ratio(variant.conversion_rate, best))) }
                                td .number { (count(variant.total_conversions)) }
                            }
                        }
                    }
                }
            }
            @if goal.kind == GoalType::Revenue { (revenue(shown, &goal.variants)) }
        }
    }
}

fn revenue(shown: &Shown<'_>, variants: &[GoalVariantResult]) -> Markup {
    let rows: Vec<_> = variants
        .iter()
        .flat_map(|variant| variant.revenue.iter().flatten().map(move |money| (variant, money)))
        .collect();
    html! {
        @if rows.is_empty() {
            p .empty { "No revenue yet." }
        } @else {
            div .scroll tabindex="0" {
                table {
                    thead {
                        tr {
                            th scope="col" { "Variant" }
                            th scope="col" { "Currency" }
                            th .number scope="col" { "Orders" }
                            th .number scope="col" { "Gross" }
                            th .number scope="col" { "Net of refunds" }
                            th .number scope="col" { "Net per visitor" }
                            th .number scope="col" { "Net per order" }
                        }
                    }
                    tbody {
                        @for (variant, row) in rows {
                            @let decimals = row.sums.currency.exponent();
                            tr {
                                th scope="row" { (variant_name(shown, &variant.variant_key)) }
                                td { (row.sums.currency) }
                                td .number { (count(row.sums.orders)) }
                                td .number { (money(&row.sums.gross)) }
                                td .number { b { (money(&row.sums.net)) } }
                                td .number { (mean(row.per_visitor, decimals)) }
                                td .number { (mean(row.per_order, decimals)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The primary goal day by day, newest first.
fn days(shown: &Shown<'_>) -> Markup {
    let Some(primary) = &shown.totals.primary_goal else { return html! {} };
    let variants: Vec<_> = shown.totals.variants.iter().map(|v| &v.variant_key).collect();
    html! {
        @if !shown.daily.days.is_empty() {
            section .card {
                h2 { "Primary goal by day" }
                p .hint { "Visitors converted / exposed" }
                div .scroll tabindex="0" {
                    table {
                        thead {
                            tr {
                                th scope="col" { "Day" }
                                @for variant in &variants {
                                    th .number scope="col" { (variant_name(shown, variant)) }
                                }
                            }
                        }
                        tbody {
                            @for day in shown.daily.days.iter().rev() {
                                @let goal = day.goals.iter().find(|goal| goal.goal_key == *primary);
                                tr {
                                    th .day scope="row" { (day.day) }
                                    @for variant in &variants {
                                        @let of = goal.and_then(|goal| goal.variants.iter().find(|v| v.variant_key == **variant));
                                        td .number { (pair(of)) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn pair(day: Option<&VariantDay>) -> String {
    day.map_or_else(
        || "0 / 0".to_owned(),
        |day| format!("{} / {}", count(day.conversions), count(day.exposures)),
    )
}

fn variant_name<'a>(shown: &'a Shown<'_>, key: &'a VariantKey) -> &'a str {
    let variant = shown.experiment.variant(key.as_str());
    variant.map_or(key.as_str(), |variant| name_or(&variant.name, key.as_str()))
}

fn kind(kind: GoalType) -> &'static str {
    match kind {
        GoalType::PageView => "page view",
        GoalType::Click => "click",
        GoalType::CustomEvent => "custom event",
        GoalType::Revenue => "revenue",
        GoalType::FormSubmit => "form submit",
    }
}

/// A bar as SVG: its length is an attribute, so the page needs no inline style.
fn bar(share: f64) -> Markup {
    html! {
        svg .bar viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
            rect .track width="100" height="8" rx="1" {}
            rect .fill width=(format!("{:.1}", share.clamp(0.0, 1.0) * 100.0)) height="8" rx="1" {}
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "the length of a bar")]
fn share(part: i64, whole: i64) -> f64 {
    if whole > 0 { part as f64 / whole as f64 } else { 0.0 }
}

fn ratio(value: Option<f64>, best: f64) -> f64 {
    value.filter(|_| best > 0.0).map_or(0.0, |value| value / best)
}
