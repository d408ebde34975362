//! What the paths in method files lead to: `job.commands`, `device.board_id`, `image.key`.

use std::borrow::Cow;

use indexmap::IndexMap;
use job_schema::yaml::Value;

use crate::plan::node::Context;

/// Names and what they stand for.
#[derive(Debug, Clone)]
pub(super) struct Scope<'a> {
    roots: Vec<(Cow<'a, str>, Cow<'a, Value>)>,
}

impl<'a> Scope<'a> {
    /// `job`, `device`, `method` and `tests` of a block.
    pub(super) fn of_block(context: &Context<'a>, settings: Option<&'a Value>) -> Self {
        let needs = [
            ("deployment", context.needs_deployment_data()),
            ("overlay", context.needs_overlay()),
            ("shell", context.has_shell()),
        ];
        let tests = needs.map(|(name, needed)| (name.to_owned(), Value::Bool(needed)));
        let method = settings.map_or(Cow::Owned(Value::Null), Cow::Borrowed);
        let device: &'a Value = &context.spec.device.config.rendered;
        Self {
            roots: vec![
                ("job".into(), Cow::Borrowed(&context.block.raw)),
                ("device".into(), Cow::Borrowed(device)),
                ("method".into(), method),
                (
                    "tests".into(),
                    Cow::Owned(Value::Map(IndexMap::from(tests))),
                ),
            ],
        }
    }

    /// `device` and `method` alone: what can be known without a job.
    pub(super) fn of_device(device: &'a Value, settings: Option<&'a Value>) -> Self {
        let method = settings.map_or(Cow::Owned(Value::Null), Cow::Borrowed);
        Self {
            roots: vec![
                ("device".into(), Cow::Borrowed(device)),
                ("method".into(), method),
            ],
        }
    }

    /// The same with one more name, which hides an older one.
    pub(super) fn with(&self, name: &str, value: Value) -> Self {
        let mut roots = self.roots.clone();
        roots.retain(|(known, _)| known != name);
        roots.push((name.to_owned().into(), Cow::Owned(value)));
        Self { roots }
    }

    /// What a path leads to; `None` when a key of it is not there. A segment in braces is a path itself, whose text is the
    /// key: `methods.{job.bootloader}.parameters`.
    pub(super) fn get(&self, path: &str) -> Option<&Value> {
        let mut segments = segments(path);
        let root = segments.next()?;
        let (_, value) = self.roots.iter().find(|(name, _)| name == root)?;
        segments.try_fold(&**value, |value, segment| {
            let inner = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}'));
            let key = match inner.map(|path| self.get(path)) {
                None => segment.to_owned(),
                Some(key) => key?.as_shell_text()?,
            };
            child(value, &key)
        })
    }
}

fn child<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::Map(map) => map.get(key),
        _ => None,
    }
}

/// Splits at dots outside braces.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_u32;
    path.split(move |c| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == '.' && depth == 0
    })
}
