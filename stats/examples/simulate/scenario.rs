//! The experiments that are simulated, and what must come out.

use std::ops::RangeInclusive;

use ttoolab_stats::decide::Winner;

/// An experiment as the world has it.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    /// Control first.
    pub(crate) arms: Vec<Arm>,
    pub(crate) amounts: Option<Amounts>,
    /// New visitors of all arms between two looks.
    pub(crate) visitors_a_look: u64,
    pub(crate) looks: u32,
    /// The arm that is truly better than control, if one is.
    pub(crate) better: Option<Winner>,
    pub(crate) expected: Expected,
}

/// A variant as the world has it.
#[derive(Clone, Copy)]
pub(crate) struct Arm {
    /// What the settings say.
    pub(crate) weight: f64,
    /// The share of visitors it truly gets, relative to the others.
    pub(crate) share: f64,
    /// The share of its visitors who convert.
    pub(crate) rate: f64,
}

/// What converters spend: lognormal, in minor units.
#[derive(Clone, Copy)]
pub(crate) struct Amounts {
    pub(crate) median: f64,
    pub(crate) sigma: f64,
    /// Fixed before the start, in minor units.
    pub(crate) cap: i128,
}

/// What must come out.
pub(crate) enum Expected {
    /// At most 5 % winners, while the naive rule calls at least so many percent.
    NoWinner { naive: f64 },
    /// Half of the trials have a winner when control has had so many visitors.
    Winner { stop: RangeInclusive<u64> },
    /// The guard of the division blocks.
    Mismatch,
}

/// All of them, in the order of the report.
pub(crate) fn scenarios() -> [Scenario; 11] {
    let equal = |rate| Arm { weight: 1.0, share: 1.0, rate };
    let unequal = |weight, rate| Arm { weight, share: weight, rate };
    let amounts = capped_at_99_percent(5_000.0, 1.5);
    let base = |name| Scenario {
        name,
        arms: vec![equal(0.05); 2],
        amounts: None,
        visitors_a_look: 2_000,
        looks: 60,
        better: None,
        expected: Expected::NoWinner { naive: 25.0 },
    };
    [
        base("A/A, 5 %, 60 looks"),
        Scenario {
            visitors_a_look: 200,
            looks: 600,
            ..base("A/A, 5 %, a look every 100 an arm, 600 looks")
        },
        Scenario {
            arms: vec![equal(0.005); 2],
            visitors_a_look: 400,
            looks: 300,
            ..base("A/A, 0.5 %, a look every 200 an arm, 300 looks")
        },
        Scenario {
            arms: vec![equal(0.3); 2],
            visitors_a_look: 100,
            looks: 600,
            ..base("A/A, 30 %, a look every 50 an arm, 600 looks")
        },
        Scenario {
            arms: vec![unequal(0.9, 0.01), unequal(0.1, 0.01)],
            visitors_a_look: 10_000,
            ..base("A/A, 1 %, 90/10, 60 looks")
        },
        Scenario {
            arms: vec![unequal(0.1, 0.01), unequal(0.9, 0.01)],
            visitors_a_look: 10_000,
            ..base("A/A, 1 %, 10/90, 60 looks")
        },
        Scenario {
            arms: vec![equal(0.05); 4],
            visitors_a_look: 4_000,
            ..base("A/A/A/A, 5 %, Holm, 60 looks")
        },
        Scenario {
            arms: vec![equal(0.03); 2],
            amounts: Some(amounts),
            visitors_a_look: 10_000,
            ..base("A/A, revenue capped at 99 %, 60 looks")
        },
        Scenario {
            arms: vec![equal(0.05), equal(0.055)],
            looks: 200,
            better: Some(Winner::Treatment(0)),
            expected: Expected::Winner { stop: 26_000..=37_000 },
            ..base("+10 % at 5 %, a look every 1,000 an arm")
        },
        Scenario {
            arms: vec![equal(0.05), equal(0.05), equal(0.055), equal(0.05)],
            visitors_a_look: 4_000,
            looks: 200,
            better: Some(Winner::Treatment(1)),
            expected: Expected::Winner { stop: 33_000..=46_000 },
            ..base("one of three +10 % at 5 %, Holm")
        },
        Scenario {
            arms: vec![
                Arm { weight: 1.0, share: 0.51, rate: 0.05 },
                Arm { weight: 1.0, share: 0.49, rate: 0.05 },
            ],
            expected: Expected::Mismatch,
            ..base("51/49 in place of 50/50")
        },
    ]
}

/// The cap that somebody would set who knows the amounts of last year.
fn capped_at_99_percent(median: f64, sigma: f64) -> Amounts {
    let z = ttoolab_stats::special::normal::upper_quantile(0.01);
    Amounts { median, sigma, cap: (median * (sigma * z).exp()) as i128 }
}
