//! Labs that come from LAVA: its device configuration, rendered as LAVA renders it.
//!
//! In: device dictionaries and device types in Jinja2, or device YAML that LAVA has rendered. Out: the text or the data of
//! the device, for a job's context. Errors name file and line. Nothing outside the given folders is read, and neither time
//! nor output is unbounded.

mod filters;
mod folder;
mod python;
mod render;
mod scopes;
mod words;

pub use folder::{Folders, device_type_of};
pub use render::{RenderError, render, render_type, scheduled};
