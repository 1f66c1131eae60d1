//! Who is given which variant, for reasons a request brings along: a forced variant, a country.

use crate::running::{Running, import_file};
use crate::visitor::{Visitor, exposures, fresh_id};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

const HOME: &str = "https://shop.example/";

fn bootstrap(collector: &Running, visitor: &Visitor, url: &str) -> Value {
    let token = visitor.token.as_deref().unwrap_or_default();
    let path = format!("/sdk/bootstrap?projectKey=demo&anonymousId={}&token={token}", visitor.id);
    collector.get(&format!("{path}&url={}", url.replace('&', "%26"))).json()
}

/// The variant of `hero` in a blob.
fn hero(blob: &Value) -> Option<&str> {
    let experiments = blob["experiments"].as_array().unwrap();
    let found = experiments.iter().find(|experiment| experiment["experimentKey"] == "hero")?;
    found["variant"]["key"].as_str()
}

/// The arm of `hero` that a token signs.
fn signed(blob: &Value) -> Option<String> {
    let claims = blob["visitorToken"].as_str().unwrap().split('.').next().unwrap();
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    let arm = claims["a"].as_array().unwrap().iter().find(|arm| arm["e"] == "hero")?;
    arm["v"].as_str().map(str::to_owned)
}

/// A visitor who has asked for nothing yet.
fn stranger() -> Visitor {
    Visitor { id: fresh_id(), token: None, variant: String::new(), exposure_id: fresh_id() }
}

#[test]
fn a_forced_variant_is_shown_and_signed_for_nobody() {
    let collector = Running::start();
    for variant in ["control", "b"] {
        let url = format!("{HOME}?ttoolab_force=hero:{variant}");
        let blob = bootstrap(&collector, &stranger(), &url);
        assert_eq!(hero(&blob), Some(variant));
        assert_eq!(blob["assignments"][0]["variantKey"], variant);
        assert_eq!(signed(&blob), None);
    }
    let blob = bootstrap(&collector, &stranger(), &format!("{HOME}?ttoolab_force=hero:z"));
    assert_eq!(hero(&blob).map(str::to_owned), signed(&blob), "no such variant: the visitor's own");
}

#[test]
fn a_forced_variant_leaves_the_visitors_own_as_it_is() {
    let collector = Running::start();
    let visitor = Visitor::arrive(&collector);
    let other = if visitor.variant == "b" { "control" } else { "b" };
    let blob = bootstrap(&collector, &visitor, &format!("{HOME}?x=1&ttoolab_force=hero%3A{other}"));
    assert_eq!(hero(&blob), Some(other));
    assert_eq!(signed(&blob), Some(visitor.variant.clone()));
    assert_eq!(hero(&bootstrap(&collector, &visitor, HOME)), Some(&*visitor.variant));
}

#[test]
fn who_sends_a_forced_variant_all_the_same_moves_no_verified_number() {
    let collector = Running::start();
    let mut visitor = stranger();
    let blob = bootstrap(&collector, &visitor, &format!("{HOME}?ttoolab_force=hero:b"));
    visitor.token = blob["visitorToken"].as_str().map(str::to_owned);
    visitor.variant = "b".to_owned();
    visitor.send(&collector, &[visitor.exposure()]);
    assert_eq!(exposures(&collector.api("hero/results"), "b"), 0);
}

#[test]
fn a_draft_is_shown_to_those_who_force_it_alone() {
    let mut import = import_file();
    import["projects"][0]["experiments"][0]["status"] = json!("draft");
    let collector = Running::start_with(&import);
    assert_eq!(hero(&bootstrap(&collector, &stranger(), HOME)), None);
    let blob = bootstrap(&collector, &stranger(), &format!("{HOME}?ttoolab_force=hero:b"));
    assert_eq!(hero(&blob), Some("b"));
}

#[test]
fn an_audience_by_country_looks_at_the_header_that_the_operator_names() {
    let mut import = import_file();
    let swiss = json!({"all": [{"field": "country", "op": "is", "value": "CH"}]});
    import["projects"][0]["experiments"][0]["audience"] = swiss;
    let named = Running::start_with_arguments(&import, &["--country-header", "CF-IPCountry"]);
    let unnamed = Running::start_with(&import);
    let is_in = |collector: &Running, headers: &[(&str, &str)]| {
        let id = fresh_id();
        let path = format!("/sdk/bootstrap?projectKey=demo&anonymousId={id}&url={HOME}");
        hero(&collector.get_with(&path, headers).json()).is_some()
    };
    for (header, value, expected) in [
        ("cf-ipcountry", "CH", true),
        ("cf-ipcountry", "ch", true),
        ("cf-ipcountry", "DE", false),
        ("cf-ipcountry", "CHE", false),
        ("cf-ipcountry", "", false),
        ("x-country", "CH", false),
    ] {
        assert_eq!(is_in(&named, &[(header, value)]), expected, "{header}: {value}");
        assert!(!is_in(&unnamed, &[(header, value)]), "{header}: {value}");
    }
    assert!(!is_in(&named, &[]));
}
