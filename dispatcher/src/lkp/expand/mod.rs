//! The atomic jobs of a job file, by the names that `lkp split-job` gives them, before any machine is there. In: a tree, a
//! job file and what the author sets. Out: [`Atomic`] jobs in LKP's order. Wrong: an [`ExpandError`] with file and line.
//!
//! Nothing of LKP runs. [`documents`] reads the job with its includes; [`defaults`] adds what its keys pull in; [`params`]
//! knows which lists are a matrix, [`matrix`] multiplies them out, [`name`] writes the names. [`ruby`] evaluates the little
//! code that stands in jobs.

mod defaults;
mod documents;
mod error;
mod include;
mod matrix;
mod name;
mod params;
mod psych;
mod revise;
mod roles;
mod ruby;
mod rules;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use indexmap::IndexMap;
use job_schema::yaml::Value;
use regex_automata::meta::Regex;
use regex_automata::util::syntax;

pub use error::ExpandError;

use super::tree::{JobFile, Tree};
use defaults::Defaults;
use documents::read;
use matrix::Matrix;
use params::{Catalogue, Params};
use psych::UNKNOWN;
use revise::revise;

/// The atomic jobs that one job file may have.
pub const MAX_ATOMIC: usize = 10_000;

type Map = IndexMap<String, Value>;

/// A job without lists: one run of one test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Atomic {
    /// The name of LKP's file for it, without `.yaml`: `hackbench-pipe-8-process-100%`.
    pub name: String,
    /// The job file it is of, below `jobs/`, with `.yaml`.
    pub job: String,
    /// LKP's name of the test, the first folder of its results.
    pub testcase: String,
    /// The tests whose `<program>.*` numbers must be among the results. Set-up, monitors, daemons, tests without a parser
    /// and those of other roles are not.
    pub programs: Vec<String>,
    /// What tells it from the other atomic jobs of its file, sorted by key.
    pub params: IndexMap<String, String>,
}

/// The atomic jobs of a job file, each name once, in LKP's order. `set` is what the author sets over the job, as
/// `lkp split-job -s` takes it: keys may be `a.b`, `a+` and `a-`; a value `$word` is known only when the job runs.
///
/// # Errors
/// See [`ExpandError`]; [`ExpandError::is_known_on_node`] tells whether LKP may split the job all the same.
pub fn expand(
    tree: &Tree,
    job: &JobFile,
    set: &IndexMap<String, Value>,
) -> Result<Vec<Atomic>, ExpandError> {
    let file = job.path();
    let mut documents = read(tree, &file)?.into_iter();
    let mut expander = Expander {
        file: job,
        written: tree.read(&file)?,
        overrides: overrides(set),
        catalogue: Catalogue::new(tree)?,
        defaults: Defaults::new(tree)?,
        out: IndexMap::new(),
        made: 0,
    };
    let mut base = documents.next().unwrap_or_default();
    node_facts(&mut base);
    let bare = Map::new();
    expander.document(&base, &bare)?;
    for document in documents {
        expander.document(&base, &document)?;
    }
    if expander.out.is_empty() {
        return Err(ExpandError::Nothing {
            job: job.name.clone(),
        });
    }
    Ok(expander.out.into_values().collect())
}

/// What LKP adds to a job on its node; the values are known there.
fn node_facts(job: &mut Map) {
    let unknown = || Value::Str(UNKNOWN.to_owned());
    for key in ["testbox", "tbox_group"] {
        job.insert(key.to_owned(), unknown());
    }
    if job
        .get("arch")
        .is_none_or(|arch| matches!(arch, Value::Null | Value::Bool(false)))
    {
        job.insert("arch".to_owned(), unknown());
    }
    if job
        .get("cluster")
        .is_some_and(|it| !matches!(it, Value::Null | Value::Bool(false)))
    {
        let roles = Value::Str("server client".to_owned());
        job.insert("node_roles".to_owned(), roles);
    }
    for key in ["nr_cpu", "memory"] {
        job.entry(key.to_owned()).or_insert_with(unknown);
    }
    job.entry("local_run".to_owned()).or_insert(Value::Int(1));
}

/// What messages bring is not known yet.
fn overrides(set: &IndexMap<String, Value>) -> Map {
    let word = |text: &str| {
        text.strip_prefix('$').is_some_and(|word| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        })
    };
    set.iter()
        .map(|(key, value)| match value {
            Value::Str(text) if word(text) => (key.clone(), Value::Str(UNKNOWN.to_owned())),
            value => (key.clone(), value.clone()),
        })
        .collect()
}

struct Expander<'t> {
    file: &'t JobFile,
    written: String,
    overrides: Map,
    catalogue: Catalogue<'t>,
    defaults: Defaults<'t>,
    /// By name; LKP writes a file of the same name again.
    out: IndexMap<String, Atomic>,
    made: usize,
}

impl Expander<'_> {
    /// The atomic jobs of the first document with another one over it.
    fn document(&mut self, base: &Map, document: &Map) -> Result<(), ExpandError> {
        let params = self.catalogue.params(base)?;
        let mut loaded = HashSet::new();
        let mut job = base.clone();
        self.add_defaults(&mut job, document, &params, &mut loaded)?;
        revise(&mut job, document, true);
        revise(&mut job, &self.overrides, true);
        let params = self.catalogue.params(&job)?;
        let path = self.file.path();
        let written = std::mem::take(&mut self.written);
        let matrix = Matrix {
            params: &params,
            file: &path,
            written: &written,
        };
        let factors = matrix.factors(&job);
        let size = factors
            .iter()
            .try_fold(1_usize, |size, (_, count)| size.checked_mul(*count));
        if size.is_none_or(|size| size > MAX_ATOMIC) {
            return Err(self.too_many(factors));
        }
        let result = matrix.expand(&mut job, &mut |job| {
            self.made += 1;
            if self.made > MAX_ATOMIC {
                return Err(self.too_many(factors.clone()));
            }
            let mut job = job.clone();
            let mut loaded = loaded.clone();
            self.add_defaults(&mut job, document, &params, &mut loaded)?;
            let atomic = name::atomic(self.file, &job, &mut self.catalogue)?;
            self.out.insert(atomic.name.clone(), atomic);
            Ok(())
        });
        self.written = written;
        result
    }

    fn add_defaults(
        &mut self,
        job: &mut Map,
        document: &Map,
        params: &Params,
        loaded: &mut HashSet<(String, String)>,
    ) -> Result<(), ExpandError> {
        if job.contains_key(":no_defaults") {
            return Ok(());
        }
        let mut seen = job.clone();
        revise(&mut seen, document, true);
        revise(&mut seen, &self.overrides, true);
        let found = self
            .defaults
            .load(seen, &self.overrides, params, &self.catalogue, loaded)?;
        revise(job, &found, false);
        Ok(())
    }

    fn too_many(&self, factors: Vec<(String, usize)>) -> ExpandError {
        ExpandError::TooMany {
            job: self.file.name.clone(),
            factors,
            limit: MAX_ATOMIC,
        }
    }
}

/// A regular expression with Ruby's meaning of `^` and `$`: lines. None when it has what only Ruby knows.
fn regex(pattern: &str) -> Option<Regex> {
    Regex::builder()
        .syntax(syntax::Config::new().multi_line(true))
        .configure(Regex::config().nfa_size_limit(Some(1 << 20)))
        .build(pattern)
        .ok()
}
