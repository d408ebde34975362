//! What a method file says, and the same out of a device.

use job_schema::yaml::Value;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Section;
use super::condition::Condition;
use super::item::Item;
use crate::failure::{Class, Failure};
use crate::inventory::Device;

/// A method: what it needs and its steps.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MethodFile {
    /// What the method does, in one sentence.
    #[serde(default)]
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for people; a test looks at it")
    )]
    pub(super) about: String,
    /// The names of which a device must have one among its methods. Default: the method's own. Empty: any device will do.
    capability: Option<Vec<String>>,
    /// What block and device must say.
    #[serde(default)]
    pub(super) needs: Vec<Need>,
    /// Its steps: after `when`, one is left at the top.
    pub(super) steps: Vec<Item>,
}

/// Something that block or device must say.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Need {
    /// What must hold.
    pub(super) that: Condition,
    /// What is needed, in words, for example `its board_id`.
    pub(super) or: String,
}

impl MethodFile {
    /// The list of steps that a device has for a method.
    pub(super) fn of_device(
        steps: &Value,
        section: Section,
        method: &str,
        device: &Device,
    ) -> Result<Self, Failure> {
        let steps = serde_json::from_value(serde_json::json!(steps)).map_err(|e| {
            Failure::new(
                Class::Configuration,
                format!(
                    "device {}: actions.{}.methods.{method}.steps: {e}",
                    device.name,
                    section.word()
                ),
            )
        })?;
        Ok(Self {
            about: String::new(),
            capability: None,
            needs: Vec::new(),
            steps,
        })
    }

    /// The names of which a device must have one among its methods.
    pub(super) fn capability<'a>(&'a self, method: &'a str) -> Vec<&'a str> {
        match &self.capability {
            None => vec![method],
            Some(names) => names.iter().map(String::as_str).collect(),
        }
    }
}

/// The step list that a device has for a method.
pub(super) fn own_steps(settings: &Value) -> Option<&Value> {
    match settings {
        Value::Map(map) => map.get("steps"),
        _ => None,
    }
}
