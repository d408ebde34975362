//! Why the atomic jobs of a job file cannot be told.

use crate::lkp::tree::TreeError;

/// A job file that cannot be expanded.
#[derive(Debug, thiserror::Error)]
pub enum ExpandError {
    /// A file of the tree cannot be had.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// A file is no YAML, or not the YAML of a job.
    #[error("{}: {message}", place(file, *line))]
    Yaml {
        /// The path in the tree.
        file: String,
        /// Its line, where it could be found.
        line: Option<u32>,
        /// What is wrong and what to do.
        message: String,
    },
    /// A `<<: file` that cannot be had.
    #[error("{file}:{line}: the included file `{name}` {why}; name a file of the tree after `<<:`")]
    Include {
        /// The path in the tree.
        file: String,
        /// Its line.
        line: u32,
        /// The included file, as written.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// Includes made too much of a job.
    #[error("{file}: more than {limit} bytes with its included files")]
    TooLarge {
        /// The path in the tree.
        file: String,
        /// How many bytes are read.
        limit: usize,
    },
    /// Code that names what the job does not have; LKP refuses it too.
    #[error(
        "{}: `{code}` names `{name}`, which the job does not have; add the key, or set it",
        place(file, *line)
    )]
    Name {
        /// The path in the tree.
        file: String,
        /// Its line, where it could be found.
        line: Option<u32>,
        /// The code, shortened.
        code: String,
        /// What it names.
        name: String,
    },
    /// Code that only Ruby on the node can evaluate.
    #[error(
        "{}: `{code}` has {what}, which cannot be evaluated here; the atomic jobs are known only on the node",
        place(file, *line)
    )]
    Ruby {
        /// The path in the tree.
        file: String,
        /// Its line, where it could be found.
        line: Option<u32>,
        /// The code, shortened.
        code: String,
        /// What of it is too much.
        what: String,
    },
    /// A value in a file name that only the node knows.
    #[error(
        "{job}: the names of its atomic jobs hold the value of `{key}`, which is known only on the node; set `{key}` to know them before"
    )]
    OnNode {
        /// Below jobs/.
        job: String,
        /// The key.
        key: String,
    },
    /// The matrix is too large.
    #[error(
        "{job}: more than {limit} atomic jobs ({}); set one or several of these keys to a single value",
        listed(factors)
    )]
    TooMany {
        /// Below jobs/.
        job: String,
        /// The lists and how long each of them is.
        factors: Vec<(String, usize)>,
        /// How many are made.
        limit: usize,
    },
    /// A value would lead out of the folder of jobs.
    #[error(
        "{job}: an atomic job would be the file `{name}`; take the `/` out of `commit` and `*_commit`"
    )]
    BadName {
        /// Below jobs/.
        job: String,
        /// The name.
        name: String,
    },
    /// There is none.
    #[error(
        "{job}: it has no atomic job: a list of its parameters is empty, or its code leaves none"
    )]
    Nothing {
        /// Below jobs/.
        job: String,
    },
}

impl ExpandError {
    /// Whether LKP on the node may know the atomic jobs all the same: nothing is wrong with the job.
    #[must_use]
    pub fn is_known_on_node(&self) -> bool {
        matches!(self, Self::Ruby { .. } | Self::OnNode { .. })
    }
}

fn place(file: &str, line: Option<u32>) -> String {
    line.map_or_else(|| file.to_owned(), |line| format!("{file}:{line}"))
}

fn listed(factors: &[(String, usize)]) -> String {
    let each: Vec<_> = factors
        .iter()
        .map(|(key, count)| format!("{key}: {count}"))
        .collect();
    each.join(" × ")
}
