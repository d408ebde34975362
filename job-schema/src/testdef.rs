//! Test definitions: their own YAML format, inline in a job or in a repository.

use indexmap::IndexMap;

use crate::finding::Severity;
use crate::read::{Keys, Place, Report};
use crate::yaml::Spanned;

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
    /// `run: steps`, each with its place; steps that are null are left out.
    pub steps: Vec<Spanned<String>>,
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
    /// `steps`: shell commands, each with its place.
    pub steps: Vec<Spanned<String>>,
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

/// Reads a test definition. Keys beyond those known are allowed, as in LAVA.
pub(crate) fn read(place: &Place, report: &mut Report) -> Option<TestDefinition> {
    let mut keys = place.keys(report)?;
    let (name, metadata) = metadata(&mut keys, report).unwrap_or_default();
    let mut parameters = IndexMap::new();
    for key in ["params", "parameters"] {
        let texts = keys.get(key).and_then(|p| p.shell_texts(report));
        parameters.extend(texts.unwrap_or_default());
    }
    let install = keys.get("install").and_then(|i| install(&i, report));
    let steps = match keys.get("run") {
        Some(run) => run.keys(report).and_then(|mut run| steps(&mut run, report)),
        None => None,
    };
    let parse = keys.get("parse").and_then(|p| parse(&p, report));
    let expected = keys.get("expected").and_then(|e| e.strings(report));
    Some(TestDefinition {
        name,
        metadata,
        parameters,
        install,
        steps: steps.unwrap_or_default(),
        parse,
        expected,
    })
}

type Metadata = (Option<String>, IndexMap<String, Vec<String>>);

fn metadata(keys: &mut Keys, report: &mut Report) -> Option<Metadata> {
    const FORMAT: &str = "Lava-Test Test Definition 1.0";
    let Some(place) = keys.get("metadata") else {
        report
            .warning(
                "J051",
                &keys.place.path,
                keys.place.span(),
                "the test definition has no `metadata`",
            )
            .help(format!(
                "LAVA wants `metadata: {{format: {FORMAT}, name: …}}`"
            ));
        return None;
    };
    let mut keys = place.keys(report)?;
    match keys.get("format") {
        Some(format) if format.node.as_str() == Some(FORMAT) => {}
        Some(format) => {
            report
                .warning(
                    "J051",
                    &format.path,
                    format.span(),
                    "unknown format of a test definition",
                )
                .help(format!("LAVA wants `format: {FORMAT}`"));
        }
        None => {
            report
                .warning(
                    "J051",
                    &place.path,
                    place.span(),
                    "`metadata` has no `format`",
                )
                .help(format!("LAVA wants `format: {FORMAT}`"));
        }
    }
    let name = keys.get("name").and_then(|n| n.string(report));
    if name.is_none() {
        report
            .warning(
                "J051",
                &place.path,
                place.span(),
                "`metadata` has no `name`",
            )
            .help("LAVA cannot run a definition without it");
    }
    let mut lists = IndexMap::new();
    for key in ["os", "devices", "environment"] {
        if let Some(place) = keys.get(key) {
            let list = match place.node.to_value().as_shell_text() {
                Some(text) => Some(vec![text]),
                None => place.strings(report),
            };
            lists.insert(key.to_owned(), list.unwrap_or_default());
        }
    }
    Some((name, lists))
}

fn install(place: &Place, report: &mut Report) -> Option<Install> {
    if place.node.is_null() {
        return Some(Install::default());
    }
    let mut keys = place.keys(report)?;
    let mut list = |key| {
        keys.get(key)
            .and_then(|l| l.strings(report))
            .unwrap_or_default()
    };
    let deps = list("deps");
    let signing_keys = list("keys");
    let sources = list("sources");
    let steps = steps(&mut keys, report).unwrap_or_default();
    let git_repos = match keys.get("git-repos") {
        Some(repos) => {
            let repos = repos.items(report)?;
            let read: Vec<_> = repos.iter().map(|repo| git_repo(repo, report)).collect();
            read.into_iter().collect::<Option<_>>()?
        }
        None => Vec::new(),
    };
    let mut distro_deps = IndexMap::new();
    for (key, place) in place.entries(report)? {
        if let Some(distro) = key.strip_prefix("deps-") {
            distro_deps.insert(distro.to_owned(), place.strings(report)?);
        }
    }
    Some(Install {
        deps,
        distro_deps,
        keys: signing_keys,
        sources,
        steps,
        git_repos,
    })
}

/// `steps:` of `run` and `install`: null entries are left out, as in LAVA.
fn steps(keys: &mut Keys, report: &mut Report) -> Option<Vec<Spanned<String>>> {
    let place = keys.get("steps")?;
    if place.node.is_null() {
        return Some(Vec::new());
    }
    let items = place.items(report)?;
    let step = |item: &Place| {
        if item.node.as_map().is_some() {
            let message = "expected a shell command, found a mapping";
            report.error("J004", &item.path, item.span(), message).help(
                "put a command that contains `: ` in quotes, or write it as a block after `|`",
            );
            return None;
        }
        item.text(report)
    };
    let steps: Vec<_> = items
        .iter()
        .filter(|item| !item.node.is_null())
        .map(step)
        .collect();
    steps.into_iter().collect()
}

fn git_repo(place: &Place, report: &mut Report) -> Option<GitRepo> {
    if place.node.as_map().is_none() {
        return Some(GitRepo {
            url: place.string(report)?,
            branch: None,
            destination: None,
        });
    }
    let mut keys = place.keys(report)?;
    let url = keys.need("url", report).and_then(|u| u.string(report));
    let branch = keys.get("branch").and_then(|b| b.string(report));
    let destination = keys.get("destination").and_then(|d| d.string(report));
    keys.ignore(&["skip_by_default"]);
    keys.done(Severity::Warning, report);
    Some(GitRepo {
        url: url?,
        branch,
        destination,
    })
}

fn parse(place: &Place, report: &mut Report) -> Option<Parse> {
    let mut keys = place.keys(report)?;
    let pattern = keys.need("pattern", report).and_then(|p| p.string(report));
    let mut fixup = IndexMap::new();
    if let Some(place) = keys.get("fixupdict") {
        for (word, result) in place.entries(report)? {
            let result = result.word(&["pass", "fail", "skip", "unknown"], report)?;
            fixup.insert(word.value, result.to_owned());
        }
    }
    keys.done(Severity::Warning, report);
    Some(Parse {
        pattern: pattern?,
        fixup,
    })
}
