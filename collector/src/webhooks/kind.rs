//! What a message can be about.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The type of a message, as the envelope and the header spell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub(crate) enum Kind {
    /// An experiment was stored for the first time.
    #[serde(rename = "experiment.created")]
    Created,
    /// What visitors get has changed: a start, or an edit of a running experiment.
    #[serde(rename = "experiment.published")]
    Published,
    /// It takes visitors from now on.
    #[serde(rename = "experiment.started")]
    Started,
    /// It takes no more visitors for now.
    #[serde(rename = "experiment.paused")]
    Paused,
    /// It is completed.
    #[serde(rename = "experiment.finished")]
    Finished,
    /// An arm beats the control, once per epoch.
    #[serde(rename = "experiment.winner_detected")]
    WinnerDetected,
    /// The arms got visitors in proportions that chance does not explain.
    #[serde(rename = "experiment.srm_detected")]
    SrmDetected,
    /// An exposure. Taken, and not raised yet.
    #[serde(rename = "experiment.exposure")]
    Exposure,
    /// A conversion. Taken, and not raised yet.
    #[serde(rename = "experiment.conversion")]
    Conversion,
    /// Somebody asked for a test; it reaches the endpoint whatever types that asked for.
    #[serde(rename = "webhook.test")]
    Test,
}

impl Kind {
    /// The published word.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Created => "experiment.created",
            Self::Published => "experiment.published",
            Self::Started => "experiment.started",
            Self::Paused => "experiment.paused",
            Self::Finished => "experiment.finished",
            Self::WinnerDetected => "experiment.winner_detected",
            Self::SrmDetected => "experiment.srm_detected",
            Self::Exposure => "experiment.exposure",
            Self::Conversion => "experiment.conversion",
            Self::Test => "webhook.test",
        }
    }

    /// Whether this collector ever raises it.
    pub(crate) fn is_raised(self) -> bool {
        match self {
            Self::Created
            | Self::Published
            | Self::Started
            | Self::Paused
            | Self::Finished
            | Self::WinnerDetected
            | Self::SrmDetected
            | Self::Test => true,
            Self::Exposure | Self::Conversion => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_of_the_envelope_is_that_of_the_configuration() {
        for kind in [
            Kind::Created,
            Kind::Published,
            Kind::Started,
            Kind::Paused,
            Kind::Finished,
            Kind::WinnerDetected,
            Kind::SrmDetected,
            Kind::Exposure,
            Kind::Conversion,
            Kind::Test,
        ] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
