//! Endpoints over the API.

use super::*;

#[test]
fn an_endpoint_is_made_shown_changed_and_deleted_and_its_secret_shown_once() {
    let collector = start(&told_to(&[], &[]));
    let types = ["experiment.winner_detected", "experiment.started"];
    let new = json!({ "url": "https://example.com/hook", "types": types, "name": "Slack" });
    let created = collector.as_admin("POST", WEBHOOKS, &new);
    assert_eq!(created.status, 201);
    let created = created.json();
    let (id, secret) = (created["id"].as_str().unwrap(), created["secret"].as_str().unwrap());
    assert!(secret.starts_with("whsec_") && secret.len() > 40);

    let list = collector.get_as_admin(WEBHOOKS);
    assert!(!list.text.contains("whsec_"), "{}", list.text);
    let shown = &list.json()["webhooks"][0];
    assert_eq!((&shown["id"], &shown["name"]), (&json!(id), &json!("Slack")));
    assert_eq!((&shown["url"], &shown["enabled"]), (&new["url"], &json!(true)));
    assert!(!collector.get_as_admin("/api/v1/projects").text.contains("whsec_"));

    let one = format!("{WEBHOOKS}/{id}");
    let changed = collector.as_admin("PATCH", &one, &json!({ "name": "Teams", "enabled": false }));
    assert_eq!(
        (&changed.json()["name"], &changed.json()["enabled"]),
        (&json!("Teams"), &json!(false))
    );
    let test = collector.as_admin("POST", &format!("{one}/test"), &Value::Null);
    assert_eq!((test.status, &test.json()["error"]["path"]), (422, &json!("enabled")));

    assert_eq!(collector.as_admin("DELETE", &one, &Value::Null).status, 204);
    assert_eq!(collector.as_admin("DELETE", &one, &Value::Null).status, 404);
    assert_eq!(collector.get_as_admin(WEBHOOKS).json()["webhooks"], json!([]));
}

#[test]
fn what_is_wrong_is_named() {
    let collector = start(&told_to(&["https://example.com/imported"], &LIFECYCLE));
    let id = only_endpoint(&collector);
    let url = "https://example.com/hook";
    let types = ["experiment.started"];
    for (body, path) in [
        (json!([]), "body"),
        (json!({ "types": types }), "url"),
        (json!({ "url": url }), "types"),
        (json!({ "url": "http://2130706433/", "types": types }), "url"),
        (json!({ "url": "http://169.254.169.254/", "types": types }), "url"),
        (json!({ "url": url, "types": ["experiment.started", "nonsense"] }), "types[1]"),
        (json!({ "url": url, "types": types, "secret": "hunter2" }), "secret"),
    ] {
        let answer = collector.as_admin("POST", WEBHOOKS, &body);
        let error = answer.json()["error"].clone();
        assert_eq!((answer.status, &error["path"]), (422, &json!(path)), "{body}");
        assert!(!answer.text.contains("hunter2"), "{}", answer.text);
    }
    let secret = json!({ "secret": SECRET });
    let answer = collector.as_admin("PATCH", &format!("{WEBHOOKS}/{id}"), &secret);
    assert_eq!((answer.status, &answer.json()["error"]["path"]), (422, &json!("secret")));
    let answer = collector.get_as_admin(&format!("{WEBHOOKS}/{id}/deliveries?limit=201"));
    assert_eq!((answer.status, &answer.json()["error"]["path"]), (422, &json!("limit")));
    let large = json!({ "url": url, "types": types, "name": "x".repeat(20_000) });
    assert_eq!(collector.as_admin("POST", WEBHOOKS, &large).status, 413);
    let elsewhere = WEBHOOKS.replace("demo", "nowhere");
    assert_eq!(collector.as_admin("POST", &elsewhere, &json!({})).status, 404);
    assert_eq!(collector.get(WEBHOOKS).status, 401);
    for at in 1..20 {
        let new = json!({ "url": format!("{url}/{at}"), "types": types });
        assert_eq!(collector.as_admin("POST", WEBHOOKS, &new).status, 201, "{at}");
    }
    let answer = collector.as_admin("POST", WEBHOOKS, &json!({ "url": url, "types": types }));
    assert_eq!((answer.status, &answer.json()["error"]["path"]), (422, &json!("webhooks")));
}

#[test]
fn a_faulty_endpoint_of_an_import_file_is_named_by_its_place() {
    let folder = tempfile::TempDir::new().unwrap();
    let import = told_to(&["https://example.com/", "ftp://example.com/"], &LIFECYCLE);
    let mut command = crate::running::importing(folder.path(), &import);
    let output = command.stderr(std::process::Stdio::piped()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("webhooks[1].url"), "{said}");
    assert!(!said.contains(SECRET), "{said}");
}

#[test]
fn a_damaged_endpoint_is_found_before_anything_is_sent_to_it() {
    let mut collector =
        start(&told_to(&["https://example.com/imported"], &["experiment.finished"]));
    collector.terminate();
    let data = collector.folder.path().join("data");
    assert_eq!(crate::commands::run("check", &data, &[]).code, Some(0));
    crate::commands::damage(&data, "https://example.com/imported");
    let said = crate::commands::run("check", &data, &[]);
    assert_eq!(said.code, Some(1));
    assert!(said.out.contains("row 1 of webhooks does not match its checksum"), "{}", said.out);
}
