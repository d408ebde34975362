//! `notify:`: whom to tell how a job went.

use std::borrow::Cow;

use indexmap::IndexMap;
use job_schema_derive::{Keys, Word};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::read::{Keys, Place, Read, Report};

/// `notify`: whom to tell how the job went. Kept with the run; `dispatch` does not send anything yet.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(check = one_kind_of_callback)]
pub struct Notify {
    /// When to tell.
    #[keys(with = criteria)]
    pub criteria: Criteria,
    /// How much to tell by mail. Default `quiet`.
    pub verbosity: Option<Verbosity>,
    /// Who is told by mail or chat. Without any, and without callbacks, the submitter is.
    #[keys(default)]
    #[schemars(default)]
    pub recipients: Vec<Recipient>,
    /// One web address to call.
    pub callback: Option<Callback>,
    /// Web addresses to call; excludes `callback`.
    pub callbacks: Option<Vec<Callback>>,
    /// What to compare the results with.
    pub compare: Option<Compare>,
}

/// `criteria`: when to tell.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Criteria {
    /// The state of the job that is told.
    pub status: Status,
    /// Only when the job before went the other way; with `status: complete` or `incomplete`.
    #[schemars(rename = "type")]
    pub kind: Option<Change>,
    /// The name of a query: tell when all its jobs have ended.
    pub dependency_query: Option<String>,
}

/// A state of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Status {
    /// Every change of state.
    All,
    /// It has ended, in whatever way.
    Finished,
    /// It has begun.
    Running,
    /// It ran to its end.
    Complete,
    /// Somebody cancelled it.
    Canceled,
    /// It did not run to its end.
    Incomplete,
}

/// How a job differs from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Change {
    /// It was complete before and is not now.
    Regression,
    /// It was incomplete before and is complete now.
    Progression,
}

/// How much to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "kebab-case")]
pub enum Verbosity {
    /// Everything, with results.
    Verbose,
    /// The state and the failed tests.
    Quiet,
    /// The state alone.
    StatusOnly,
}

/// An entry of `recipients`.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(closed)]
pub struct Recipient {
    /// Who.
    pub to: To,
}

/// Who is told, and by which way.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(closed)]
pub struct To {
    /// The way.
    pub method: Way,
    /// A user of the server; `{LAVA_DEVICE_OWNER}` is the owner of the device.
    pub user: Option<String>,
    /// A mail address.
    pub email: Option<String>,
    /// A nickname in the chat.
    pub handle: Option<String>,
    /// The chat server.
    pub server: Option<String>,
}

/// A way to tell somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Way {
    /// By mail.
    Email,
    /// By chat.
    Irc,
}

/// A web address to call when the job ends.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Callback {
    /// The address; `{STATUS}` and `{STATUS_STRING}` stand for the job's state.
    pub url: String,
    /// How to call. Default `GET`.
    pub method: Option<HttpMethod>,
    /// A secret for the other side.
    pub token: Option<String>,
    /// The HTTP header that carries the token. Default `Authorization`.
    pub header: Option<String>,
    /// What to send with `POST`. Default `minimal`.
    pub dataset: Option<Dataset>,
    /// How to write it. Default `urlencoded`.
    #[schemars(rename = "content-type")]
    pub content_type: Option<ContentType>,
}

/// How to call a web address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
pub enum HttpMethod {
    /// `GET`: nothing is sent.
    #[schemars(rename = "GET")]
    Get,
    /// `POST`: the dataset is sent.
    #[schemars(rename = "POST")]
    Post,
}

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum Dataset {
    /// The job's state.
    Minimal,
    /// And its log.
    Logs,
    /// And its results.
    Results,
    /// And both.
    All,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema, Word)]
#[schemars(rename_all = "lowercase")]
pub enum ContentType {
    /// As a form.
    Urlencoded,
    /// As JSON.
    Json,
}

/// What to compare the results with.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
pub struct Compare {
    /// Test cases to leave out.
    #[keys(default)]
    #[schemars(default)]
    pub blacklist: Vec<String>,
    /// The jobs to compare with: a stored query by `username` and `name`, or an `entity` and `conditions`.
    pub query: Option<Query>,
}

/// The jobs to compare with.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// A stored query.
    Stored(Stored),
    /// A query written here.
    Written(Written),
}

/// A stored query.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(closed)]
pub struct Stored {
    /// Whose query it is.
    pub username: String,
    /// Its name.
    pub name: String,
}

/// A query written here.
#[derive(Debug, Clone, PartialEq, JsonSchema, Keys)]
#[keys(closed)]
pub struct Written {
    /// What is looked for, for example `testjob`.
    pub entity: String,
    /// What it must be like.
    #[keys(default)]
    #[schemars(default)]
    pub conditions: IndexMap<String, String>,
}

impl Read for Query {
    fn read(place: &Place<'_>, report: &mut Report) -> Option<Self> {
        let has = |key| place.node.get(key).is_some();
        if has("username") || has("name") && !has("entity") {
            Stored::read(place, report).map(Self::Stored)
        } else {
            Written::read(place, report).map(Self::Written)
        }
    }
}

impl JsonSchema for Query {
    fn schema_name() -> Cow<'static, str> {
        "Query".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let stored = generator.subschema_for::<Stored>();
        let written = generator.subschema_for::<Written>();
        json_schema!({
            "description": "The jobs to compare with: a stored query, or one written here.",
            "type": "object",
            "if": {"anyOf": [
                {"required": ["username"]},
                {"required": ["name"], "not": {"required": ["entity"]}},
            ]},
            "then": stored,
            "else": written,
        })
    }
}

/// `type` and `dependency_query` depend on `status`.
fn criteria(place: &Place<'_>, report: &mut Report) -> Option<Criteria> {
    let criteria = Criteria::read(place, report)?;
    let fits = match criteria.status {
        Status::All => criteria.kind.is_none() && criteria.dependency_query.is_none(),
        Status::Complete | Status::Incomplete => {
            criteria.kind.is_none() || criteria.dependency_query.is_none()
        }
        Status::Finished | Status::Running | Status::Canceled => criteria.kind.is_none(),
    };
    if !fits {
        let message = format!(
            "`status: {}` does not go with the other keys here",
            criteria.status.as_str()
        );
        report
            .warning("J012", place.path(), place.span(), message)
            .help("`type` goes with `complete` and `incomplete`, `dependency_query` with all but `all`; not both");
    }
    Some(criteria)
}

fn one_kind_of_callback(keys: &Keys<'_>, report: &mut Report) {
    if let (Some(one), Some(many)) = (keys.peek("callback"), keys.peek("callbacks")) {
        report
            .error(
                "J012",
                keys.place.path(),
                many.span(),
                "`callback` and `callbacks` exclude each other",
            )
            .see(one.span(), "`callback` is here")
            .help("put all of them under `callbacks`");
    }
}
