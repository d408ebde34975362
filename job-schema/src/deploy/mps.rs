//! `deploy: {to: mps}`: copy binaries to the USB disk of an Arm MPS board.

use indexmap::IndexMap;
use job_schema_derive::Keys;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::download::Download;
use crate::read::{Place, Read, Report};

/// `deploy: {to: mps}`: copy binaries to the USB disk of an Arm MPS board.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Mps {
    /// The files: `recovery_image`, `test_binary` and any `test_binary_…`.
    pub images: Images,
}

/// The files of an MPS board; there is at least one.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Images {
    /// The archive that the board's disk is made of, unpacked before anything else is copied.
    pub recovery_image: Option<Download>,
    /// `test_binary`, and those with more after this name.
    pub test_binaries: IndexMap<String, Binary>,
}

/// A binary to run.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Binary {
    /// The file.
    #[keys(flatten)]
    #[schemars(flatten)]
    pub file: Download,
    /// Where it goes on the board's disk, for example `SOFTWARE/an505.axf`. Default: its own name.
    pub rename: Option<String>,
}

/// The name of a binary, `test_binary(_\w+)?$` in LAVA.
fn is_binary(name: &str) -> bool {
    let name = name.strip_suffix('\n').unwrap_or(name);
    let word = |rest: &str| rest.chars().all(|c| c.is_alphanumeric() || c == '_');
    match name.strip_prefix("test_binary") {
        Some("") => true,
        Some(rest) => rest.len() > 1 && rest.starts_with('_') && word(rest),
        None => false,
    }
}

impl Read for Images {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        let mut keys = place.keys(report)?;
        let mut images = Self {
            recovery_image: keys.read("recovery_image", report),
            test_binaries: IndexMap::new(),
        };
        let mut whole = true;
        let entries = place.node.as_map().unwrap_or_default();
        for entry in entries {
            let Some(name) = entry.key.as_str().filter(|name| is_binary(name)) else {
                continue;
            };
            match Binary::read(&place.under(entry), report) {
                Some(file) => drop(images.test_binaries.insert(name.to_owned(), file)),
                None => whole = false,
            }
        }
        // For what is meant by another name.
        keys.get("test_binary");
        keys.ignore_if(is_binary);
        keys.done(report);
        if entries.is_empty() {
            report.error("J005", place.path(), place.span(), "there is no image");
            return None;
        }
        whole.then_some(images)
    }
}

impl JsonSchema for Images {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Images".into()
    }
    fn schema_id() -> std::borrow::Cow<'static, str> {
        concat!(module_path!(), "::Images").into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        /// The files of a board.
        #[derive(JsonSchema)]
        #[schemars(extend("minProperties" = 1))]
        #[allow(dead_code)]
        struct Images {
            /// The archive that the board's disk is made of, unpacked before anything else is copied.
            recovery_image: Option<Download>,
            /// A binary to run.
            test_binary: Option<Binary>,
        }
        let binary = generator.subschema_for::<Binary>();
        let mut schema = Images::json_schema(generator);
        let patterns = serde_json::json!({r"^test_binary(_\w+)?$": binary});
        schema.insert("patternProperties".to_owned(), patterns);
        schema
    }
}
