//! The commands beside `serve`, as the person who runs the collector meets them.

use crate::running::{Running, import_file, program};
use crate::visitor::Visitor;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a command said, and how it ended.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) error: String,
}

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ttoolab-collector"));
    command.args(arguments).stdin(Stdio::null());
    command
}

pub(crate) fn said(command: &mut Command) -> Said {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let said =
        Said { code: output.status.code(), out: text(output.stdout), error: text(output.stderr) };
    assert!(!said.error.contains("panicked"), "{}", said.error);
    said
}

pub(crate) fn run(name: &str, data: &Path, arguments: &[&str]) -> Said {
    said(command(&[name]).arg("--data").arg(data).args(arguments))
}

/// The data folder of a collector, with a few orders in it.
pub(crate) fn orders(collector: &Running) -> PathBuf {
    for _ in 0..5 {
        let visitor = Visitor::arrive(collector);
        let order = visitor.event("purchase", &json!({"revenue": 3.5, "order_id": visitor.id}));
        let mut click = visitor.event("$click", &json!({}));
        click["conversions"] = json!([{ "experimentKey": "hero", "goalKey": "checkout" }]);
        visitor.send(collector, &[visitor.exposure(), order, click]);
    }
    collector.folder.path().join("data")
}

/// Flips the lowest bit of the first byte of a text within the database; the texts of a row stand
/// in it as they are.
pub(crate) fn damage(data: &Path, text: &str) {
    let file = data.join("ttoolab.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let at = bytes.windows(text.len()).position(|window| window == text.as_bytes()).unwrap();
    bytes[at] ^= 1;
    std::fs::write(file, bytes).unwrap();
}

#[test]
fn sound_data_pass_every_check_while_the_collector_runs_and_after() {
    let mut collector = Running::start();
    let data = orders(&collector);
    for stopped in [false, true] {
        if stopped {
            assert_eq!(collector.terminate(), Some(0));
        }
        let said = run("check", &data, &[]);
        assert_eq!((said.code, said.out.trim()), (Some(0), "15 events, 0 broken"));
        let said = run("rebuild", &data, &[]);
        let nothing = "15 events, 0 differ, 0 not comparable\n";
        assert_eq!((said.code, said.out.starts_with(nothing)), (Some(0), true), "{}", said.out);
    }
}

#[test]
fn a_damaged_event_is_named_and_nothing_is_counted_without_it() {
    let mut collector = Running::start();
    let data = orders(&collector);
    let visitor = Visitor::arrive(&collector);
    let event = visitor.event("purchase", &json!({"revenue": 777.25}));
    visitor.send(&collector, std::slice::from_ref(&event));
    let id = event["eventId"].as_str().unwrap();
    assert_eq!(collector.terminate(), Some(0));
    damage(&data, "777.25");

    let check = run("check", &data, &[]);
    assert_eq!(check.code, Some(1));
    assert!(check.out.contains(id) && check.out.contains("16 events, 1 broken"), "{}", check.out);
    let serve = said(program(collector.folder.path()).stderr(Stdio::piped()));
    assert_eq!(serve.code, Some(1));
    assert!(serve.error.contains(&format!("the stored event {id} is not as it was written")));
    let copy = collector.folder.path().join("copy.db");
    for refused in [
        run("rebuild", &data, &[]),
        run("export", &data, &["--project", "demo"]),
        run("backup", &data, &["--to", copy.to_str().unwrap()]),
    ] {
        assert_eq!(refused.code, Some(1));
        assert!(format!("{}{}", refused.out, refused.error).contains(id), "{}", refused.error);
    }
    assert!(!copy.exists(), "a backup of damaged data");
}

#[test]
fn a_damaged_configuration_keeps_the_collector_from_starting() {
    let mut collector = Running::start();
    let data = orders(&collector);
    collector.terminate();
    damage(&data, "Demo shop");
    let serve = said(program(collector.folder.path()).stderr(Stdio::piped()));
    assert_eq!(serve.code, Some(1));
    assert!(serve.error.contains("row 1 of projects does not match"), "{}", serve.error);
    assert!(run("check", &data, &[]).out.contains("row 1 of projects"));
}

#[test]
fn rebuild_says_what_todays_rules_judge_otherwise() {
    let mut collector = Running::start();
    let data = orders(&collector);
    let mut changed = import_file();
    changed["projects"][0]["currency"] = json!("EUR");
    collector.restart_with(&changed);
    let said = run("rebuild", &data, &[]);
    assert_eq!(said.code, Some(1));
    assert!(said.out.contains("amount: stored 350 USD minor, today 350 EUR minor"), "{}", said.out);
    assert!(said.out.contains("15 events, 5 differ"), "{}", said.out);
    // An edited goal counts only since its edit: what was judged before is no fault.
    let mut edited = import_file();
    edited["projects"][0]["experiments"][0]["goals"][0]["eventName"] = json!("bought");
    collector.restart_with(&edited);
    assert_eq!(run("rebuild", &data, &[]).code, Some(0));
}

/// The last lines of a rebuild.
fn scope(data: &Path) -> String {
    let said = run("rebuild", data, &[]);
    assert_eq!(said.code, Some(0), "{}", said.out);
    said.out.lines().filter(|line| !line.starts_with("event ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn rebuild_says_what_it_compared_and_what_it_could_not() {
    let mut import = import_file();
    let goals = &mut import["projects"][0]["experiments"][0]["goals"];
    // Goals that ask for what is not stored: where it was, and an order's number.
    goals[3]["page"] = json!([{ "match": "contains", "pattern": "/checkout" }]);
    let of_orders = json!({
        "goalKey": "listed", "type": "custom_event", "eventName": "purchase",
        "where": [{ "field": "order_id", "op": "exists" }],
    });
    goals.as_array_mut().unwrap().push(of_orders);
    let mut collector = Running::start_with(&import);
    // Five visitors, each with an exposure, an order and a click.
    let data = orders(&collector);
    let visitor = Visitor::arrive(&collector);
    let mut page = visitor.event("$url", &json!({}));
    page["url"] = json!("https://shop.example/order-confirmation?n=1");
    let hidden = visitor.event("purchase", &json!({"note": "a@shop.example"}));
    visitor.send(&collector, &[page, hidden]);
    assert_eq!(
        scope(&data),
        "17 events, 0 differ, 1 not comparable\n\
         compared: 16 times, 16 amounts, 16 experiments, 10 goals\n\
         not compared, as the input is not stored: 16 lanes, 5 arms, \
         6 goals with URL rules, 5 goals with a condition on order_id, \
         1 events with replaced text, 0 events of erased visitors\n\
         not compared, as it changed since: 0 edited goals, \
         0 experiments started, resumed or removed, 0 events of removed projects"
    );
    // A goal that was edited: the five orders were judged by another one.
    import["projects"][0]["experiments"][0]["goals"][0]["where"] =
        json!([{ "field": "revenue", "op": "gt", "value": 1 }]);
    collector.restart_with(&import);
    let said = scope(&data);
    assert!(said.contains("16 experiments, 5 goals\n"), "{said}");
    assert!(said.contains("5 edited goals"), "{said}");
}

#[test]
fn an_export_holds_every_event_with_its_verdict() {
    let collector = Running::start();
    let data = orders(&collector);
    let visitor = Visitor::arrive(&collector);
    let mut dangerous = visitor.event("=cmd|' /C calc'!A0", &json!({"note": "a,\"b\"\n"}));
    dangerous["referrer"] = json!("@SUM(1)");
    dangerous["assignments"] = Value::Null;
    visitor.send(&collector, std::slice::from_ref(&dangerous));
    let jsonl = run("export", &data, &["--project", "demo"]).out;
    let lines: Vec<Value> = jsonl.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 16);
    let order = lines.iter().find(|line| line["eventName"] == "purchase").unwrap();
    assert_eq!(order["minorUnits"], 350);
    assert_eq!(order["payload"], json!({"revenue": 3.5}));
    assert_eq!(order["verdict"]["entries"][0]["goals"][0], json!({"goal": "order"}));

    let csv = run("export", &data, &["--project", "demo", "--format", "csv"]).out;
    let mut sheet = csv::Reader::from_reader(csv.as_bytes());
    let names = sheet.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = sheet.records().collect::<Result<_, _>>().unwrap();
    assert_eq!(rows.len(), 16);
    let at = |name: &str| names.iter().position(|known| known == name).unwrap();
    let id = dangerous["eventId"].as_str().unwrap();
    let row = rows.iter().find(|row| &row[at("eventId")] == id).unwrap();
    assert_eq!(&row[at("eventName")], "'=cmd|' /C calc'!A0");
    assert_eq!(&row[at("referrer")], "'@SUM(1)");

    let of_hero = run("export", &data, &["--project", "demo", "--experiment", "hero"]).out;
    assert_eq!(of_hero.lines().count(), 15);
    let unknown = run("export", &data, &["--project", "other"]);
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.error.contains("there is no project `other`"));
}

#[test]
fn a_visitor_is_erased_where_no_collector_runs() {
    let mut collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    visitor.send(&collector, &[visitor.exposure()]);
    let data = collector.folder.path().join("data");
    let erase = ["--project", "demo", "--visitor", &visitor.id];
    let busy = run("erase", &data, &erase);
    assert_eq!(busy.code, Some(1));
    assert!(busy.error.contains("in use by another collector"), "{}", busy.error);

    collector.terminate();
    let done = run("erase", &data, &erase);
    assert_eq!(done.code, Some(0), "{}", done.error);
    assert_eq!(done.out, "1 events erased, 0 of them kept as nobody's\n");
    collector.restart_with(&import_file());
    let late = visitor.try_send(&collector, &[visitor.exposure()]);
    assert_eq!(late.json()["rejected"][0]["code"], "erased");
}

#[test]
fn a_token_outlives_the_rotation_of_its_key() {
    let mut collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    collector.terminate();
    let data = collector.folder.path().join("data");
    let rotated = run("rotate-token-key", &data, &[]);
    assert_eq!(rotated.code, Some(0), "{}", rotated.error);
    assert!(rotated.out.contains("key 2"), "{}", rotated.out);
    collector.restart_with(&import_file());
    visitor.send(&collector, &[visitor.exposure()]);
    assert_eq!(collector.api("hero/health")["lanes"], json!({"verified": 1, "unverified": 0}));
    let fresh = Visitor::arrive(&collector);
    fresh.send(&collector, &[fresh.exposure()]);
    assert_eq!(collector.api("hero/health")["lanes"], json!({"verified": 2, "unverified": 0}));
}
