//! `test: {definitions: […]}`: test definitions run by the test shell on the node.

use indexmap::IndexMap;

use crate::testdef::TestDefinition;
use crate::yaml::{Spanned, Value};

/// One entry of `definitions:`.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// `name`: letters, digits, `_`, `-`; unique in its namespace; not `lava`.
    pub name: Spanned<String>,
    /// `path`: the YAML file inside the repository (for `inline`: the file to make).
    pub path: String,
    /// `parameters` and `params`, in that order, later wins: set before the steps run.
    pub parameters: IndexMap<String, String>,
    /// `skip_install`: parts of `install` to leave out (`keys sources deps steps git-repos all`).
    pub skip_install: Vec<String>,
    /// `lava-signal: kmsg`: signals go through the kernel log.
    pub kmsg: bool,
    /// `expected`: test cases that must be reported; the job's list wins over the definition's.
    pub expected: Option<Vec<String>>,
    /// `from`, and what belongs to it.
    pub from: From,
}

/// `from:` of a definition.
#[derive(Debug, Clone, PartialEq)]
pub enum From {
    /// `from: inline`: `repository` is the definition itself.
    Inline {
        /// The typed definition.
        definition: Box<TestDefinition>,
        /// The definition as written, for the copy that goes on the node.
        source: Value,
    },
    /// `from: git`.
    Git {
        /// `repository`: URL or local path; environment variables are expanded when fetching.
        repository: Spanned<String>,
        /// `branch`.
        branch: Option<String>,
        /// `revision`: with it the clone is not shallow.
        revision: Option<String>,
        /// `shallow`; default true, ignored with `revision`.
        shallow: bool,
        /// `history`; false removes `.git`. Default true.
        history: bool,
        /// `recursive`: with submodules. Default false.
        recursive: bool,
    },
    /// `from: url`: a tar archive.
    Url {
        /// `repository`: URL.
        repository: Spanned<String>,
        /// `compression`: `gz`, `xz`, `bz2` or `zstd`; guessed from the name when absent.
        compression: Option<String>,
        /// `strip-components`; default 0.
        strip_components: u32,
    },
    /// `from: path` (ours): a directory on the machine where `dispatch` runs.
    Path {
        /// `repository`: the directory, relative to the job file.
        repository: Spanned<String>,
    },
}
