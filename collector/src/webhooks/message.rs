//! What receivers read: the envelope, and the data of each type of message.

use super::kind::Kind;
use crate::admin::experiment::{ExperimentConfig, Status};
use serde::Serialize;
use ttoolab_core::clock::format_time;
use ttoolab_core::id::{EventId, ExperimentKey, GoalKey, ProjectKey, VariantKey};

/// The published field for whose project it is; one collector serves one company.
const TENANT: &str = "default";

/// Something that is told.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum News {
    /// A change in the life of an experiment.
    Lifecycle(Kind, Lifecycle),
    /// An arm beats the control.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the decision loop, which comes next, raises it")
    )]
    Winner(Winner),
    /// The arms got visitors in proportions that chance does not explain.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "the decision loop, which comes next, raises it")
    )]
    Srm(Srm),
    /// Somebody asked for a test.
    Test,
}

/// An experiment after a change.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Lifecycle {
    /// The same as the key, as in the published samples.
    experiment_id: ExperimentKey,
    experiment_key: ExperimentKey,
    experiment_name: String,
    status: Status,
    /// `None` while it was never started.
    epoch: Option<u32>,
}

impl Lifecycle {
    pub(crate) fn of(config: &ExperimentConfig, epoch: Option<u32>) -> Self {
        Self {
            experiment_id: config.experiment_key.clone(),
            experiment_key: config.experiment_key.clone(),
            experiment_name: config.name.clone(),
            status: config.status,
            epoch,
        }
    }
}

/// A decision, with the numbers it was made on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Winner {
    pub(crate) experiment_key: ExperimentKey,
    pub(crate) epoch: u32,
    pub(crate) goal_key: GoalKey,
    /// The arm that won.
    pub(crate) variant_key: VariantKey,
    pub(crate) variants: Vec<ArmTotals>,
    /// The always-valid one.
    pub(crate) p_value: f64,
    pub(crate) lift: Lift,
    /// RFC 3339.
    pub(crate) decided_at: String,
}

/// The totals of an arm.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ArmTotals {
    pub(crate) variant_key: VariantKey,
    pub(crate) exposures: u64,
    pub(crate) conversions: u64,
    pub(crate) conversion_rate: f64,
}

/// As `…/results` shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Lift {
    pub(crate) relative: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// A sample ratio mismatch, with the numbers it shows in.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Srm {
    pub(crate) experiment_key: ExperimentKey,
    pub(crate) epoch: u32,
    pub(crate) p_value: f64,
    pub(crate) variants: Vec<ArmExposures>,
    /// RFC 3339.
    pub(crate) detected_at: String,
}

/// The exposures of an arm, and the weight it should have got them by.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ArmExposures {
    pub(crate) variant_key: VariantKey,
    pub(crate) exposures: u64,
    pub(crate) weight: f64,
}

/// The published data of a test.
#[derive(Serialize)]
struct TestData {
    message: &'static str,
    test: bool,
}

const TEST: TestData = TestData { message: "This is a test event from Ttoolab", test: true };

impl News {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Lifecycle(kind, _) => *kind,
            Self::Winner(_) => Kind::WinnerDetected,
            Self::Srm(_) => Kind::SrmDetected,
            Self::Test => Kind::Test,
        }
    }

    /// The experiment whose messages come in order.
    pub(crate) fn experiment(&self) -> Option<&ExperimentKey> {
        match self {
            Self::Lifecycle(_, data) => Some(&data.experiment_key),
            Self::Winner(data) => Some(&data.experiment_key),
            Self::Srm(data) => Some(&data.experiment_key),
            Self::Test => None,
        }
    }

    /// The body of every delivery of it, byte for byte.
    pub(crate) fn envelope(
        &self,
        event_id: EventId,
        project: &ProjectKey,
        now_ms: i64,
    ) -> serde_json::Result<String> {
        match self {
            Self::Lifecycle(_, data) => envelope(self.kind(), data, (event_id, project, now_ms)),
            Self::Winner(data) => envelope(self.kind(), data, (event_id, project, now_ms)),
            Self::Srm(data) => envelope(self.kind(), data, (event_id, project, now_ms)),
            Self::Test => envelope(self.kind(), &TEST, (event_id, project, now_ms)),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'e, D> {
    id: String,
    #[serde(rename = "type")]
    kind: Kind,
    project_id: &'e ProjectKey,
    tenant_id: &'static str,
    created_at: String,
    data: &'e D,
}

fn envelope<D: Serialize>(
    kind: Kind,
    data: &D,
    (event_id, project, now_ms): (EventId, &ProjectKey, i64),
) -> serde_json::Result<String> {
    serde_json::to_string(&Envelope {
        id: event_id.to_string(),
        kind,
        project_id: project,
        tenant_id: TENANT,
        created_at: format_time(now_ms),
        data,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(news: &News) -> Value {
        let project = ProjectKey::parse("demo").unwrap();
        let text = news.envelope(EventId::from_bytes([0xab; 16]), &project, 1_500).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    /// A decision as the loop will make it.
    pub(crate) fn winner() -> News {
        let arm = |key: &str, conversions: u64| ArmTotals {
            variant_key: VariantKey::parse(key).unwrap(),
            exposures: 1000,
            conversions,
            conversion_rate: conversions as f64 / 1000.0,
        };
        News::Winner(Winner {
            experiment_key: ExperimentKey::parse("hero").unwrap(),
            epoch: 1,
            goal_key: GoalKey::parse("order").unwrap(),
            variant_key: VariantKey::parse("b").unwrap(),
            variants: vec![arm("control", 50), arm("b", 91)],
            p_value: 0.003,
            lift: Lift { relative: 0.82, low: 0.2, high: 1.4 },
            decided_at: format_time(1_400),
        })
    }

    #[test]
    fn a_winner_carries_the_numbers_it_was_decided_on() {
        let expected = json!({
            "id": "abababab-abab-abab-abab-abababababab", "type": "experiment.winner_detected",
            "projectId": "demo", "tenantId": "default", "createdAt": "1970-01-01T00:00:01.500Z",
            "data": {
                "experimentKey": "hero", "epoch": 1, "goalKey": "order", "variantKey": "b",
                "variants": [
                    { "variantKey": "control", "exposures": 1000, "conversions": 50, "conversionRate": 0.05 },
                    { "variantKey": "b", "exposures": 1000, "conversions": 91, "conversionRate": 0.091 },
                ],
                "pValue": 0.003, "lift": { "relative": 0.82, "low": 0.2, "high": 1.4 },
                "decidedAt": "1970-01-01T00:00:01.400Z",
            },
        });
        assert_eq!(read(&winner()), expected);
    }

    #[test]
    fn a_mismatch_carries_exposures_and_weights() {
        let arm = ArmExposures {
            variant_key: VariantKey::parse("b").unwrap(),
            exposures: 300,
            weight: 50.0,
        };
        let news = News::Srm(Srm {
            experiment_key: ExperimentKey::parse("hero").unwrap(),
            epoch: 2,
            p_value: 0.0001,
            variants: vec![arm],
            detected_at: format_time(0),
        });
        let read = read(&news);
        assert_eq!(read["type"], "experiment.srm_detected");
        let expected = json!({
            "experimentKey": "hero", "epoch": 2, "pValue": 0.0001,
            "variants": [{ "variantKey": "b", "exposures": 300, "weight": 50.0 }],
            "detectedAt": "1970-01-01T00:00:00.000Z",
        });
        assert_eq!(read["data"], expected);
    }

    #[test]
    fn a_test_is_the_published_one() {
        let expected = json!({ "message": "This is a test event from Ttoolab", "test": true });
        assert_eq!(read(&News::Test)["data"], expected);
    }
}
