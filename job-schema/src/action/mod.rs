//! An entry of `actions:`.

mod tries;

use std::time::Duration;

use indexmap::IndexMap;
use job_schema_derive::Keys;
use schemars::JsonSchema;

use crate::boot::Boot;
use crate::command::Command;
use crate::deploy::Deploy;
use crate::finding::Span;
use crate::multinode::{self, ProtocolCall};
use crate::read::{AtLeast, FromKeys, Keys, Place, Report, nearest, one_of};
use crate::test::Test;
use crate::timeout::{self, ByStep, Timeout};
use crate::yaml::{Spanned, Value};

pub use tries::Tries;

/// One entry of `actions:` with the keys that every kind of block may have.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The key path of the block: `actions[1].deploy`.
    pub path: String,
    /// Where the block stands.
    pub span: Span,
    /// `role`: the roles that the block is for. Empty in a single-node job.
    pub roles: Vec<Spanned<String>>,
    /// `timeout`.
    pub timeout: Option<Timeout>,
    /// `timeouts`: by step name, inside this block only.
    pub timeouts: IndexMap<String, Duration>,
    /// `namespace`; default `common`.
    pub namespace: String,
    /// `connection-namespace`: use the connection of another namespace.
    pub connection_namespace: Option<String>,
    /// `protocols: lava-multinode`.
    pub protocols: Vec<ProtocolCall>,
    /// `failure_retry` or `repeat`.
    pub tries: Tries,
    /// What the block does.
    pub action: Action,
    /// All its keys as they are written, for the step lists of methods, which are data themselves.
    pub raw: Value,
}

/// What a block does: the words of the job file.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// `deploy:`
    Deploy(Deploy),
    /// `boot:`
    Boot(Boot),
    /// `test:`
    Test(Test),
    /// `command:`
    Command(Command),
}

impl Action {
    /// The words, as a job writes them.
    pub const WORDS: &'static [&'static str] = &["deploy", "boot", "test", "command"];

    /// The word, as a job writes it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Deploy(_) => "deploy",
            Self::Boot(_) => "boot",
            Self::Test(_) => "test",
            Self::Command(_) => "command",
        }
    }
}

/// The keys that every kind of block may have.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub(crate) struct Common {
    /// The roles of a multinode job that do this block, for example `[host, guest]`.
    pub(crate) role: Option<Vec<Spanned<String>>>,
    /// How long the block may take.
    pub(crate) timeout: Option<Timeout>,
    /// How long steps of this block may take, by name, for example `{login-ssh: {minutes: 1}}`.
    #[keys(default, with = timeout::by_step_in_block)]
    #[schemars(with = "Option<ByStep>")]
    pub(crate) timeouts: IndexMap<String, Duration>,
    /// What the block belongs to: blocks of one namespace share their connection and their files. Either every block
    /// of a job names one or none does. `common` and `docker-test-shell` are taken.
    #[keys(with = namespace)]
    #[schemars(extend("not" = {"enum": ["common", "docker-test-shell"]}))]
    pub(crate) namespace: Option<Spanned<String>>,
    /// Use the connection of another namespace, and put the tests into its overlay.
    #[schemars(rename = "connection-namespace")]
    pub(crate) connection_namespace: Option<String>,
    /// What the block says to other roles, or waits for, at the start of one of its steps.
    #[keys(with = multinode::read_calls)]
    #[schemars(with = "Option<multinode::BlockProtocols>")]
    pub(crate) protocols: Option<Vec<ProtocolCall>>,
    /// Try up to so many times, until the first success. Excludes `repeat`.
    pub(crate) failure_retry: Option<AtLeast<1>>,
    /// Seconds between two tries. Default 1.
    pub(crate) failure_retry_interval: Option<AtLeast<1>>,
    /// Do it so many times, whatever happens. Excludes `failure_retry`.
    pub(crate) repeat: Option<AtLeast<1>>,
}

/// For the schema: an entry of `actions`.
pub(crate) struct AnyBlock;

/// Reads one entry of `actions:` into blocks. `false`: something of it could not be read.
pub(crate) fn read(place: &Place<'_>, blocks: &mut Vec<Block>, report: &mut Report) -> bool {
    let Some(entries) = place.node.as_map() else {
        place.refuse("an action", report).help(format!(
            "write `- deploy:` with its keys below it; there are {}",
            one_of(Action::WORDS)
        ));
        return false;
    };
    if entries.is_empty() {
        report
            .error(
                "J041",
                place.path(),
                place.span(),
                "an action is missing here",
            )
            .help(format!("there are {}", one_of(Action::WORDS)));
        return false;
    }
    if let [first, second, ..] = entries {
        report
            .warning(
                "J015",
                place.path(),
                second.key.span,
                "a second action in one entry",
            )
            .see(first.key.span, "the first one")
            .help("begin each action with a `-` of its own");
    }
    let mut whole = true;
    for entry in entries {
        let place = place.under(entry);
        match block(&place, &entry.key.key_text(), entry.key.span, report) {
            Some(block) => blocks.push(block),
            None => whole = false,
        }
    }
    whole
}

fn block(place: &Place<'_>, word: &str, span: Span, report: &mut Report) -> Option<Block> {
    let action: fn(&mut Keys<'_>, &mut Report) -> Option<Action> = match word {
        "deploy" => |keys, report| Deploy::from_keys(keys, report).map(Action::Deploy),
        "boot" => |keys, report| Boot::from_keys(keys, report).map(Action::Boot),
        "test" => |keys, report| Test::from_keys(keys, report).map(Action::Test),
        "command" => |keys, report| Command::from_keys(keys, report).map(Action::Command),
        other => {
            unknown(other, place, span, report);
            return None;
        }
    };
    let mut keys = place.keys(report)?;
    let common = Common::from_keys(&mut keys, report);
    let tries = tries::read(&keys, common.as_ref(), report);
    let action = action(&mut keys, report);
    keys.done(report);
    let common = common?;
    Some(Block {
        path: place.path(),
        span,
        roles: common.role.unwrap_or_default(),
        timeout: common.timeout,
        timeouts: common.timeouts,
        namespace: common
            .namespace
            .map_or_else(|| COMMON.to_owned(), |name| name.value),
        connection_namespace: common.connection_namespace,
        protocols: common.protocols.unwrap_or_default(),
        tries,
        action: action?,
        raw: place.node.to_value(),
    })
}

/// The namespace of a block that names none.
pub(crate) const COMMON: &str = "common";

fn unknown(word: &str, place: &Place<'_>, span: Span, report: &mut Report) {
    let message = format!("unknown action `{}`", word.escape_debug());
    let finding = report.error("J041", place.path(), span, message);
    match (word, nearest(word, Action::WORDS.iter().copied())) {
        ("repeat", _) => {
            finding.help("LAVA dropped the `repeat` block: write `repeat: N` inside an action")
        }
        (_, Some(near)) => finding.help(format!("did you mean `{near}`?")).fix(
            format!("write `{near}`"),
            span,
            near,
        ),
        (_, None) => finding.help(format!("there are {}", one_of(Action::WORDS))),
    };
}

fn namespace(place: &Place<'_>, report: &mut Report) -> Option<Spanned<String>> {
    let name = place.text(report)?;
    if matches!(name.as_str(), COMMON | "docker-test-shell") {
        let message = format!("the namespace `{}` is reserved", *name);
        report
            .error("J030", place.path(), name.span, message)
            .help("choose another name");
    }
    Some(name)
}
