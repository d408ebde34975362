//! The `lkp:` blocks of a job, made ready: their trees fetched, their jobs expanded.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use job_schema::test::Test;
use job_schema::test::lkp::Lkp;
use job_schema::{Action, Block, Job};

use super::fleet::pin::Pin;
use super::source::Source;
use super::suite::{Suite, SuiteError};
use crate::failure::{Class, Failure};
use crate::fetch::Fetcher;

/// The environment variable that names a tree for blocks without `source`.
pub const VARIABLE: &str = "LKP_TESTS";

/// The blocks that are ready, by their key path.
#[derive(Debug, Default)]
pub struct Suites(HashMap<String, Arc<Suite>>);

impl Suites {
    /// The suite of a block.
    ///
    /// # Errors
    /// Bug: the job was planned without loading it.
    pub fn of(&self, block: &Block) -> Result<&Arc<Suite>, Failure> {
        self.0.get(&block.path).ok_or_else(|| {
            Failure::new(Class::Bug, "an lkp block was planned before it was loaded")
        })
    }
}

/// What sources are relative to, and what stands in where a block names none.
#[derive(Debug, Clone)]
pub struct Origins {
    /// The folder of the job file.
    pub job_folder: PathBuf,
    /// The tree for blocks without `source`: `LKP_TESTS`, else what `dispatch lkp init` has pinned.
    pub default: Option<PathBuf>,
}

impl Origins {
    /// As the environment has it.
    #[must_use]
    pub fn new(job_folder: &Path) -> Self {
        let named = std::env::var_os(VARIABLE).filter(|value| !value.is_empty());
        Self {
            job_folder: job_folder.to_owned(),
            default: named.map(PathBuf::from),
        }
    }

    /// As the environment has it, then what `dispatch lkp init` has pinned in the state folder.
    ///
    /// # Errors
    /// Configuration: the pin cannot be read.
    pub fn with_pin(job_folder: &Path, state: &Path) -> Result<Self, Failure> {
        let mut origins = Self::new(job_folder);
        if origins.default.is_none() {
            origins.default = Pin::load(state)?.map(|pin| pin.tree(state));
        }
        Ok(origins)
    }

    /// Where the tree of a block comes from.
    ///
    /// # Errors
    /// Job: nothing names one.
    pub(crate) fn source(&self, form: &Lkp, job: &Job) -> Result<Source, Failure> {
        let revision = form.revision.as_ref().map(|r| r.value.as_str());
        match (&form.source, &self.default) {
            (Some(written), _) => Ok(Source::of(
                written,
                revision,
                &self.job_folder,
                &job.secrets,
            )),
            (None, Some(tree)) => Ok(Source::Folder(tree.clone())),
            (None, None) => Err(Failure::new(
                Class::Job,
                format!(
                    "the lkp block named `{}` has no `source`, {VARIABLE} is not set, and `dispatch lkp init SOURCE` \
                     was never run; do one of the three",
                    form.suite()
                ),
            )),
        }
    }
}

/// The `lkp:` blocks of a job.
pub(crate) fn blocks(job: &Job) -> impl Iterator<Item = (&Block, &Lkp)> {
    job.actions.iter().filter_map(|block| match &block.action {
        Action::Test(Test::Lkp(form)) => Some((block, &**form)),
        _ => None,
    })
}

/// Fetches what is named and expands everything.
///
/// # Errors
/// Infrastructure: a source cannot be fetched; job: there is no such job in it.
pub async fn fetch(job: &Job, origins: &Origins, fetcher: &Fetcher) -> Result<Suites, Failure> {
    let mut suites = Suites::default();
    for (block, form) in blocks(job) {
        let source = origins.source(form, job)?;
        let checkout = source.fetch(fetcher).await?;
        let mut words = source.words();
        if let Some(commit) = &checkout.commit {
            words.push_str(&format!(" at {commit}"));
        }
        let suite = Suite::read(form, &checkout.folder, words, &origins.job_folder)?;
        suites.0.insert(block.path.clone(), Arc::new(suite));
    }
    Ok(suites)
}

/// Nothing but the names that the job file has: for asking what a device can do.
#[must_use]
pub fn names(job: &Job) -> Suites {
    let unread = |(block, form): (&Block, &Lkp)| {
        let suite = Suite::unread(form, form.suite().to_owned());
        (block.path.clone(), Arc::new(suite))
    };
    Suites(blocks(job).map(unread).collect())
}

/// Expands what is on this machine and fetches nothing: for looking at a job.
///
/// # Errors
/// Job: there is no such job in the tree, or no tree where one is named.
pub fn look(job: &Job, origins: &Origins) -> Result<Suites, Failure> {
    let mut suites = Suites::default();
    for (block, form) in blocks(job) {
        let source = origins.source(form, job)?;
        let suite = look_at(form, &source, origins)?;
        suites.0.insert(block.path.clone(), Arc::new(suite));
    }
    Ok(suites)
}

/// One block, expanded if its source is on this machine.
pub(crate) fn look_at(form: &Lkp, source: &Source, origins: &Origins) -> Result<Suite, SuiteError> {
    match source.here() {
        Some(tree) => Suite::read(form, &tree?, source.words(), &origins.job_folder),
        None => Ok(Suite::unread(form, source.words())),
    }
}
