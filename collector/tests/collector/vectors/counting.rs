//! The counting rules: at the times of their cases, in order, then in reverse and every event
//! twice.

use super::faketime::{Elsewhen, library};
use super::token::TokenKey;
use super::{Outcome, conclude};
use crate::running::{ADMIN_KEY, ORIGIN, Running};
use crate::seal::seal;
use serde_json::{Value, json};
use ttoolab_spec::counting::{STARTED_MS, Sent, World, difference, worlds};

#[test]
fn the_counting_rules_hold_over_http() {
    let worlds = worlds().unwrap();
    let (family, cases) = ("counting", worlds.len());
    let Some(library) = library() else {
        let skipped = vec!["without libfaketime, which `cargo xtask setup` installs"; cases];
        Outcome { family, cases, skipped, failures: Vec::new() }.tell();
        return;
    };
    let mut projects = Vec::new();
    for (number, world) in worlds.iter().enumerate() {
        projects.extend(Order::BOTH.map(|order| project(world, &order.project(number))));
    }
    let mut there = Elsewhen::start(library, &json!({"projects": projects}), STARTED_MS);
    there.edit(|database| {
        let sql = "UPDATE experiments SET history = ?1 WHERE project_id IN
                   (SELECT id FROM projects WHERE key IN (?2, ?3))";
        let mut statement = database.prepare(sql).unwrap();
        for (number, world) in worlds.iter().enumerate() {
            let [one, other] = Order::BOTH.map(|order| order.project(number));
            let changed = statement.execute((world.history.to_string(), one, other)).unwrap();
            assert_eq!(changed, 2);
        }
        seal(database, "experiments", "project_id, key, config, history");
    });
    let key = TokenKey::read(&there.database());
    let rejected: Vec<_> = worlds
        .iter()
        .enumerate()
        .map(|(number, world)| Order::BOTH.map(|order| order.send(world, number, &there, &key)))
        .collect();
    let mut failures = differences(&worlds, &rejected, &there.collector);
    // What was counted is counted again from what was stored.
    there.edit(|_| {});
    failures.extend(differences(&worlds, &rejected, &there.collector));
    failures.sort();
    failures.dedup_by(|one, other| one.0 == other.0);
    let failures = failures.into_iter().map(|(_, line)| line).collect();
    conclude(&[Outcome { family, cases, skipped: Vec::new(), failures }]);
}

/// The cases whose results are others than expected, by their numbers.
fn differences(
    worlds: &[World],
    rejected: &[[Vec<Value>; 2]],
    collector: &Running,
) -> Vec<(usize, String)> {
    let both = worlds.iter().zip(rejected).enumerate().filter_map(|(number, (world, rejected))| {
        let orders = Order::BOTH.into_iter().zip(rejected);
        let differ = orders.filter_map(|(order, rejected)| {
            let got = ask(world, &order.project(number), rejected, collector);
            let difference = difference(&order.expected(world), got)?;
            Some(format!("{order:?}: {difference}"))
        });
        let differ: Vec<_> = differ.collect();
        let line = format!("{}: {}", world.name, differ.join("\n  "));
        (!differ.is_empty()).then_some((number, line))
    });
    both.collect()
}

fn ask(world: &World, project: &str, rejected: &[Value], collector: &Running) -> Value {
    let query = world.query.as_object().into_iter().flatten();
    let query = query.map(|(name, value)| format!("{name}={}&", value.as_str().unwrap()));
    let query: String = query.collect();
    let ask = |what: &str| {
        let path = format!("/api/v1/projects/{project}/experiments/hero/{what}?{query}");
        collector.get_as_admin(&path).json()
    };
    json!({"results": ask("results"), "daily": ask("daily"), "rejected": rejected})
}

fn project(world: &World, key: &str) -> Value {
    let mut project = world.project.clone();
    project["projectKey"] = json!(key);
    project["origins"] = json!([ORIGIN]);
    project["experiments"] = json!([world.experiment]);
    project
}

/// The order in which events come.
#[derive(Debug, Clone, Copy)]
enum Order {
    AsWritten,
    /// Every event twice, in requests of their own: the second as a page sends it again.
    ReversedAndTwice,
}

impl Order {
    const BOTH: [Self; 2] = [Self::AsWritten, Self::ReversedAndTwice];

    fn project(self, number: usize) -> String {
        match self {
            Self::AsWritten => format!("case-{number}"),
            Self::ReversedAndTwice => format!("case-{number}-reversed"),
        }
    }

    fn of(self, world: &World) -> Vec<&Sent> {
        match self {
            Self::AsWritten => world.sent.iter().collect(),
            Self::ReversedAndTwice => {
                world.sent.iter().rev().flat_map(|sent| [sent, sent]).collect()
            }
        }
    }

    /// What is expected, with the codes of rejected events in this order.
    fn expected(self, world: &World) -> Value {
        let mut expected = world.expect.clone();
        if let Self::ReversedAndTwice = self {
            let codes = expected["rejected"].as_array().unwrap().iter();
            expected["rejected"] = codes.rev().flat_map(|code| [code, code]).cloned().collect();
        }
        expected
    }

    /// Sends the events, and gives the codes of those that are rejected.
    fn send(self, world: &World, number: usize, there: &Elsewhen, key: &TokenKey) -> Vec<Value> {
        let project = self.project(number);
        let sent = self.of(world).into_iter().map(|sent| send(sent, &project, there, key));
        sent.flatten().collect()
    }
}

/// Sends an event at its time, and gives the code it is rejected with, if it is.
fn send(sent: &Sent, project: &str, there: &Elsewhen, key: &TokenKey) -> Option<Value> {
    let visitor = sent.visitor.to_string();
    let token = sent.token.as_ref().map(|arm| key.token(project, &visitor, arm));
    let body = json!({
        "projectKey": project, "anonymousId": visitor, "visitorToken": token, "sdk": "test/1",
        "webdriver": sent.webdriver, "events": [sent.event],
    });
    let secret = format!("Bearer {ADMIN_KEY}");
    let header = if sent.server { ("authorization", secret.as_str()) } else { ("origin", ORIGIN) };
    there.set(sent.received_ms);
    let body = body.to_string();
    let answer = there.collector.post_with("/sdk/events", &[header], body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["rejected"][0].get("code").cloned()
}
