//! Whether a text is an LKP job. In: the text, and which programs there are. Out: nothing, or a sentence.
//!
//! LKP's jobs are YAML with ERB in it (`<%= … %>`), in one or several documents. What they mean is found out when they are
//! expanded; here only what cannot be one is refused.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_yaml::Value;

use crate::text::name;

/// Keys of which a job has at least one, if it starts no program; `<<` takes in another job.
const OF_A_JOB: &[&str] = &["suite", "testcase", "category", "<<"];

/// Checks the text of a job.
///
/// # Errors
/// What it is instead.
pub(super) fn check(text: &str, is_program: &dyn Fn(&str) -> bool) -> Result<(), String> {
    let plain = plain(text);
    let mut seen_key = None;
    let mut is_job = false;
    for document in serde_yaml::Deserializer::from_str(&plain) {
        let Keys(keys) = Keys::deserialize(document).map_err(|e| format!("it is no YAML: {e}"))?;
        let Some(keys) = keys else {
            return Err("it is YAML, and no LKP job: a job is a mapping".to_owned());
        };
        for key in keys {
            is_job |= OF_A_JOB.contains(&key.as_str()) || is_program(&key);
            seen_key.get_or_insert(name(&key));
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

/// The keys of a mapping; LKP's jobs may have one twice. None: it is something else.
struct Keys(Option<Vec<String>>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeysVisitor)
    }
}

struct KeysVisitor;

impl<'de> Visitor<'de> for KeysVisitor {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an LKP job, which is a mapping")
    }

    /// An empty document.
    fn visit_unit<E: Error>(self) -> Result<Keys, E> {
        Ok(Keys(Some(Vec::new())))
    }

    fn visit_none<E: Error>(self) -> Result<Keys, E> {
        self.visit_unit()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Keys, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Keys(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
        let mut keys = Vec::new();
        while let Some((key, IgnoredAny)) = map.next_entry::<Value, IgnoredAny>()? {
            keys.extend(key.as_str().map(ToOwned::to_owned));
        }
        Ok(Keys(Some(keys)))
    }
}

/// The text with a 0 where ERB or an expression in `{{ }}` would put a value in, and without other ERB.
fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains("<%") && !text.contains("{{") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("<%").into_iter().chain(rest.find("{{")).min() {
        let (before, from) = rest.split_at(at);
        let (open, code) = from.split_at(2);
        let (code, after) = code
            .split_once(if open == "<%" { "%>" } else { "}}" })
            .unwrap_or((code, ""));
        out.push_str(before);
        if open == "{{" || code.starts_with('=') {
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
