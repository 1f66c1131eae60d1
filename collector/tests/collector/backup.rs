//! A backup that is made while events come in.

use crate::commands::run;
use crate::durability::numbers;
use crate::running::{Running, import_file};
use crate::visitor::Visitor;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, mpsc};
use tempfile::TempDir;

/// A batch and who sent it.
type Sent = (Visitor, [Value; 2]);

/// How many clients send while the backup is made.
const CLIENTS: usize = 3;

#[test]
fn a_backup_under_load_is_a_consistent_beginning_and_catches_up() {
    let collector = Running::start();
    let data = collector.folder.path().join("data");
    let restored = TempDir::new().unwrap();
    std::fs::create_dir(restored.path().join("data")).unwrap();
    let file = restored.path().join("data/ttoolab.db");

    // What each client has sent and got acknowledged, in that order.
    let acknowledged: Mutex<[Vec<Sent>; CLIENTS]> = Mutex::default();
    let counts = || acknowledged.lock().unwrap().each_ref().map(Vec::len);
    let done = AtomicBool::new(false);
    let (one, more) = mpsc::channel();
    let (before, said) = std::thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (acknowledged, collector, done, one) =
                (&acknowledged, &collector, &done, one.clone());
            scope.spawn(move || {
                while !done.load(Ordering::Relaxed) {
                    let visitor = Visitor::arrive(collector);
                    let order = visitor.event("purchase", &json!({"revenue": 3.5}));
                    let batch = [visitor.exposure(), order];
                    visitor.send(collector, &batch);
                    acknowledged.lock().unwrap()[client].push((visitor, batch));
                    // Nobody listens any more at the end.
                    let _ = one.send(());
                }
            });
        }
        assert_eq!(more.iter().take(100).count(), 100);
        let before = counts();
        let said = run("backup", &data, &["--to", file.to_str().unwrap()]);
        while counts().iter().zip(before).any(|(now, before)| *now == before) {
            more.recv().unwrap();
        }
        done.store(true, Ordering::Relaxed);
        (before, said)
    });
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.error);
    let sent = acknowledged.into_inner().unwrap();

    let again = run("backup", &data, &["--to", file.to_str().unwrap()]);
    assert!(again.error.contains("exists already"), "{}", again.error);

    let out = run("export", &restored.path().join("data"), &["--project", "demo"]).out;
    let held = |event: &Value| out.contains(event["eventId"].as_str().unwrap());
    for (sent, before) in sent.iter().zip(before) {
        let whole = sent.iter().take_while(|(_, batch)| batch.iter().all(held)).count();
        assert!(whole >= before, "{whole} batches of {before} acknowledged ones");
        let later = sent[whole..].iter().flat_map(|(_, batch)| batch);
        assert_eq!(later.filter(|event| held(event)).count(), 0, "half a batch, or a gap");
        println!("{before} acknowledged before, {whole} in the backup, {} in all", sent.len());
    }

    let restarted = Running::over(restored, &import_file());
    for (visitor, batch) in sent.iter().flatten() {
        visitor.send(&restarted, batch);
    }
    assert_eq!(numbers(&restarted), numbers(&collector));
}
