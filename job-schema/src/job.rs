//! The top level of a job file.

use std::time::Duration;

use indexmap::IndexMap;

use crate::action::Block;
use crate::multinode::Multinode;
use crate::yaml::{Spanned, Value};

/// A job: what to deploy, boot and test, and on which kind of machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// `job_name`: 1 to 200 characters.
    pub name: Spanned<String>,
    /// `visibility`: who may see the job. Kept as written; `dispatch` has no accounts.
    pub visibility: Value,
    /// `timeouts`.
    pub timeouts: JobTimeouts,
    /// `priority` as LAVA stores it: 0 to 100 (`high` 100, `medium` 50, `low` 0). Default 50.
    pub priority: u8,
    /// `device_type` of a single-node job; a multinode job names it per role.
    pub device_type: Option<Spanned<String>>,
    /// `device`: one specific device, by name.
    pub device: Option<Spanned<String>>,
    /// `tags` that the device must have.
    pub tags: Vec<Spanned<String>>,
    /// `context`: overrides for the device type and for constants.
    pub context: IndexMap<String, Value>,
    /// `environment`: exported on the node.
    pub environment: IndexMap<String, Value>,
    /// `metadata`: kept with the run, not interpreted. Keys are written as text.
    pub metadata: IndexMap<String, Value>,
    /// `secrets`: masked wherever they would be shown.
    pub secrets: IndexMap<String, String>,
    /// `protocols: lava-multinode`; absent in a single-node job.
    pub multinode: Option<Multinode>,
    /// `actions`, in order.
    pub actions: Vec<Block>,
}

/// `timeouts` of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobTimeouts {
    /// `job`: the whole job. Required.
    pub job: Duration,
    /// `action`: default of every action.
    pub action: Option<Duration>,
    /// `connection`: default of every wait for a console.
    pub connection: Option<Duration>,
    /// `actions`: by step name.
    pub actions: IndexMap<String, Duration>,
    /// `connections`: by step name.
    pub connections: IndexMap<String, Duration>,
}
