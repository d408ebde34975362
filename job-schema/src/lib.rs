//! The job language of `dispatch`: text in, a typed [`Job`] and [`Finding`]s out.
//!
//! ```
//! let parsed = job_schema::parse_job("job.yaml", "job_name: hello\n");
//! assert!(parsed.job.is_none(), "visibility, timeouts and actions are missing");
//! assert!(parsed.findings.iter().any(|f| f.code == "J003"));
//! ```
//!
//! Nothing here does I/O, waits or reads a clock.

pub mod action;
pub mod boot;
pub mod check;
pub mod deploy;
pub mod finding;
pub mod job;
pub mod multinode;
pub mod test;
pub mod testdef;
pub mod timeout;
pub mod yaml;

pub use action::{Action, Block};
pub use finding::{Finding, Severity, Span};
pub use job::Job;
