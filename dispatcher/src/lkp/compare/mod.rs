//! Compares what LKP measured in several runs.
//!
//! The journals of runs come in ([`sample`]), the first run is the base; a [`Comparison`] goes out: per metric of an atomic
//! job what each run found, and whether it differs from the base by the noise rule ([`rule`], [`rank`]). [`text`], [`json`]
//! and [`csv`] write it, [`strip`] and [`svg`] draw it. All of it is pure. Nothing can go wrong but the writing: numbers
//! that are none are counted and left out, and no number is too great to be drawn.

mod axis;
pub(crate) mod csv;
pub(crate) mod json;
pub(crate) mod number;
mod rank;
pub(crate) mod rule;
pub(crate) mod sample;
mod strip;
pub(crate) mod svg;
pub(crate) mod terminal;
pub(crate) mod text;

use std::collections::BTreeMap;

use indexmap::IndexMap;
use jiff::Timestamp;

use self::rank::Pair;
use self::rule::Verdict;
use self::sample::{Key, Metric, RunSamples, Sample, Tally};
use crate::lkp::point::Better;

/// Runs, compared with the first of them.
#[derive(Debug)]
pub(crate) struct Comparison {
    /// The base, then the others in the order they began.
    pub(crate) runs: Vec<Run>,
    /// What was measured, in the order the runs measured it.
    pub(crate) kpis: Vec<Kpi>,
}

/// One of the runs.
#[derive(Debug)]
pub(crate) struct Run {
    /// `A` is the base.
    pub(crate) letter: String,
    /// Its id.
    pub(crate) id: String,
    /// `job_name`.
    pub(crate) name: String,
    /// When it began.
    pub(crate) start: Option<Timestamp>,
    /// Whether it has come to its end.
    pub(crate) ended: bool,
    /// Lines of its journal that could not be read.
    pub(crate) damaged: u64,
    /// Its atomic jobs, by suite and name.
    pub(crate) jobs: IndexMap<(String, String), Tally>,
}

/// One metric of one atomic job in all runs.
#[derive(Debug)]
pub(crate) struct Kpi {
    /// Which.
    pub(crate) key: Key,
    /// Which direction is an improvement, where it is known.
    pub(crate) better: Option<Better>,
    /// Whether the test is run for it.
    pub(crate) kpi: bool,
    /// What each run found, in the order of [`Comparison::runs`].
    pub(crate) found: Vec<Found>,
}

/// What a run found of a metric.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Its samples as they were measured, container by container.
    pub(crate) points: Vec<Sample>,
    /// By node, the samples that are judged: the means over the containers that ran together.
    pub(crate) nodes: BTreeMap<String, Vec<f64>>,
    /// Runs of the job that failed, of how many.
    pub(crate) tally: Tally,
    /// See [`rule::typical`].
    pub(crate) value: Option<f64>,
    /// See [`rule::spread`].
    pub(crate) spread: Option<f64>,
    /// Against the base, as a part of it.
    pub(crate) change: Option<f64>,
    /// See [`rank::Rank::p`].
    pub(crate) p: Option<f64>,
    /// Against the base; the base itself has none, and a run has none of what neither has.
    pub(crate) verdict: Option<Verdict>,
}

impl Found {
    /// How many samples were judged.
    pub(crate) fn n(&self) -> usize {
        self.nodes.values().map(Vec::len).sum()
    }
}

impl Comparison {
    /// Compares the first run with the others, in those metrics that `wanted` takes (name, and whether it is a KPI).
    pub(crate) fn of(mut runs: Vec<RunSamples>, wanted: impl Fn(&str, bool) -> bool) -> Self {
        if let Some((_, others)) = runs.split_first_mut() {
            others.sort_by_key(|run| run.start);
        }
        let mut keys: IndexMap<Key, (Option<Better>, bool)> = IndexMap::new();
        for (key, metric) in runs.iter().flat_map(|run| &run.metrics) {
            let known = keys.entry(key.clone()).or_default();
            known.0 = known.0.or(metric.better);
            known.1 |= metric.kpi;
        }
        let kpis = keys
            .into_iter()
            .filter(|(key, (_, kpi))| wanted(&key.metric, *kpi))
            .map(|(key, (better, kpi))| compare(key, better, kpi, &mut runs))
            .collect();
        let runs = runs.into_iter().enumerate().map(|(place, run)| Run {
            letter: letter(place),
            id: run.id,
            name: run.name,
            start: run.start,
            ended: run.ended,
            damaged: run.damaged,
            jobs: run.jobs,
        });
        Self {
            runs: runs.collect(),
            kpis,
        }
    }

    /// How often each verdict was given; those that were not are left out.
    pub(crate) fn counts(&self) -> Vec<(Verdict, usize)> {
        let given: Vec<Verdict> = self.found().filter_map(|found| found.verdict).collect();
        Verdict::ALL
            .into_iter()
            .map(|verdict| (verdict, given.iter().filter(|v| **v == verdict).count()))
            .filter(|(_, count)| *count > 0)
            .collect()
    }

    /// Whether something got worse: by its verdict, or because nothing is left of it and its job failed.
    pub(crate) fn worse(&self) -> bool {
        self.found().any(|found| match found.verdict {
            Some(Verdict::Worse) => true,
            Some(Verdict::Gone) => found.tally.failed > 0,
            _ => false,
        })
    }

    fn found(&self) -> impl Iterator<Item = &Found> {
        self.kpis.iter().flat_map(|kpi| &kpi.found)
    }
}

/// Takes a metric out of all runs and compares them.
fn compare(key: Key, better: Option<Better>, kpi: bool, runs: &mut [RunSamples]) -> Kpi {
    let job = (key.suite.clone(), key.job.clone());
    let mut found: Vec<Found> = runs
        .iter_mut()
        .map(|run| {
            let metric = run.metrics.swap_remove(&key).unwrap_or_default();
            find(metric, run.jobs.get(&job).copied().unwrap_or_default())
        })
        .collect();
    if let Some((base, others)) = found.split_first_mut() {
        for other in others {
            other.verdict = match (base.n(), other.n()) {
                (0, 0) => None,
                (0, _) => Some(Verdict::New),
                (_, 0) => Some(Verdict::Gone),
                _ => {
                    let judged = rule::judge(&pairs(base, other), better);
                    (other.change, other.p) = (judged.change, judged.p);
                    Some(judged.verdict)
                }
            };
        }
    }
    Kpi {
        key,
        better,
        kpi,
        found,
    }
}

fn find(metric: Metric, tally: Tally) -> Found {
    let mut rounds: IndexMap<(&str, &str, u32), Vec<f64>> = IndexMap::new();
    for sample in &metric.samples {
        let round = (sample.node.as_str(), sample.suite.as_str(), sample.repeat);
        rounds.entry(round).or_default().push(sample.value);
    }
    let mut nodes: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for ((node, _, _), values) in rounds {
        let samples = nodes.entry(node.to_owned()).or_default();
        samples.push(rule::mean(&values));
    }
    let lists = || nodes.values().map(Vec::as_slice);
    Found {
        value: (!nodes.is_empty()).then(|| rule::typical(lists())),
        spread: rule::spread(lists()),
        points: metric.samples,
        nodes,
        tally,
        ..Found::default()
    }
}

/// Node by node those that both runs have; all together when they have none in common.
fn pairs(base: &Found, other: &Found) -> Vec<Pair> {
    let common: Vec<Pair> = base
        .nodes
        .iter()
        .filter_map(|(node, samples)| Some((samples.clone(), other.nodes.get(node)?.clone())))
        .collect();
    if !common.is_empty() {
        return common;
    }
    let all = |found: &Found| found.nodes.values().flatten().copied().collect();
    vec![(all(base), all(other))]
}

/// A, B … Z, AA, AB …
fn letter(mut place: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + (place % 26) as u8));
        if place < 26 {
            return letters.iter().rev().collect();
        }
        place = place / 26 - 1;
    }
}

#[cfg(test)]
mod tests;
