//! `deploy: {to: avh}`: a firmware package for an Arm Virtual Hardware model.

use indexmap::IndexMap;
use job_schema_derive::{Keys, Word};
use schemars::JsonSchema;

use super::OverlayBackend;
use super::download::{File, images};
use super::overlays::{Change, ImageFormat, Overlays, lacks};
use crate::read::{AtLeast, FromKeys, Integer, Keys, Place, Read, Report};

/// `deploy: {to: avh}`: a firmware package for an Arm Virtual Hardware model. Either `images` or `fw_package`.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
pub struct Avh {
    /// Which model to make, instead of what the device's configuration says.
    pub options: Option<Options>,
    /// The parts that a package is made of: `kernel`, `dtb` and `rootfs`. Excludes `fw_package`.
    #[schemars(extend("minProperties" = 1))]
    pub images: Option<IndexMap<String, Image>>,
    /// A whole package. Excludes `images`.
    pub fw_package: Option<Package>,
    /// Give each file a folder of its own, so that equal file names do not meet. Default `true`.
    #[schemars(skip)]
    pub uniquify: Option<bool>,
}

/// Which model to make.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct Options {
    /// The name of the model, for example `kronos`.
    pub model: Option<String>,
    /// The address of the service, for example `https://app.avh.corellium.com/api`.
    pub api_endpoint: Option<String>,
    /// The project in which the model is made, for example `Default Project`.
    pub project_name: Option<String>,
}

/// A part of a package.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(check = whole)]
pub struct Image {
    /// The file.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub file: File,
    /// What the file is. Without `overlays` it can only be `ext4`.
    #[keys(with = format)]
    pub format: Option<ImageFormat>,
    /// The partition that gets the overlay of the tests, counted from 0.
    pub root_partition: Option<AtLeast<0>>,
    /// What form a kernel has: there is only `image`.
    #[schemars(rename = "type")]
    pub kind: Option<KernelType>,
    /// The ext4 image is in Android's sparse form. Default `false`.
    #[keys(soft)]
    pub sparse: Option<bool>,
    /// How to change it.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub change: Change,
}

/// A whole package.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Package {
    /// The file.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub image: Image,
    /// The image inside the package that gets the overlay of the tests, for example `nand`.
    pub storage_file: Option<String>,
}

/// What form a kernel has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum KernelType {
    /// Linux' own, not packed.
    Image,
}

impl FromKeys for Avh {
    /// LAVA's lenient schema wants one of the two forms to be right and does not look at the other.
    fn from_keys(keys: &mut Keys<'_>, report: &mut Report) -> Option<Self> {
        let options = keys.read("options", report);
        let uniquify = keys
            .unlisted("uniquify", report)
            .and_then(|place| report.softly(|report| Read::read(&place, report)));
        let (images, package) = (keys.get("images"), keys.get("fw_package"));
        match (&images, &package) {
            (Some(images), Some(package)) => {
                let message = "`images` and `fw_package` exclude each other";
                report
                    .warning("J012", keys.place.path(), package.span(), message)
                    .see(images.span(), "`images` is here")
                    .help("LAVA makes a package of the `images`: keep the one that is meant");
            }
            (None, None) => {
                keys.need("images");
            }
            _ => {}
        }
        let good_images = images
            .as_ref()
            .is_some_and(|place| good(place, read_images));
        let good_package = package
            .as_ref()
            .is_some_and(|place| good(place, Package::read));
        let images = images.and_then(|place| unless(good_package, &place, read_images, report));
        let package = package.and_then(|place| unless(good_images, &place, Package::read, report));
        Some(Self {
            options,
            images,
            fw_package: package,
            uniquify,
        })
    }
}

type Reader<T> = fn(&Place<'_>, &mut Report) -> Option<T>;

fn read_images(place: &Place<'_>, report: &mut Report) -> Option<IndexMap<String, Image>> {
    images(place, report)
}

fn good<T>(place: &Place<'_>, read: Reader<T>) -> bool {
    let mut trial = Report::default();
    read(place, &mut trial);
    !trial.has_errors()
}

/// When the other form is right, what is wrong here is only a warning.
fn unless<T>(other: bool, place: &Place<'_>, read: Reader<T>, report: &mut Report) -> Option<T> {
    if other {
        return report.softly(|report| read(place, report));
    }
    read(place, report)
}

/// What is wrong with it is said by [`whole`], which looks at the keys beside it.
fn format(place: &Place<'_>, _: &mut Report) -> Option<ImageFormat> {
    ImageFormat::read(place, &mut Report::default())
}

/// LAVA's lenient schema takes any format beside good `overlays`, and else only `ext4`.
fn whole(keys: &mut Keys<'_>, report: &mut Report) {
    if let (Some(change), None) = (
        ["partition", "sparse", "overlay_backend"]
            .iter()
            .find_map(|key| keys.peek(key)),
        keys.peek("overlays"),
    ) {
        lacks("overlays", &change, keys, report);
    }
    let Some(format) = keys.peek("format") else {
        if let Some(overlays) = keys.peek("overlays") {
            lacks("format", &overlays, keys, report);
        }
        return;
    };
    if changes(keys) {
        ImageFormat::read(&format, report);
    } else if format.node.as_str() != Some(ImageFormat::Ext4.as_str()) {
        let message = "the format is `ext4` when no `overlays` change the file";
        report.error("J005", format.path(), format.span(), message);
    }
}

/// Whether everything is right that says how to change the file.
fn changes(keys: &Keys<'_>) -> bool {
    let mut trial = Report::default();
    if let Some(place) = keys.peek("partition") {
        Integer::read(&place, &mut trial);
    }
    if let Some(place) = keys.peek("sparse") {
        bool::read(&place, &mut trial);
    }
    if let Some(place) = keys.peek("overlay_backend") {
        OverlayBackend::read(&place, &mut trial);
    }
    if let Some(place) = keys.peek("overlays") {
        Overlays::read(&place, &mut trial);
        return !trial.has_errors();
    }
    false
}
