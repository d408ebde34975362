//! `deploy: {to: docker}`: a container as the device under test.

use schemars::JsonSchema;

use job_schema_derive::Keys;

use super::container::{DockerOptions, ImageName};
use crate::read::{Place, Read, Report};

/// `deploy: {to: docker}`: a container as the device under test.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Docker {
    /// The image: its name, for example `debian:trixie`, or a mapping with the key `name`.
    pub image: Image,
}

/// The image of a container.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum Image {
    /// Its name: it is pulled.
    Name(ImageName),
    /// Its name, and how to use it.
    Options(Box<NamedImage>),
}

/// An image and how to use it.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct NamedImage {
    /// The name of the image, for example `debian:trixie`.
    pub name: ImageName,
    /// How to use it.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub options: DockerOptions,
}

impl Image {
    /// The name of the image.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Name(name) => &name.0,
            Self::Options(image) => &image.name.0,
        }
    }
}

impl Read for Image {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        if place.node.as_map().is_some() {
            return Read::read(place, report).map(Self::Options);
        }
        ImageName::read(place, report).map(Self::Name)
    }
}
