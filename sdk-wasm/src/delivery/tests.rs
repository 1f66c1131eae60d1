//! CONTRACT §2's table of answers, and the bounds of a batch.

use super::{Answer, Delivery, MAX_BYTES_IN_FLIGHT, Moment, Outcome};
use crate::outbox::{Outbox, Row, Worth};
use crate::platform::memory::Memory;

struct Desk {
    platform: Memory,
    outbox: Outbox,
    delivery: Delivery,
}

impl Desk {
    fn with(count: usize) -> Self {
        let platform = Memory::default();
        let outbox = Outbox::load(&platform, "demo");
        let mut desk = Self { platform, outbox, delivery: Delivery::default() };
        (1..=count).for_each(|number| desk.add(&number.to_string(), Worth::Plain, 10));
        desk
    }

    fn add(&mut self, id: &str, worth: Worth, bytes: usize) {
        let json = format!("{{{}}}", "x".repeat(bytes));
        let row = Row { id: id.into(), visitor: "v".into(), worth, json, stored: false };
        self.outbox.push(&self.platform, row);
    }

    fn batch(&mut self) -> Option<(u32, String)> {
        self.batch_when(Moment::Staying)
    }

    fn batch_when(&mut self, moment: Moment) -> Option<(u32, String)> {
        let batch = self.delivery.next_batch(&self.outbox, 100, moment, |_| true)?;
        Some((batch.request, batch.ids.join(" ")))
    }

    fn answer(&mut self, request: u32, answer: Answer) -> Outcome {
        let outcome = self.delivery.answered(request, answer, 1_000.0, 0.5);
        let rejected = outcome.rejected.iter().map(|(id, _)| id);
        for id in outcome.accepted.iter().chain(rejected).chain(&outcome.unreadable) {
            self.outbox.forget(&self.platform, id);
        }
        outcome
    }
}

fn status(status: u16) -> Answer {
    Answer { status, ..Answer::default() }
}

fn accepted(ids: &str) -> Answer {
    let accepted = ids.split(' ').map(str::to_owned).collect();
    Answer { status: 200, accepted, ..Answer::default() }
}

#[test]
fn a_200_forgets_exactly_the_ids_it_names() {
    let mut desk = Desk::with(3);
    assert_eq!(desk.batch(), Some((1, "1 2 3".into())));
    let rejected = vec![("2".to_owned(), "badEvent".to_owned())];
    desk.answer(1, Answer { rejected, ..accepted("1") });
    assert_eq!(desk.batch(), Some((2, "3".into())));
}

#[test]
fn an_event_that_arrived_meanwhile_is_kept() {
    let mut desk = Desk::with(1);
    desk.batch();
    desk.add("9", Worth::Counts, 10);
    desk.answer(1, accepted("1"));
    assert_eq!(desk.batch(), Some((2, "9".into())));
}

#[test]
fn unknown_failures_send_the_same_ids_again_after_a_growing_wait() {
    for code in [0, 404, 500, 502] {
        let mut desk = Desk::with(2);
        for (round, cap) in [1_000.0, 2_000.0, 4_000.0].into_iter().enumerate() {
            let (request, ids) = desk.batch().unwrap();
            assert_eq!(ids, "1 2");
            desk.answer(request, status(code));
            assert_eq!(desk.delivery.not_before, 1_000.0 + cap * 0.5, "{code}, round {round}");
        }
        for _ in 0..40 {
            let (request, _) = desk.batch().unwrap();
            desk.answer(request, status(code));
        }
        assert_eq!(desk.delivery.not_before, 151_000.0, "never more than five minutes");
    }
}

#[test]
fn a_200_of_somebody_else_acknowledges_nothing() {
    let mut desk = Desk::with(1);
    desk.batch();
    desk.answer(1, status(200));
    assert!(!desk.delivery.is_open(1_000.0, Moment::Staying));
    assert_eq!(desk.outbox.rows().len(), 1);
}

#[test]
fn retry_after_is_kept_even_when_leaving() {
    for code in [429, 503] {
        let mut desk = Desk::with(1);
        desk.batch();
        desk.answer(1, Answer { retry_after_s: Some(10), ..status(code) });
        assert_eq!(desk.delivery.next_due(), Some(13_500.0));
        assert!(!desk.delivery.is_open(10_999.0, Moment::Leaving));
        assert!(desk.delivery.is_open(13_500.0, Moment::Staying));
        assert_eq!(desk.batch(), Some((2, "1".into())));
    }
}

#[test]
fn a_wait_of_our_own_ends_when_the_page_goes() {
    let mut desk = Desk::with(1);
    desk.batch();
    desk.answer(1, status(0));
    assert!(!desk.delivery.is_open(1_001.0, Moment::Staying));
    assert!(desk.delivery.is_open(1_001.0, Moment::Leaving));
}

#[test]
fn an_unreadable_body_is_halved_until_the_bad_event_is_alone() {
    for code in [400, 413] {
        let mut desk = Desk::with(5);
        let mut sent = Vec::new();
        while let Some((request, ids)) = desk.batch() {
            let bad = ids.split(' ').any(|id| id == "4");
            let outcome = desk.answer(request, if bad { status(code) } else { accepted(&ids) });
            assert_eq!(outcome.unreadable.as_deref(), (ids == "4").then_some("4"));
            sent.push(ids);
        }
        assert_eq!(sent, ["1 2 3 4 5", "1 2", "3 4 5", "3", "4 5", "4", "5"]);
        assert!(desk.outbox.rows().is_empty());
    }
}

#[test]
fn a_refusal_stops_the_page_and_keeps_the_outbox() {
    for code in [401, 403] {
        let mut desk = Desk::with(1);
        desk.batch();
        assert!(desk.answer(1, status(code)).refused);
        assert_eq!(desk.outbox.rows().len(), 1);
        assert!(!desk.delivery.is_open(f64::MAX, Moment::Leaving));
        desk.delivery.wake(0.0);
        assert_eq!(desk.delivery.next_due(), None);
    }
}

#[test]
fn an_answer_is_heard_once() {
    let mut desk = Desk::with(1);
    desk.batch();
    desk.answer(1, accepted("1"));
    assert_eq!(desk.answer(1, accepted("1")), Outcome::default());
}

#[test]
fn a_fresh_exposure_does_not_wait_for_a_slow_request() {
    let mut desk = Desk::with(2);
    assert_eq!(desk.batch(), Some((1, "1 2".into())));
    desk.add("9", Worth::Counts, 10);
    assert_eq!(desk.batch(), Some((2, "9".into())));
    assert_eq!(desk.batch(), None);
}

#[test]
fn what_counts_goes_first() {
    let mut desk = Desk::with(2);
    desk.add("9", Worth::Counts, 10);
    assert_eq!(desk.batch(), Some((1, "9 1 2".into())));
}

#[test]
fn bytes_in_flight_are_bounded() {
    let mut desk = Desk::with(0);
    for id in ["1", "2", "3", "4", "5"] {
        desk.add(id, Worth::Plain, MAX_BYTES_IN_FLIGHT / 3);
    }
    assert_eq!(desk.batch(), Some((1, "1 2".into())));
    assert_eq!(desk.batch(), None, "no room before the answer");
    assert_eq!(
        desk.batch_when(Moment::Leaving),
        Some((2, "3 4".into())),
        "more when it is the last"
    );
    desk.answer(1, accepted("1 2"));
    desk.answer(2, accepted("3 4"));
    assert_eq!(desk.delivery.next_due(), Some(1_000.0), "the rest follows at once");
    assert_eq!(desk.batch(), Some((3, "5".into())));
}

#[test]
fn an_event_larger_than_the_room_travels_alone() {
    let mut desk = Desk::with(0);
    desk.add("1", Worth::Plain, 2 * MAX_BYTES_IN_FLIGHT);
    desk.add("2", Worth::Plain, 10);
    assert_eq!(desk.batch(), Some((1, "1".into())));
    assert_eq!(desk.batch(), None);
}

#[test]
fn a_batch_holds_200_events() {
    let mut desk = Desk::with(250);
    let (_, ids) = desk.batch().unwrap();
    assert_eq!(ids.split(' ').count(), 200);
}

#[test]
fn a_batch_speaks_for_one_visitor() {
    let mut desk = Desk::with(1);
    let json = "{}".to_owned();
    let other =
        Row { id: "2".into(), visitor: "w".into(), worth: Worth::Plain, json, stored: false };
    desk.outbox.push(&desk.platform, other);
    let first = desk.delivery.next_batch(&desk.outbox, 0, Moment::Staying, |_| true).unwrap();
    let second = desk.delivery.next_batch(&desk.outbox, 0, Moment::Staying, |_| true).unwrap();
    assert_eq!((&*first.visitor, first.ids.len()), ("v", 1));
    assert_eq!((&*second.visitor, second.ids.len()), ("w", 1));
}

#[test]
fn a_visitor_without_a_token_is_held_back() {
    let mut desk = Desk::with(1);
    assert_eq!(desk.delivery.next_batch(&desk.outbox, 0, Moment::Staying, |_| false), None);
    assert_eq!(desk.batch(), Some((1, "1".into())));
}
