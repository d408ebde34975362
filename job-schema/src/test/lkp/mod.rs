//! `test: {lkp: {…}}`: jobs of LKP (`lkp-tests`) run on a node, or in containers on it. LAVA has no such form.
//!
//! In: the block. Out: what to run as [`Lkp`], with the places that later messages need. Nothing is looked up here:
//! whether a job is in the tree, and what it expands to, is known when the source has been read.

mod containers;
mod image;
mod limits;
mod paths;
mod set;
mod source;
mod words;

use std::time::Duration;

use indexmap::IndexMap;
use job_schema_derive::{Keys, Word};
use schemars::JsonSchema;

use super::name;
use crate::timeout::{self, Timeout};
use crate::yaml::Spanned;

pub use containers::{Containers, Network, Runtime};
pub use image::{Debootstrap, Image, Variant};
pub use limits::{Count, Limits};
pub use set::SetValue;
pub use source::SourceKind;
pub use words::Package;

/// The key `lkp` of a test block.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub(super) struct Form {
    /// What to run: jobs of LKP, where they come from, and in what.
    pub(super) lkp: Box<Lkp>,
}

/// `test: {lkp: {…}}`: jobs of LKP. Every job is split into its atomic jobs, which are run one after the other; a job
/// fails when LKP's own results say so, whatever it exits with.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(closed)]
pub struct Lkp {
    /// What the results are filed under: letters, digits, `_`, `-` and `.`; not `lava`. Default `lkp`.
    #[keys(with = name::lkp)]
    #[schemars(regex(pattern = r"^[.]*[-_a-zA-Z0-9][-_a-zA-Z0-9.]*$"))]
    pub name: Option<Spanned<String>>,
    /// Where `lkp-tests` comes from: a folder, relative to the job file; the URL of a git repository; or a tar archive
    /// by path or URL. Default: the folder in the environment variable `LKP_TESTS`, else what `dispatch lkp init` has
    /// fetched.
    #[keys(with = words::not_empty)]
    #[schemars(length(min = 1))]
    pub source: Option<Spanned<String>>,
    /// The branch, tag or commit of a git repository. Default: the repository's own branch.
    #[keys(with = words::revision)]
    #[schemars(regex(pattern = r"^[A-Za-z0-9_.][A-Za-z0-9_.+@%=,/-]*$"))]
    pub revision: Option<Spanned<String>>,
    /// Tests of your own, relative to the job file: folders that are laid out like LKP's (`jobs/`, `programs/` …) or
    /// single job files. They are laid over the source in this order; later ones count.
    #[keys(default, with = paths::cases)]
    #[schemars(default, with = "Vec<String>")]
    pub cases: Vec<Spanned<String>>,
    /// The jobs, run in this order: files below `jobs/`, with or without `.yaml`; without their folder when there is
    /// only one of that name, for example `[hackbench, iperf/iperf.yaml]`.
    #[keys(with = paths::jobs)]
    #[schemars(length(min = 1), with = "Vec<String>")]
    pub jobs: Vec<Spanned<String>>,
    /// Values that count before those of the jobs, for example `{runtime: 5, nr_threads: [1, 8]}`; of a list each one
    /// is run. `$word` alone is what a message on the bus has brought under the key `word`.
    #[keys(default, with = set::read)]
    #[schemars(with = "Option<set::AnySet>")]
    pub set: IndexMap<String, Spanned<SetValue>>,
    /// Packages that the jobs need: the node's package manager installs those that are missing.
    #[keys(default)]
    #[schemars(default)]
    pub packages: Vec<Package>,
    /// Also run `lkp install` for every job; this needs a network. Default `false`.
    #[keys(default)]
    #[schemars(default)]
    pub install: bool,
    /// Run LKP's monitors beside the jobs. Default `false`.
    #[keys(default)]
    #[schemars(default)]
    pub monitors: bool,
    /// How often each atomic job is run in each container, 1 to 1000. Default 1.
    #[keys(default)]
    #[schemars(default)]
    pub repeat: Count,
    /// The part of this role in jobs of LKP for several machines: `server`, `client`, or a list of both.
    #[keys(default, with = parts)]
    #[schemars(with = "Option<Parts>")]
    pub cluster: Vec<Part>,
    /// Run every job in several containers at once. Default: on the node itself, in a mount and process space of its
    /// own.
    pub containers: Option<Containers>,
    /// How long one run of one atomic job may take. One that runs out of it fails, and the next is run.
    #[keys(with = timeout::limit)]
    #[schemars(with = "Option<Timeout>")]
    pub timeout: Option<Duration>,
}

/// The part of a role in jobs of LKP for several machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Part {
    /// It runs what others connect to.
    Server,
    /// It connects to the servers.
    Client,
}

/// For the schema: one part, or a list of them.
#[derive(JsonSchema)]
#[schemars(untagged, inline)]
enum Parts {
    /// One part.
    #[allow(dead_code)]
    One(Part),
    /// Several.
    #[allow(dead_code)]
    Many(#[schemars(length(min = 1))] Vec<Part>),
}

impl Lkp {
    /// The name of the suite without a `name`.
    pub const NAME: &'static str = "lkp";

    /// What the results are filed under.
    #[must_use]
    pub fn suite(&self) -> &str {
        self.name.as_ref().map_or(Self::NAME, |name| &name.value)
    }

    /// How many containers run a job at once; without `containers` the one space on the node.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.containers.as_ref().map_or(1, |all| all.count.0)
    }
}

fn parts(place: &crate::read::Place<'_>, report: &mut crate::read::Report) -> Option<Vec<Part>> {
    use crate::read::Read;
    if place.node.as_str().is_some() {
        return Part::read(place, report).map(|part| vec![part]);
    }
    words::some(place, "part", report)?;
    Vec::read(place, report)
}
