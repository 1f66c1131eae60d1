//! A delivery as the rest of the world verifies it: the reference library of Standard Webhooks, and
//! the receivers of `docs/webhooks`, which follow the published recipe.

use super::hook::Delivered;
use super::*;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Asks the reference library, which is among the packages that `cargo xtask setup` installs.
fn library_takes(secret: &str, delivered: &Delivered, body: &str) -> bool {
    let mut library = Command::new("node")
        .arg(repository().join("tests/webhooks/verify.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let input = json!({ "secret": secret, "headers": delivered.headers, "body": body });
    library.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    let output = library.wait_with_output().unwrap();
    let read = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success() || read.trim() == delivered.event_id(), "{read}");
    output.status.success()
}

#[test]
fn the_reference_library_verifies_a_delivery_also_while_a_secret_is_replaced() {
    let hook = Hook::start();
    let collector = start(&told_to(&[&hook.url], &["experiment.finished"]));
    let id = only_endpoint(&collector);
    send_test(&collector, &id);
    let delivered = hook.next().answer(200);
    assert!(library_takes(SECRET, &delivered, &delivered.body));
    let other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    assert!(!library_takes(other, &delivered, &delivered.body), "another secret");
    assert!(!library_takes(SECRET, &delivered, &(delivered.body.clone() + " ")), "another body");

    let rotate = format!("{WEBHOOKS}/{id}/rotate");
    let rotated = collector.as_admin("POST", &rotate, &json!({ "overlapHours": 1 })).json();
    let new = rotated["secret"].as_str().unwrap();
    send_test(&collector, &id);
    let delivered = hook.next().answer(200);
    assert!(library_takes(SECRET, &delivered, &delivered.body), "the old one");
    assert!(library_takes(new, &delivered, &delivered.body), "the new one");
    collector.as_admin("POST", &rotate, &json!({ "overlapHours": 0 }));
    send_test(&collector, &id);
    let delivered = hook.next().answer(200);
    assert!(!library_takes(new, &delivered, &delivered.body), "replaced at once");
}

/// A receiver of the documentation, in a process of its own.
struct Sample {
    process: Child,
    said: BufReader<ChildStdout>,
    url: String,
}

impl Sample {
    fn start(program: &str, file: &str) -> Self {
        let mut process = Command::new(program)
            .arg(repository().join("docs/webhooks").join(file))
            .env("TTOOLAB_WEBHOOK_SECRET", format!("whsec_the-next-one {SECRET}"))
            .env("PORT", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let port = line.trim().rsplit(' ').next().unwrap();
        Self { process, said, url: format!("http://127.0.0.1:{port}/hook") }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }
}

impl Drop for Sample {
    fn drop(&mut self) {
        // It may have ended already, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn check_sample(program: &str, file: &str) {
    let mut sample = Sample::start(program, file);
    let import = told_to(&[&sample.url], &["experiment.started"]);
    let collector = start(&import);
    assert!(sample.line().starts_with("experiment.started "), "the published recipe");
    let id = only_endpoint(&collector);
    let rotate = format!("{WEBHOOKS}/{id}/rotate");
    collector.as_admin("POST", &rotate, &json!({ "overlapHours": 0 }));
    send_test(&collector, &id);
    let mut last = log(&collector, &id).pop().unwrap();
    // Each look is a request to the collector, which works meanwhile.
    while last["status"] != "failed" {
        last = log(&collector, &id).pop().unwrap();
    }
    assert_eq!(last["attempts"][0]["responseStatus"], 401, "a secret it does not know");
}

#[test]
fn the_receiver_in_node_takes_what_is_genuine_alone() {
    check_sample("node", "receiver.mjs");
}

#[test]
fn the_receiver_in_python_takes_what_is_genuine_alone() {
    check_sample("python3", "receiver.py");
}
