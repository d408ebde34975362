//! `test: {services: […]}`: containers beside the node, which tests talk to.

use job_schema_derive::{Keys, Methods};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::name;
use crate::read::{Anything, FromKeys, Place, Read, Report};
use crate::schema::methods_of;
use crate::timeout::{self, Timeout};
use crate::yaml::Spanned;

/// `test: {services: […]}`: containers beside the node, which tests talk to. They run from this block to the end of the
/// job or to `command: {name: stop_test_services}`; the device must allow them.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Services {
    /// The services, each with a name of its own.
    #[schemars(with = "Vec<AnyService>")]
    pub services: Vec<Service>,
}

/// A service: what `docker compose` starts.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// The keys that every service has.
    pub common: Common,
    /// `from`, and what belongs to it.
    pub from: From,
}

/// The keys that every service has.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Common {
    /// What the service is called in the results: letters, digits, `_` and `-`.
    #[keys(with = name::service)]
    #[schemars(regex(pattern = r"^[-_a-zA-Z0-9.]+$"))]
    pub name: Spanned<String>,
    /// The compose file inside the repository, for example `iperf/docker-compose.yaml`.
    pub path: String,
    /// The one service of the compose file to start. Default: all of them.
    pub service: Option<String>,
    /// How long starting it may take; the `timeout` of the block counts before it.
    #[keys(unlisted, with = timeout::of_any_size)]
    #[schemars(skip)]
    pub timeout: Option<Timeout>,
}

/// Where a compose file comes from.
#[derive(Debug, Clone, PartialEq, Methods)]
#[keys(tag = "from", kind = "a source of services")]
#[schemars(rename_all = "kebab-case")]
pub enum From {
    /// From a git repository.
    Git(Git),
    /// From an archive on the web.
    Url(Url),
}

/// `from: git`
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Git {
    /// URL of the repository.
    pub repository: Spanned<String>,
    /// The branch. Default: the repository's own.
    pub branch: Option<String>,
    /// The commit, tag or branch to check out; with it the whole history is fetched.
    pub revision: Option<String>,
    /// Fetch the last commit only. Default `true`; not with `revision`.
    #[keys(unlisted, soft)]
    #[schemars(skip)]
    pub shallow: Option<bool>,
    /// Keep `.git`. Default `true`.
    pub history: Option<bool>,
    /// With submodules. Default `false`.
    pub recursive: Option<bool>,
}

/// `from: url`
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Url {
    /// URL of a tar archive.
    pub repository: Spanned<String>,
    /// How the archive is compressed: `gz`, `xz`, `bz2` or `zstd`. Default: not at all.
    pub compression: Option<String>,
    /// HTTP headers to send.
    pub headers: Option<Anything>,
}

impl Read for Service {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        let mut keys = place.keys(report)?;
        let common = Common::from_keys(&mut keys, report);
        let from = From::from_keys(&mut keys, report);
        keys.done(report);
        Some(Self {
            common: common?,
            from: from?,
        })
    }
}

/// For the schema: one entry of `services`.
pub(crate) struct AnyService;

impl JsonSchema for AnyService {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "service".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let what = "A service and where its compose file comes from.";
        methods_of::<Common, From>("service", what, Vec::new(), generator)
    }
}
