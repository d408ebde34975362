//! The codes of checks.

use job_schema::codes::{self, RULES, Rule};
use serde_json::{Value, json};

use crate::cli::CliError;

macro_rules! pages {
    ($($code:ident)*) => {
        &[$((
            stringify!($code),
            include_str!(concat!("../../../../docs/checks/", stringify!($code), ".md")),
        )),*]
    };
}

/// Pages of `docs/checks/`, by code. A code that has none yet is told in one line.
pub(super) const PAGES: &[(&str, &str)] = pages! {
    D001 D002 D003 D004 D005 D006 D007 D008 D009 D010 D020 D021
    D022 D023 D024 D025 D026 D027 D028 D029 D030 D040 D041 D042 D043
    J000 J001 J002 J003 J004 J005 J006 J007 J008 J009 J010 J011
    J012 J013 J014 J015 J016 J017 J018 J019 J020 J021 J022 J023
    J024 J025 J026 J027 J028 J029 J030 J031 J032 J033 J034 J035
    J036 J037 J038 J039 J041 J042 J043 J044 J045 J046 J047 J048
    J049 J050 J051 J052 J053 J060 J061 J062 J063 J064 J065 J066
    J067 J068 J070 J071 J072 J073 J074 J075 J076 J077 J078 J080 J081
    J082 J083 J084 J085
};

/// Whether it looks like a code: `J031`, or `j031`.
pub(super) fn is_code(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && text.len() == 4
        && letters.all(|c| c.is_ascii_digit())
}

/// The rule of a code.
///
/// # Errors
/// Usage: there is no such code.
pub(super) fn find(code: &str) -> Result<&'static Rule, CliError> {
    codes::find(&code.to_ascii_uppercase()).ok_or_else(|| {
        let all: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
        CliError::Usage(format!(
            "there is no check {code}; there are: {}",
            all.join(", ")
        ))
    })
}

pub(super) fn text(rule: &Rule) -> String {
    match page(rule.code) {
        Some(page) => page.to_owned(),
        None => format!("{} ({}): {}\n", rule.code, group(rule), rule.what),
    }
}

pub(super) fn json(rule: &Rule) -> Value {
    json!({
        "code": rule.code,
        "group": rule.group,
        "what": rule.what,
        "page": page(rule.code),
    })
}

fn group(rule: &Rule) -> String {
    let group = serde_json::to_value(rule.group).unwrap_or_default();
    group.as_str().unwrap_or_default().to_owned()
}

fn page(code: &str) -> Option<&'static str> {
    let found = PAGES.iter().find(|(of, _)| *of == code);
    found.map(|(_, page)| *page)
}
