//! Taking over endpoints from an import file, as often as one likes.

use super::super::dispatch::give_up_waiting;
use super::super::endpoint::{Change, Endpoint};
use super::super::outbox::Source;
use super::{ManageError, add, rotation};
use crate::admin::experiment::Fault;
use crate::store::Documents;
use rusqlite::Transaction;
use serde_json::Value;

/// Takes over the endpoints of an import file, which are known by their URL. What was disabled, by
/// people or by failures, stays so unless the file says otherwise; another secret is a rotation.
///
/// Where an address leads is not asked: the same file may be loaded where private ones are allowed
/// and where they are not, and every delivery asks.
pub(crate) fn import(
    transaction: &Transaction<'_>,
    source: &Source<'_>,
    values: &[Value],
) -> Result<(), ManageError> {
    let documents = Documents(transaction);
    let mut known = documents.webhooks::<Endpoint>(source.project_id)?;
    for (change, fresh) in read_all(values, source.now_ms)? {
        if !fresh.types.iter().all(|kind| kind.is_raised()) {
            tracing::warn!(
                project = %source.project,
                "a webhook asks for exposures or conversions, which are not sent yet"
            );
        }
        if let Some(webhook) = known.iter_mut().find(|known| known.document.url == fresh.url) {
            let before = webhook.document.clone();
            let secret = change.secret.clone();
            webhook.document.apply(change);
            if let Some(secret) = secret.filter(|secret| *secret != before.secret) {
                rotation::follow(&mut webhook.document, secret, source.now_ms);
            }
            if webhook.document != before {
                documents.put_webhook(webhook)?;
            }
            if !webhook.document.enabled {
                give_up_waiting(transaction, webhook, source.now_ms)?;
            }
            continue;
        }
        known.push(add(transaction, source, known.len(), fresh)?);
    }
    Ok(())
}

/// The endpoints of an import file, checked; the fault names the place.
pub(crate) fn read_all(values: &[Value], now_ms: i64) -> Result<Vec<(Change, Endpoint)>, Fault> {
    let mut read: Vec<(Change, Endpoint)> = Vec::new();
    for (at, value) in values.iter().enumerate() {
        let under = |fault: Fault| fault.under(&format!("webhooks[{at}]"));
        let change = Change::read(value).map_err(under)?;
        let endpoint = Endpoint::create(change.clone(), now_ms).map_err(under)?;
        if read.iter().any(|(_, other)| other.url == endpoint.url) {
            return Err(Fault::new(format!("webhooks[{at}].url"), "is there twice"));
        }
        read.push((change, endpoint));
    }
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::DataFolder;
    use serde_json::json;
    use tempfile::TempDir;
    use ttoolab_core::id::ProjectKey;

    const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const NEW: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    fn entry(secret: &str) -> Value {
        let types = ["experiment.started"];
        json!({ "url": "https://example.com/hook", "types": types, "secret": secret })
    }

    #[test]
    fn an_endpoint_is_known_by_its_url_and_another_secret_is_a_rotation() {
        let folder = TempDir::new().unwrap();
        let mut connection = DataFolder::open(folder.path()).unwrap().connect().unwrap();
        Documents(&connection).put_project("demo", &json!({}), 0).unwrap();
        let (project, schedule) = (ProjectKey::parse("demo").unwrap(), "0s".parse().unwrap());
        let mut load = |value: Value, now_ms| {
            let source = Source { project_id: 1, project: &project, schedule: &schedule, now_ms };
            let transaction = connection.transaction().unwrap();
            import(&transaction, &source, &[value]).unwrap();
            let mut stored = Documents(&transaction).webhooks::<Endpoint>(1).unwrap();
            transaction.commit().unwrap();
            assert_eq!(stored.len(), 1);
            stored.remove(0)
        };
        let first = load(entry(OLD), 1);
        let again = load(entry(OLD), 2);
        assert_eq!((&again.id, &again.document), (&first.id, &first.document));
        let rotated = load(entry(NEW), 3);
        assert_eq!(rotated.id, first.id);
        assert_eq!(rotated.document.secret.text(), NEW);
        assert_eq!(rotated.document.signers(4).previous.unwrap().text(), OLD);
        // Disabled by the file, it stays so when the file does not speak of it.
        let mut disabling = entry(NEW);
        disabling["enabled"] = json!(false);
        assert!(!load(disabling, 5).document.enabled);
        assert!(!load(entry(NEW), 6).document.enabled);
    }

    #[test]
    fn a_url_that_is_there_twice_is_a_fault() {
        let fault = read_all(&[entry(OLD), entry(NEW)], 0).unwrap_err();
        assert_eq!(fault.path, "webhooks[1].url");
    }
}
