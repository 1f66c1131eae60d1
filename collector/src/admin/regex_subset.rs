//! The regular expressions that a browser and the collector read alike.
//!
//! A pattern is judged twice: by `RegExp` without flags in the page and by the `regex` crate
//! here. This module accepts what both give the same answer for on an ASCII URL, and nothing that
//! makes an engine that backtracks try exponentially many ways. It asks the crate's own parser, so
//! that nothing is accepted which the crate reads otherwise than it looks.
//!
//! What remains is bounded by a power of the URL's length, not by a time: on 2 KiB of `a`, the
//! search for `a*a*b` from every place takes V8 seconds.
//!
//! Each refusal in the code below stands for a difference or a danger; `tests/engines.rs` looks
//! for further ones by asking both engines about every short pattern.

mod fault;

#[cfg(test)]
mod tests;

pub(crate) use fault::{Refusal, RegexFault};

use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::{
    AssertionKind, Ast, ClassBracketed, ClassSet, ClassSetItem, ErrorKind, Group, GroupKind,
    HexLiteralKind, Literal, LiteralKind, Position, RepetitionKind, RepetitionRange,
    SpecialLiteralKind,
};
use ttoolab_core::url_rule::MAX_PATTERN_BYTES;

/// The most unbounded repetitions (`*`, `+`, `{n,}`): each one multiplies the time by the length
/// of the URL.
const MAX_UNBOUNDED: u32 = 2;

/// The largest number in `{…}`: a SHA-512 in hexadecimal has as many digits, and both engines
/// compile the repeated part that many times over.
const MAX_COUNT: u32 = 128;

/// The most ways in which the optional parts and alternatives of a pattern can be combined, being
/// the product of their numbers: without a bound, every further `a?` doubles the time. So many
/// ways before a `b`, on 2 KiB of `a`, take V8 a tenth of a second.
const MAX_WAYS: u32 = 10_000;

/// Accepts a pattern of the subset.
pub(crate) fn check(pattern: &str) -> Result<(), Refusal> {
    if let Some(at) = pattern.bytes().position(|byte| !matches!(byte, b' '..=b'~')) {
        return Err(Refusal { at, fault: RegexFault::NotPrintable });
    }
    if pattern.len() > MAX_PATTERN_BYTES {
        return Err(Refusal { at: MAX_PATTERN_BYTES, fault: RegexFault::TooLong });
    }
    let ast = Parser::new().parse(pattern).map_err(|error| {
        let fault = match error.kind().clone() == ErrorKind::UnsupportedBackreference {
            true => RegexFault::EscapedDigit,
            false => RegexFault::Unreadable(error.kind().clone()),
        };
        refusal(error.span().start, fault)
    })?;
    Walk { pattern, unbounded: 0, ways: 1 }.node(&ast)
}

fn refusal(position: Position, fault: RegexFault) -> Refusal {
    Refusal { at: position.offset, fault }
}

/// A way through the tree from left to right. Depth is bounded by the pattern's length.
struct Walk<'a> {
    pattern: &'a str,
    unbounded: u32,
    ways: u32,
}

impl Walk<'_> {
    fn node(&mut self, ast: &Ast) -> Result<(), Refusal> {
        let refuse = |fault| Err(refusal(ast.span().start, fault));
        match ast {
            Ast::Empty(_) | Ast::Dot(_) | Ast::ClassPerl(_) => Ok(()),
            Ast::Flags(_) => refuse(RegexFault::Flags),
            Ast::ClassUnicode(_) => refuse(RegexFault::UnicodeClass),
            Ast::Literal(literal) => character(literal),
            Ast::Assertion(assertion) => match assertion.kind {
                AssertionKind::StartLine
                | AssertionKind::EndLine
                | AssertionKind::WordBoundary
                | AssertionKind::NotWordBoundary => Ok(()),
                AssertionKind::StartText
                | AssertionKind::EndText
                | AssertionKind::WordBoundaryStart
                | AssertionKind::WordBoundaryEnd
                | AssertionKind::WordBoundaryStartAngle
                | AssertionKind::WordBoundaryEndAngle
                | AssertionKind::WordBoundaryStartHalf
                | AssertionKind::WordBoundaryEndHalf => refuse(RegexFault::Assertion),
            },
            Ast::ClassBracketed(class) => self.class(class),
            Ast::Repetition(repetition) => {
                self.node(&repetition.ast)?;
                let op = &repetition.op;
                self.repetition(&repetition.ast, &op.kind, op.span.start.offset..op.span.end.offset)
            }
            Ast::Group(group) => self.group(group),
            Ast::Alternation(alternation) => {
                self.choice(alternation.asts.len() as u32, ast.span().start.offset)?;
                self.nodes(&alternation.asts)
            }
            Ast::Concat(concat) => self.nodes(&concat.asts),
        }
    }

    /// Counts a choice between so many.
    fn choice(&mut self, number: u32, at: usize) -> Result<(), Refusal> {
        self.ways = self.ways.saturating_mul(number);
        if self.ways > MAX_WAYS { Err(Refusal { at, fault: RegexFault::ManyWays }) } else { Ok(()) }
    }

    fn nodes(&mut self, asts: &[Ast]) -> Result<(), Refusal> {
        asts.iter().try_for_each(|ast| self.node(ast))
    }

    fn group(&mut self, group: &Group) -> Result<(), Refusal> {
        let refuse = |fault| Err(refusal(group.span.start, fault));
        match &group.kind {
            GroupKind::CaptureName { .. } => refuse(RegexFault::NamedGroup),
            GroupKind::NonCapturing(flags) if !flags.items.is_empty() => refuse(RegexFault::Flags),
            GroupKind::CaptureIndex(_) | GroupKind::NonCapturing(_) => self.node(&group.ast),
        }
    }

    fn repetition(
        &mut self,
        repeated: &Ast,
        kind: &RepetitionKind,
        written: std::ops::Range<usize>,
    ) -> Result<(), Refusal> {
        let refuse = |fault| Err(Refusal { at: written.start, fault });
        match repeated {
            Ast::Group(_) | Ast::Alternation(_) | Ast::Concat(_) => {
                return refuse(RegexFault::RepeatedGroup);
            }
            Ast::Assertion(_) | Ast::Empty(_) | Ast::Flags(_) => {
                return refuse(RegexFault::RepeatedAssertion);
            }
            Ast::Repetition(_) => return refuse(RegexFault::RepeatedTwice),
            Ast::Literal(_)
            | Ast::Dot(_)
            | Ast::ClassUnicode(_)
            | Ast::ClassPerl(_)
            | Ast::ClassBracketed(_) => {}
        }
        if self.pattern[written.clone()].contains(' ') {
            return refuse(RegexFault::SpacedCount);
        }
        let (least, most) = match kind {
            RepetitionKind::ZeroOrOne => (0, Some(1)),
            RepetitionKind::ZeroOrMore => (0, None),
            RepetitionKind::OneOrMore => (1, None),
            RepetitionKind::Range(RepetitionRange::Exactly(count)) => (*count, Some(*count)),
            RepetitionKind::Range(RepetitionRange::AtLeast(least)) => (*least, None),
            RepetitionKind::Range(RepetitionRange::Bounded(least, most)) => (*least, Some(*most)),
        };
        if most.unwrap_or(least) > MAX_COUNT {
            return refuse(RegexFault::LargeCount);
        }
        if let Some(most) = most {
            return self.choice(most - least + 1, written.start);
        }
        self.unbounded += 1;
        if self.unbounded > MAX_UNBOUNDED { refuse(RegexFault::ManyUnbounded) } else { Ok(()) }
    }

    fn class(&self, class: &ClassBracketed) -> Result<(), Refusal> {
        let start = class.span.start;
        let inside = &self.pattern[start.offset..][1 + usize::from(class.negated)..];
        if inside.starts_with("--") {
            return Err(refusal(start, RegexFault::HyphensInClass));
        }
        match &class.kind {
            ClassSet::Item(item) => class_item(item),
            ClassSet::BinaryOp(op) => Err(refusal(op.lhs.span().end, RegexFault::SetOperation)),
        }
    }
}

fn class_item(item: &ClassSetItem) -> Result<(), Refusal> {
    let refuse = |fault| Err(refusal(item.span().start, fault));
    match item {
        ClassSetItem::Empty(_) | ClassSetItem::Perl(_) => Ok(()),
        ClassSetItem::Literal(literal) => class_character(literal),
        ClassSetItem::Range(range) => {
            class_character(&range.start).and_then(|()| class_character(&range.end))
        }
        ClassSetItem::Ascii(_) => refuse(RegexFault::NamedClass),
        ClassSetItem::Unicode(_) => refuse(RegexFault::UnicodeClass),
        ClassSetItem::Bracketed(_) => refuse(RegexFault::BracketInClass),
        ClassSetItem::Union(union) => union.items.iter().try_for_each(class_item),
    }
}

fn class_character(literal: &Literal) -> Result<(), Refusal> {
    if literal.kind == LiteralKind::Verbatim && matches!(literal.c, '[' | ']') {
        return Err(refusal(literal.span.start, RegexFault::BracketInClass));
    }
    character(literal)
}

fn character(literal: &Literal) -> Result<(), Refusal> {
    let is_same = match &literal.kind {
        LiteralKind::Verbatim | LiteralKind::Meta | LiteralKind::Superfluous => true,
        LiteralKind::HexFixed(HexLiteralKind::X) => literal.c.is_ascii(),
        LiteralKind::HexFixed(HexLiteralKind::UnicodeShort | HexLiteralKind::UnicodeLong)
        | LiteralKind::HexBrace(_)
        | LiteralKind::Octal => false,
        LiteralKind::Special(special) => *special != SpecialLiteralKind::Bell,
    };
    if is_same { Ok(()) } else { Err(refusal(literal.span.start, RegexFault::Escape)) }
}
