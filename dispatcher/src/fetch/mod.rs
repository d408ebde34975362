//! How files reach the dispatcher: test definitions from git, archives and folders.
//!
//! Everything is fetched once per run, however many nodes use it.

pub mod archive;
pub mod git;
pub mod location;
pub mod whole_file;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use indexmap::IndexMap;
use job_schema::test::definitions::{Definition, From};
use job_schema::testdef::TestDefinition;
use job_schema::yaml::Value;
use tokio::sync::OnceCell;

use self::location::Location;
use crate::failure::{Class, Failure};

/// A definition with everything that came with it.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The typed definition.
    pub definition: TestDefinition,
    /// The definition as written.
    pub source: Value,
    /// The folder that it came in; none for inline definitions.
    pub folder: Option<PathBuf>,
    /// The commit, for git.
    pub commit: Option<String>,
}

/// A fetched folder.
#[derive(Debug, Clone)]
pub struct Checkout {
    /// Where it is.
    pub folder: PathBuf,
    /// The commit, for git.
    pub commit: Option<String>,
}

/// Where a checkout comes from; equal ones are fetched once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Source {
    Git(git::Clone),
    Archive(archive::Source),
}

type Once = Arc<OnceCell<Result<Checkout, Failure>>>;

/// Fetches for one run.
#[derive(Debug)]
pub struct Fetcher {
    /// Where fetched things go; removed with the run's temporary folder.
    folder: PathBuf,
    /// What relative paths of the job are relative to.
    job_folder: PathBuf,
    under_way: Mutex<HashMap<Source, Once>>,
    /// By path or URL.
    files: Mutex<HashMap<String, whole_file::Cell>>,
    /// How many folders were given out.
    folders: AtomicUsize,
}

impl Fetcher {
    /// A fetcher that writes below `folder`.
    #[must_use]
    pub fn new(folder: PathBuf, job_folder: PathBuf) -> Self {
        Self {
            folder,
            job_folder,
            under_way: Mutex::default(),
            files: Mutex::default(),
            folders: AtomicUsize::new(0),
        }
    }

    /// A test definition and what comes with it.
    ///
    /// # Errors
    /// Infrastructure when it cannot be fetched; job when it is not there or is not a test definition.
    pub async fn definition(
        &self,
        definition: &Definition,
        secrets: &IndexMap<String, String>,
    ) -> Result<Fetched, Failure> {
        let (checkout, from) = match &definition.from {
            From::Inline { definition, source } => {
                return Ok(Fetched {
                    definition: (**definition).clone(),
                    source: source.clone(),
                    folder: None,
                    commit: None,
                });
            }
            From::Git {
                repository,
                branch,
                revision,
                shallow,
                history,
                recursive,
            } => {
                let what = git::Clone {
                    url: Location::new(repository, secrets),
                    branch: branch.clone(),
                    revision: revision.clone(),
                    shallow: *shallow,
                    history: *history,
                    recursive: *recursive,
                };
                let words = what.words();
                (self.once(Source::Git(what)).await?, words)
            }
            From::Url {
                repository,
                compression,
                strip_components,
            } => {
                let source = archive::Source {
                    url: Location::new(repository, secrets),
                    compression: compression.clone(),
                    strip: *strip_components,
                };
                let words = repository.value.clone();
                (self.once(Source::Archive(source)).await?, words)
            }
            From::Path { repository } => {
                let folder = self.job_folder.join(&**repository);
                (
                    Checkout {
                        folder,
                        commit: None,
                    },
                    repository.value.clone(),
                )
            }
        };
        read_definition(checkout, &definition.path, &from)
    }

    /// A git repository.
    ///
    /// # Errors
    /// Infrastructure when it cannot be cloned.
    pub async fn git(&self, what: git::Clone) -> Result<Checkout, Failure> {
        self.once(Source::Git(what)).await
    }

    /// What is in an archive.
    ///
    /// # Errors
    /// Infrastructure when it cannot be fetched; job when it cannot be unpacked.
    pub async fn archive(&self, source: archive::Source) -> Result<Checkout, Failure> {
        self.once(Source::Archive(source)).await
    }

    /// A path of the job file.
    #[must_use]
    pub fn beside_the_job(&self, path: &str) -> PathBuf {
        self.job_folder.join(path)
    }

    /// A file, by its path beside the job or its URL.
    ///
    /// # Errors
    /// Infrastructure when it cannot be fetched; job when it is not there.
    async fn file(
        &self,
        written: &str,
        secrets: &IndexMap<String, String>,
    ) -> Result<PathBuf, Failure> {
        let url = Location::new(written, secrets);
        if url.real().contains("://") {
            let number = self.folders.fetch_add(1, Ordering::Relaxed);
            return archive::download(&url, &self.folder.join(format!("file-{number}"))).await;
        }
        let path = self.job_folder.join(url.real());
        if path.is_file() {
            return Ok(path);
        }
        let message = format!("there is no file `{written}` beside the job file");
        Err(Failure::new(Class::Job, message))
    }

    /// A repository named under `install: git-repos`.
    ///
    /// # Errors
    /// Infrastructure when it cannot be cloned.
    pub async fn clone_repository(
        &self,
        url: &str,
        branch: Option<&str>,
        secrets: &IndexMap<String, String>,
    ) -> Result<PathBuf, Failure> {
        let what = git::Clone {
            url: Location::new(url, secrets),
            branch: branch.map(ToOwned::to_owned),
            revision: None,
            shallow: true,
            history: true,
            recursive: false,
        };
        Ok(self.git(what).await?.folder)
    }

    /// Fetches for the first who asks for `source`; everybody gets its answer.
    ///
    /// Trouble of the infrastructure may pass: those who waited get it, who asks later has it fetched again.
    async fn once(&self, source: Source) -> Result<Checkout, Failure> {
        let cell = self.lock().entry(source.clone()).or_default().clone();
        let answer = cell.get_or_init(|| self.fetch(&source)).await.clone();
        if matches!(&answer, Err(failure) if failure.class == Class::Infrastructure) {
            let mut under_way = self.lock();
            // Somebody may have begun anew already.
            if under_way
                .get(&source)
                .is_some_and(|c| Arc::ptr_eq(c, &cell))
            {
                under_way.remove(&source);
            }
        }
        answer
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Source, Once>> {
        self.under_way
            .lock()
            .expect("nobody panics with this lock held")
    }

    /// Every attempt has a folder of its own: one that was given up may have left files, or still be writing them.
    async fn fetch(&self, source: &Source) -> Result<Checkout, Failure> {
        let number = self.folders.fetch_add(1, Ordering::Relaxed);
        let folder = self.folder.join(format!("fetched-{number}"));
        match source {
            Source::Git(what) => git::clone(what, &folder).await,
            Source::Archive(source) => archive::fetch(source, &folder).await,
        }
    }
}

fn read_definition(checkout: Checkout, path: &str, from: &str) -> Result<Fetched, Failure> {
    let missing = |reason: String| {
        Failure::new(
            Class::Job,
            format!(
                "there is no test definition {path} in {from}: {reason}; correct `path`, or the branch or revision"
            ),
        )
    };
    let file = inside(&checkout.folder, path).map_err(missing)?;
    let text = std::fs::read_to_string(&file).map_err(|e| missing(e.to_string()))?;
    let parsed = job_schema::parse_test_definition(path, &text);
    let Some(definition) = parsed.definition else {
        let first = parsed
            .findings
            .iter()
            .find(|f| f.severity == job_schema::Severity::Error)
            .map_or_else(String::new, |f| {
                format!("{}:{}: {}", f.span.line, f.span.column, f.message)
            });
        return Err(Failure::new(
            Class::Job,
            format!("{path} in {from} is not a test definition: line {first}"),
        ));
    };
    Ok(Fetched {
        definition,
        source: parsed.source,
        folder: Some(checkout.folder),
        commit: checkout.commit,
    })
}

/// A file below `folder`, links followed.
fn inside(folder: &Path, path: &str) -> Result<PathBuf, String> {
    let root = folder
        .canonicalize()
        .map_err(|e| format!("{}: {e}", folder.display()))?;
    let file = root.join(path).canonicalize().map_err(|e| {
        let mut there: Vec<String> = std::fs::read_dir(&root)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name != ".git")
            .collect();
        there.sort();
        there.truncate(20);
        format!("{e} (at the top there is: {})", there.join(", "))
    })?;
    if !file.starts_with(&root) {
        return Err("it lies outside the repository".to_owned());
    }
    Ok(file)
}

#[cfg(test)]
mod tests;
