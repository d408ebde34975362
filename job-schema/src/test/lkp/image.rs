//! `image:` what containers are made of.

use std::borrow::Cow;

use job_schema_derive::{Keys, Word};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::words::{self, Package};
use crate::read::{Keys, Place, Read, Report, one_of};
use crate::yaml::Spanned;

/// What containers are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Image {
    /// An image by its name, for example `debian:trixie` or `name@sha256:…`.
    Name(String),
    /// `dockerfile`: how to build it, relative to the job file.
    Dockerfile(String),
    /// `rootfs`: a tar archive of a root file system; a path relative to the job file, or a URL.
    Rootfs(String),
    /// `debootstrap`: a fresh Debian.
    Debootstrap(Debootstrap),
}

/// A fresh Debian, made on the node.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Keys)]
#[keys(closed)]
pub struct Debootstrap {
    /// The release, for example `trixie`.
    #[keys(with = suite)]
    #[schemars(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"), with = "String")]
    pub suite: Spanned<String>,
    /// Where its packages are. Default: the mirror of the node, else Debian's own.
    #[keys(with = mirror)]
    #[schemars(regex(pattern = r"^https?://[!-~]+$"), with = "Option<String>")]
    pub mirror: Option<Spanned<String>>,
    /// Packages to put in.
    #[keys(default)]
    #[schemars(default)]
    pub include: Vec<Package>,
    /// How much of Debian. Default `minbase`.
    #[keys(default)]
    #[schemars(default)]
    pub variant: Variant,
}

/// How much of Debian to put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Variant {
    /// The essential packages and `apt`.
    #[default]
    Minbase,
    /// Also what packages are built with.
    Buildd,
    /// All packages of priority `important` too.
    Important,
    /// All packages of priority `standard` too.
    Standard,
}

/// An image that is not named but made: one of the keys.
#[derive(JsonSchema, Keys)]
#[keys(closed, check = exactly_one)]
#[schemars(extend("oneOf" = [
    {"required": ["dockerfile"]},
    {"required": ["rootfs"]},
    {"required": ["debootstrap"]},
]))]
struct MadeImage {
    /// How to build it: a Dockerfile, relative to the job file.
    #[keys(with = words::not_empty)]
    #[schemars(length(min = 1), with = "Option<String>")]
    dockerfile: Option<Spanned<String>>,
    /// A tar archive of a root file system: a path relative to the job file, or a URL.
    #[keys(with = words::not_empty)]
    #[schemars(length(min = 1), with = "Option<String>")]
    rootfs: Option<Spanned<String>>,
    /// A fresh Debian, for example `{suite: trixie, include: [ruby]}`.
    debootstrap: Option<Debootstrap>,
}

/// The ways to make an image.
const WAYS: [&str; 3] = ["dockerfile", "rootfs", "debootstrap"];

fn exactly_one(keys: &mut Keys<'_>, report: &mut Report) {
    let mut ways = WAYS.iter().filter_map(|way| keys.peek(way));
    match (ways.next(), ways.next()) {
        (None, _) => {
            let message = "it is not said what the image is made of";
            report
                .error("J003", keys.place.path(), keys.place.span(), message)
                .help(format!("it needs one of {}", one_of(&WAYS)));
        }
        (Some(first), Some(second)) => {
            let message = "an image is made in one way";
            let at = second.key_span().unwrap_or_else(|| second.span());
            report
                .error("J012", second.path(), at, message)
                .see(first.key_span().unwrap_or_else(|| first.span()), "this one")
                .help("remove one of them");
        }
        (Some(_), None) => {}
    }
}

impl Read for Image {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        if place.node.as_map().is_none() {
            if place.node.as_str().is_none() {
                let expected = "the name of an image, or a mapping";
                place
                    .refuse(expected, report)
                    .help(format!("a mapping has one of {}", one_of(&WAYS)));
                return None;
            }
            let what = "the name of an image";
            return words::word(place, what, "._/:@-", report).map(|name| Self::Name(name.value));
        }
        let made = MadeImage::read(place, report)?;
        match (made.dockerfile, made.rootfs, made.debootstrap) {
            (Some(file), None, None) => Some(Self::Dockerfile(file.value)),
            (None, Some(file), None) => Some(Self::Rootfs(file.value)),
            (None, None, Some(debian)) => Some(Self::Debootstrap(debian)),
            _ => None,
        }
    }
}

impl JsonSchema for Image {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "LkpImage".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let made = generator.subschema_for::<MadeImage>();
        json_schema!({"anyOf": [
            {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._/:@-]*$"},
            made,
        ]})
    }
}

fn suite(place: &Place<'_>, report: &mut Report) -> Option<Spanned<String>> {
    words::word(place, "the name of a release", "_.-", report)
}

fn mirror(place: &Place<'_>, report: &mut Report) -> Option<Spanned<String>> {
    let text = place.text(report)?;
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    if rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_graphic())) {
        return Some(text);
    }
    let message = format!("`{}` is not the URL of a mirror", text.escape_debug());
    report
        .error("J005", place.path(), text.span, message)
        .help("it begins with `http://` or `https://` and has no blanks");
    None
}
