//! Why a pattern is refused, and where.

use regex_syntax::ast::ErrorKind;

/// Where a pattern leaves the subset, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at byte {at}: {fault}")]
pub(crate) struct Refusal {
    /// The first byte of what is refused, counted from 0.
    pub(crate) at: usize,
    pub(crate) fault: RegexFault,
}

/// Why a pattern is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RegexFault {
    #[error("a regular expression is at most 256 bytes")]
    TooLong,
    #[error("a regular expression is printable ASCII, as a URL is")]
    NotPrintable,
    /// What the crate's parser has to say.
    #[error("{0}")]
    Unreadable(ErrorKind),
    /// `\1`, `\0`: back references and octal in a browser.
    #[error("a backslash must not stand before a digit")]
    EscapedDigit,
    /// `(?i)`: the crate's own, or too new for many browsers.
    #[error("flags are not supported")]
    Flags,
    #[error("a group must not have a name")]
    NamedGroup,
    /// `\A`, `\<`, `\b{start}`: plain letters in a browser.
    #[error("the only assertions are `^`, `$`, `\\b` and `\\B`")]
    Assertion,
    /// `\pL` is `pL` in a browser.
    #[error("Unicode classes are not supported")]
    UnicodeClass,
    /// `\a` is `a` in a browser, `\x{41}` 41 times `x`.
    #[error("an escaped character is punctuation, `\\t \\n \\v \\f \\r`, or `\\x00` to `\\x7f`")]
    Escape,
    #[error("classes such as `[:alpha:]` are not supported")]
    NamedClass,
    #[error("set operations in a class (`&&`, `--`, `~~`) are not supported")]
    SetOperation,
    /// `[[a]]` is a class followed by `]` in a browser, `[]a]` an empty class followed by `a]`.
    #[error("brackets within a class are written `\\[` and `\\]`")]
    BracketInClass,
    /// `[--a]` is a range in a browser, and two characters in the crate.
    #[error("a class must not begin with two hyphens")]
    HyphensInClass,
    /// The classic cause of exponential time, `(a|a)*`.
    #[error("a group must not be repeated; an optional one is written `(x|)`")]
    RepeatedGroup,
    /// `^*` and `\b{2}` are errors in a browser.
    #[error("an assertion must not be repeated")]
    RepeatedAssertion,
    /// `a**` and `a++` are errors in a browser.
    #[error("a repetition must not be repeated")]
    RepeatedTwice,
    /// `a{ 2 }` is those six characters in a browser.
    #[error("a repetition `{{m,n}}` has no spaces")]
    SpacedCount,
    #[error("a repetition counts to 128 at most")]
    LargeCount,
    #[error("there are at most two unbounded repetitions (`*`, `+`, `{{n,}}`)")]
    ManyUnbounded,
    /// `a?a?a?…b` takes a browser twice the time for every `a?`.
    #[error("there are too many combinations of optional parts and alternatives")]
    ManyWays,
}
