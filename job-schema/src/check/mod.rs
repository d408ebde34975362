//! Checks
use crate::{read::Report, yaml::Node, Job};
pub(crate) fn check(_: &Job, _: &Node, _: &mut Report) {}
