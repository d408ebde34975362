//! Job files by name: `hackbench`, `iperf/iperf.yaml`. In: what an author writes. Out: the one file that is meant.

use job_schema::suggest::nearest;

use super::{Tree, TreeError};

/// A job file of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobFile {
    /// Below `jobs/`, with `.yaml`: `hackbench/hackbench.yaml`.
    pub name: String,
}

impl JobFile {
    /// The path from the top of the tree.
    #[must_use]
    pub fn path(&self) -> String {
        format!("jobs/{}", self.name)
    }

    /// The name of the file alone, without `.yaml`.
    #[must_use]
    pub fn stem(&self) -> &str {
        stem(&self.name)
    }
}

impl Tree {
    /// The job files below `jobs/`, with `.yaml`, sorted.
    pub fn jobs(&self) -> impl Iterator<Item = &str> {
        self.below("jobs")
            .filter_map(|path| path.strip_prefix("jobs/"))
            .filter(|name| name.ends_with(".yaml"))
    }

    /// The job file that a name means: a path below `jobs/`, with or without `.yaml`; without its folder when only one
    /// file has the name.
    ///
    /// # Errors
    /// A name that is none, that no file has, or that several have.
    pub fn find_job(&self, name: &str) -> Result<JobFile, TreeError> {
        if !is_name(name) {
            return Err(TreeError::BadName {
                name: name.escape_debug().to_string(),
            });
        }
        let wanted = name.strip_suffix(".yaml").unwrap_or(name);
        let wanted = wanted.strip_prefix("jobs/").unwrap_or(wanted);
        let file = JobFile {
            name: format!("{wanted}.yaml"),
        };
        if self.has_file(&file.path())? {
            return Ok(file);
        }
        let same: Vec<&str> = self.jobs().filter(|job| stem(job) == wanted).collect();
        match same[..] {
            [one] => Ok(JobFile {
                name: one.to_owned(),
            }),
            [] => {
                let short: Vec<&str> = self.jobs().map(stem).collect();
                let long = self.jobs().map(|job| job.trim_end_matches(".yaml"));
                Err(TreeError::NoJob {
                    name: name.to_owned(),
                    near: nearest(wanted, short.iter().copied().chain(long))
                        .or_else(|| nearest(stem(wanted), short.into_iter()))
                        .map(str::to_owned),
                })
            }
            _ => Err(TreeError::Ambiguous {
                name: name.to_owned(),
                candidates: same.into_iter().map(str::to_owned).collect(),
            }),
        }
    }
}

fn stem(job: &str) -> &str {
    let file = job.rsplit('/').next().unwrap_or(job);
    file.strip_suffix(".yaml").unwrap_or(file)
}

fn is_name(name: &str) -> bool {
    !name.starts_with(['/', '-'])
        && !name.ends_with('/')
        && name.split('/').all(|part| !matches!(part, "" | "." | ".."))
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_.+@%=,/-".contains(c))
}
