//! How many and how much: `count`, `repeat` and `limits`.

use std::borrow::Cow;

use job_schema_derive::Keys;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::read::{Place, Read, Report};
use crate::yaml::Data;

/// How many: 1 to [`Count::MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count(pub u32);

/// What each container may use.
#[derive(Debug, Clone, PartialEq, Default, JsonSchema, Keys)]
#[keys(closed)]
pub struct Limits {
    /// Processors, for example `1.5`: the share of time of all of them together.
    #[keys(with = cpus)]
    #[schemars(with = "Option<Cpus>")]
    pub cpus: Option<f64>,
    /// Memory in bytes, or with a unit: `512M`, `2GiB`. Units count 1024 of the one below.
    #[keys(with = memory)]
    #[schemars(with = "Option<Memory>")]
    pub memory: Option<u64>,
}

impl Count {
    /// More are a slip of the pen.
    pub const MOST: u32 = 1000;
}

impl Default for Count {
    fn default() -> Self {
        Self(1)
    }
}

impl Read for Count {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        let number = match place.node.data() {
            Data::Int(number) => u32::try_from(*number).ok(),
            Data::BigInt(_) => None,
            _ => {
                place.refuse("a whole number", report);
                return None;
            }
        };
        let number = number.filter(|number| (1..=Self::MOST).contains(number));
        if number.is_none() {
            let message = format!(
                "expected a number from 1 to {}, found {}",
                Self::MOST,
                place.node.key_text()
            );
            report.error("J005", place.path(), place.node.span, message);
        }
        number.map(Self)
    }
}

impl JsonSchema for Count {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Count".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": 1, "maximum": Self::MOST})
    }
}

/// No machine has more processors.
const MOST_CPUS: f64 = 8192.0;

fn cpus(place: &Place<'_>, report: &mut Report) -> Option<f64> {
    let number = match place.node.data() {
        Data::Int(number) => *number as f64,
        Data::Float(number) => *number,
        Data::BigInt(_) => f64::INFINITY,
        _ => {
            place.refuse("a number", report);
            return None;
        }
    };
    if number > 0.0 && number <= MOST_CPUS {
        return Some(number);
    }
    let message = format!(
        "expected a number above 0 and up to {MOST_CPUS}, found {}",
        place.node.key_text()
    );
    report
        .error("J005", place.path(), place.node.span, message)
        .help("remove `cpus` to allow all that the node has");
    None
}

/// For the schema: how many processors.
struct Cpus;

impl JsonSchema for Cpus {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Cpus".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "number", "exclusiveMinimum": 0, "maximum": MOST_CPUS})
    }
}

/// Container engines refuse less.
const LEAST_BYTES: u64 = 6 << 20;

/// No machine has more.
const MOST_BYTES: u64 = 1 << 50;

/// Bytes: a number, or a number with a unit. `J075`: so much that no container can have it.
fn memory(place: &Place<'_>, report: &mut Report) -> Option<u64> {
    let bytes = match place.node.data() {
        Data::Int(number) => Some(u64::try_from(*number).unwrap_or(0)),
        Data::BigInt(digits) => Some(if digits.starts_with('-') { 0 } else { u64::MAX }),
        Data::Str(text) => parse(text),
        _ => {
            place.refuse("a size", report).help(SIZES);
            return None;
        }
    };
    let text = place.node.key_text();
    let (code, message) = match bytes {
        None | Some(0) => ("J005", format!("`{}` is not a size", text.escape_debug())),
        Some(bytes) if bytes < LEAST_BYTES => {
            ("J075", format!("{bytes} bytes are too few for a container"))
        }
        Some(bytes) if bytes > MOST_BYTES => {
            let message = format!("`{}` is more than any node has", text.escape_debug());
            ("J075", message)
        }
        Some(bytes) => return Some(bytes),
    };
    report
        .error(code, place.path(), place.node.span, message)
        .help(SIZES);
    None
}

const SIZES: &str = "write it like `512M` or `2GiB`, at least `6M`";

/// What [`parse`] takes.
const SIZE: &str = r"^0*[1-9][0-9]*([KMGTkmgt]([iI]?[bB])?)?$";

/// `512M` in bytes; too many are as many as can be counted.
fn parse(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let shift = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        "t" | "tb" | "tib" => 40,
        _ => return None,
    };
    let number = digits.parse().unwrap_or(u64::MAX);
    Some(number.saturating_mul(1 << shift))
}

/// For the schema: a size.
struct Memory;

impl JsonSchema for Memory {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Memory".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            {"type": "integer", "minimum": 1},
            {"type": "string", "pattern": SIZE},
        ]})
    }
}
