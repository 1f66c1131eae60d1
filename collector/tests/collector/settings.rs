//! Settings and their layers, as `check-config` tells of them.

use crate::commands::{command, orders, run, said};
use crate::running::{Running, import_file};
use serde_json::json;
use std::path::Path;
use tempfile::TempDir;

#[test]
fn a_flag_wins_over_the_environment_which_wins_over_the_file() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("collector.toml");
    let text = "listen = \"127.0.0.1:1\"\ndata = \"a\"\nrate-limit = \"1/s\"\nadmin-key = \"x\"\n";
    std::fs::write(&file, text).unwrap();
    let mut command = command(&["check-config", "--listen", "127.0.0.1:3", "--config"]);
    command.arg(file).env("TTOOLAB_LISTEN", "127.0.0.1:2").env("TTOOLAB_DATA", "b");
    let said = said(&mut command);
    assert_eq!(said.code, Some(0), "{}", said.error);
    for line in [
        "listen = \"127.0.0.1:3\"  # flag",
        "data = \"b\"  # environment",
        "rate-limit = \"1/s\"  # file",
        "admin-key = \"********\"  # file",
        "allow-private-webhooks = false  # default",
    ] {
        assert!(said.out.lines().any(|said| said == line), "{line} is not in\n{}", said.out);
    }
}

#[test]
fn every_fault_of_the_settings_is_named_with_its_place() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("collector.toml");
    std::fs::write(&file, "listen = \"here\"\n\nlisten-on = 1\ndata = [1]\n").unwrap();
    for name in ["check-config", "serve"] {
        let mut command = command(&[name, "--config"]);
        let said = said(command.arg(&file).env("TTOOLAB_RATE_LIMIT", "often"));
        assert_eq!(said.code, Some(1), "{}", said.error);
        for fault in [
            "collector.toml:1: `listen` cannot be `here`",
            "collector.toml:3: `listen-on` is no setting",
            "collector.toml:4: `data` is text",
            "environment: TTOOLAB_RATE_LIMIT cannot be `often`",
        ] {
            assert!(said.error.contains(fault), "{fault} is not in\n{}", said.error);
        }
    }
    std::fs::write(&file, "\nlisten = \n").unwrap();
    let said = said(command(&["check-config", "--config"]).arg(&file));
    assert!(said.error.contains("collector.toml:2: "), "{}", said.error);
}

#[test]
fn a_secret_that_is_wrong_is_not_printed_either() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("collector.toml");
    std::fs::write(&file, "admin-key = \"do not show\"\nlisten = 1\n").unwrap();
    let said = said(command(&["check-config", "--config"]).arg(&file));
    assert!(!said.error.contains("do not show") && !said.out.contains("do not show"));
}

#[test]
fn check_config_names_every_faulty_experiment_and_makes_no_folder() {
    let folder = TempDir::new().unwrap();
    let mut wrong = import_file();
    wrong["projects"][0]["experiments"][0]["allocation"] = json!(101);
    wrong["projects"][0]["experiments"][1]["goals"][2]["url"] = json!([]);
    let file = folder.path().join("import.json");
    std::fs::write(&file, wrong.to_string()).unwrap();
    let data = folder.path().join("data");
    let check = |file: &Path| run("check-config", &data, &["--import", file.to_str().unwrap()]);
    let said = check(&file);
    assert_eq!(said.code, Some(1), "{}", said.error);
    for place in ["projects[0].experiments[0].allocation", "experiments[1].goals[2].url"] {
        assert!(said.out.contains(place), "{}", said.out);
    }
    std::fs::write(&file, import_file().to_string()).unwrap();
    assert_eq!(check(&file).code, Some(0));
    assert!(!data.exists());
}

#[test]
fn check_config_knows_what_the_data_forbid() {
    let mut collector = Running::start();
    let data = orders(&collector);
    collector.terminate();
    let mut changed = import_file();
    changed["projects"][0]["timeZone"] = json!("Europe/Berlin");
    let file = collector.folder.path().join("changed.json");
    std::fs::write(&file, changed.to_string()).unwrap();
    let said = run("check-config", &data, &["--import", file.to_str().unwrap()]);
    assert!(said.out.contains("timeZone: is fixed since the first event"), "{}", said.out);
    assert_eq!(said.code, Some(1));
}
