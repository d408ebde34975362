//! `boot: {method: uuu}`: an NXP board written to by `uuu` over USB.

use std::borrow::Cow;

use indexmap::IndexMap;
use job_schema_derive::Keys;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::deploy::download::Docker;
use crate::read::{Place, Read, Report};

/// `boot: {method: uuu}`: an NXP board written to by `uuu` over USB.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Uuu {
    /// Commands by protocol, for example `[{SDPS: 'boot -f {boot}'}, {FB: done}]`. `{name}` is an image of the deploy
    /// block; `uuu` runs a built-in script, `bcu` controls the board. LAVA's schema takes one text too, and its
    /// dispatcher cannot run it.
    pub commands: Commands,
    /// Run `uuu` in a container. Default: in the device's, else on the machine where `dispatch` runs.
    pub docker: Option<Docker>,
    /// Do nothing when the board has a boot loader that gives its prompt. Default `false`.
    pub skip_uuu_if_bootloader_valid: Option<bool>,
}

/// `commands` of `method: uuu`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Commands {
    /// One text: it says no protocol.
    Text(String),
    /// Commands by protocol, in order.
    List(Vec<IndexMap<String, String>>),
}

impl Read for Commands {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        if let Some(text) = place.node.as_str() {
            return Some(Self::Text(text.to_owned()));
        }
        if place.node.as_seq().is_none() {
            place.refuse("a text or a list of `{protocol: command}`", report);
            return None;
        }
        Vec::read(place, report).map(Self::List)
    }
}

impl JsonSchema for Commands {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "UuuCommands".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {"type": "string"},
            {
                "type": "array",
                "items": {"type": "object", "additionalProperties": {"type": "string"}},
            },
        ]})
    }
}
