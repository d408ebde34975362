//! `test: {definitions: […]}`: test definitions run by the test shell on the node.

use indexmap::IndexMap;

use crate::finding::Severity;
use crate::read::{Keys, Place, Report};
use crate::testdef::{self, TestDefinition};
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

/// Reads one entry of `definitions:`.
pub(crate) fn read(place: &Place, report: &mut Report) -> Option<Definition> {
    const SOURCES: [&str; 4] = ["inline", "git", "url", "path"];
    let mut keys = place.keys(report)?;
    let name = keys.need("name", report).and_then(|n| name(&n, report));
    let source = keys
        .need("from", report)
        .and_then(|f| f.word(&SOURCES, report));
    let path = keys.need("path", report).and_then(|p| p.string(report));
    let from = match source {
        Some("inline") => inline(&mut keys, report),
        Some("git") => git(&mut keys, report),
        Some("url") => url(&mut keys, report),
        Some(_) => repository(&mut keys, report).map(|repository| From::Path { repository }),
        None => {
            keys.ignore_rest();
            None
        }
    };
    let mut parameters = IndexMap::new();
    for key in ["parameters", "params"] {
        let texts = keys.get(key).and_then(|p| p.shell_texts(report));
        parameters.extend(texts.unwrap_or_default());
    }
    let skip_install = keys
        .get("skip_install")
        .and_then(|s| skip_install(&s, report));
    let signal = keys
        .get("lava-signal")
        .and_then(|s| s.word(&["stdout", "kmsg"], report));
    let expected = keys.get("expected").and_then(|e| e.strings(report));
    keys.done(Severity::Warning, report);
    Some(Definition {
        name: name?,
        path: path?,
        parameters,
        skip_install: skip_install.unwrap_or_default(),
        kmsg: signal == Some("kmsg"),
        expected,
        from: from?,
    })
}

fn name(place: &Place, report: &mut Report) -> Option<Spanned<String>> {
    let name = place.text(report)?;
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    if name.is_empty() || !name.chars().all(word) {
        let message = format!("`{}` is no name for a test definition", name.escape_debug());
        report
            .error("J050", &place.path, name.span, message)
            .help("use letters, digits, `_` and `-`");
    } else if *name == "lava" {
        report
            .error(
                "J050",
                &place.path,
                name.span,
                "the name `lava` is taken by the results of LAVA itself",
            )
            .help("choose another name");
    }
    Some(name)
}

fn skip_install(place: &Place, report: &mut Report) -> Option<Vec<String>> {
    const PARTS: [&str; 6] = ["keys", "sources", "deps", "steps", "git-repos", "all"];
    let items = place.items(report)?;
    let words: Vec<_> = items.iter().map(|item| item.word(&PARTS, report)).collect();
    words
        .into_iter()
        .map(|word| word.map(str::to_owned))
        .collect()
}

fn repository(keys: &mut Keys, report: &mut Report) -> Option<Spanned<String>> {
    keys.need("repository", report)?.text(report)
}

fn inline(keys: &mut Keys, report: &mut Report) -> Option<From> {
    let repository = keys.need("repository", report)?;
    let definition = testdef::read(&repository, report)?;
    for key in ["params", "parameters"] {
        if let Some(entry) = repository.node.entry(key) {
            let message = format!("LAVA's server refuses `{key}` inside an inline `repository`");
            report
                .warning(
                    "J051",
                    &repository.under(entry).path,
                    entry.key.span,
                    message,
                )
                .help(format!(
                    "it works here; to run on LAVA too, move `{key}` beside `repository`"
                ));
        }
    }
    Some(From::Inline {
        definition: Box::new(definition),
        source: repository.node.to_value(),
    })
}

fn git(keys: &mut Keys, report: &mut Report) -> Option<From> {
    let repository = repository(keys, report);
    let branch = keys.get("branch").and_then(|b| b.string(report));
    let revision = keys.get("revision").and_then(|r| r.string(report));
    let mut flag = |key, default| match keys.get(key) {
        Some(place) => place.boolean(report).unwrap_or(default),
        None => default,
    };
    Some(From::Git {
        shallow: flag("shallow", true),
        history: flag("history", true),
        recursive: flag("recursive", false),
        repository: repository?,
        branch,
        revision,
    })
}

fn url(keys: &mut Keys, report: &mut Report) -> Option<From> {
    let repository = repository(keys, report);
    let compression = keys
        .get("compression")
        .and_then(|c| c.word(&["gz", "xz", "bz2", "zstd"], report));
    let strip = keys
        .get("strip-components")
        .and_then(|s| s.count(0, report));
    keys.no_effect(&["headers", "md5sum", "sha256sum", "sha512sum"], report);
    Some(From::Url {
        repository: repository?,
        compression: compression.map(str::to_owned),
        strip_components: strip.unwrap_or(0),
    })
}
