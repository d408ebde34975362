//! An entry of `actions:`.

use std::time::Duration;

use indexmap::IndexMap;

use crate::boot::{self, Boot};
use crate::deploy::{self, Deploy};
use crate::finding::{Severity, Span};
use crate::multinode::{self, ProtocolCall};
use crate::read::{Keys, Place, Report, nearest, one_of};
use crate::test::{self, Test};
use crate::timeout::{self, BlockTimeout};
use crate::yaml::Spanned;

/// One entry of `actions:` with the keys that every kind of block may have.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Where the block stands.
    pub span: Span,
    /// `role`: the roles that the block is for. Empty in a single-node job.
    pub roles: Vec<Spanned<String>>,
    /// `timeout`.
    pub timeout: Option<BlockTimeout>,
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
}

/// `failure_retry` and `repeat` exclude each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tries {
    /// Neither key is written.
    Once,
    /// `failure_retry`: up to `tries` times until the first success, `interval` apart.
    UntilSuccess {
        /// `failure_retry`, at least 1.
        tries: u32,
        /// `failure_retry_interval`; default 1 s.
        interval: Duration,
    },
    /// `repeat`: so many times whatever happens.
    Always(u32),
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
}

/// Reads one entry of `actions:`.
pub(crate) fn read(place: &Place, report: &mut Report) -> Option<Block> {
    const KINDS: [&str; 3] = ["deploy", "boot", "test"];
    let entries = place.entries(report)?;
    let [(kind, body)] = entries.as_slice() else {
        let message = format!(
            "expected one of {}, found {} keys",
            one_of(&KINDS),
            entries.len()
        );
        let finding = report.error("J041", &place.path, place.span(), message);
        match entries.get(1) {
            Some((second, _)) => finding.see(second.span, "the second key").help(
                "begin each action with a `-` of its own, and indent its keys below its name",
            ),
            None => finding.help("write an action after the `-`"),
        };
        return None;
    };
    let read: fn(&mut Keys, &mut Report) -> Option<Action> = match kind.as_str() {
        "deploy" => |keys, report| deploy::read(keys, report).map(Action::Deploy),
        "boot" => |keys, report| boot::read(keys, report).map(Action::Boot),
        "test" => |keys, report| test::read(keys, report).map(Action::Test),
        "command" => {
            let message = format!(
                "`command` is an action of LAVA that this version of dispatch cannot run yet; it can: {}",
                KINDS.join(", ")
            );
            report.error("J040", &body.path, kind.span, message);
            return None;
        }
        other => {
            let message = format!("unknown action `{}`", other.escape_debug());
            let finding = report.error("J041", &body.path, kind.span, message);
            match (other, nearest(other, KINDS.into_iter())) {
                ("repeat", _) => finding
                    .help("LAVA dropped the `repeat` block: write `repeat: N` inside an action"),
                (_, Some(near)) => finding.help(format!("did you mean `{near}`?")),
                (_, None) => finding.help(format!("there are: {}", KINDS.join(", "))),
            };
            return None;
        }
    };
    let mut keys = body.keys(report)?;
    let roles = match keys.get("role") {
        Some(place) => roles(&place, report),
        None => Some(Vec::new()),
    };
    let timeout = keys
        .get("timeout")
        .and_then(|t| timeout::read_block(&t, report));
    let timeouts = keys
        .get("timeouts")
        .and_then(|t| timeout::read_by_name(&t, report));
    let namespace = keys.get("namespace").and_then(|n| namespace(&n, report));
    let connection_namespace = keys
        .get("connection-namespace")
        .and_then(|n| n.string(report));
    let protocols = keys
        .get("protocols")
        .and_then(|p| multinode::read_calls(&p, report));
    let tries = tries(&mut keys, report);
    keys.no_effect(&["connection_timeout"], report);
    let action = read(&mut keys, report);
    keys.done(Severity::Warning, report);
    Some(Block {
        span: kind.span,
        roles: roles?,
        timeout,
        timeouts: timeouts.unwrap_or_default(),
        namespace: namespace.unwrap_or_else(|| COMMON.to_owned()),
        connection_namespace,
        protocols: protocols.unwrap_or_default(),
        tries,
        action: action?,
    })
}

/// The namespace of a block that names none.
pub(crate) const COMMON: &str = "common";

fn roles(place: &Place, report: &mut Report) -> Option<Vec<Spanned<String>>> {
    if place.node.as_str().is_some() {
        return Some(vec![place.text(report)?]);
    }
    place.texts(report)
}

fn namespace(place: &Place, report: &mut Report) -> Option<String> {
    let name = place.text(report)?;
    if *name == "docker-test-shell" {
        report
            .error(
                "J030",
                &place.path,
                name.span,
                "the namespace `docker-test-shell` is reserved",
            )
            .help("choose another name");
    }
    Some(name.value)
}

fn tries(keys: &mut Keys, report: &mut Report) -> Tries {
    let retry = keys.get("failure_retry");
    let interval = keys.get("failure_retry_interval");
    let repeat = keys.get("repeat");
    let interval_seconds = interval
        .as_ref()
        .and_then(|i| i.count(1, report))
        .unwrap_or(1);
    if let (Some(retry), Some(repeat)) = (&retry, &repeat) {
        report
            .error("J009", &repeat.path, repeat.span(), "`repeat` and `failure_retry` exclude each other")
            .see(retry.span(), "`failure_retry` is here")
            .help("`failure_retry` stops at the first success, `repeat` runs every time: keep the one that is meant");
    }
    if let (Some(interval), None) = (&interval, &retry) {
        report
            .warning(
                "J008",
                &interval.path,
                interval.span(),
                "`failure_retry_interval` has no effect alone",
            )
            .help("add `failure_retry`");
    }
    if let Some(tries) = retry.and_then(|r| r.count(1, report)) {
        return Tries::UntilSuccess {
            tries,
            interval: Duration::from_secs(interval_seconds.into()),
        };
    }
    repeat
        .and_then(|r| r.count(1, report))
        .map_or(Tries::Once, Tries::Always)
}
