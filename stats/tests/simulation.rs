//! Simulated experiments through the real decision function: the short form. The long one is the
//! example `simulate`.

#[path = "../examples/simulate/run.rs"]
mod run;

/// Enough for the bounds, which are wider than the truth: 2 % false winners are expected, the
/// naive rule has 34 %.
const RUNS: u32 = 500;

#[test]
fn winners_survive_peeking_and_real_ones_are_found() {
    println!("{}", run::HEADER);
    let mut faults = Vec::new();
    for scenario in run::scenarios() {
        let outcome = run::run(&scenario, RUNS);
        println!("{outcome}");
        faults.extend(outcome.faults(&scenario));
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
