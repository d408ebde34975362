//! An `lkp:` block with everything that is known of it before anything runs: its tree of tests, and every atomic job by
//! name.

use std::path::{Path, PathBuf};

use job_schema::Span;
use job_schema::test::lkp::{Lkp, SetValue};
use job_schema::yaml::{Spanned, Value};
use tokio::sync::OnceCell;

use super::expand::{Atomic, expand};
use super::kpi::Kpis;
use super::pack;
use super::tree::{Tree, TreeError};
use crate::failure::{Class, Failure};

/// A block that is ready to be planned and run.
#[derive(Debug)]
pub struct Suite {
    /// What the job file says.
    pub form: Lkp,
    /// Its jobs, in the order of the job file.
    pub jobs: Vec<Job>,
    /// Where the tree comes from, for people: as it is written, and the commit.
    pub origin: String,
    /// Where the tree and the author's cases are on this machine; none when the tree has not been fetched.
    at: Option<Place>,
    packed: OnceCell<Result<Packed, Failure>>,
}

#[derive(Debug, Clone)]
struct Place {
    tree: PathBuf,
    cases: Vec<PathBuf>,
}

/// A job of a block.
#[derive(Debug)]
pub struct Job {
    /// Its file below `jobs/`; as the author wrote it when the tree is not here.
    pub file: String,
    /// Its atomic jobs.
    pub atomics: Atomics,
}

/// The atomic jobs of a job.
#[derive(Debug)]
pub enum Atomics {
    /// All of them.
    Known(Vec<Atomic>),
    /// They are known when LKP has split the job on the node; why not before.
    OnNode(String),
}

/// What goes on a node.
#[derive(Debug, Clone)]
pub struct Packed {
    /// The tree.
    pub tests: PathBuf,
    /// The author's cases.
    pub own: Option<PathBuf>,
}

/// A block that is not what its tree can run.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// The source is no tree.
    #[error("{0}")]
    NoTree(String),
    /// The tree cannot be read.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// A case of the author's is missing.
    #[error("there is no `{}` beside the job file", .0.value)]
    NoCase(Spanned<String>),
    /// A job is missing, or wrong.
    #[error("{why}")]
    Job {
        /// As the author wrote it.
        name: Spanned<String>,
        /// What is wrong, and what to do.
        why: String,
    },
}

impl SuiteError {
    /// Where in the job file it is, if it is in one place.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        match self {
            Self::Tree(_) | Self::NoTree(_) => None,
            Self::NoCase(case) => Some(case.span),
            Self::Job { name, .. } => Some(name.span),
        }
    }
}

impl From<SuiteError> for Failure {
    fn from(error: SuiteError) -> Self {
        let place = error
            .span()
            .map_or_else(String::new, |span| format!("line {}: ", span.line));
        Self::new(Class::Job, format!("{place}{error}"))
    }
}

impl Suite {
    /// Reads the tree at `root` and expands the jobs of a block. Paths of the block are relative to `base`.
    ///
    /// # Errors
    /// There is no such job or case, or a job cannot be read.
    pub fn read(form: &Lkp, root: &Path, origin: String, base: &Path) -> Result<Self, SuiteError> {
        let cases: Vec<PathBuf> = form.cases.iter().map(|case| base.join(&**case)).collect();
        if let Some((case, _)) = form
            .cases
            .iter()
            .zip(&cases)
            .find(|(_, path)| !path.exists())
        {
            return Err(SuiteError::NoCase(case.clone()));
        }
        let tree = Tree::open(root, &cases)?;
        let set = known_values(form);
        let mut jobs = Vec::new();
        for name in &form.jobs {
            let wrong = |why: String| SuiteError::Job {
                name: name.clone(),
                why,
            };
            let file = tree.find_job(name).map_err(|e| wrong(e.to_string()))?;
            let atomics = match expand(&tree, &file, &set) {
                Ok(atomics) => Atomics::Known(atomics),
                Err(e) if e.is_known_on_node() => Atomics::OnNode(e.to_string()),
                Err(e) => return Err(wrong(e.to_string())),
            };
            jobs.push(Job {
                file: file.name,
                atomics,
            });
        }
        Ok(Self {
            form: form.clone(),
            jobs,
            origin,
            at: Some(Place {
                tree: root.to_owned(),
                cases,
            }),
            packed: OnceCell::new(),
        })
    }

    /// A block whose tree is not on this machine yet: its jobs are known by their names alone.
    #[must_use]
    pub fn unread(form: &Lkp, origin: String) -> Self {
        let jobs = form.jobs.iter().map(|name| Job {
            file: name.value.clone(),
            atomics: Atomics::OnNode(format!("{origin} is not fetched yet")),
        });
        Self {
            form: form.clone(),
            jobs: jobs.collect(),
            origin,
            at: None,
            packed: OnceCell::new(),
        }
    }

    /// The folder of the tree.
    #[must_use]
    pub fn tree(&self) -> Option<&Path> {
        self.at.as_ref().map(|at| at.tree.as_path())
    }

    /// Units and directions, with what the tree itself says of them. What is wrong with the tree's tables comes with it.
    #[must_use]
    pub fn kpis(&self) -> (Kpis, Vec<String>) {
        Kpis::of(self.tree().map(|tree| tree.join("etc")).as_deref())
    }

    /// Packs the tree and the cases into `folder`, once however many nodes ask.
    ///
    /// # Errors
    /// Infrastructure: they cannot be read or written.
    pub async fn pack(&self, folder: &Path) -> Result<(), Failure> {
        let Some(at) = self.at.clone() else {
            return Err(Failure::new(
                Class::Bug,
                "lkp-tests was not fetched before it was packed",
            ));
        };
        let pack = || async {
            let folder = folder.to_owned();
            let packed = tokio::task::spawn_blocking(move || at.pack(&folder)).await;
            packed
                .map_err(|e| Failure::new(Class::Bug, format!("packing lkp-tests panicked: {e}")))?
                .map_err(|e| {
                    Failure::new(Class::Infrastructure, format!("cannot pack lkp-tests: {e}"))
                })
        };
        self.packed.get_or_init(pack).await.clone().map(drop)
    }

    /// What was packed.
    ///
    /// # Errors
    /// Bug: nothing was.
    pub fn packed(&self) -> Result<&Packed, Failure> {
        match self.packed.get() {
            Some(Ok(packed)) => Ok(packed),
            Some(Err(failure)) => Err(failure.clone()),
            None => Err(Failure::new(Class::Bug, "lkp-tests was not packed")),
        }
    }
}

impl Place {
    fn pack(&self, folder: &Path) -> std::io::Result<Packed> {
        // Several blocks have archives of their own.
        let folder = tempfile::Builder::new()
            .prefix("lkp-")
            .tempdir_in(folder)?
            .keep();
        let tests = folder.join("tests.tar.gz");
        pack::tree(&self.tree, &tests)?;
        let own = (!self.cases.is_empty()).then(|| folder.join("own.tar.gz"));
        if let Some(own) = &own {
            pack::cases(&self.cases, own)?;
        }
        Ok(Packed { tests, own })
    }
}

/// What `set` says, and what dispatch sets by itself: monitors, and a compiler's name where none is needed. Values that a
/// message brings are not known yet.
fn known_values(form: &Lkp) -> indexmap::IndexMap<String, Value> {
    let mut values = super::defaults(form);
    for (name, value) in &form.set {
        let value = match &value.value {
            SetValue::One(value) => value.clone(),
            SetValue::Many(values) => Value::Seq(values.clone()),
            SetValue::Learned(word) => Value::Str(format!("${word}")),
        };
        values.insert(name.clone(), value);
    }
    values
}
