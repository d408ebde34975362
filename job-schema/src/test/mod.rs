//! `test:`, one file per form.

pub mod definitions;
pub mod interactive;
pub mod lkp;
pub mod monitors;
mod name;
pub mod services;

use schemars::{JsonSchema, SchemaGenerator};

use crate::read::{FromKeys, Keys, Report, one_of};
use crate::schema::Method;

/// A test block: runs tests on a node.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `definitions:`
    Definitions(Box<definitions::Definitions>),
    /// `interactive:`
    Interactive(Box<interactive::Interactive>),
    /// `monitors:`
    Monitors(Box<monitors::Monitors>),
    /// `services:`
    Services(Box<services::Services>),
    /// `lkp:` (ours)
    Lkp(Box<lkp::Lkp>),
}

impl Test {
    /// The keys that decide on the form, in the order in which LAVA looks for them; behind them the one that it does not
    /// know.
    pub const WORDS: &'static [&'static str] =
        &["definitions", "interactive", "monitors", "services", "lkp"];

    /// The key that decided on the form.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Definitions(_) => "definitions",
            Self::Interactive(_) => "interactive",
            Self::Monitors(_) => "monitors",
            Self::Services(_) => "services",
            Self::Lkp(_) => "lkp",
        }
    }

    /// The test definitions of the block; other forms have none.
    #[must_use]
    pub fn definitions(&self) -> &[definitions::Definition] {
        match self {
            Self::Definitions(form) => &form.definitions,
            Self::Interactive(_) | Self::Monitors(_) | Self::Services(_) | Self::Lkp(_) => &[],
        }
    }
}

impl FromKeys for Test {
    fn from_keys(keys: &mut Keys<'_>, report: &mut Report) -> Option<Self> {
        match keys.need_one_of(Self::WORDS) {
            Some("definitions") => FromKeys::from_keys(keys, report).map(Self::Definitions),
            Some("interactive") => FromKeys::from_keys(keys, report).map(Self::Interactive),
            Some("monitors") => FromKeys::from_keys(keys, report).map(Self::Monitors),
            Some("services") => FromKeys::from_keys(keys, report).map(Self::Services),
            Some("lkp") => lkp::Form::from_keys(keys, report).map(|form| Self::Lkp(form.lkp)),
            _ if keys.misses_something() => None,
            _ => {
                let place = keys.place;
                let message = "this test block tests nothing";
                report
                    .error("J041", place.path(), place.span(), message)
                    .help(format!("it needs one of {}", one_of(Self::WORDS)));
                None
            }
        }
    }
}

/// For the schema: the forms, each with its own keys.
pub(crate) fn forms(generator: &mut SchemaGenerator) -> Vec<Method> {
    vec![
        Method {
            word: "definitions",
            doc: "Test definitions run by the test shell on the node, or in a container beside it.",
            schema: definitions::Definitions::json_schema(generator),
        },
        Method {
            word: "interactive",
            doc: "Commands typed at a prompt, and answers waited for, without a POSIX shell.",
            schema: interactive::Interactive::json_schema(generator),
        },
        Method {
            word: "monitors",
            doc: "Results picked out of what the console prints, without a shell.",
            schema: monitors::Monitors::json_schema(generator),
        },
        Method {
            word: "services",
            doc: "Containers beside the node, which tests talk to.",
            schema: services::Services::json_schema(generator),
        },
        Method {
            word: "lkp",
            doc: "Jobs of LKP (`lkp-tests`) run on the node, or in containers on it. LAVA has no such form.",
            schema: lkp::Form::json_schema(generator),
        },
    ]
}
