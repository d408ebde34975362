//! Whether a text is an LKP job. In: the text, and which programs there are. Out: nothing, or a sentence.
//!
//! LKP's jobs are YAML with ERB in it (`<%= … %>`), in one or several documents. What they mean is found out when they are
//! expanded; here only what cannot be one is refused.

use std::borrow::Cow;

use serde::Deserialize;
use serde_yaml::Value;

use crate::text::name;

/// Keys of which a job has at least one, if it starts no program; `<<` takes in another job.
const OF_A_JOB: &[&str] = &["suite", "testcase", "category", "<<"];

/// Checks the text of a job.
///
/// # Errors
/// What it is instead.
pub(super) fn check(text: &str, is_program: &dyn Fn(&str) -> bool) -> Result<(), String> {
    let plain = without_erb(text);
    let mut seen_key = None;
    let mut is_job = false;
    for document in serde_yaml::Deserializer::from_str(&plain) {
        let value = Value::deserialize(document).map_err(|e| format!("it is no YAML: {e}"))?;
        let map = match value {
            Value::Mapping(map) => map,
            Value::Null => continue,
            _ => return Err("it is YAML, and no LKP job: a job is a mapping".to_owned()),
        };
        for key in map.keys().filter_map(Value::as_str) {
            seen_key.get_or_insert(name(key));
            is_job |= OF_A_JOB.contains(&key) || is_program(key);
        }
    }
    match seen_key {
        _ if is_job => Ok(()),
        None => Err("there is nothing in it".to_owned()),
        Some(key) => Err(format!(
            "it is no LKP job: no key is `suite`, `testcase` or the name of a program (the first key is `{key}`)"
        )),
    }
}

/// The text with a 0 where a value would be put in, and without other ERB.
fn without_erb(text: &str) -> Cow<'_, str> {
    if !text.contains("<%") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<%") {
        out.push_str(before);
        let (code, after) = after.split_once("%>").unwrap_or((after, ""));
        if code.starts_with('=') {
            out.push('0');
        }
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        check(text, &|key| key == "hackbench")
            .err()
            .unwrap_or_default()
    }

    #[test]
    fn jobs_are_told_from_other_files() {
        assert_eq!(said("suite: x\n"), "");
        assert_eq!(
            said("<<: jobs/x.yaml\n---\nhackbench:\n  nr_threads: <%= 2 %>\n"),
            ""
        );
        assert_eq!(
            said("<% if true %>\ntestcase: x\n<% end %>\nn: [1, 2]\n"),
            ""
        );
        assert_eq!(said("# only\n# comments\n"), "there is nothing in it");
        assert!(said("- a\n").contains("a job is a mapping"));
        assert!(said("a: [\n").starts_with("it is no YAML: "));
        assert!(said("foo: 1\n").contains("(the first key is `foo`)"));
        assert!(said("<%").contains("nothing in it"));
    }

    #[test]
    fn all_jobs_of_a_real_tree_are_jobs() {
        let Some(tree) = std::env::var_os("LKP_TESTS").map(std::path::PathBuf::from) else {
            let test = "lkp::fleet::all_jobs_of_a_real_tree_are_jobs";
            return common::need::not_run(test, "LKP_TESTS names no tree");
        };
        let mut refused = Vec::new();
        let mut folders = vec![tree.join("jobs")];
        while let Some(folder) = folders.pop() {
            for path in std::fs::read_dir(folder)
                .unwrap()
                .map(|e| e.unwrap().path())
            {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|e| e == "yaml") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let is_program = |key: &str| tree.join("programs").join(key).is_dir();
                    refused.extend(check(&text, &is_program).err().map(|e| (path, e)));
                }
            }
        }
        assert!(refused.is_empty(), "{refused:#?}");
    }
}
