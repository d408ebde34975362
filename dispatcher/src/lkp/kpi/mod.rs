//! What the numbers of LKP's test programs mean: unit, direction, whether a test is run for them; and which stats are
//! words of failure.
//!
//! A table of our own (`kpis.yaml`) and, when a tree is given, what its `etc` folder says go in: the directions of
//! `index-perf-all.yaml` and `index-latency-all.yaml` override and complete ours, its `failure` replaces our list of
//! failure words, its `programs` tell which programs have a parser. Facts of a stat come out. LKP has no units, so
//! those are always ours. What cannot be used of the tree is a warning, never an error.

mod patterns;
mod table;
mod tree;

use std::collections::HashSet;
use std::path::Path;
use std::sync::LazyLock;

use self::patterns::Patterns;
use self::table::Table;
use super::point::Better;

/// What is known of a stat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fact {
    /// What it is counted in: `KB/s`.
    pub unit: Option<String>,
    /// Which direction is an improvement.
    pub better: Option<Better>,
    /// Whether its test is run for this number.
    pub kpi: bool,
}

/// Facts of stats, as our table and the tree in use have them.
#[derive(Debug)]
pub struct Kpis {
    table: &'static Table,
    /// Directions of the tree, first match wins.
    index: Patterns<Better>,
    /// Failure words of the tree.
    failures: Option<Patterns<()>>,
    /// Programs that run and have no parser, as far as the tree tells.
    silent: HashSet<String>,
    /// Programs that have a parser in the tree.
    parsed: HashSet<String>,
}

/// Our own table. A unit test reads it, so it is good in a program that was released.
static TABLE: LazyLock<Table> = LazyLock::new(Table::own);

impl Kpis {
    /// The facts, with those of the tree whose `etc` folder is given; and what of it could not be used, a sentence each.
    #[must_use]
    pub fn of(etc: Option<&Path>) -> (Self, Vec<String>) {
        let mut warnings = Vec::new();
        let mut kpis = Self {
            table: &TABLE,
            index: Patterns::none(),
            failures: None,
            silent: HashSet::new(),
            parsed: HashSet::new(),
        };
        if let Some(etc) = etc {
            kpis.index = tree::index(etc, &mut warnings);
            kpis.failures = tree::failures(etc, &mut warnings);
            (kpis.parsed, kpis.silent) = tree::programs(etc);
        }
        (kpis, warnings)
    }

    /// What is known of the stat with this whole name (`hackbench.throughput`).
    #[must_use]
    pub fn fact(&self, stat: &str) -> Fact {
        let mut fact = self.table.fact(stat);
        if let Some(better) = self.index.first(stat) {
            fact.better = Some(*better);
            fact.kpi = true;
        }
        fact
    }

    /// Whether a stat is a word of failure.
    pub(crate) fn is_failure(&self, stat: &str) -> bool {
        let failures = self.failures.as_ref().unwrap_or(&self.table.failures);
        failures.first(stat).is_some() && self.table.harmless.first(stat).is_none()
    }

    /// Whether a program has no parser, so that stats of its own are not to be expected.
    pub(crate) fn is_silent(&self, program: &str) -> bool {
        self.silent.contains(program)
            || (self.table.silent.contains(program) && !self.parsed.contains(program))
    }
}

#[cfg(test)]
mod tests;
