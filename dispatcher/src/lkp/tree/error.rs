//! What can be wrong with a tree, or with the name of a job in it.

use std::path::PathBuf;

/// A tree, a file of it or a job in it that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// The folder has no `jobs`.
    #[error(
        "{}: there is no folder `jobs` with files in it; give the top folder of an lkp-tests tree",
        folder.display()
    )]
    NoJobs {
        /// The pristine tree.
        folder: PathBuf,
    },
    /// A folder or a file cannot be read.
    #[error("{}: {error}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// Neither a folder nor a job file.
    #[error(
        "{}: own cases are a folder with LKP's layout (jobs/, programs/ …) or a single job file that ends with `.yaml`",
        path.display()
    )]
    Overlay {
        /// Which.
        path: PathBuf,
    },
    /// The tree is no tree of tests.
    #[error(
        "{}: more than {limit} files; give the top folder of an lkp-tests tree",
        folder.display()
    )]
    TooMany {
        /// The folder.
        folder: PathBuf,
        /// How many are read.
        limit: usize,
    },
    /// A file that is read must be small.
    #[error("{path}: larger than {limit} bytes; a file of an lkp-tests tree is not")]
    TooLarge {
        /// The path in the tree.
        path: String,
        /// How many bytes are read.
        limit: u64,
    },
    /// There is no such file.
    #[error("{path}: no such file in the lkp-tests tree")]
    Missing {
        /// The path in the tree.
        path: String,
    },
    /// The path leads out of the tree.
    #[error(
        "{path}: leads out of the lkp-tests tree, or round in a circle; a link in the tree must point into it"
    )]
    Outside {
        /// The path in the tree.
        path: String,
    },
    /// A job's name that can be no file below `jobs/`.
    #[error(
        "`{name}` is no name of a job: write a file below jobs/ with letters, digits and `_.+@%=,/-`, without `..`"
    )]
    BadName {
        /// As it was given.
        name: String,
    },
    /// No job has the name.
    #[error("there is no job `{name}` in the lkp-tests tree{}", meant(near.as_deref()))]
    NoJob {
        /// As it was given.
        name: String,
        /// What was probably meant.
        near: Option<String>,
    },
    /// Several jobs have the name.
    #[error("`{name}` can be {}; write one of them", candidates.join(", "))]
    Ambiguous {
        /// As it was given.
        name: String,
        /// Below jobs/.
        candidates: Vec<String>,
    },
}

fn meant(near: Option<&str>) -> String {
    near.map_or_else(
        || "; `jobs:` takes files below its folder jobs/".to_owned(),
        |near| format!("; did you mean `{near}`?"),
    )
}
