//! Where test definitions come from.

use job_schema_derive::{Keys, Methods};
use schemars::JsonSchema;

use crate::read::{Anything, Integer, Keys, Place, Report};
use crate::testdef::{self, InlineDefinition, TestDefinition};
use crate::yaml::{Spanned, Value};

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

/// Where a definition comes from.
#[derive(Debug, Clone, PartialEq, Methods)]
#[keys(tag = "from", kind = "a source of test definitions")]
#[schemars(rename_all = "kebab-case")]
pub(super) enum Source {
    /// It is written in the job.
    Inline(Inline),
    /// From a git repository.
    Git(Git),
    /// From an archive on the web.
    Url(Url),
    /// From a directory on the machine where `dispatch` runs. LAVA has no such source.
    Path(Local),
}

/// `from: inline`
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub(super) struct Inline {
    /// The test definition itself.
    #[keys(with = inline)]
    #[schemars(with = "InlineDefinition")]
    repository: (Box<TestDefinition>, Value),
    /// Variables of the tests; they count before the definition's own.
    #[keys(unlisted)]
    #[schemars(skip)]
    parameters: Option<Anything>,
    /// The same as `parameters`, and counts before it.
    #[keys(unlisted, soft)]
    #[schemars(skip)]
    params: Option<Anything>,
}

/// `from: git`
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(check = no_shallow_revision)]
pub(super) struct Git {
    /// URL or local path of the repository; environment variables are filled in, for example `$TOKEN` of `secrets`.
    repository: Spanned<String>,
    /// The branch. Default: the repository's own.
    branch: Option<String>,
    /// The commit, tag or branch to check out; with it the whole history is fetched.
    revision: Option<String>,
    /// Fetch the last commit only. Default `true`; not with `revision`.
    #[keys(unlisted, soft)]
    #[schemars(skip)]
    shallow: Option<bool>,
    /// Keep `.git`. Default `true`.
    history: Option<bool>,
    /// With submodules. Default `false`.
    recursive: Option<bool>,
    /// Variables of the tests, for example `{RUNS: 3}`; they count before the definition's own.
    parameters: Option<Anything>,
    /// The same as `parameters`, and counts before it.
    params: Option<Anything>,
}

/// `from: url`
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub(super) struct Url {
    /// URL of a tar archive.
    repository: Spanned<String>,
    /// How the archive is compressed: `gz`, `xz`, `bz2` or `zstd`. Default: what its name says.
    compression: Option<String>,
    /// Leading folders of the archive's paths to leave out. Default 0.
    #[schemars(rename = "strip-components")]
    strip_components: Option<Integer>,
    /// HTTP headers to send.
    headers: Option<Anything>,
    /// Variables of the tests; they count before the definition's own.
    parameters: Option<Anything>,
    /// The same as `parameters`, and counts before it.
    params: Option<Anything>,
}

/// `from: path`
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub(super) struct Local {
    /// The directory, relative to the job file.
    repository: Spanned<String>,
    /// Variables of the tests; they count before the definition's own.
    parameters: Option<Anything>,
    /// The same as `parameters`, and counts before it.
    params: Option<Anything>,
}

impl std::convert::From<Source> for From {
    fn from(source: Source) -> Self {
        match source {
            Source::Inline(Inline {
                repository: (definition, source),
                ..
            }) => Self::Inline { definition, source },
            Source::Git(git) => Self::Git {
                repository: git.repository,
                branch: git.branch,
                revision: git.revision,
                shallow: git.shallow.unwrap_or(true),
                history: git.history.unwrap_or(true),
                recursive: git.recursive.unwrap_or(false),
            },
            Source::Url(url) => Self::Url {
                repository: url.repository,
                compression: url.compression,
                strip_components: url
                    .strip_components
                    .map_or(0, |count| u32::try_from(count.0).unwrap_or(0)),
            },
            Source::Path(local) => Self::Path {
                repository: local.repository,
            },
        }
    }
}

fn inline(place: &Place<'_>, report: &mut Report) -> Option<(Box<TestDefinition>, Value)> {
    let definition = testdef::read_inline(place, report)?;
    Some((Box::new(definition), place.node.to_value()))
}

fn no_shallow_revision(keys: &mut Keys<'_>, report: &mut Report) {
    let (Some(revision), Some(shallow)) = (keys.peek("revision"), keys.peek("shallow")) else {
        return;
    };
    if matches!(shallow.node.data(), crate::yaml::Data::Bool(true)) {
        let message =
            "`shallow: true` cannot be with a `revision`: it may be older than the last commit";
        report
            .error("J013", shallow.path(), shallow.span(), message)
            .see(revision.span(), "the revision")
            .help("remove `shallow`");
    }
}
