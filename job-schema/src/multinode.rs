//! `protocols: lava-multinode`: the roles of a job, and the calls that actions make on the bus.

use std::time::Duration;

use indexmap::IndexMap;

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
