//! `track()`: names a caller may use.

use ttoolab_core::id::is_event_name;
use ttoolab_core::reason::RejectCode;

/// Of our own names, the one that a caller may send.
const REFUND: &str = "$refund";

/// Checks a tracked name as the collector would, so that a mistake is told where it is made.
pub(crate) fn check_name(name: &str) -> Result<(), &'static str> {
    if !is_event_name(name) {
        return Err(RejectCode::BadEventName.as_str());
    }
    if name.starts_with('$') && name != REFUND {
        return Err(RejectCode::ReservedEventName.as_str());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check_name;

    #[test]
    fn names() {
        for good in ["purchase", "signup.completed", "$refund", "Größe", &"x".repeat(128)] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
        for bad in ["", "two\nlines", &"x".repeat(129)] {
            assert_eq!(check_name(bad), Err("badEventName"), "{bad}");
        }
        for ours in ["$exposure", "$url", "$click", "$submit", "$own"] {
            assert_eq!(check_name(ours), Err("reservedEventName"), "{ours}");
        }
    }
}
