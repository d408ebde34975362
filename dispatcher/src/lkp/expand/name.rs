//! The file name of an atomic job, and what else is known of it. In: a job without lists. Out: [`Atomic`].

use indexmap::IndexMap;
use job_schema::yaml::Value;

use super::params::{Catalogue, DIMENSIONS, Params, visit};
use super::psych::{UNKNOWN, text};
use super::{Atomic, ExpandError, Map, roles};
use crate::lkp::tree::JobFile;

/// Characters of a value that file names show.
const MAX_VALUE: usize = 31;

/// What is known of an atomic job.
pub(super) fn atomic(
    file: &JobFile,
    job: &Map,
    catalogue: &mut Catalogue,
) -> Result<Atomic, ExpandError> {
    let params = catalogue.params(job)?;
    let shown = shown(job, &params, catalogue);
    let on_node = |key: &str| ExpandError::OnNode {
        job: file.name.clone(),
        key: key.to_owned(),
    };
    if let Some((key, _, _)) = shown.iter().find(|(_, value, _)| is_unknown(value)) {
        return Err(on_node(key));
    }
    let mut name = format!("{}-{}", file.stem(), path(&shown));
    for key in DIMENSIONS {
        let Some(value) = job.get(key).filter(|value| is_set(value)) else {
            continue;
        };
        if is_unknown(value) {
            return Err(on_node(key));
        }
        if key.contains("commit") {
            name.push('-');
            name.push_str(&text(value));
        }
    }
    if let Some(rootfs) = job.get("rootfs").filter(|value| is_set(value)) {
        name.push('-');
        name.push_str(&rootfs_name(&text(rootfs)));
    }
    if name.contains(['/', '\0']) {
        return Err(ExpandError::BadName {
            job: file.name.clone(),
            name: name.escape_debug().to_string(),
        });
    }
    Ok(Atomic {
        name,
        job: file.name.clone(),
        testcase: job.get("testcase").map(text).unwrap_or_default(),
        programs: roles::programs(job, &catalogue.programs),
        params: shown
            .into_iter()
            .filter(|(_, value, kind)| *kind == '=' || is_set(value))
            .map(|(key, value, _)| (key.to_owned(), text(value)))
            .collect::<IndexMap<_, _>>(),
    })
}

/// Parameters and programs with a value of their own, sorted by key: LKP's `each_param`.
fn shown<'j>(
    job: &'j Map,
    params: &Params,
    catalogue: &Catalogue,
) -> Vec<(&'j str, &'j Value, char)> {
    let programs = &catalogue.programs;
    let mut out = Vec::new();
    visit(job, None, &mut |above, key, value| {
        let listed = params.options.contains_key(key) || programs.is_workload(key);
        let monitors = above.is_some_and(|above| programs.is_monitor(above));
        if listed && !monitors && !matches!(value, Value::Map(_)) {
            let kind = params.options.get(key).copied().unwrap_or('-');
            out.push((key, value, kind));
        }
    });
    out.sort_by_key(|(key, _, _)| *key);
    out
}

fn path(shown: &[(&str, &Value, char)]) -> String {
    let mut path = String::new();
    for (key, value, kind) in shown {
        let written: String = text(value).chars().take(MAX_VALUE).collect();
        if *kind == '=' {
            path.push_str(key);
            if is_set(value) && !written.is_empty() {
                path.push('=');
                path.push_str(&written);
            }
        } else if is_set(value) {
            path.push_str(&written);
        } else {
            continue;
        }
        path.push('-');
    }
    if path.is_empty() {
        return "defaults".to_owned();
    }
    let path = path.strip_suffix('-').unwrap_or(&path);
    let kept = |c: char| c.is_ascii_alphanumeric() || "-+=:.%".contains(c);
    path.chars()
        .map(|c| if kept(c) { c } else { '_' })
        .collect()
}

fn is_set(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false))
}

fn is_unknown(value: &Value) -> bool {
    matches!(value, Value::Str(text) if text == UNKNOWN)
}

/// The last part of a path of a root file system.
fn rootfs_name(rootfs: &str) -> String {
    let other = |c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c));
    let mut parts = rootfs.split(other).filter(|part| !part.is_empty());
    parts.next_back().unwrap_or_default().to_owned()
}
