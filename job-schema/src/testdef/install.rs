//! `install:` of a test definition: packages, repositories and commands before the tests.

use indexmap::IndexMap;
use job_schema_derive::Keys;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::steps;
use crate::read::{FromKeys, Place, Read, Report};
use crate::yaml::Spanned;

/// `install:` of a test definition: what to do before the tests.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Install {
    /// `deps`: packages.
    pub deps: Vec<String>,
    /// `deps-<distro>`: packages for one distribution.
    pub distro_deps: IndexMap<String, Vec<String>>,
    /// `keys`: package signing keys.
    pub keys: Vec<String>,
    /// `sources`: package sources.
    pub sources: Vec<String>,
    /// `steps`: shell commands.
    pub steps: Vec<Spanned<String>>,
    /// `git-repos`, cloned into the test's folder before it is packed.
    pub git_repos: Vec<GitRepo>,
}

/// `install:` but for `deps-<distro>`.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
struct InstallKeys {
    /// Packages, in the names of the node's distribution.
    #[keys(default)]
    #[schemars(default)]
    deps: Vec<String>,
    /// Keys that packages are signed with.
    #[keys(default)]
    #[schemars(default)]
    keys: Vec<String>,
    /// Sources of packages.
    #[keys(default)]
    #[schemars(default)]
    sources: Vec<String>,
    /// Shell commands.
    #[keys(default, with = steps)]
    #[schemars(with = "Option<Vec<String>>")]
    steps: Vec<Spanned<String>>,
    /// Repositories to clone into the test's folder.
    #[keys(default)]
    #[schemars(default, rename = "git-repos", with = "Vec<AnyRepo>")]
    git_repos: Vec<GitRepo>,
}

/// An entry of `install: git-repos`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitRepo {
    /// URL, or the name of a parameter that holds it.
    pub url: String,
    /// Branch, or the name of a parameter.
    pub branch: Option<String>,
    /// Folder, or the name of a parameter; default: the repository's name.
    pub destination: Option<String>,
}

/// An entry of `git-repos` as a mapping.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
struct RepoKeys {
    /// URL, or the name of a parameter that holds it.
    url: Option<String>,
    /// Branch, or the name of a parameter.
    branch: Option<String>,
    /// Folder, or the name of a parameter. Default: the repository's name.
    destination: Option<String>,
}

/// A repository: its URL, or a mapping.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code)]
enum AnyRepo {
    /// The URL.
    Url(String),
    /// More about it.
    Keys(RepoKeys),
}

impl Read for Install {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        let mut keys = place.keys(report)?;
        let mut distro_deps = IndexMap::new();
        for entry in place.node.as_map().unwrap_or_default() {
            if let Some(distro) = entry.key.as_str().and_then(|key| key.strip_prefix("deps-")) {
                let packages = Vec::read(&place.under(entry), report);
                distro_deps.insert(distro.to_owned(), packages.unwrap_or_default());
            }
        }
        let read = InstallKeys::from_keys(&mut keys, report);
        keys.ignore_if(|key| key.starts_with("deps-"));
        keys.done(report);
        let read = read?;
        Some(Self {
            deps: read.deps,
            distro_deps,
            keys: read.keys,
            sources: read.sources,
            steps: read.steps,
            git_repos: read.git_repos,
        })
    }
}

impl JsonSchema for Install {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Install".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = InstallKeys::json_schema(generator);
        let packages = json_schema!({
            "description": "Packages for one distribution.",
            "type": "array",
            "items": {"type": "string"},
        });
        let patterns = serde_json::json!({"^deps-.+": packages});
        schema.insert("patternProperties".to_owned(), patterns);
        schema
    }
}

impl Read for GitRepo {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        if place.node.as_map().is_none() {
            let url = String::read(place, report)?;
            return Some(Self {
                url,
                branch: None,
                destination: None,
            });
        }
        let read = RepoKeys::read(place, report)?;
        let Some(url) = read.url else {
            report.as_rules(|report| {
                let message = "the repository has no `url`";
                report.error("J051", place.path_of("url"), place.span(), message);
            });
            return None;
        };
        Some(Self {
            url,
            branch: read.branch,
            destination: read.destination,
        })
    }
}
