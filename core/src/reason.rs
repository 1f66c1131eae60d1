//! The words for what became of an event: nothing ends without one.
//!
//! The same words stand in the wire's answers, in the collector's health figures, in the
//! dashboard and in the SDK's debug output.
//!
//! ```
//! use ttoolab_core::reason::{Reason, RejectCode};
//! assert_eq!(serde_json::to_string(&Reason::DuplicateOrder).unwrap(), r#""duplicateOrder""#);
//! assert_eq!(RejectCode::Closed.to_string(), "closed");
//! ```

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// The word as it stands on the wire.
            ///
            /// ```
            #[doc = concat!("use ttoolab_core::reason::", stringify!($name), " as Word;")]
            $(#[doc = concat!(
                "assert_eq!(Word::", stringify!($variant), ".as_str(), \"", $word, "\");"
            )])*
            /// ```
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What became of an event when it was received. `rejected` and `flagged` come with a reason.
    ///
    /// ```
    /// use ttoolab_core::reason::Outcome;
    /// assert_eq!(Outcome::Duplicate.as_str(), "duplicate");
    /// assert_eq!(serde_json::to_string(&Outcome::Flagged).unwrap(), r#""flagged""#);
    /// ```
    Outcome {
        /// Stored and judged.
        Accepted = "accepted",
        /// Known before; a second copy changes nothing.
        Duplicate = "duplicate",
        /// Refused and not stored, with a [`RejectCode`].
        Rejected = "rejected",
        /// Stored, and marks its visitor as a bot.
        Flagged = "flagged",
        /// Stored once, and deleted when its visitor was erased.
        Erased = "erased",
    }
}

words! {
    /// Why an event marks its visitor as a bot, as far as one event shows it.
    ///
    /// ```
    /// use ttoolab_core::reason::Flag;
    /// assert_eq!(Flag::Crawler.as_str(), "crawler");
    /// ```
    Flag {
        /// The browser said that a program drives it.
        Webdriver = "webdriver",
        /// Its `User-Agent` is a crawler's.
        Crawler = "crawler",
    }
}

words! {
    /// Why an event was refused and not stored. Sending it again cannot help.
    ///
    /// ```
    /// use ttoolab_core::check::{IdRule, check_event};
    /// use ttoolab_core::reason::RejectCode;
    /// let raw = serde_json::from_str(r#"{"eventName":"$purchase"}"#).unwrap();
    /// let code = check_event(raw, IdRule::Optional).unwrap_err().code;
    /// assert_eq!(code, RejectCode::ReservedEventName);
    /// ```
    RejectCode {
        /// A field has the wrong type.
        BadEvent = "badEvent",
        /// `eventId` is missing or no UUID.
        BadEventId = "badEventId",
        /// `eventName` is missing, empty, too long, or has control characters.
        BadEventName = "badEventName",
        /// A name that starts with `$` and is not one of ours.
        ReservedEventName = "reservedEventName",
        /// `createdAt` is no RFC 3339 time.
        BadCreatedAt = "badCreatedAt",
        /// `docId` is empty or too long.
        BadDocId = "badDocId",
        /// `url` or `referrer` is too long.
        UrlTooLong = "urlTooLong",
        /// A string in the payload is too long.
        StringTooLong = "stringTooLong",
        /// `payload` is no object.
        BadPayload = "badPayload",
        /// An object in the payload has too many properties.
        TooManyProperties = "tooManyProperties",
        /// A property name is too long.
        KeyTooLong = "keyTooLong",
        /// An assignment or a claim is malformed, or there are too many.
        BadAssignment = "badAssignment",
        /// An `$exposure` without an assignment says nothing.
        NoAssignment = "noAssignment",
        /// The experiment has not been started.
        NotRunning = "notRunning",
        /// The experiment is frozen.
        Closed = "closed",
        /// The visitor was erased on request; nothing of them is taken any more.
        Erased = "erased",
    }
}

words! {
    /// What an event did for one goal, or for one experiment's exposures.
    ///
    /// ```
    /// use ttoolab_core::reason::Reason;
    /// // As a stored verdict spells it.
    /// let reason: Reason = serde_json::from_str(r#""beforeExposure""#).unwrap();
    /// assert_eq!(reason, Reason::BeforeExposure);
    /// assert!(serde_json::from_str::<Reason>(r#""lost""#).is_err());
    /// ```
    Reason {
        /// It counts.
        Counted = "counted",
        /// The visitor was counted before; it adds to `totalConversions` alone.
        Repeat = "repeat",
        /// Another event with this `order_id` came first.
        DuplicateOrder = "duplicateOrder",
        /// The visitor's exposure has not arrived (yet).
        NotExposed = "notExposed",
        /// It happened before the visitor's exposure.
        BeforeExposure = "beforeExposure",
        /// The visitor was exposed before the goal was last edited.
        BeforeGoal = "beforeGoal",
        /// A condition of the goal besides its name does not hold.
        Filtered = "filtered",
        /// The browser refuses the goal's selector.
        BadSelector = "badSelector",
        /// `revenue` is no amount.
        BadRevenue = "badRevenue",
        /// `currency` is no currency, or not the order's.
        BadCurrency = "badCurrency",
        /// A refund whose order has not arrived (yet).
        UnknownOrder = "unknownOrder",
        /// The experiment takes no exposures now.
        NotRunning = "notRunning",
        /// The experiment or the variant does not exist.
        UnknownExperiment = "unknownExperiment",
        /// The visitor was seen in two variants and is left out.
        MultipleVariants = "multipleVariants",
        /// Not covered by a valid token or a secret key; counted apart.
        Unverified = "unverified",
        /// The visitor looks like a bot; counted apart.
        Flagged = "flagged",
    }
}

words! {
    /// A remark on an event that changes nothing about whether it counts.
    ///
    /// ```
    /// use ttoolab_core::clock::corrected;
    /// use ttoolab_core::reason::Note;
    /// let time = corrected(0, None, 1_795_428_000_000);
    /// let note = time.bad_clock.then_some(Note::BadClock);
    /// assert_eq!(note.map(Note::as_str), Some("badClock"));
    /// ```
    Note {
        /// The page's clock was not believable; the receipt stands in.
        BadClock = "badClock",
        /// Sent without an id, so a re-send cannot be told from a second event.
        NoIdempotency = "noIdempotency",
        /// Another event stands under this id; the first one is kept.
        IdConflict = "idConflict",
        /// The page named another arm than its token; the token's was taken.
        VariantMismatch = "variantMismatch",
    }
}
