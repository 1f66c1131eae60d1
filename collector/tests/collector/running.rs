//! A collector in a process of its own, on a free port, over a folder of its own.

use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

pub(crate) const ADMIN_KEY: &str = "a-key-for-tests";
/// The one origin that the test project allows.
pub(crate) const ORIGIN: &str = "https://shop.example";

/// An answer, whatever its status.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
    pub(crate) headers: ureq::http::HeaderMap,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }
}

/// A running collector; ends with the value.
pub(crate) struct Running {
    pub(crate) folder: TempDir,
    origin: String,
    process: Child,
    agent: ureq::Agent,
}

/// The program with what every start has in common.
pub(crate) fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ttoolab-collector"));
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.join("data"))
        .env("TTOOLAB_ADMIN_KEY", ADMIN_KEY)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

impl Running {
    /// Starts with the test project: one experiment of each status, and all kinds of goals.
    pub(crate) fn start() -> Self {
        Self::start_with(&import_file())
    }

    pub(crate) fn start_with(import: &Value) -> Self {
        Self::start_with_arguments(import, &[])
    }

    pub(crate) fn start_with_arguments(import: &Value, arguments: &[&str]) -> Self {
        Self::launched(TempDir::new().unwrap(), import, arguments)
    }

    /// Starts over what stands in a folder.
    pub(crate) fn over(folder: TempDir, import: &Value) -> Self {
        Self::launched(folder, import, &[])
    }

    fn launched(folder: TempDir, import: &Value, arguments: &[&str]) -> Self {
        let started = launch(logging(folder.path(), import).args(arguments));
        Self::started(folder, started)
    }

    /// Starts a command that [`program`] began.
    pub(crate) fn start_as(folder: TempDir, command: &mut Command) -> Self {
        Self::started(folder, launch(command))
    }

    fn started(folder: TempDir, (process, origin): (Child, String)) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).proxy(None);
        Self { folder, origin, process, agent: config.build().new_agent() }
    }

    /// Ends the process as a power cut would, and starts another over the same folder.
    pub(crate) fn kill_and_restart(&mut self) {
        self.restart_with(&import_file());
    }

    pub(crate) fn restart_with(&mut self, import: &Value) {
        self.kill();
        (self.process, self.origin) = launch(&mut logging(self.folder.path(), import));
    }

    /// Ends the process as a power cut would.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Starts another after the end of this one.
    pub(crate) fn start_again_as(&mut self, command: &mut Command) {
        (self.process, self.origin) = launch(command);
    }

    /// Asks the process to end, and gives its exit code.
    pub(crate) fn terminate(&mut self) -> Option<i32> {
        self.ask_to_end();
        self.ended()
    }

    pub(crate) fn ask_to_end(&self) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// Waits for the end, and gives the exit code.
    pub(crate) fn ended(&mut self) -> Option<i32> {
        self.process.wait().unwrap().code()
    }

    /// A line of what the kernel says of the process's memory, in KiB: `VmRSS` now, `VmHWM` at most.
    pub(crate) fn memory(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()));
        let status = status.unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// A connection of its own, for what no client library would send.
    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(self.origin.trim_start_matches("http://")).unwrap()
    }

    /// Everything that was logged, by every start.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[])
    }

    pub(crate) fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = self.agent.get(self.url(path));
        let request = headers.iter().fold(request, |all, (name, value)| all.header(*name, *value));
        answer(request.call())
    }

    /// Posts a body as a page of the allowed origin does.
    pub(crate) fn post(&self, path: &str, body: &[u8]) -> Answer {
        self.post_with(path, &[("origin", ORIGIN)], body)
    }

    pub(crate) fn post_with(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let request = self.agent.post(self.url(path)).header("content-type", "text/plain");
        let request = headers.iter().fold(request, |all, (name, value)| all.header(*name, *value));
        answer(request.send(body))
    }

    pub(crate) fn options(&self, path: &str) -> Answer {
        let request = self.agent.options(self.url(path)).header("origin", "https://other.example");
        answer(request.header("access-control-request-method", "POST").call())
    }

    /// Asks the API with the admin key.
    pub(crate) fn api(&self, path: &str) -> Value {
        let key = format!("Bearer {ADMIN_KEY}");
        let url = self.url(&format!("/api/v1/projects/demo/experiments/{path}"));
        answer(self.agent.get(url).header("authorization", key).call()).json()
    }

    /// Reads any path with the admin key.
    pub(crate) fn get_as_admin(&self, path: &str) -> Answer {
        let key = format!("Bearer {ADMIN_KEY}");
        answer(self.agent.get(self.url(path)).header("authorization", key).call())
    }

    /// Asks anything with the admin key; `null` is no body.
    pub(crate) fn as_admin(&self, method: &str, path: &str, body: &Value) -> Answer {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(self.url(path))
            .header("authorization", format!("Bearer {ADMIN_KEY}"));
        answer(if body.is_null() {
            self.agent.run(request.body(()).unwrap())
        } else {
            self.agent.run(request.body(body.to_string()).unwrap())
        })
    }

    /// Erases a visitor of the test project.
    pub(crate) fn erase(&self, visitor: &str) -> Answer {
        let url = self.url(&format!("/api/v1/projects/demo/visitors/{visitor}"));
        let key = format!("Bearer {ADMIN_KEY}");
        answer(self.agent.delete(url).header("authorization", key).call())
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The program with something to import.
pub(crate) fn importing(folder: &Path, import: &Value) -> Command {
    let file = folder.join("import.json");
    std::fs::write(&file, import.to_string()).unwrap();
    let mut command = program(folder);
    command.arg("--import").arg(file);
    command
}

/// The same, logging everything.
fn logging(folder: &Path, import: &Value) -> Command {
    let log = File::options().create(true).append(true).open(folder.join("log")).unwrap();
    let mut command = importing(folder, import);
    command.env("RUST_LOG", "trace").stderr(log);
    command
}

fn launch(command: &mut Command) -> (Child, String) {
    let mut process = command.spawn().unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let first = lines.next().expect("it says where it listens").unwrap();
    let origin = first.split_whitespace().last().unwrap().trim_end_matches('/').to_owned();
    (process, origin)
}

fn answer(result: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    let response = result.unwrap();
    let (parts, mut body) = response.into_parts();
    let text = body.read_to_string().unwrap();
    Answer { status: parts.status.as_u16(), text, headers: parts.headers }
}

/// The test project.
pub(crate) fn import_file() -> Value {
    let experiment = |key: &str, status: &str| {
        json!({
            "experimentKey": key, "name": key, "type": "ab", "status": status, "allocation": 100,
            "sticky": true, "seed": key, "audience": null,
            "urlRules": [{ "match": "contains", "pattern": "/" }],
            "variants": [
                { "variantKey": "control", "name": "Control", "weight": 50, "isControl": true },
                { "variantKey": "b", "name": "B", "weight": 50 },
            ],
            "goals": [
                { "goalKey": "order", "type": "custom_event", "eventName": "purchase",
                  "isPrimary": true },
                { "goalKey": "aov", "type": "revenue", "eventName": "purchase" },
                { "goalKey": "thank-you", "type": "page_view",
                  "url": [{ "match": "contains", "pattern": "/order-confirmation" }] },
                { "goalKey": "checkout", "type": "click", "selector": "#checkout-button" },
                { "goalKey": "signup", "type": "form_submit", "selector": "form#signup" },
            ],
        })
    };
    json!({ "projects": [{
        "projectKey": "demo", "name": "Demo shop", "origins": [ORIGIN], "currency": "USD",
        "timeZone": "UTC",
        "experiments": [experiment("hero", "running"), experiment("later", "draft")],
    }] })
}
