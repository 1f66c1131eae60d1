//! The browser-facing HTTP, spoken as a browser speaks it.

use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use ureq::Body;
use ureq::http::Response;

/// As the SDK: after this an answer is taken for lost.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How often in a row a full collector is waited for, and how long at most. It is a machine of
/// our own, so one that stays full is a fault to be shown.
const WAITS: u32 = 20;
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// A browser's, because audiences look at it. What the visitors really are stands in each
/// batch: `ttoolab-sim`.
const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                          Chrome/156.0.0.0 Safari/537.36";

/// One site with its collector.
pub(crate) struct Site {
    agent: ureq::Agent,
    origin: String,
}

/// What became of a batch.
#[derive(Default)]
pub(crate) struct Verdict {
    pub(crate) accepted: u64,
    /// A code and a message for each.
    pub(crate) rejected: Vec<String>,
}

impl Site {
    pub(crate) fn new(origin: &str, connections: usize) -> Self {
        let config = ureq::Agent::config_builder()
            .proxy(None)
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .max_idle_connections_per_host(connections)
            .max_idle_connections(connections)
            .user_agent(USER_AGENT);
        Self { agent: config.build().new_agent(), origin: origin.to_owned() }
    }

    /// `GET /sdk/bootstrap`: the blob.
    pub(crate) fn bootstrap(&self, project: &str, visitor: &str, page: &str) -> Result<Value> {
        let text = accepted_answer("GET /sdk/bootstrap", || {
            self.agent
                .get(format!("{}/sdk/bootstrap", self.origin))
                .header("Origin", &self.origin)
                .query("projectKey", project)
                .query("anonymousId", visitor)
                .query("url", page)
                .call()
        })?;
        serde_json::from_str(&text).context("the blob is not JSON")
    }

    /// `POST /sdk/events`, as text so that no browser would need a preflight.
    pub(crate) fn send(&self, batch: &Value) -> Result<Verdict> {
        let body = batch.to_string();
        let text = accepted_answer("POST /sdk/events", || {
            self.agent
                .post(format!("{}/sdk/events", self.origin))
                .header("Origin", &self.origin)
                .header("Content-Type", "text/plain;charset=UTF-8")
                .send(&body)
        })?;
        verdict(&serde_json::from_str(&text).context("the answer is not JSON")?)
    }
}

/// The body of a 200. A 429 or 503 is asked again after the time it names, everything else is
/// an error: with the same ids a real SDK would send again, but here a fault must be seen.
fn accepted_answer(
    what: &str,
    mut ask: impl FnMut() -> Result<Response<Body>, ureq::Error>,
) -> Result<String> {
    for _ in 0..WAITS {
        let mut answer = ask().with_context(|| format!("{what} had no answer"))?;
        let text = answer.body_mut().read_to_string().context("the answer broke off")?;
        match answer.status().as_u16() {
            200 => return Ok(text),
            429 | 503 => thread::sleep(retry_after(&answer)),
            status => bail!("{what} was answered {status}: {text}"),
        }
    }
    bail!("{what} was put off {WAITS} times in a row")
}

fn retry_after(answer: &Response<Body>) -> Duration {
    let named = answer.headers().get("retry-after").and_then(|value| value.to_str().ok());
    let seconds = named.and_then(|text| text.trim().parse().ok()).unwrap_or(1);
    Duration::from_secs(seconds).min(LONGEST_WAIT)
}

fn verdict(answer: &Value) -> Result<Verdict> {
    let list = |name: &str| {
        let list = answer.get(name).and_then(Value::as_array);
        list.with_context(|| format!("the answer has no list \"{name}\": {answer}"))
    };
    let rejected = list("rejected")?.iter().map(|event| {
        let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or("?").to_owned();
        format!("{}: {}", text("code"), text("message"))
    });
    Ok(Verdict { accepted: list("accepted")?.len() as u64, rejected: rejected.collect() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_verdict_counts_the_accepted_and_names_the_rejected() {
        let answer = json!({ "success": true, "accepted": ["1", "2"],
            "rejected": [{ "eventId": "3", "code": "closed", "message": "frozen" }] });
        let verdict = verdict(&answer).unwrap();
        assert_eq!(verdict.accepted, 2);
        assert_eq!(verdict.rejected, ["closed: frozen"]);
    }

    #[test]
    fn an_answer_of_another_shape_is_an_error() {
        assert!(verdict(&json!({ "success": true })).is_err());
    }
}
