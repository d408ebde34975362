//! `test:`, one file per form.

pub mod definitions;

use schemars::{JsonSchema, SchemaGenerator};

use crate::read::{FromKeys, Keys, Report, one_of};
use crate::schema::Method;

/// A test block: runs tests on a node.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `definitions:`
    Definitions(Box<definitions::Definitions>),
}

impl Test {
    /// The keys that decide on the form, in the order in which LAVA looks for them.
    pub const WORDS: &'static [&'static str] = &["definitions"];

    /// The test definitions of the block; other forms have none.
    #[must_use]
    pub fn definitions(&self) -> &[definitions::Definition] {
        match self {
            Self::Definitions(form) => &form.definitions,
        }
    }
}

impl FromKeys for Test {
    fn from_keys(keys: &mut Keys<'_>, report: &mut Report) -> Option<Self> {
        let form = Self::WORDS.iter().find(|word| keys.peek(word).is_some());
        match form.copied() {
            Some("definitions") => {
                FromKeys::from_keys(keys, report).map(|form| Self::Definitions(Box::new(form)))
            }
            _ => {
                let place = keys.place;
                report
                    .error(
                        "J041",
                        place.path(),
                        place.span(),
                        "this test block tests nothing",
                    )
                    .help(format!("it needs one of {}", one_of(Self::WORDS)));
                None
            }
        }
    }
}

/// For the schema: the forms, each with its own keys.
pub(crate) fn forms(generator: &mut SchemaGenerator) -> Vec<Method> {
    vec![Method {
        word: "definitions",
        doc: "Test definitions run by the test shell on the node, or in a container beside it.",
        schema: definitions::Definitions::json_schema(generator),
    }]
}
