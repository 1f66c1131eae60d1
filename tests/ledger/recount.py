#!/usr/bin/env python3
"""Recounts an experiment from what was sent and what is stored, and compares it with the API.

Reads three files: the ledger of a load generator (one JSON object a line: `intent` before each
send; `accepted`, `refused` or `silence` after it), the collector's SQLite file, and the answer of
`GET /api/v1/projects/{p}/experiments/{e}/results`. Uses Python's standard library alone and
shares nothing with the collector, so that both would have to make the same mistake.

Checked:
  lost        acknowledged, but not stored
  invented    stored, but never sent
  twice       stored in two rows under one identity (visitor, eventId)
  deedTwice   one thing a visitor did, stored under two ids
  refused     answered with 429 or 503 ("nothing was stored"), never acknowledged, and yet stored
  unsettled   sent, and neither stored nor acknowledged (with --unsettled-is-fine: not checked)
  wrong       a number of the API that differs from the naive count
  corrupt     what SQLite's own integrity check says

The naive count takes the *bodies* from the ledger and only the *identities* from the database:
what the collector made of an event is never believed. It knows what the generator of the fault
tests sends and nothing more: one running experiment and epoch, true clocks, signed tokens, goals
without `where`, no refunds (so net must equal gross), no bots, no visitor in two arms. A ledger
with anything else in it needs a longer script, not this one.
"""

import argparse
import json
import sqlite3
import sys
import uuid
from collections import defaultdict
from decimal import Decimal

EXAMPLES = 3  # named for each kind of problem: enough to look at one, few enough to read


def read_ledger(path):
    """What was sent (by identity: body and deed), acknowledged and refused."""
    sent, deeds, acked, refused = {}, {}, set(), set()
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            ((kind, what),) = json.loads(line).items()
            visitor = what["visitor"]
            if kind == "intent":
                for deed, event in zip(what["deeds"], what["events"], strict=True):
                    identity = (visitor, event["eventId"])
                    sent[identity] = event
                    deeds[identity] = deed
            elif kind == "accepted":
                acked.update((visitor, event_id) for event_id in what["ids"])
            elif kind == "refused":
                refused.update((visitor, event_id) for event_id in what["ids"])
            elif kind != "silence":
                raise ValueError(f"a ledger has no {kind!r}")
    return sent, deeds, acked, refused


def read_database(path):
    """The identities of all rows, with repetitions, and SQLite's opinion of the file."""
    # Not read-only: after a crash the write-ahead log has to be recovered before it can be read.
    database = sqlite3.connect(path)
    try:
        opinion = [row[0] for row in database.execute("PRAGMA integrity_check")]
        rows = database.execute("SELECT visitor, event_id FROM events").fetchall()
    finally:
        database.close()
    stored = [(str(uuid.UUID(bytes=visitor)), str(uuid.UUID(bytes=event))) for visitor, event in rows]
    return stored, [] if opinion == ["ok"] else opinion


class Goal:
    """The counts of one goal in one variant."""

    def __init__(self):
        self.visitors = set()
        self.total = 0
        self.orders = defaultdict(int)
        self.gross = defaultdict(Decimal)


def goals_met(event):
    """The goals of the test project that an event of an exposed visitor meets."""
    name = event["eventName"]
    if name == "purchase":
        return ["order", "aov"]
    if name == "$url":
        return ["thank-you"] if "/order-confirmation" in event["url"] else []
    claims = {claim["goalKey"] for claim in event.get("conversions", [])}
    selector_goal = {"$click": "checkout", "$submit": "signup"}.get(name)
    return [selector_goal] if selector_goal in claims else []


def count(sent, stored, experiment):
    """Exposed visitors of each variant, and the counts of each (goal, variant)."""
    events = [(visitor, sent[visitor, event_id]) for visitor, event_id in stored]
    # In the order of the clocks, ids breaking ties: the first exposure and the first order win.
    events.sort(key=lambda pair: (pair[1]["createdAt"], pair[1]["eventId"]))
    arm, exposure_ids = {}, set()
    for visitor, event in events:
        if event["eventName"] == "$exposure":
            for entry in event["assignments"]:
                if entry["experimentKey"] == experiment:
                    arm.setdefault(visitor, entry["variantKey"])
                    exposure_ids.add((visitor, event["eventId"]))
    exposed = defaultdict(int)
    for variant in arm.values():
        exposed[variant] += 1
    goals, orders_seen = defaultdict(Goal), set()
    for visitor, event in events:
        entries = [e for e in event["assignments"] if e["experimentKey"] == experiment]
        if not any((visitor, entry.get("exposureId")) in exposure_ids for entry in entries):
            continue
        payload = event.get("payload", {})
        for goal_key in goals_met(event):
            order = payload.get("order_id")
            if order is not None:
                if (goal_key, order) in orders_seen:
                    continue
                orders_seen.add((goal_key, order))
            goal = goals[goal_key, arm[visitor]]
            goal.visitors.add(visitor)
            goal.total += 1
            if goal_key == "aov":
                currency = payload.get("currency", "USD")
                goal.orders[currency] += 1
                goal.gross[currency] += Decimal(payload["revenue"])
    return exposed, goals


def compare(results, exposed, goals):
    """Every number of the API that is not what was counted, as text."""
    wrong = []

    def expect(what, counted, answered):
        if counted != answered:
            wrong.append(f"{what}: counted {counted}, the API says {answered}")

    answered_arms = {variant["variantKey"] for variant in results["variants"]}
    expect("variants", set(), set(exposed) - answered_arms)
    for variant in results["variants"]:
        key = variant["variantKey"]
        expect(f"exposures of {key}", exposed[key], variant["exposures"])
    for answered_goal in results["goals"]:
        for answered in answered_goal["variants"]:
            place = answered_goal["goalKey"], answered["variantKey"]
            goal = goals[place]
            expect(f"exposures at {place}", exposed[place[1]], answered["exposures"])
            expect(f"conversions of {place}", len(goal.visitors), answered["conversions"])
            expect(f"total of {place}", goal.total, answered["totalConversions"])
            money = {row["currency"]: row for row in answered.get("revenue", [])}
            expect(f"currencies of {place}", set(goal.orders), set(money))
            for currency in set(goal.orders) & set(money):
                row = money[currency]
                expect(f"orders of {place} in {currency}", goal.orders[currency], row["orders"])
                gross = f"{goal.gross[currency]:.2f}"
                expect(f"gross of {place} in {currency}", gross, row["gross"])
                expect(f"net of {place} in {currency}", gross, row["net"])
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ledger", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--results", required=True)
    parser.add_argument("--experiment", default="hero")
    parser.add_argument("--unsettled-is-fine", action="store_true")
    options = parser.parse_args()

    sent, deeds, acked, refused = read_ledger(options.ledger)
    rows, corrupt = read_database(options.database)
    with open(options.results, encoding="utf-8") as file:
        results = json.load(file)

    stored = set(rows)
    by_deed = defaultdict(list)
    for identity in stored & sent.keys():
        by_deed[deeds[identity]].append(identity)
    exposed, goals = count(sent, stored & sent.keys(), options.experiment)
    problems = {
        "lost": sorted(acked - stored),
        "invented": sorted(stored - sent.keys()),
        "twice": sorted({row for row in rows if rows.count(row) > 1}) if len(rows) > len(stored) else [],
        "deedTwice": [ids for ids in by_deed.values() if len(ids) > 1],
        "refused": sorted((refused - acked) & stored),
        "unsettled": [] if options.unsettled_is_fine else sorted(sent.keys() - acked - stored),
        "wrong": compare(results, exposed, goals),
        "corrupt": corrupt,
    }
    found = {
        name: {"count": len(cases), "examples": cases[:EXAMPLES]}
        for name, cases in problems.items()
        if cases
    }
    report = {
        "sent": len(sent),
        "acked": len(acked),
        "stored": len(stored),
        "exposures": sum(exposed.values()),
        "conversions": sum(len(goal.visitors) for goal in goals.values()),
        "problems": found,
    }
    json.dump(report, sys.stdout, indent=2)
    print()
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
