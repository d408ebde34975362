//! A device of a lab before its type is rendered, and where its configuration comes from.

use std::sync::Arc;

use job_schema::yaml::Value;

use super::device_type::Own;

/// A device before its type is rendered.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// `device_type`.
    pub device_type: String,
    /// `tags`.
    pub tags: Vec<String>,
    pub(super) origin: Origin,
}

/// Where a device's configuration comes from.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    /// Its type, with these variables.
    Type(Arc<Own>),
    /// LAVA's device dictionary of its name.
    Dictionary,
    /// Its file, which LAVA has rendered.
    Rendered(Value),
    /// LAVA's template of its type alone: a device that the lab does not have.
    LavaType,
}

impl Entry {
    /// Whether it stands for any device of its type: the lab has no such device.
    pub(super) fn is_imagined(&self) -> bool {
        match &self.origin {
            Origin::Type(own) => own.imagined,
            Origin::LavaType => true,
            Origin::Dictionary | Origin::Rendered(_) => false,
        }
    }

    /// Whether its file is a device that LAVA has rendered.
    pub(crate) fn is_rendered(&self) -> bool {
        matches!(self.origin, Origin::Rendered(_))
    }

    /// Whether LAVA's templates have made it, or will.
    pub(crate) fn is_by_lava(&self) -> bool {
        !matches!(self.origin, Origin::Type(_))
    }

    /// Whether the two are devices of one file (`count`), alike but for their names.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        match (&self.origin, &other.origin) {
            (Origin::Type(one), Origin::Type(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

#[cfg(test)]
impl Entry {
    pub(crate) fn for_tests(name: &str, device_type: &str, tags: &[&str]) -> Self {
        Self {
            name: name.to_owned(),
            device_type: device_type.to_owned(),
            tags: tags.iter().map(|t| (*t).to_owned()).collect(),
            origin: Origin::Type(Arc::default()),
        }
    }
}
