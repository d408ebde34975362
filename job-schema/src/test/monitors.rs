//! `test: {monitors: […]}`: results picked out of what the console prints, without a shell.

use indexmap::IndexMap;
use job_schema_derive::Keys;
use schemars::JsonSchema;

use super::name;
use crate::testdef::Verdict;
use crate::yaml::Spanned;

/// `test: {monitors: […]}`: results picked out of what the console prints, without a shell.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Monitors {
    /// The monitors, one after the other.
    pub monitors: Vec<Monitor>,
}

/// A part of the console's output that holds results.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(closed)]
pub struct Monitor {
    /// What the results are filed under, in lower case: letters, digits, `_` and `-`.
    #[keys(with = name::monitor)]
    #[schemars(regex(pattern = r"^[-_a-zA-Z0-9]+$"))]
    pub name: Spanned<String>,
    /// A regular expression: from here on there are results.
    pub start: String,
    /// A regular expression: there are no more.
    pub end: String,
    /// A regular expression for one result, with the groups `test_case_id`, `result`, `measurement` and `units`; for
    /// example `(?P<test_case_id>\w+): (?P<result>PASS|FAIL)`. A measurement without a result counts as `pass`.
    pub pattern: String,
    /// What the words of `result` mean, for example `{PASS: pass, FAIL: fail}`.
    pub fixupdict: Option<IndexMap<String, Verdict>>,
    /// The test cases that must be reported: missing ones fail, and others too.
    pub expected: Option<Vec<String>>,
}
