//! Labs that come from LAVA: its device configuration, rendered as LAVA renders it.
//!
//! In: device dictionaries and device types in Jinja2, or device YAML that LAVA has rendered. Out: the text or the data of
//! the device, for a job's context. Errors name file and line. Nothing outside the given folders is read, and neither time
//! nor output is unbounded.

mod device;
mod filters;
mod folder;
mod import;
mod python;
mod render;
mod scopes;
mod words;

pub use device::{is_rendered, read};
pub use folder::{Folders, device_type_of};
pub use import::{Change, Import, Imported, import};
#[cfg(test)]
pub(super) use render::tests::not_run;
pub use render::{RenderError, render, render_type, scheduled};
