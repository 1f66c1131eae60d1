//! What reaches a receiver, and what does not.

use super::*;
use serde_json::json;

#[test]
fn a_start_tells_of_the_imported_experiments_in_order_and_only_once() {
    let hook = Hook::start();
    let import = told_to(&[&hook.url], &LIFECYCLE);
    let mut collector = start(&import);
    for kind in ["experiment.created", "experiment.published", "experiment.started"] {
        let delivered = hook.next().answer(200);
        assert_eq!(delivered.kind(), kind);
        let body = delivered.json();
        assert_eq!((&body["type"], &body["projectId"]), (&json!(kind), &json!("demo")));
        assert_eq!(body["id"], delivered.event_id());
        let data = &body["data"];
        assert_eq!((&data["experimentKey"], &data["status"]), (&json!("hero"), &json!("running")));
    }
    // The same file again says nothing new; the next thing that comes is the test.
    collector.terminate();
    let mut collector = restarted(collector, &import);
    send_test(&collector, &only_endpoint(&collector));
    let test = hook.next().answer(200);
    assert_eq!(test.kind(), "webhook.test");
    assert_eq!(test.json()["data"]["message"], "This is a test event from Ttoolab");
    // Another file, another state.
    collector.terminate();
    let mut paused = import;
    paused["projects"][0]["experiments"][0]["status"] = json!("paused");
    let _collector = restarted(collector, &paused);
    assert_eq!(hook.next().answer(200).kind(), "experiment.paused");
}

fn restarted(mut collector: Running, import: &Value) -> Running {
    let mut command = crate::running::importing(collector.folder.path(), import);
    command.args(["--allow-private-webhooks", "--webhook-schedule", "0s,0s,0s,0s,0s"]);
    collector.start_again_as(&mut command);
    collector
}

#[test]
fn ten_failures_in_a_row_disable_the_endpoint() {
    let hook = Hook::start();
    let mut collector = start(&told_to(&[&hook.url], &["experiment.finished"]));
    let id = only_endpoint(&collector);
    for _ in 0..3 {
        send_test(&collector, &id);
    }
    // Tests belong to no experiment, so they come in any order.
    for _ in 0..10 {
        assert_eq!(hook.next().answer(500).kind(), "webhook.test");
    }
    // It ends when the tenth is recorded.
    assert_eq!(collector.terminate(), Some(0));
    assert!(hook.is_quiet(), "15 attempts would be due");
    let collector = restarted(collector, &told_to(&[&hook.url], &["experiment.finished"]));
    let list = collector.get_as_admin(WEBHOOKS).json();
    let endpoint = &list["webhooks"][0];
    assert_eq!(
        (&endpoint["enabled"], &endpoint["consecutiveFailures"]),
        (&json!(false), &json!(10))
    );
    let log = log(&collector, &id);
    let statuses: Vec<_> = log.iter().map(|one| one["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["failed"; 3]);
    let last = |one: &Value| one["attempts"].as_array().unwrap().last().unwrap().clone();
    let given_up = log.iter().find(|one| last(one)["error"] == "disabled").unwrap();
    let made = log.iter().flat_map(|one| one["attempts"].as_array().unwrap());
    assert_eq!(made.filter(|attempt| attempt["responseStatus"] == 500).count(), 10);

    let enabled =
        collector.as_admin("PATCH", &format!("{WEBHOOKS}/{id}"), &json!({ "enabled": true }));
    assert_eq!(enabled.json()["consecutiveFailures"], 0);
    let again = format!("{WEBHOOKS}/{id}/deliveries/{}/resend", given_up["id"]);
    assert_eq!(collector.as_admin("POST", &again, &Value::Null).status, 202);
    assert_eq!(hook.next().answer(200).event_id(), given_up["eventId"]);
}

/// Without `--allow-private-webhooks`: the receiver stands on this machine, and nothing connects.
/// The other tests are the twin, whose receiver is reached by the same URL.
#[test]
fn an_address_of_this_machine_is_not_reached_unless_that_is_allowed() {
    let hook = Hook::start();
    let by_name = hook.url.replace("127.0.0.1", "localhost");
    let mapped = hook.url.replace("127.0.0.1", "[::ffff:127.0.0.1]");
    let import = told_to(&[&hook.url, &by_name, &mapped], &["experiment.created"]);
    let collector = Running::start_with_arguments(&import, &["--webhook-schedule", "0s"]);
    let list = collector.get_as_admin(WEBHOOKS).json();
    for endpoint in list["webhooks"].as_array().unwrap() {
        let id = endpoint["id"].as_str().unwrap();
        let tried = |log: &[Value]| log.iter().all(|one| one["status"] == "failed");
        let mut found = log(&collector, id);
        // Each look is a request to the collector, which works meanwhile.
        while !tried(&found) {
            found = log(&collector, id);
        }
        assert_eq!(found[0]["attempts"][0]["error"], "forbiddenAddress", "{found:?}");
    }
    assert!(hook.is_quiet());
    let refused = collector.as_admin(
        "POST",
        WEBHOOKS,
        &json!({ "url": mapped + "/2", "types": ["experiment.created"] }),
    );
    assert_eq!((refused.status, &refused.json()["error"]["path"]), (422, &json!("url")));
}

#[test]
fn no_log_line_holds_a_secret_a_url_or_a_body() {
    let hook = Hook::start();
    let import = told_to(&[&format!("{}?token=CANARY", hook.url)], &["experiment.created"]);
    let mut collector = start(&import);
    let body = hook.next().answer(500).body;
    hook.next().answer(200);
    collector.terminate();
    let log = collector.log();
    assert!(log.contains("the log was replayed"), "the log is there");
    for word in [SECRET, &SECRET[6..], "CANARY", &body, "experimentName"] {
        assert!(!log.contains(word), "{word}");
    }
}
