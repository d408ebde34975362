//! `deploy: {to: downloads}`: fetch files, and work on them before other blocks use them.

use indexmap::IndexMap;
use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::container::Docker;
use super::download::{Download, images};

/// `deploy: {to: downloads}`: fetch files for later blocks, which name them `downloads://FILE`.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Downloads {
    /// The files, by a name of your choice: `{rootfs: {url: …}}`.
    #[keys(with = images)]
    #[schemars(extend("minProperties" = 1))]
    pub images: IndexMap<String, Download>,
    /// Give each file a folder of its own, so that equal file names do not meet. Default `false`.
    pub uniquify: Option<bool>,
    /// What to do with the files before others use them.
    pub postprocess: Option<Postprocess>,
}

/// What to do with downloaded files.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Postprocess {
    /// Commands in a container that has the files in its working folder.
    pub docker: PostprocessDocker,
}

/// Commands in a container.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct PostprocessDocker {
    /// The container.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub docker: Docker,
    /// Shell commands, one after the other, for example `['simg2img in.img out.img']`.
    pub steps: Vec<String>,
    /// Device files that the container may use, for example `[/dev/kvm]`.
    pub devices: Option<Vec<String>>,
}
