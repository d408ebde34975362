//! Web addresses to call when a job ends.

use job_schema_derive::{Keys, Word};
use schemars::JsonSchema;

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
