//! The noise rule: when two runs differ, and when that is noise. [`RULE`] states it, `docs/lkp-compare.md` explains it.

use serde::Serialize;

use super::rank::{self, Pair};
use crate::lkp::point::Better;

/// A difference that chance alone brings more often than this is noise.
const SIGNIFICANT: f64 = 0.05;

/// A difference that is a smaller part of the greater of the two values is not worth a word.
const LEAST_CHANGE: f64 = 0.02;

/// A difference that is not this many times the spread of single samples is noise.
const LEAST_SPREADS: f64 = 1.5;

/// The median deviation of a normal distribution times this is its standard deviation.
const MAD_TO_DEVIATION: f64 = 1.4826;

/// The rule, as it stands below every comparison.
pub(crate) const RULE: &str = "Noise rule: a sample is the mean over the containers of a node that ran together. Runs differ \
when a rank test, node by node, gives chance at most 5 %, and their medians are at least 2 % and more than 1.5 x the spread \
(1.4826 x median deviation, the greater of both runs) apart. `too few`: even samples without overlap could be chance; \
4 against 4 on one node are enough. Noise from one boot or machine to the next is not in a run and cannot be seen.";

/// What became of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    /// It changed in the wrong direction.
    Worse,
    /// It changed in the right direction.
    Better,
    /// It changed, and nobody knows which direction is right.
    Changed,
    /// Within noise.
    Same,
    /// Too few samples to tell.
    #[serde(rename = "too few")]
    TooFew,
    /// The base does not have it.
    New,
    /// Only the base has it.
    Gone,
}

impl Verdict {
    /// Every verdict, the most urgent one first.
    pub(crate) const ALL: [Self; 7] = [
        Self::Worse,
        Self::Better,
        Self::Changed,
        Self::Same,
        Self::TooFew,
        Self::New,
        Self::Gone,
    ];

    /// The word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Better => "better",
            Self::Changed => "changed",
            Self::Same => "same",
            Self::TooFew => "too few",
            Self::New => "new",
            Self::Gone => "gone",
        }
    }
}

/// What the rule says of two runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Judged {
    /// The difference as a part of the base's value; none when that is zero.
    pub(crate) change: Option<f64>,
    /// See [`rank::Rank::p`]; none with too few samples.
    pub(crate) p: Option<f64>,
    /// The word.
    pub(crate) verdict: Verdict,
}

/// Judges the samples of two runs, given node by node; no list is empty.
pub(crate) fn judge(pairs: &[Pair], better: Option<Better>) -> Judged {
    let base = typical(pairs.iter().map(|(base, _)| base.as_slice()));
    let other = typical(pairs.iter().map(|(_, other)| other.as_slice()));
    let difference = other - base;
    let change = Some(difference / base.abs()).filter(|change| change.is_finite());
    if rank::least_p(pairs) > SIGNIFICANT {
        return Judged {
            change,
            p: None,
            verdict: Verdict::TooFew,
        };
    }
    let rank = rank::test(pairs);
    let of_base = spread(pairs.iter().map(|(base, _)| base.as_slice()));
    let of_other = spread(pairs.iter().map(|(_, other)| other.as_slice()));
    let scatter = of_base.unwrap_or(0.0).max(of_other.unwrap_or(0.0));
    let least = LEAST_CHANGE * base.abs().max(other.abs());
    let differs = rank.p <= SIGNIFICANT
        && difference.abs() >= least
        && difference.abs() > LEAST_SPREADS * scatter
        && (difference > 0.0) == (rank.lean > 0);
    let verdict = match (differs, better) {
        (false, _) => Verdict::Same,
        (true, None) => Verdict::Changed,
        (true, Some(Better::Higher)) if difference > 0.0 => Verdict::Better,
        (true, Some(Better::Lower)) if difference < 0.0 => Verdict::Better,
        (true, Some(_)) => Verdict::Worse,
    };
    Judged {
        change,
        p: Some(rank.p),
        verdict,
    }
}

/// The value of a run: the mean of its nodes' medians, so that every node weighs the same.
pub(crate) fn typical<'a>(nodes: impl Iterator<Item = &'a [f64]>) -> f64 {
    let medians: Vec<f64> = nodes.map(median).collect();
    mean(&medians)
}

/// How far samples lie from the median of their node, as the standard deviation of a normal distribution would; outliers
/// do not move it. None when no node has two samples.
pub(crate) fn spread<'a>(nodes: impl Iterator<Item = &'a [f64]>) -> Option<f64> {
    let mut several = false;
    let mut deviations = Vec::new();
    for node in nodes {
        several |= node.len() > 1;
        let middle = median(node);
        deviations.extend(node.iter().map(|value| (value - middle).abs()));
    }
    several.then(|| MAD_TO_DEVIATION * median(&deviations))
}

/// The mean; divides first, so that huge numbers have one too.
pub(crate) fn mean(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    if let [value] = values {
        return *value;
    }
    let sum: f64 = values.iter().sum();
    if sum.is_finite() {
        sum / count
    } else {
        values.iter().map(|value| value / count).sum()
    }
}

/// The median; 0 of nothing.
pub(crate) fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let half = sorted.len() / 2;
    match sorted.as_slice() {
        [] => 0.0,
        _ if sorted.len() % 2 == 1 => sorted[half],
        _ => mean(&sorted[half - 1..=half]),
    }
}

#[cfg(test)]
mod tests;
