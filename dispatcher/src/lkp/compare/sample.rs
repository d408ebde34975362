//! From the entries of one run's journal to its samples.

use indexmap::IndexMap;
use jiff::Timestamp;

use crate::journal::event::{CaseResult, Entry, Event};
use crate::lkp::point::{Better, Point};
use crate::text;

/// What makes numbers comparable: the same metric of the same atomic job in the same suite, in the same unit.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// Name of the suite, without the number that says where in the job it stands.
    pub(crate) suite: String,
    /// The atomic job.
    pub(crate) job: String,
    /// LKP's name of the number.
    pub(crate) metric: String,
    /// Its unit, where it is known.
    pub(crate) unit: Option<String>,
}

/// One number, and where it was measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sample {
    /// The node.
    pub(crate) node: String,
    /// The suite with its number: the same job can stand twice in a test.
    pub(crate) suite: String,
    /// The container on its node, from 1.
    pub(crate) container: u32,
    /// LKP's number of the run of the job, from 0.
    pub(crate) repeat: u32,
    /// Finite.
    pub(crate) value: f64,
}

/// The samples of one metric in one run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metric {
    /// Which direction is an improvement, where it is known.
    pub(crate) better: Option<Better>,
    /// Whether it is one of the numbers that the test is run for.
    pub(crate) kpi: bool,
    /// In the order they came.
    pub(crate) samples: Vec<Sample>,
}

/// How many runs of an atomic job there were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    /// All of them.
    pub(crate) points: u64,
    /// Those that did not pass; none of their numbers is a sample.
    pub(crate) failed: u64,
    /// Numbers of those that passed which are no numbers (`nan`, `inf`, words).
    pub(crate) odd: u64,
}

/// What a comparison needs of a run. Every text in it is safe to show.
#[derive(Debug, Clone, Default)]
pub(crate) struct RunSamples {
    /// Its id.
    pub(crate) id: String,
    /// `job_name`.
    pub(crate) name: String,
    /// When it began.
    pub(crate) start: Option<Timestamp>,
    /// Whether its journal has its last line.
    pub(crate) ended: bool,
    /// Lines of its journal that could not be read.
    pub(crate) damaged: u64,
    /// Its atomic jobs, by suite and name.
    pub(crate) jobs: IndexMap<(String, String), Tally>,
    /// Its metrics.
    pub(crate) metrics: IndexMap<Key, Metric>,
}

impl RunSamples {
    /// A run without samples; its journal may know a better id.
    pub(crate) fn new(id: &str) -> Self {
        Self {
            id: text::name(id),
            ..Self::default()
        }
    }

    /// Takes the next entry of the journal.
    pub(crate) fn push(&mut self, entry: &Entry) {
        match &entry.event {
            Event::RunStarted { run, job_name, .. } => {
                self.id = text::name(run);
                self.name = text::name(job_name);
                self.start = Some(entry.at);
            }
            Event::RunEnded { .. } => self.ended = true,
            Event::Lkp {
                node, suite, point, ..
            } => self.point(node, suite, point),
            _ => {}
        }
    }

    fn point(&mut self, node: &str, full_suite: &str, point: &Point) {
        let suite = text::name(without_number(full_suite));
        let job = text::name(&point.job);
        let tally = self.jobs.entry((suite.clone(), job.clone())).or_default();
        tally.points += 1;
        if point.result != CaseResult::Pass {
            tally.failed += 1;
            return;
        }
        for measurement in &point.measurements {
            let Some(value) = number(&measurement.value) else {
                tally.odd += 1;
                continue;
            };
            let key = Key {
                suite: suite.clone(),
                job: job.clone(),
                metric: text::name(&measurement.name),
                unit: measurement.unit.as_deref().map(text::name),
            };
            let metric = self.metrics.entry(key).or_default();
            metric.better = metric.better.or(measurement.better);
            metric.kpi |= measurement.kpi;
            metric.samples.push(Sample {
                node: text::name(node),
                suite: text::name(full_suite),
                container: point.container,
                repeat: point.repeat,
                value,
            });
        }
    }
}

/// A finite number, if it is one.
pub(crate) fn number(text: &str) -> Option<f64> {
    // -0 and 0 are one number, and must sort as one.
    text.trim()
        .parse::<f64>()
        .ok()
        .filter(|value| value.is_finite())
        .map(|value| value + 0.0)
}

/// `0_cpu` is the suite `cpu`, wherever in its job it stands.
pub(crate) fn without_number(suite: &str) -> &str {
    match suite.split_once('_') {
        Some((number, name))
            if !number.is_empty()
                && !name.is_empty()
                && number.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            name
        }
        _ => suite,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_finite() {
        for (text, expected) in [
            ("21457", Some(21457.0)),
            (" 1e3 ", Some(1e3)),
            ("-0", Some(0.0)),
            ("1.7e308", Some(1.7e308)),
            ("nan", None),
            ("inf", None),
            ("1e999", None),
            ("", None),
            ("12 KB", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
        assert!(number("-0").is_some_and(f64::is_sign_positive));
    }

    #[test]
    fn the_place_of_a_suite_is_not_its_name() {
        assert_eq!(without_number("0_cpu"), "cpu");
        assert_eq!(without_number("12_a_b"), "a_b");
        for same in ["cpu", "0_", "_cpu", "x_cpu", ""] {
            assert_eq!(without_number(same), same);
        }
    }
}
