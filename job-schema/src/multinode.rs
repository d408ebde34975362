//! `protocols: lava-multinode`: the roles of a job, and the calls that actions make on the bus.

use std::borrow::Cow;
use std::time::Duration;

use indexmap::IndexMap;

use job_schema_derive::{Keys, Word};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::context::{self, Context};
use crate::job::{free, of_split_job};
use crate::read::{Anything, AtLeast, Integer, Keys, OrNull, Place, Read, Report, nearest, one_of};
use crate::timeout::{self, Timeout};
use crate::yaml::{Spanned, Value};

/// `lava-multinode`: the roles of a job for several machines.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(closed, check = split)]
pub struct Multinode {
    /// How long a call on the bus may take; as in LAVA it counts before the roles' own.
    #[keys(with = timeout::limit)]
    #[schemars(with = "Option<Timeout>")]
    pub timeout: Option<Duration>,
    /// The roles, by name. Each is played by `count` nodes.
    #[keys(with = roles)]
    #[schemars(with = "IndexMap<String, AnyRole>")]
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

impl ProtocolCall {
    /// The call as a test would write it: `lava-wait ipv4`.
    #[must_use]
    pub fn words(&self) -> String {
        let verb = match self.request {
            Request::Send => "lava-send",
            Request::Wait => "lava-wait",
            Request::WaitAll { .. } => "lava-wait-all",
            Request::Sync => "lava-sync",
        };
        format!("{verb} {}", *self.message_id)
    }
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

/// LAVA's server cuts a job into one per node; those are for its workers only.
fn split(keys: &mut Keys<'_>, report: &mut Report) {
    const OF_SPLIT: [&str; 6] = [
        "target_group",
        "role",
        "group_size",
        "sub_id",
        "request",
        "expect_role",
    ];
    for key in OF_SPLIT {
        if let Some(place) = keys.get(key) {
            of_split_job(&place, report);
        }
    }
}

fn roles(place: &Place<'_>, report: &mut Report) -> Option<IndexMap<String, Role>> {
    let mut roles = IndexMap::new();
    let mut whole = true;
    for entry in place.node.as_map().unwrap_or_default() {
        // LAVA's server looks into every role, whatever its name is.
        if entry.key.as_str().is_none() && entry.value.as_map().is_none() {
            place.under(entry).refuse("a mapping", report);
            whole = false;
        }
    }
    for (name, place) in place.entries(report)? {
        match role(name, &place, report) {
            Some(role) => drop(roles.insert(role.name.value.clone(), role)),
            None => whole = false,
        }
    }
    if roles.is_empty() && whole {
        report.warning("J015", place.path(), place.span(), "there is no role");
    }
    whole.then_some(roles)
}

fn role(name: Spanned<String>, place: &Place<'_>, report: &mut Report) -> Option<Role> {
    let has = |key| place.node.get(key).is_some();
    let guest = !has("device_type") && (has("connection") || has("host_role"));
    if guest {
        let role = GuestRole::read(place, report)?;
        Some(Role {
            name,
            count: role.count.0,
            essential: role.essential.unwrap_or(false),
            timeout: role.timeout,
            tags: role.tags,
            context: role.context,
            environment: IndexMap::new(),
            kind: RoleKind::Guest {
                host_role: role.host_role,
                expect_role: role.expect_role,
                delayed_start: role.request == Some(LAVA_START.to_owned()),
            },
        })
    } else {
        let role = DeviceRole::read(place, report)?;
        Some(Role {
            name,
            count: role.count.0,
            essential: role.essential.unwrap_or(false),
            timeout: role.timeout,
            tags: role.tags,
            context: role.context,
            environment: role.environment,
            kind: RoleKind::Device {
                device_type: role.device_type,
                device: role.device,
            },
        })
    }
}

const LAVA_START: &str = "lava-start";

fn request(place: &Place<'_>, report: &mut Report) -> Option<String> {
    let word = place.text(report)?;
    if *word != LAVA_START {
        let message = format!("`request: {}` has no effect", word.escape_debug());
        report
            .warning("J008", place.path(), word.span, message)
            .help("`request: lava-start` delays the start until `lava_start` is sent");
    }
    Some(word.value)
}

/// A role whose nodes are devices.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
struct DeviceRole {
    /// The kind of machine, for example `qemu`.
    device_type: Spanned<String>,
    /// How many nodes play the role.
    count: AtLeast<0>,
    /// One certain machine, by name; only with `count: 1`.
    device: Option<Spanned<String>>,
    /// One certain worker of LAVA, by name. Has no effect here: there is one dispatcher.
    #[allow(dead_code)]
    worker: Option<String>,
    /// What the role's nodes set in their device type, for example `{arch: arm64}`.
    #[keys(default, with = context::read)]
    #[schemars(with = "Option<Context>")]
    context: IndexMap<String, Value>,
    /// What the machines must be tagged with.
    #[keys(default)]
    #[schemars(default)]
    tags: Vec<Spanned<String>>,
    /// Variables of the tests' environment on the role's nodes.
    #[keys(default, with = free)]
    #[schemars(with = "Option<Anything>")]
    environment: IndexMap<String, Value>,
    /// When a node of this role ends incomplete, all others are cancelled. Default `false`.
    essential: Option<bool>,
    /// How long a call on the bus may take, when the job does not say it for all roles.
    #[keys(with = timeout::lenient)]
    #[schemars(with = "Option<Timeout>")]
    timeout: Option<Duration>,
}

/// A role whose nodes are connections to the device of another role.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
struct GuestRole {
    /// How the nodes are reached: `ssh`.
    #[keys(with = connection)]
    #[schemars(with = "String")]
    #[allow(dead_code)]
    connection: Spanned<String>,
    /// How many nodes play the role.
    count: AtLeast<0>,
    /// The role whose machine the nodes are on; it has one node.
    host_role: Spanned<String>,
    /// The role whose `lava_start` message is awaited, usually the host role.
    expect_role: Spanned<String>,
    /// `lava-start`: start only when the expected role has sent `lava_start`.
    #[keys(with = request)]
    request: Option<String>,
    /// When a node of this role ends incomplete, all others are cancelled. Default `false`.
    essential: Option<bool>,
    /// What the machine must be tagged with.
    #[keys(default)]
    #[schemars(default)]
    tags: Vec<Spanned<String>>,
    /// How long a call on the bus, and the delayed start, may take, when the job does not say it for all roles.
    #[keys(with = timeout::lenient)]
    #[schemars(with = "Option<Timeout>")]
    timeout: Option<Duration>,
    /// What the role's nodes set in the device type of their host.
    #[keys(default, with = context::read)]
    #[schemars(with = "Option<Context>")]
    context: IndexMap<String, Value>,
}

fn connection(place: &Place<'_>, report: &mut Report) -> Option<Spanned<String>> {
    let word = place.text(report)?;
    if *word != "ssh" {
        let message = format!("there is no connection `{}`", word.escape_debug());
        report
            .warning("J016", place.path(), word.span, message)
            .help("it counts as `ssh`: write that");
    }
    Some(word)
}

/// For the schema: a role is one of both, as [`role`] decides.
struct AnyRole;

impl JsonSchema for AnyRole {
    fn schema_name() -> Cow<'static, str> {
        "role".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let device = generator.subschema_for::<DeviceRole>();
        let guest = generator.subschema_for::<GuestRole>();
        json_schema!({
            "description": "A role: its nodes are devices, or connections to the device of another role.",
            "type": "object",
            "if": {
                "not": {"required": ["device_type"]},
                "anyOf": [{"required": ["connection"]}, {"required": ["host_role"]}],
            },
            "then": guest,
            "else": device,
        })
    }
}

/// Reads `protocols` of an action block. LAVA's schemas take anything here, and its dispatcher looks at it only in a job
/// with roles.
pub(crate) fn read_calls(place: &Place<'_>, report: &mut Report) -> Option<Vec<ProtocolCall>> {
    let protocols = |report: &mut Report| BlockProtocols::read(place, report);
    let is_group = place.top().at(&["protocols", "lava-multinode"]).is_some();
    report.as_rules(|report| match is_group {
        true => Some(protocols(report)?.multinode),
        false => Some(
            report
                .softly(protocols)
                .map_or_else(Vec::new, |p| p.multinode),
        ),
    })
}

/// `protocols` of an action block.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub(crate) struct BlockProtocols {
    /// What to say and what to wait for.
    #[keys(default, with = calls)]
    #[schemars(default, rename = "lava-multinode", with = "Vec<Call>")]
    multinode: Vec<ProtocolCall>,
    /// The port of the network block device.
    #[schemars(rename = "lava-xnbd")]
    #[allow(dead_code)]
    xnbd: Option<Value>,
}

/// Entries without the name of an `action` are never called, in LAVA neither: that is a warning.
fn calls(place: &Place<'_>, report: &mut Report) -> Option<Vec<ProtocolCall>> {
    let items: Vec<_> = report.softly(|report| Some(place.items(report)?.collect()))?;
    let mut calls = Vec::with_capacity(items.len());
    for item in &items {
        if item
            .node
            .get("action")
            .is_some_and(|action| action.as_str().is_some())
        {
            calls.push(ProtocolCall::read(item, report)?);
        } else {
            report.softly(|report| ProtocolCall::read(item, report));
        }
    }
    Some(calls)
}

/// Something to say or to wait for at the start of a step.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
struct Call {
    /// The step at whose start the call is made, for example `prepare-scp-overlay`.
    action: Spanned<String>,
    /// What to do: `lava-send`, `lava-wait`, `lava-wait-all` or `lava-sync`.
    #[keys(with = verb)]
    #[schemars(with = "Verb")]
    request: Verb,
    /// The id of the message.
    #[schemars(rename = "messageID")]
    message_id: Spanned<String>,
    /// What to send, as `key: value`; of a wait the values begin with `$` and name what to take from the answer.
    #[keys(default, with = Place::shell_texts)]
    #[schemars(with = "Option<OrNull<Anything>>")]
    message: IndexMap<String, String>,
    /// How long it may take.
    #[keys(with = timeout::of_call)]
    #[schemars(with = "Option<Timeout>")]
    timeout: Option<Duration>,
    /// Of `lava-wait-all`: wait for the nodes of this role only.
    role: Option<Spanned<String>>,
    /// Seconds between two questions of LAVA's dispatcher. Has no effect here: nothing polls.
    #[allow(dead_code)]
    poll_delay: Option<Integer>,
}

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "kebab-case")]
enum Verb {
    /// Say something to all nodes.
    LavaSend,
    /// Wait until some node has said it.
    LavaWait,
    /// Wait until every other node, or every node of a role, has said it.
    LavaWaitAll,
    /// Wait until every node is here.
    LavaSync,
}

/// LAVA takes both spellings, `lava-send` and `lava_send`.
fn verb(place: &Place<'_>, report: &mut Report) -> Option<Verb> {
    let word = place.text(report)?;
    let verb = match word.replace('_', "-").as_str() {
        "lava-send" => Verb::LavaSend,
        "lava-wait" => Verb::LavaWait,
        "lava-wait-all" => Verb::LavaWaitAll,
        "lava-sync" => Verb::LavaSync,
        LAVA_START => {
            let message = "an action cannot ask for `lava-start`";
            report
                .error("J033", place.path(), word.span, message)
                .help("write `request: lava-start` in the role, under `protocols` of the job");
            return None;
        }
        _ => {
            let message = format!(
                "expected {}, found `{}`",
                one_of(Verb::WORDS),
                word.escape_debug()
            );
            let finding = report.error("J033", place.path(), word.span, message);
            if let Some(near) = nearest(&word, Verb::WORDS.iter().copied()) {
                finding.help(format!("did you mean `{near}`?")).fix(
                    format!("write `{near}`"),
                    word.span,
                    near,
                );
            }
            return None;
        }
    };
    Some(verb)
}

impl Read for ProtocolCall {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        let call = Call::read(place, report)?;
        let request = match call.request {
            Verb::LavaSend => Request::Send,
            Verb::LavaWait => Request::Wait,
            Verb::LavaSync => Request::Sync,
            Verb::LavaWaitAll => Request::WaitAll {
                role: call.role.clone().map(|role| role.value),
            },
        };
        if let (Some(role), Verb::LavaSend | Verb::LavaWait | Verb::LavaSync) =
            (&call.role, call.request)
        {
            report
                .warning(
                    "J033",
                    place.path_of("role"),
                    role.span,
                    "`role` has no effect here",
                )
                .help("only `lava-wait-all` takes a role");
        }
        Some(Self {
            action: call.action,
            request,
            message_id: call.message_id,
            message: call.message,
            timeout: call.timeout,
        })
    }
}
