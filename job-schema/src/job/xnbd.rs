//! `protocols: lava-xnbd`: a network block device.

use std::borrow::Cow;
use std::time::Duration;

use job_schema_derive::Keys;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::read::{Integer, Place, Read, Report};
use crate::timeout::{self, Timeout};

/// `lava-xnbd`: a network block device that the dispatcher serves.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct Xnbd {
    /// The port to serve on, or `auto`.
    pub port: Port,
    /// How long the server may take.
    #[keys(with = timeout::lenient)]
    #[schemars(with = "Option<Timeout>")]
    pub timeout: Option<Duration>,
}

/// The port of a network block device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Port {
    /// `auto`: any free one.
    Auto,
    /// This one.
    Number(i64),
}

impl Read for Port {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        if place.node.as_str().is_some() {
            return place.word(&["auto"], report).map(|_| Self::Auto);
        }
        Integer::read(place, report).map(|number| Self::Number(number.0))
    }
}

impl JsonSchema for Port {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Port".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [{"const": "auto"}, {"type": "integer"}]})
    }
}
