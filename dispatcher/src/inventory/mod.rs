//! The lab: which devices there are, what each can do, and who gets which.
//!
//! In: device files and device types, YAML both. Out: [`Device`]s with a typed view of what the methods need.
//! What can go wrong is a [`Failure`] of class configuration that names the file.

pub mod abilities;
pub mod assign;
mod context;
pub mod device;
mod device_file;
pub mod device_type;
mod entry;
mod file;
pub mod given;
pub mod lab;
pub mod lava;
mod raw;
mod rendering;
pub mod reserve;
mod schema;
pub mod seen;
pub mod select;
mod type_schema;
pub(crate) mod yaml_text;

pub use device::Device;
pub use lab::Inventory;
pub use schema::schema;
