//! `notify:`: whom to tell how a job went.

mod callback;
mod compare;

use job_schema_derive::{Keys, Word};
use schemars::JsonSchema;

use crate::read::{Keys, Place, Read, Report};

pub use callback::{Callback, ContentType, Dataset, HttpMethod};
pub use compare::{Compare, Query, Stored, Written};

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
