//! `deploy: {to: qdl}`: a bundle of images for Qualcomm's emergency download mode.

use std::borrow::Cow;

use job_schema_derive::Keys;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::download::Download;
use crate::read::{Place, Read, Report};
use crate::yaml::Data;

/// `deploy: {to: qdl}`: a bundle of images for Qualcomm's emergency download mode, which `boot: {method: qdl}` writes.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Qdl {
    /// The bundle: an archive of images, `{url: …, apply-overlay: true}`.
    #[keys(with = bundle)]
    #[schemars(with = "AnyBundle")]
    pub qcomflash: Bundle,
    /// Give the bundle a folder of its own. Default `false`.
    pub uniquify: Option<bool>,
    /// The image inside the bundle that gets the overlay of the tests. Default `rootfs.img`.
    pub rootfs_image: Option<String>,
}

/// An archive of images.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Bundle {
    /// The file.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub file: Download,
    /// Put the overlay of the tests into `rootfs_image`. Default `false`.
    #[keys(soft)]
    #[schemars(rename = "apply-overlay")]
    pub apply_overlay: Option<bool>,
}

/// LAVA's schemas take anything that is not empty, and an empty mapping; its dispatcher downloads a file.
fn bundle(place: &Place<'_>, report: &mut Report) -> Option<Bundle> {
    let accepted = match place.node.data() {
        Data::Map(_) => true,
        Data::Str(text) => !text.is_empty(),
        Data::Seq(items) => !items.is_empty(),
        Data::Binary(text) => !text.is_empty(),
        Data::Null
        | Data::Bool(_)
        | Data::Int(_)
        | Data::BigInt(_)
        | Data::Float(_)
        | Data::Date(_) => false,
    };
    if accepted {
        return report.as_rules(|report| Bundle::read(place, report));
    }
    Bundle::read(place, report)
}

/// For the schema: a bundle, or what else LAVA's schemas take.
struct AnyBundle;

impl JsonSchema for AnyBundle {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "AnyBundle".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [
            generator.subschema_for::<Bundle>(),
            {"type": "object"},
            {"type": "array", "minItems": 1},
            {"type": "string", "minLength": 1},
        ]})
    }
}
