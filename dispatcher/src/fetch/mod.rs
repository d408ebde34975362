//! How files reach the dispatcher: test definitions from git, archives and folders.
//!
//! Everything is fetched once per run, however many nodes use it.

pub mod archive;
pub mod git;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use indexmap::IndexMap;
use job_schema::test::definitions::{Definition, From};
use job_schema::testdef::TestDefinition;
use job_schema::yaml::Value;
use tokio::sync::OnceCell;

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

type Once = Arc<OnceCell<Result<Checkout, Failure>>>;

/// Fetches for one run.
#[derive(Debug)]
pub struct Fetcher {
    /// Where fetched things go; removed with the run's temporary folder.
    folder: PathBuf,
    /// What relative paths of the job are relative to.
    job_folder: PathBuf,
    under_way: Mutex<HashMap<String, Once>>,
}

impl Fetcher {
    /// A fetcher that writes below `folder`.
    #[must_use]
    pub fn new(folder: PathBuf, job_folder: PathBuf) -> Self {
        Self {
            folder,
            job_folder,
            under_way: Mutex::default(),
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
                    url: expand(repository, secrets),
                    branch: branch.clone(),
                    revision: revision.clone(),
                    shallow: *shallow,
                    history: *history,
                    recursive: *recursive,
                };
                let words = what.words(repository);
                let checkout = self
                    .once(format!("git {what:?}"), |folder| async move {
                        git::clone(&what, &folder).await
                    })
                    .await?;
                (checkout, words)
            }
            From::Url {
                repository,
                compression,
                strip_components,
            } => {
                let source = archive::Source {
                    url: expand(repository, secrets),
                    compression: compression.clone(),
                    strip: *strip_components,
                };
                let words = repository.value.clone();
                let checkout = self
                    .once(format!("url {source:?}"), |folder| async move {
                        archive::fetch(&source, &folder).await
                    })
                    .await?;
                (checkout, words)
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
            url: expand(url, secrets),
            branch: branch.map(ToOwned::to_owned),
            revision: None,
            shallow: true,
            history: true,
            recursive: false,
        };
        let key = format!("git {what:?}");
        let checkout = self
            .once(
                key,
                |folder| async move { git::clone(&what, &folder).await },
            )
            .await?;
        Ok(checkout.folder)
    }

    /// Runs `fetch` for the first who asks for `key`; everybody gets its answer.
    async fn once<F, R>(&self, key: String, fetch: F) -> Result<Checkout, Failure>
    where
        F: FnOnce(PathBuf) -> R,
        R: Future<Output = Result<Checkout, Failure>>,
    {
        let (cell, folder) = {
            let mut under_way = self
                .under_way
                .lock()
                .expect("nobody panics with this lock held");
            let folder = self.folder.join(format!("fetched-{}", under_way.len()));
            let cell = under_way.entry(key).or_default().clone();
            (cell, folder)
        };
        cell.get_or_init(|| fetch(folder)).await.clone()
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

/// `$NAME` and `${NAME}` in a URL: the job's secrets, then the environment of `dispatch`.
fn expand(text: &str, secrets: &IndexMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let (name, after) = match rest.strip_prefix('{').and_then(|r| r.split_once('}')) {
            Some((name, after)) => (name, after),
            None => rest.split_at(
                rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(rest.len()),
            ),
        };
        let value = secrets
            .get(name)
            .cloned()
            .or_else(|| std::env::var(name).ok());
        match value {
            Some(value) if !name.is_empty() => {
                out.push_str(&value);
                rest = after;
            }
            _ => out.push('$'),
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_put_into_urls() {
        let secrets = IndexMap::from([("TOKEN".to_owned(), "s3".to_owned())]);
        assert_eq!(
            expand("https://u:$TOKEN@h/${TOKEN}/$NOT_THERE_", &secrets),
            "https://u:s3@h/s3/$NOT_THERE_"
        );
    }
}
