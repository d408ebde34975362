//! Our own table: `kpis.yaml` goes in, patterns come out.

use std::collections::HashSet;

use indexmap::IndexMap;
use serde::Deserialize;

use super::super::point::Better;
use super::Fact;
use super::patterns::Patterns;

/// The table as a file; its own head says what the keys mean.
const TEXT: &str = include_str!("kpis.yaml");

/// The table, ready to be asked.
#[derive(Debug)]
pub(super) struct Table {
    programs: Patterns<Fact>,
    any: Patterns<Fact>,
    /// Words of failure, for trees that bring none.
    pub(super) failures: Patterns<()>,
    /// Stats that look like a failure and are none.
    pub(super) harmless: Patterns<()>,
    /// Programs without a parser.
    pub(super) silent: HashSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    silent: HashSet<String>,
    failures: Vec<String>,
    harmless: Vec<String>,
    programs: IndexMap<String, IndexMap<String, Row>>,
    any: IndexMap<String, Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    unit: Option<String>,
    better: Option<Better>,
    kpi: Option<bool>,
}

impl From<Row> for Fact {
    fn from(row: Row) -> Self {
        Self {
            unit: row.unit,
            better: row.better,
            kpi: row.kpi.unwrap_or(row.better.is_some()),
        }
    }
}

impl Table {
    /// Our table.
    ///
    /// # Panics
    /// When the file that was built in is wrong.
    pub(super) fn own() -> Self {
        Self::read(TEXT).expect("a unit test reads the table that is built in")
    }

    fn read(text: &str) -> Result<Self, String> {
        let file: File = serde_yaml::from_str(text).map_err(|e| e.to_string())?;
        let programs = file
            .programs
            .into_iter()
            .flat_map(|(program, rows)| {
                rows.into_iter()
                    .map(move |(stat, row)| (format!("(?:{program})\\.(?:{stat})"), row.into()))
            })
            .collect();
        let any = file.any.into_iter().map(|(name, row)| (name, row.into()));
        let words = |words: Vec<String>| words.into_iter().map(|word| (word, ())).collect();
        Ok(Self {
            programs: Patterns::new(programs)?,
            any: Patterns::new(any.collect())?,
            failures: Patterns::new(words(file.failures))?,
            harmless: Patterns::new(words(file.harmless))?,
            silent: file.silent,
        })
    }

    /// What the table says of a stat.
    pub(super) fn fact(&self, stat: &str) -> Fact {
        let mut fact = self.programs.first(stat).cloned().unwrap_or_default();
        if fact == Fact::default() {
            fact = self.any.first(stat).cloned().unwrap_or_default();
        }
        fact
    }
}
