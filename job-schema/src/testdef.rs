//! Test definitions: their own YAML format, inline in a job or in a repository.

use indexmap::IndexMap;

/// A test definition.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TestDefinition {
    /// `metadata: name`.
    pub name: Option<String>,
    /// `metadata`, as text, for the copy on the node: `os devices environment`.
    pub metadata: IndexMap<String, Vec<String>>,
    /// `params` then `parameters`: defaults, set before the steps run.
    pub parameters: IndexMap<String, String>,
    /// `install`; absent when the definition has none.
    pub install: Option<Install>,
    /// `run: steps`; steps that are null are left out.
    pub steps: Vec<String>,
    /// `parse`.
    pub parse: Option<Parse>,
    /// `expected`.
    pub expected: Option<Vec<String>>,
}

/// `install:` of a test definition.
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
    pub steps: Vec<String>,
    /// `git-repos`, cloned into the test's folder before it is packed.
    pub git_repos: Vec<GitRepo>,
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

/// `parse:` of a test definition: results from plain output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parse {
    /// `pattern`: a regular expression with the groups `test_case_id`, `result`, `measurement`, `units`.
    pub pattern: String,
    /// `fixupdict`: the pattern's words for pass, fail, skip, unknown.
    pub fixup: IndexMap<String, String>,
}
