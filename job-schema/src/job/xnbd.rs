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
    #[keys(with = port)]
    #[schemars(with = "Option<PortWord>")]
    pub port: Option<Integer>,
    /// How long the server may take.
    #[keys(with = timeout::lenient)]
    #[schemars(with = "Option<Timeout>")]
    pub timeout: Option<Duration>,
}

fn port(place: &Place<'_>, report: &mut Report) -> Option<Integer> {
    match place.node.as_str() {
        Some("auto") => None,
        Some(_) => {
            place.word(&["auto"], report);
            None
        }
        None => Integer::read(place, report),
    }
}

/// For the schema: the values of `port`.
struct PortWord;

impl JsonSchema for PortWord {
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
