//! `containers:` what LKP's jobs are run in.

use std::borrow::Cow;

use job_schema_derive::{Keys, Word};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::image::Image;
use super::limits::{Count, Limits};
use super::words;
use crate::read::{Place, Read, Report};
use crate::yaml::Spanned;

/// Containers on the node, all started at once: each runs every job.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(closed)]
pub struct Containers {
    /// How many, 1 to 1000. Default 1.
    #[keys(default)]
    #[schemars(default)]
    pub count: Count,
    /// What runs them. Default `auto`.
    #[keys(default)]
    #[schemars(default)]
    pub runtime: Runtime,
    /// What they are made of: the name of an image, or one of `dockerfile`, `rootfs` and `debootstrap`. Without it they
    /// see the node's own system, which `docker` and `podman` cannot do.
    pub image: Option<Spanned<Image>>,
    /// What each of them may use. Default: all that the node has.
    #[keys(default)]
    #[schemars(default)]
    pub limits: Limits,
    /// Give them all rights on the node. Default `false`.
    #[keys(default)]
    #[schemars(default)]
    pub privileged: bool,
    /// Their network: `host`, the node's own; `none`; or the name of a network of `docker` or `podman`. Default `host`.
    #[keys(default)]
    #[schemars(default)]
    pub network: Network,
}

/// What runs containers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Runtime {
    /// What the node has and what works on it.
    #[default]
    Auto,
    /// Docker.
    Docker,
    /// Podman.
    Podman,
    /// Namespaces of the kernel alone: nothing needs to be installed.
    Sandbox,
}

/// The network of containers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Network {
    /// `host`: the node's own.
    #[default]
    Host,
    /// `none`: nothing but a loopback device.
    None,
    /// A network of `docker` or `podman`, by its name.
    Named(String),
}

impl Network {
    /// The word of the job file.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Host => "host",
            Self::None => "none",
            Self::Named(name) => name,
        }
    }
}

impl Read for Network {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        let name = words::word(place, "the name of a network", "_.-", report)?;
        Some(match name.as_str() {
            "host" => Self::Host,
            "none" => Self::None,
            _ => Self::Named(name.value),
        })
    }
}

impl JsonSchema for Network {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Network".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {"const": "host", "description": "The node's own."},
            {"const": "none", "description": "No network."},
            {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_.-]*$"},
        ]})
    }
}
