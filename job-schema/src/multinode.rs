//! `protocols: lava-multinode`: the roles of a job, and the calls that actions make on the bus.

use std::time::Duration;

use indexmap::IndexMap;

use crate::finding::Severity;
use crate::read::{Keys, Place, Report, nearest, one_of};
use crate::timeout;
use crate::yaml::{Spanned, Value};

/// `protocols: lava-multinode`.
#[derive(Debug, Clone, PartialEq)]
pub struct Multinode {
    /// `timeout`: default time limit of a call on the bus; as in LAVA it overrides the roles' own.
    pub timeout: Option<Duration>,
    /// `roles`, in the order written.
    pub roles: IndexMap<String, Role>,
}

/// One role of a multinode job.
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    /// The role's name and where it is written.
    pub name: Spanned<String>,
    /// `count`: how many nodes play the role.
    pub count: u32,
    /// `essential: true`: when a node of this role ends incomplete, the whole group is cancelled.
    pub essential: bool,
    /// `timeout`: time limit of this role's calls on the bus, and of its delayed start.
    pub timeout: Option<Duration>,
    /// `tags` that the device must have.
    pub tags: Vec<Spanned<String>>,
    /// `context` for the role's devices.
    pub context: IndexMap<String, Value>,
    /// `environment` of the role's nodes.
    pub environment: IndexMap<String, Value>,
    /// What the role's nodes are.
    pub kind: RoleKind,
}

/// Where the nodes of a role come from.
#[derive(Debug, Clone, PartialEq)]
pub enum RoleKind {
    /// Each node is a device of its own.
    Device {
        /// `device_type`.
        device_type: Spanned<String>,
        /// `device`: one specific device; only with `count: 1`.
        device: Option<Spanned<String>>,
    },
    /// Each node is a secondary connection to the device of another role (`connection: ssh`).
    Guest {
        /// `host_role`: the role whose device is used.
        host_role: Spanned<String>,
        /// `expect_role`: the role whose `lava_start` message is awaited.
        expect_role: Spanned<String>,
        /// `request: lava-start`: start only after that message.
        delayed_start: bool,
    },
}

/// One entry of an action's `protocols: lava-multinode` list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtocolCall {
    /// `action`: the step at whose start the call is made.
    pub action: Spanned<String>,
    /// `request`.
    pub request: Request,
    /// `messageID`.
    pub message_id: Spanned<String>,
    /// `message`: data to send, or (values that begin with `$`) keys to pick from the answer.
    pub message: IndexMap<String, String>,
    /// `timeout`.
    pub timeout: Option<Duration>,
}

/// `request` of a [`ProtocolCall`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// `lava-send`
    Send,
    /// `lava-wait`
    Wait,
    /// `lava-wait-all`, for every other member or for the members of `role`.
    WaitAll {
        /// `role`
        role: Option<String>,
    },
    /// `lava-sync`
    Sync,
}

/// Reads `protocols: lava-multinode` of a job.
pub(crate) fn read(place: &Place, report: &mut Report) -> Option<Multinode> {
    let mut keys = place.keys(report)?;
    let timeout = keys.get("timeout").and_then(|t| timeout::read(&t, report));
    let roles = keys.need("roles", report).and_then(|roles| {
        let mut read = IndexMap::new();
        let mut whole = true;
        for (name, place) in roles.entries(report)? {
            match role(name, &place, report) {
                Some(role) => {
                    read.insert(role.name.value.clone(), role);
                }
                None => whole = false,
            }
        }
        if read.is_empty() && whole {
            report.error("J005", &roles.path, roles.span(), "there is no role");
            return None;
        }
        whole.then_some(read)
    });
    keys.done(Severity::Warning, report);
    Some(Multinode {
        timeout,
        roles: roles?,
    })
}

fn role(name: Spanned<String>, place: &Place, report: &mut Report) -> Option<Role> {
    let mut keys = place.keys(report)?;
    let guest = place.node.get("connection").is_some() || place.node.get("host_role").is_some();
    let kind = if guest {
        guest_kind(&mut keys, report)
    } else {
        device_kind(&mut keys, report)
    };
    let count = keys.need("count", report).and_then(|c| c.count(0, report));
    let essential = keys.get("essential").and_then(|e| e.boolean(report));
    let timeout = keys.get("timeout").and_then(|t| timeout::read(&t, report));
    let tags = keys.get("tags").and_then(|t| t.texts(report));
    let context = keys.get("context").and_then(|c| c.values(report));
    let environment = keys.get("environment").and_then(|e| e.values(report));
    keys.done(Severity::Warning, report);
    Some(Role {
        name,
        count: count?,
        essential: essential.unwrap_or(false),
        timeout,
        tags: tags.unwrap_or_default(),
        context: context.unwrap_or_default(),
        environment: environment.unwrap_or_default(),
        kind: kind?,
    })
}

fn device_kind(keys: &mut Keys, report: &mut Report) -> Option<RoleKind> {
    keys.ignore(&["worker"]);
    let device = keys.get("device").and_then(|d| d.text(report));
    let device_type = keys.need("device_type", report)?.text(report)?;
    Some(RoleKind::Device {
        device_type,
        device,
    })
}

fn guest_kind(keys: &mut Keys, report: &mut Report) -> Option<RoleKind> {
    let connection = keys
        .need("connection", report)
        .and_then(|c| c.word(&["ssh"], report));
    let host_role = keys.need("host_role", report).and_then(|h| h.text(report));
    let expect_role = keys
        .need("expect_role", report)
        .and_then(|e| e.text(report));
    let delayed_start = match keys.get("request") {
        None => false,
        Some(request) => {
            let word = request.text(report)?;
            if *word != "lava-start" {
                let message = format!("`request: {}` has no effect", *word);
                report
                    .warning("J005", &request.path, word.span, message)
                    .help("`request: lava-start` delays the start until `lava_start` is sent");
            }
            *word == "lava-start"
        }
    };
    connection?;
    Some(RoleKind::Guest {
        host_role: host_role?,
        expect_role: expect_role?,
        delayed_start,
    })
}

/// Reads `protocols` of an action block.
pub(crate) fn read_calls(place: &Place, report: &mut Report) -> Option<Vec<ProtocolCall>> {
    let mut keys = place.keys(report)?;
    let calls = keys.get("lava-multinode").and_then(|list| {
        let items = list.items(report)?;
        let calls: Vec<_> = items.iter().map(|item| call(item, report)).collect();
        calls.into_iter().collect()
    });
    keys.no_effect(&["lava-xnbd"], report);
    keys.done(Severity::Warning, report);
    Some(calls.unwrap_or_default())
}

fn call(place: &Place, report: &mut Report) -> Option<ProtocolCall> {
    let mut keys = place.keys(report)?;
    let action = keys.need("action", report).and_then(|a| a.text(report));
    let role = keys.get("role");
    let request = keys
        .need("request", report)
        .and_then(|r| request(&r, role, report));
    let message_id = keys.need("messageID", report).and_then(|m| m.text(report));
    let message = keys.get("message").and_then(|m| m.shell_texts(report));
    let timeout = keys.get("timeout").and_then(|t| timeout::read(&t, report));
    // Nothing here polls.
    keys.ignore(&["poll_delay"]);
    keys.done(Severity::Warning, report);
    Some(ProtocolCall {
        action: action?,
        request: request?,
        message_id: message_id?,
        message: message.unwrap_or_default(),
        timeout,
    })
}

fn request(place: &Place, role: Option<Place>, report: &mut Report) -> Option<Request> {
    const WORDS: [&str; 4] = ["lava-send", "lava-wait", "lava-wait-all", "lava-sync"];
    let word = place.text(report)?;
    // LAVA takes both spellings.
    let request = match word.replace('_', "-").as_str() {
        "lava-send" => Request::Send,
        "lava-wait" => Request::Wait,
        "lava-wait-all" => {
            let role = role.and_then(|role| role.string(report));
            return Some(Request::WaitAll { role });
        }
        "lava-sync" => Request::Sync,
        "lava-start" => {
            report
                .error(
                    "J033",
                    &place.path,
                    word.span,
                    "an action cannot ask for `lava-start`",
                )
                .help("write `request: lava-start` in the role, under `protocols` of the job");
            return None;
        }
        _ => {
            let message = format!("expected {}, found `{}`", one_of(&WORDS), *word);
            let finding = report.error("J033", &place.path, word.span, message);
            if let Some(near) = nearest(&word, WORDS.into_iter()) {
                finding.help(format!("did you mean `{near}`?"));
            }
            return None;
        }
    };
    if let Some(role) = role {
        report
            .warning("J033", &role.path, role.span(), "`role` has no effect here")
            .help("only `lava-wait-all` takes a role");
    }
    Some(request)
}
