//! A trial: a case as one sender puts it to the collector, and what must come of it.

use crate::running::{ORIGIN, Running};
use crate::visitor::{fresh_id, now};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use ttoolab_spec::Case;

/// How the sender claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claims {
    /// As our SDK does: what was met.
    Honest,
    /// Not at all, as a browser without wasm or a server.
    Absent,
    /// Every goal that the collector can judge without the page, met or not.
    Forged,
}

/// An experiment of a case.
pub(super) struct Assigned {
    pub(super) experiment_key: String,
    pub(super) exposed: bool,
    pub(super) goals: Vec<Value>,
}

/// What happened in the page.
pub(super) struct Happened {
    pub(super) event_name: String,
    pub(super) url: String,
    pub(super) payload: Value,
    /// Whether an element that a selector names was hit.
    pub(super) hit: bool,
    pub(super) trusted: bool,
}

/// Which goal of which experiment is met, or why not.
pub(super) struct Expected {
    pub(super) experiment_key: String,
    pub(super) goal_key: String,
    pub(super) reason: String,
    /// Of a revenue goal: what the results show.
    pub(super) gross: Option<Value>,
}

/// A case, ready to be sent in three ways.
pub(super) struct Judged {
    pub(super) name: String,
    pub(super) assigned: Vec<Assigned>,
    pub(super) happened: Happened,
    pub(super) expected: Vec<Expected>,
}

/// One of the three.
pub(super) struct Trial<'a> {
    pub(super) case: &'a Judged,
    pub(super) claims: Claims,
    pub(super) project: String,
}

impl Happened {
    /// The signal of a case.
    pub(super) fn read(signal: &Value) -> Self {
        let event_name = match signal["kind"].as_str().unwrap() {
            "url" => "$url",
            "click" => "$click",
            "submit" => "$submit",
            "exposure" => "$exposure",
            _ => signal["name"].as_str().unwrap(),
        };
        let is = |field: &str| signal.get(field).is_none_or(|value| value == true);
        Self {
            event_name: event_name.to_owned(),
            url: signal["url"].as_str().unwrap().to_owned(),
            payload: signal.get("payload").cloned().unwrap_or_else(|| json!({})),
            hit: is("hit"),
            trusted: is("trusted"),
        }
    }
}

impl Judged {
    /// A case of one experiment, in which the visitor was exposed.
    pub(super) fn of_one(case: &Case, goals: Vec<Value>, happened: Happened) -> Self {
        let assigned = Assigned { experiment_key: "hero".to_owned(), exposed: true, goals };
        let (assigned, expected) = (vec![assigned], Vec::new());
        Self { name: case.name.clone(), assigned, happened, expected }
    }

    pub(super) fn expect(mut self, goal: &Value, reason: &str, gross: Option<Value>) -> Self {
        self.expected.push(Expected {
            experiment_key: "hero".to_owned(),
            goal_key: goal["goalKey"].as_str().unwrap().to_owned(),
            reason: reason.to_owned(),
            gross,
        });
        self
    }

    /// Why a goal of it is not met, or that it is; `None` for a goal that is not concerned.
    fn expected(&self, experiment_key: &str, goal: &Value) -> Option<&Expected> {
        self.expected.iter().find(|expected| {
            expected.experiment_key == experiment_key && expected.goal_key == goal["goalKey"]
        })
    }

    /// Whether only the page can know if the goal was met.
    fn rests_on_claim(&self, goal: &Value) -> bool {
        let kinds = [("click", "$click"), ("form_submit", "$submit")];
        kinds.iter().any(|(kind, name)| goal["type"] == *kind && self.happened.event_name == *name)
    }
}

impl<'a> Trial<'a> {
    /// The project with the experiments of the case.
    pub(super) fn import(&self) -> Value {
        let experiments = self.case.assigned.iter().map(|assigned| {
            json!({
                "experimentKey": assigned.experiment_key, "status": "running",
                "urlRules": [{"match": "contains", "pattern": "/"}],
                "variants": [
                    {"variantKey": "control", "weight": 1, "isControl": true},
                    {"variantKey": "b", "weight": 1},
                ],
                "goals": assigned.goals,
            })
        });
        json!({ "projectKey": self.project, "origins": [ORIGIN],
            "experiments": experiments.collect::<Vec<_>>() })
    }

    fn claimed(&self, experiment_key: &str, goal: &Value) -> bool {
        let expected = self.case.expected(experiment_key, goal);
        match self.claims {
            Claims::Honest => expected.is_some_and(|expected| expected.reason == "counted"),
            Claims::Absent => false,
            Claims::Forged => {
                let Happened { hit, trusted, .. } = self.case.happened;
                let sees_through = hit && (trusted || goal["trustedOnly"] != true);
                !self.case.rests_on_claim(goal) || sees_through
            }
        }
    }

    /// What must come of a goal.
    fn wanted(&self, experiment_key: &str, goal: &Value) -> Option<&'a Expected> {
        let told = !self.case.rests_on_claim(goal) || self.claimed(experiment_key, goal);
        self.case.expected(experiment_key, goal).filter(|_| told)
    }

    /// Sends it as a page would, and says what came out differently.
    pub(super) fn failure(&self, collector: &Running) -> Option<String> {
        let differs = self.run(collector).err()?;
        Some(format!("{} ({:?} claims): {differs}", self.case.name, self.claims))
    }

    fn run(&self, collector: &Running) -> Result<(), String> {
        let visitor = fresh_id();
        let query = format!("projectKey={}&anonymousId={visitor}&url={ORIGIN}/", self.project);
        let blob = collector.get(&format!("/sdk/bootstrap?{query}")).json();
        let body = json!({
            "projectKey": self.project, "anonymousId": visitor, "sdk": "test/1",
            "visitorToken": blob["visitorToken"], "events": self.events(&blob),
        });
        let answer = collector.post("/sdk/events", body.to_string().as_bytes());
        if answer.status != 200 || answer.json()["rejected"] != json!([]) {
            return Err(answer.text);
        }
        for assigned in &self.case.assigned {
            self.check(collector, assigned, variant(&blob, &assigned.experiment_key))?;
        }
        Ok(())
    }

    /// The exposure, and the event.
    fn events(&self, blob: &Value) -> Vec<Value> {
        let exposure_id = fresh_id();
        let assignment = |assigned: &Assigned, after: Option<&str>| {
            let variant = variant(blob, &assigned.experiment_key);
            let mut assignment = json!({"experimentKey": assigned.experiment_key,
                "variantKey": variant, "epoch": 1});
            if let Some(id) = after.filter(|_| assigned.exposed) {
                assignment["exposureId"] = json!(id);
            }
            assignment
        };
        let all = &self.case.assigned;
        let exposed = all.iter().filter(|assigned| assigned.exposed);
        let shown: Vec<_> = exposed.map(|assigned| assignment(assigned, None)).collect();
        let active: Vec<_> =
            all.iter().map(|assigned| assignment(assigned, Some(&exposure_id))).collect();
        let claims = all.iter().flat_map(|Assigned { experiment_key, goals, .. }| {
            let claimed = goals.iter().filter(|goal| self.claimed(experiment_key, goal));
            claimed.map(
                move |goal| json!({"experimentKey": experiment_key, "goalKey": goal["goalKey"]}),
            )
        });
        let Happened { event_name, url, payload, .. } = &self.case.happened;
        let exposure = json!({
            "eventId": exposure_id, "eventName": "$exposure", "createdAt": now(),
            "url": format!("{ORIGIN}/"), "assignments": shown,
        });
        let event = json!({
            "eventId": fresh_id(), "eventName": event_name, "createdAt": now(), "url": url,
            "payload": payload, "assignments": active, "conversions": claims.collect::<Vec<_>>(),
        });
        let exposure = (!shown.is_empty()).then_some(exposure);
        exposure.into_iter().chain([event]).collect()
    }

    fn check(&self, collector: &Running, of: &Assigned, variant: &str) -> Result<(), String> {
        let key = &of.experiment_key;
        let path = format!("/api/v1/projects/{}/experiments/{key}", self.project);
        let results = collector.get_as_admin(&format!("{path}/results")).json();
        for shown in results["variants"].as_array().unwrap() {
            let wanted = u8::from(of.exposed && shown["variantKey"] == variant);
            same(&format!("{key}: exposures"), &json!(wanted), &shown["exposures"])?;
        }
        let mut reasons = BTreeSet::new();
        for goal in &of.goals {
            let wanted = self.wanted(key, goal);
            let what = |number: &str| format!("{key}/{}: {number}", goal["goalKey"]);
            let shown = results["goals"].as_array().unwrap();
            let shown = shown.iter().find(|shown| shown["goalKey"] == goal["goalKey"]).unwrap();
            for shown in shown["variants"].as_array().unwrap() {
                let counted = wanted.filter(|wanted| wanted.reason == "counted");
                let counted = counted.filter(|_| shown["variantKey"] == variant);
                let times = json!(u8::from(counted.is_some()));
                same(&what("conversions"), &times, &shown["conversions"])?;
                same(&what("totalConversions"), &times, &shown["totalConversions"])?;
                let money = &shown["revenue"];
                match counted.and_then(|counted| counted.gross.as_ref()) {
                    Some(gross) => {
                        same(&what("orders"), &json!(1), &money[0]["orders"])?;
                        same(&what("gross"), &gross["gross"], &money[0]["gross"])?;
                        same(&what("currency"), &gross["currency"], &money[0]["currency"])?;
                        same(&what("other currencies"), &Value::Null, &money[1])?;
                    }
                    None if counted.is_none() && goal["type"] == "revenue" => {
                        same(&what("revenue"), &json!([]), money)?;
                    }
                    None => {}
                }
            }
            reasons
                .extend(wanted.map(|wanted| (wanted.goal_key.clone(), wanted.reason.clone(), 1)));
        }
        let health = collector.get_as_admin(&format!("{path}/health")).json();
        let shown = health["reasons"].as_array().unwrap().iter().filter_map(|shown| {
            let text = |field: &str| shown.get(field)?.as_str().map(str::to_owned);
            Some((text("goalKey")?, text("reason")?, shown["events"].as_i64()?))
        });
        same(&format!("{key}: reasons"), &json!(reasons), &json!(shown.collect::<BTreeSet<_>>()))
    }
}

/// The arm that the blob gives the visitor.
fn variant<'b>(blob: &'b Value, experiment_key: &str) -> &'b str {
    let experiments = blob["experiments"].as_array().unwrap();
    let found = experiments.iter().find(|found| found["experimentKey"] == *experiment_key);
    let found = found.unwrap_or_else(|| panic!("no `{experiment_key}` in {blob}"));
    found["variant"]["key"].as_str().unwrap()
}

fn same(what: &str, wanted: &Value, got: &Value) -> Result<(), String> {
    if wanted == got { Ok(()) } else { Err(format!("{what} is {got}, not {wanted}")) }
}
