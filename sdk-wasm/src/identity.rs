//! Who the visitor is, and what things are called: UUIDs made from the browser's randomness.

use crate::json;
use crate::platform::Platform;
use ttoolab_core::id::AnonymousId;

/// Every key we store starts with this; `clear()` removes them all.
pub(crate) const KEY_PREFIX: &str = "ttoolab:";

/// The visitor's id is the browser's, whatever projects its pages belong to.
const ID_KEY: &str = "ttoolab:id";

/// The visitor: the id the page gives, else the stored one, else a new one.
///
/// A given id is not stored: the page that gives one gives it on every page, and the browser's
/// own id must still be there when a shared computer's next user is nobody in particular.
pub(crate) fn visitor(platform: &impl Platform, given: Option<&str>) -> String {
    if let Some(id) = given.and_then(valid) {
        return id;
    }
    if let Some(id) = platform.get(ID_KEY).as_deref().and_then(valid) {
        return id;
    }
    let id = uuid_v4(platform);
    // A browser that stores nothing has a new visitor on every page; there is no other way.
    platform.set(ID_KEY, &id);
    id
}

/// The id in lower case, if it is one.
pub(crate) fn valid(text: &str) -> Option<String> {
    AnonymousId::parse(text).ok().map(|_| text.to_ascii_lowercase())
}

/// A random UUID: visitors and page loads.
pub(crate) fn uuid_v4(platform: &impl Platform) -> String {
    hyphenated(platform.random(), 4)
}

/// A UUID that sorts by time: events, which the collector stores in that order.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "48 bits until 10889")]
pub(crate) fn uuid_v7(platform: &impl Platform, at_ms: f64) -> String {
    let mut bytes = platform.random();
    bytes[..6].copy_from_slice(&(at_ms as u64).to_be_bytes()[2..]);
    hyphenated(bytes, 7)
}

fn hyphenated(mut bytes: [u8; 16], version: u8) -> String {
    bytes[6] = version << 4 | bytes[6] & 0x0f;
    bytes[8] = 0x80 | bytes[8] & 0x3f;
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.into_iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        json::hex(&mut text, byte);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{uuid_v4, uuid_v7, visitor};
    use crate::platform::Platform;
    use crate::platform::memory::Memory;

    const GIVEN: &str = "550E8400-E29B-41D4-A716-446655440000";

    #[test]
    fn ids_are_uuids_of_their_version() {
        let platform = Memory::default();
        assert_eq!(uuid_v4(&platform).as_bytes()[14], b'4');
        let id = uuid_v7(&platform, 1_764_000_000_000.0);
        assert_eq!(&id[..15], "019ab697-e800-7");
        assert!(matches!(id.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
        assert_ne!(id, uuid_v7(&platform, 1_764_000_000_000.0));
    }

    #[test]
    fn the_given_id_wins_and_is_lower_case() {
        let platform = Memory::default();
        let own = visitor(&platform, None);
        assert_eq!(visitor(&platform, Some(GIVEN)), GIVEN.to_lowercase());
        assert_eq!(visitor(&platform, None), own);
        assert_eq!(visitor(&platform, Some("user 12")), own, "no UUID");
    }

    #[test]
    fn a_damaged_id_is_replaced() {
        let platform = Memory::default();
        platform.set("ttoolab:id", "undefined");
        let id = visitor(&platform, None);
        assert_eq!(platform.get("ttoolab:id").as_deref(), Some(&*id));
    }

    #[test]
    fn blocked_storage_gives_an_id_for_this_page() {
        let platform = Memory::default();
        platform.block_storage();
        assert_eq!(visitor(&platform, None).len(), 36);
    }
}
