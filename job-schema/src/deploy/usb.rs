//! `deploy: {to: usb}`, `sd` and `sata`: write an image to a storage device of a board, from a system that runs on it.

use indexmap::IndexMap;
use job_schema_derive::Keys;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::download::Download;
use crate::read::{Integer, Keys, Place, Read, Report};

/// `deploy: {to: usb}`, `sd` and `sata`: write an image to a storage device of a board, from a system that runs on it.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(check = one_source)]
pub struct Usb {
    /// The storage device, by the name that the device's configuration has for it, for example `SanDisk_Ultra`.
    pub device: String,
    /// The image to write. Excludes `images`.
    pub image: Option<Image>,
    /// Several files; the one called `image` is written. Excludes `image`.
    pub images: Option<Images>,
    /// The program on the board that fetches the image and prints it to its output.
    pub download: Option<Tool>,
    /// The program on the board that writes what `download` prints, instead of `dd`; or that fetches and writes.
    pub writer: Option<Tool>,
    /// More about `dd`.
    pub tool: Option<Dd>,
    /// Give each file a folder of its own, so that equal file names do not meet. Default `true`.
    pub uniquify: Option<bool>,
}

/// An image to write.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Image {
    /// The file.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub file: Download,
    /// The partition that gets the overlay of the tests, counted from 0.
    pub root_partition: Option<Integer>,
}

/// Several files, one of which is the image.
#[derive(Debug, Clone, PartialEq)]
pub struct Images {
    /// The image to write.
    pub image: Named,
    /// More files to fetch, by name; for example a block map beside the image.
    pub others: IndexMap<String, Named>,
}

/// One of several files.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Named {
    /// The file.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub file: Download,
    /// Put the overlay of the tests into it. Default `false`.
    #[keys(unlisted, soft)]
    #[schemars(rename = "apply-overlay", skip)]
    pub apply_overlay: Option<bool>,
    /// The partition that gets the overlay, counted from 0.
    #[keys(unlisted, soft)]
    #[schemars(skip)]
    pub root_partition: Option<Integer>,
}

/// A program on the board.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct Tool {
    /// Its absolute path, for example `/usr/bin/wget`.
    pub tool: String,
    /// Its arguments: `{DOWNLOAD_URL}` is where the image is, `{DEVICE}` the storage device. For example
    /// `--no-check-certificate -O - {DOWNLOAD_URL}`.
    pub options: String,
    /// A regular expression: what the program prints when it has begun.
    pub prompt: String,
}

/// More about `dd`.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
pub struct Dd {
    /// Regular expressions: what `dd` prints when it is done.
    pub prompts: Vec<String>,
    /// Arguments added to those of `dd`.
    #[keys(unlisted, soft)]
    #[schemars(skip)]
    pub flags: Option<String>,
}

impl Read for Images {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        let (image, others) = with_required("image", place, report)?;
        Some(Self { image, others })
    }
}

/// Reads files by name: one of them must be there.
pub(super) fn with_required<One: Read, Other: Read>(
    required: &'static str,
    place: &Place<'_>,
    report: &mut Report,
) -> Option<(One, IndexMap<String, Other>)> {
    let mut others = IndexMap::new();
    let mut whole = true;
    for (name, place) in place.entries(report)? {
        if *name == required {
            continue;
        }
        match Other::read(&place, report) {
            Some(file) => drop(others.insert(name.value, file)),
            None => whole = false,
        }
    }
    let mut keys = place.keys(report)?;
    let one = keys.require(required, report);
    // Any other name is right, unless the one that must be there is missing.
    keys.ignore_rest();
    keys.done(report);
    whole.then_some((one?, others))
}

impl JsonSchema for Images {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Images".into()
    }
    fn schema_id() -> std::borrow::Cow<'static, str> {
        concat!(module_path!(), "::Images").into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        /// Several files, one of which is the image.
        #[derive(JsonSchema)]
        #[allow(dead_code)]
        struct Images {
            /// The image to write.
            image: Named,
            #[schemars(flatten)]
            others: IndexMap<String, Named>,
        }
        Images::json_schema(generator)
    }
}

/// There is one image, and something that fetches it.
fn one_source(keys: &mut Keys<'_>, report: &mut Report) {
    match (keys.peek("image"), keys.peek("images")) {
        (Some(image), Some(images)) => {
            let message = "`image` and `images` exclude each other";
            report
                .error("J012", keys.place.path(), images.span(), message)
                .see(image.span(), "`image` is here")
                .help("keep the one that is meant");
        }
        (None, None) => {
            let message = "there is nothing to write: the key `image` is missing";
            cannot_run("image", message, keys, report);
        }
        _ => {}
    }
    if keys.peek("download").is_none() && keys.peek("writer").is_none() {
        let message = "nothing fetches the image: `download` and `writer` are both missing";
        cannot_run("download", message, keys, report);
    }
}

/// LAVA's schemas take it, its dispatcher does not.
fn cannot_run(key: &str, message: &str, keys: &Keys<'_>, report: &mut Report) {
    let place = keys.place;
    report.as_rules(|report| {
        report.error("J003", place.path_of(key), place.span(), message);
    });
}
