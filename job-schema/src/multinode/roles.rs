//! A role: what its nodes are, and how many.

use std::borrow::Cow;
use std::time::Duration;

use indexmap::IndexMap;

use job_schema_derive::Keys;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::LAVA_START;
use crate::context::{self, Context};
use crate::job::free;
use crate::read::{Anything, AtLeast, Place, Read, Report};
use crate::timeout::{self, Timeout};
use crate::yaml::{Spanned, Value};

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
    /// The job is the part of one node, cut out by LAVA's server: its device is the job's own.
    Part,
}

/// Reads an entry of `roles`.
pub(super) fn read(name: Spanned<String>, place: &Place<'_>, report: &mut Report) -> Option<Role> {
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
pub(super) struct DeviceRole {
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
pub(super) struct GuestRole {
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
pub(super) struct AnyRole;

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
