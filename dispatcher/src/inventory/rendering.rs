//! Devices of a lab as a job sees them.
//!
//! In: a device, or the name of a type, and a job's `context`. Out: the whole configuration in LAVA's shape, out of our device
//! types, LAVA's templates, or a file that LAVA has rendered.

use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;
use job_schema::yaml::Value;

use super::device::{Config, Device};
use super::device_type::{self, Own};
use super::entry::{Entry, Origin};
use super::lab::{Inventory, configuration};
use super::lava;
use crate::failure::Failure;

impl Inventory {
    /// A device with its type rendered for a job.
    ///
    /// # Errors
    /// Configuration: see [`DeviceType::render`] and [`Config::read`].
    pub fn render(
        &self,
        entry: &Entry,
        context: &IndexMap<String, Value>,
    ) -> Result<Device, Failure> {
        let (kept, rendered) = match self.rendered(entry, context)? {
            Rendered::Ours(device) => {
                let kept = serde_json::to_value(&device);
                let wrong = |e| configuration(format!("device {}: {e}", entry.name));
                (kept.map_err(wrong)?, device)
            }
            Rendered::Lava(device) => (lava::read(&device), device),
        };
        let folder = self.folder().unwrap_or(Path::new(""));
        Ok(Device {
            name: entry.name.clone(),
            device_type: entry.device_type.clone(),
            tags: entry.tags.clone(),
            config: Config::read(kept, rendered, &entry.name, folder)?,
            imagined: entry.is_imagined(),
        })
    }

    /// A device's whole configuration for a job, and where each of its values is written. LAVA's templates make text of which
    /// nobody knows where it came from.
    ///
    /// # Errors
    /// As [`Inventory::render`].
    pub fn show(
        &self,
        entry: &Entry,
        context: &IndexMap<String, Value>,
    ) -> Result<(Value, Vec<device_type::Origin>), Failure> {
        if let Origin::Type(own) = &entry.origin {
            let of = self.types().get(&entry.device_type)?;
            return of.render_with_origins(&entry.name, own, context);
        }
        Ok(match self.rendered(entry, context)? {
            Rendered::Ours(device) | Rendered::Lava(device) => (device, Vec::new()),
        })
    }

    /// A device of a type that the lab has no device of: what can be known of it without one. For plans only.
    ///
    /// # Errors
    /// Configuration: there is no such type, or it cannot be rendered without a device's variables.
    pub fn imagine(
        &self,
        device_type: &str,
        context: &IndexMap<String, Value>,
    ) -> Result<Device, Failure> {
        let origin = if self.is_lava_type(device_type) {
            Origin::LavaType
        } else {
            Origin::Type(Arc::new(Own {
                imagined: true,
                ..Own::default()
            }))
        };
        let entry = Entry {
            name: format!("any {device_type}"),
            device_type: device_type.to_owned(),
            tags: Vec::new(),
            origin,
        };
        self.render(&entry, context)
    }

    fn rendered(
        &self,
        entry: &Entry,
        context: &IndexMap<String, Value>,
    ) -> Result<Rendered, Failure> {
        let variables = || lava::scheduled(context, &entry.name, &entry.device_type);
        let text = match (&entry.origin, self.lava()) {
            (Origin::Rendered(device), _) => return Ok(Rendered::Lava(device.clone())),
            (Origin::Dictionary, Some(lava)) => lava::render(lava, &entry.name, &variables()),
            (Origin::LavaType, Some(lava)) => {
                lava::render_type(lava, &entry.device_type, &variables())
            }
            (Origin::Type(own), _) => {
                let of = self.types().get(&entry.device_type)?;
                return of.render(&entry.name, own, context).map(Rendered::Ours);
            }
            (Origin::Dictionary | Origin::LavaType, None) => {
                return Err(configuration(format!(
                    "device {}: the lab has no folder `lava`",
                    entry.name
                )));
            }
        };
        let wrong = |why: String| configuration(format!("device {}: {why}", entry.name));
        let text = text.map_err(|e| wrong(e.to_string()))?;
        match job_schema::parse_value(&text) {
            Ok(device @ Value::Map(_)) => Ok(Rendered::Lava(device)),
            Ok(_) => Err(wrong("its templates make no mapping".to_owned())),
            Err(f) => Err(wrong(format!(
                "its templates make no YAML: line {} of the result: {}",
                f.span.line, f.message
            ))),
        }
    }
}

/// A rendered device.
enum Rendered {
    /// In the form of our device types.
    Ours(Value),
    /// In LAVA's.
    Lava(Value),
}
