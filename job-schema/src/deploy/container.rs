//! `docker`: a container to run something in, or to deploy to.

use std::borrow::Cow;

use job_schema_derive::Keys;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::read::{Place, Read, Report};

/// What LAVA takes for the name of an image.
const IMAGE_NAME: &str = r"^[a-z0-9]+[a-z0-9._/:-]*[a-z0-9]+(:[a-zA-Z0-9_]+[a-zA-Z0-9._-]*)?$";

/// The name of a container image, for example `debian:trixie` or `registry.example.com/team/image:tag`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageName(pub String);

/// `docker`: a container to run something in.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Docker {
    /// The name of the image, for example `debian:trixie`.
    #[keys(with = image_name)]
    #[schemars(with = "ImageName")]
    pub image: String,
    /// How to use it.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub options: DockerOptions,
}

/// How to use a container.
#[derive(Debug, Clone, PartialEq, Eq, Default, JsonSchema, Keys)]
pub struct DockerOptions {
    /// Use the image that is there instead of pulling it. Default `false`.
    pub local: Option<bool>,
    /// What the container is called; `-lava-<job id>` is added.
    pub container_name: Option<String>,
    /// The `container_name` of another container of the job, whose network is used.
    pub network_from: Option<String>,
    /// Log in to the registry first.
    pub login: Option<Login>,
}

/// A login to a container registry.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct Login {
    /// The registry, for example `registry.example.com`.
    pub registry: String,
    /// The user's name.
    pub user: String,
    /// The password; put it under `secrets` and name it here.
    pub password: String,
}

impl Read for ImageName {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        image_name(place, report).map(Self)
    }
}

impl JsonSchema for ImageName {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "ImageName".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": IMAGE_NAME})
    }
}

/// The name of an image, as LAVA takes it.
pub(crate) fn image_name(place: &Place<'_>, report: &mut Report) -> Option<String> {
    let name = place.str(report)?;
    if !is_image_name(name) {
        let message = format!(
            "`{}` is not the name of a container image",
            name.escape_debug()
        );
        report
            .error("J005", place.path(), place.node.span, message)
            .help("it looks like `debian:trixie` or `registry.example.com/team/image:tag`");
        return None;
    }
    Some(name.trim_end().to_owned())
}

/// [`IMAGE_NAME`], with one line break after it as Python's `$` allows it.
fn is_image_name(name: &str) -> bool {
    let name = name.strip_suffix('\n').unwrap_or(name);
    let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let path = |text: &str| {
        text.len() >= 2
            && text.starts_with(small)
            && text.ends_with(small)
            && text.chars().all(|c| small(c) || "._/:-".contains(c))
    };
    let tag = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c))
    };
    path(name)
        || name
            .rsplit_once(':')
            .is_some_and(|(before, after)| path(before) && tag(after))
}
