//! The rule with data whose right answer is known.

use proptest::prelude::*;

use super::*;

const BASE: [f64; 6] = [100.0, 101.0, 99.5, 100.5, 99.0, 100.2];

fn one(base: &[f64], other: &[f64], better: Option<Better>) -> Judged {
    judge(&[(base.to_vec(), other.to_vec())], better)
}

#[test]
fn known_data() {
    let shifted = |percent: f64| BASE.map(|value| value * (1.0 + percent / 100.0));
    let noisy = [80.0, 125.0, 95.0, 110.0, 70.0, 130.0];
    let noisy_shifted = noisy.map(|value| value * 1.06);
    let outlier = [100.0, 101.0, 99.5, 100.5, 99.0, 1e9];
    let zeros = [0.0; 6];
    let cases: &[(&str, &[f64], &[f64], Verdict)] = &[
        ("identical", &BASE, &BASE, Verdict::Same),
        ("5 % up", &BASE, &shifted(5.0), Verdict::Better),
        ("5 % down", &BASE, &shifted(-5.0), Verdict::Worse),
        (
            "1.5 % up: too little to tell",
            &BASE,
            &shifted(1.5),
            Verdict::Same,
        ),
        ("noise", &noisy, &noisy_shifted, Verdict::Same),
        ("an outlier is no shift", &BASE, &outlier, Verdict::Same),
        (
            "3 against 3",
            &BASE[..3],
            &[200.0, 201.0, 202.0],
            Verdict::TooFew,
        ),
        ("1 against 1", &[1.0], &[2.0], Verdict::TooFew),
        (
            "4 against 4",
            &BASE[..4],
            &[200.0, 201.0, 202.0, 203.0],
            Verdict::Better,
        ),
        ("1 against many", &[1.0], &BASE, Verdict::TooFew),
        (
            "from zero",
            &zeros,
            &[3.0, 4.0, 5.0, 3.5, 4.5, 5.5],
            Verdict::Better,
        ),
        ("to zero", &BASE, &zeros, Verdict::Worse),
        ("zero stays", &zeros, &zeros, Verdict::Same),
        ("below zero", &[-5.0; 5], &[-4.0; 5], Verdict::Better),
        ("constants apart", &[100.0; 4], &[103.0; 4], Verdict::Better),
        (
            "constants, all but",
            &[100.0; 4],
            &[101.0; 4],
            Verdict::Same,
        ),
        ("huge", &[-1e308; 5], &[1.7e308; 5], Verdict::Better),
    ];
    for (what, base, other, expected) in cases {
        assert_eq!(
            one(base, other, Some(Better::Higher)).verdict,
            *expected,
            "{what}"
        );
        let unknown = one(base, other, None).verdict;
        let expected = match expected {
            Verdict::Better | Verdict::Worse => Verdict::Changed,
            other => *other,
        };
        assert_eq!(unknown, expected, "{what}, no direction");
    }
}

#[test]
fn the_change_is_a_part_of_the_base() {
    let change = |base: f64, other: f64| one(&[base], &[other], None).change;
    assert_eq!(change(100.0, 94.0), Some(-0.06));
    assert_eq!(change(-100.0, -94.0), Some(0.06));
    assert_eq!(change(0.0, 1.0), None);
    assert_eq!(change(0.0, 0.0), None);
    assert_eq!(change(-1e308, 1.7e308), None);
}

#[test]
fn nodes_weigh_the_same() {
    let slow = [10.0, 10.2, 9.9];
    let fast = [50.0, 50.5, 49.5];
    let up = |values: [f64; 3]| values.map(|value| value * 1.1).to_vec();
    let pairs = [(slow.to_vec(), up(slow)), (fast.to_vec(), up(fast))];
    let judged = judge(&pairs, Some(Better::Lower));
    assert_eq!(judged.verdict, Verdict::Worse);
    assert!(
        judged
            .change
            .is_some_and(|change| (change - 0.1).abs() < 1e-9)
    );
    assert_eq!(judge(&pairs[..1], None).verdict, Verdict::TooFew);
}

#[test]
fn medians_and_spreads() {
    assert_eq!(median(&[]), 0.0);
    assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
    assert_eq!(median(&[f64::MAX, f64::MAX]), f64::MAX);
    assert_eq!(spread([[1.0].as_slice()].into_iter()), None);
    // An outlier does not move it; and a node's level is not spread.
    let nodes = [
        [1.0, 2.0, 3.0, 4.0, 1e9].as_slice(),
        &[101.0, 102.0, 103.0, 104.0, 105.0],
    ];
    assert_eq!(spread(nodes.into_iter()), Some(MAD_TO_DEVIATION));
}

/// How often two runs of the same machine, 5 % noise, are told apart.
fn false_alarms(n: usize, tries: u32) -> u32 {
    let mut state = 12_345_u64;
    let mut noise = || {
        // Twelve even numbers make a normal one, nearly.
        (0..12).fold(-6.0, |sum, _| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            sum + (state >> 33) as f64 / (1_u64 << 31) as f64
        }) * 5.0
            + 100.0
    };
    (0..tries)
        .filter(|_| {
            let base: Vec<f64> = (0..n).map(|_| noise()).collect();
            let other: Vec<f64> = (0..n).map(|_| noise()).collect();
            one(&base, &other, Some(Better::Higher)).verdict == Verdict::Worse
        })
        .count() as u32
}

#[test]
fn equal_machines_are_seldom_told_apart() {
    // About 1 of 90 with 4 against 4; the spread makes it rarer with more.
    for (n, most) in [(4, 8), (5, 8), (8, 6), (12, 3)] {
        let alarms = false_alarms(n, 400);
        assert!(alarms <= most, "{n}: {alarms}");
    }
}

fn samples() -> impl Strategy<Value = Vec<f64>> {
    let rough = (0_i32..30).prop_map(f64::from);
    let any = proptest::num::f64::NORMAL;
    prop_oneof![
        proptest::collection::vec(rough, 1..12),
        proptest::collection::vec(any, 1..30),
        proptest::collection::vec(90.0..110.0_f64, 1..30),
    ]
}

proptest! {
    #[test]
    fn swapping_the_runs_mirrors_the_verdict(
        pairs in proptest::collection::vec((samples(), samples()), 1..4),
    ) {
        let swapped: Vec<Pair> = pairs.iter().cloned().map(|(a, b)| (b, a)).collect();
        let there = judge(&pairs, Some(Better::Higher));
        let back = judge(&swapped, Some(Better::Higher));
        let mirrored = match there.verdict {
            Verdict::Better => Verdict::Worse,
            Verdict::Worse => Verdict::Better,
            other => other,
        };
        prop_assert_eq!(back.verdict, mirrored);
        prop_assert_eq!(back.p, there.p);
        let lower = judge(&pairs, Some(Better::Lower)).verdict;
        prop_assert_eq!(lower, mirrored);
    }

    #[test]
    fn the_same_data_is_never_better_or_worse(values in samples(), seed in 0_usize..30) {
        let mut other = values.clone();
        other.rotate_left(seed % values.len());
        let verdict = one(&values, &other, Some(Better::Higher)).verdict;
        prop_assert!(matches!(verdict, Verdict::Same | Verdict::TooFew));
    }
}
