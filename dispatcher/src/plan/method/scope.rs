//! What the paths in method files lead to: `job.commands`, `job.commands.0`, `device.board_id`, `image.key`.

use std::borrow::Cow;
use std::collections::HashSet;
use std::rc::Rc;

use indexmap::IndexMap;
use job_schema::Action;
use job_schema::yaml::Value;

use crate::plan::context::Context;

/// So many braces may stand in each other.
const DEEPEST: u32 = 4;

/// Names and what they stand for.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope<'a> {
    roots: Vec<(Cow<'a, str>, Bound<'a>)>,
}

/// A value that many scopes share: one is made for each element of a list.
#[derive(Debug, Clone)]
enum Bound<'a> {
    Borrowed(&'a Value),
    Shared(Rc<Value>),
}

impl Bound<'_> {
    fn of(value: Value) -> Self {
        Self::Shared(Rc::new(value))
    }

    fn value(&self) -> &Value {
        match self {
            Self::Borrowed(value) => value,
            Self::Shared(value) => value,
        }
    }
}

impl<'a> Scope<'a> {
    /// `job`, `device`, `method`, `tests` and `earlier` of a block.
    pub(super) fn of_block(context: &Context<'a>, settings: Option<&'a Value>) -> Self {
        let needs = [
            ("deployment", context.needs_deployment_data()),
            ("overlay", context.needs_overlay()),
            ("shell", context.has_shell()),
        ];
        let tests = needs.map(|(name, needed)| (name.to_owned(), Value::Bool(needed)));
        let method = settings.map_or_else(|| Bound::of(Value::Null), Bound::Borrowed);
        let device: &'a Value = &context.spec.device.config.rendered;
        Self {
            roots: vec![
                ("job".into(), Bound::Borrowed(&context.block.raw)),
                ("device".into(), Bound::Borrowed(device)),
                ("method".into(), method),
                ("tests".into(), Bound::of(Value::Map(IndexMap::from(tests)))),
                ("earlier".into(), Bound::of(earlier(context))),
            ],
        }
    }

    /// `device` and `method` alone: what can be known without a job.
    pub(super) fn of_device(device: &'a Value, settings: Option<&'a Value>) -> Self {
        let method = settings.map_or_else(|| Bound::of(Value::Null), Bound::Borrowed);
        Self {
            roots: vec![
                ("device".into(), Bound::Borrowed(device)),
                ("method".into(), method),
            ],
        }
    }

    /// The same with one more name, which hides an older one.
    pub(super) fn with(&self, name: &str, value: Value) -> Self {
        let mut roots = self.roots.clone();
        roots.retain(|(known, _)| known != name);
        roots.push((name.to_owned().into(), Bound::of(value)));
        Self { roots }
    }

    /// What a path leads to; `None` when a key of it is not there. A segment in braces is a path itself, whose text is the
    /// key: `methods.{job.bootloader}.parameters`.
    pub(super) fn get(&self, path: &str) -> Option<&Value> {
        self.below(path, DEEPEST)
    }

    fn below(&self, path: &str, braces: u32) -> Option<&Value> {
        let mut segments = segments(path);
        let root = segments.next()?;
        let (_, bound) = self.roots.iter().find(|(name, _)| name == root)?;
        segments.try_fold(bound.value(), |value, segment| {
            let inner = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}'));
            let key = match inner.map(|path| self.below(path, braces.checked_sub(1)?)) {
                None => segment.to_owned(),
                Some(key) => key?.as_shell_text()?,
            };
            child(value, &key)
        })
    }

    /// A path with its braces looked up, for messages.
    pub(super) fn spelled(&self, path: &str) -> String {
        let segment = |segment: &str| {
            let inner = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}'));
            inner
                .and_then(|path| self.get(path)?.as_shell_text())
                .unwrap_or_else(|| segment.to_owned())
        };
        segments(path).map(segment).collect::<Vec<_>>().join(".")
    }
}

/// The blocks before this one in its namespace: their methods as `deploy` and `boot`, each a list of words; as `files`
/// what they download, by name, as their deploy blocks say it.
fn earlier(context: &Context<'_>) -> Value {
    let (mut deploys, mut boots, mut files) = (Vec::new(), Vec::new(), IndexMap::new());
    let before = context.blocks.iter();
    for block in before.take_while(|block| !std::ptr::eq(**block, context.block)) {
        match &block.action {
            _ if block.namespace != context.block.namespace => {}
            Action::Deploy(deploy) => {
                deploys.push(Value::Str(deploy.to.word().to_owned()));
                files.extend(downloads(&block.raw));
            }
            Action::Boot(boot) => boots.push(Value::Str(boot.method.word().to_owned())),
            Action::Test(_) | Action::Command(_) => {}
        }
    }
    Value::Map(IndexMap::from([
        ("deploy".to_owned(), Value::Seq(deploys)),
        ("boot".to_owned(), Value::Seq(boots)),
        ("files".to_owned(), Value::Map(files)),
    ]))
}

fn entries(value: Option<&Value>) -> IndexMap<String, Value> {
    match value {
        Some(Value::Map(map)) => map.clone(),
        _ => IndexMap::new(),
    }
}

/// The entries of a deploy block, and of its `images`, that have a URL.
fn downloads(block: &Value) -> impl Iterator<Item = (String, Value)> {
    let images = entries(child(block, "images"));
    let all = entries(Some(block)).into_iter().chain(images);
    all.filter(|(_, file)| child(file, "url").is_some())
}

/// The keys of all files that deploy blocks download in a block's namespace, up to it.
pub(super) fn files(context: &Context<'_>) -> HashSet<String> {
    let mut files = HashSet::new();
    let last = context
        .blocks
        .iter()
        .position(|b| std::ptr::eq(*b, context.block));
    for block in context.blocks.iter().take(last.map_or(0, |last| last + 1)) {
        if block.namespace == context.block.namespace && matches!(block.action, Action::Deploy(_)) {
            files.extend(downloads(&block.raw).map(|(key, _)| key));
            files.extend(entries(child(&block.raw, "extra_files")).into_keys());
            if let Some(Value::Seq(overlays)) = child(&block.raw, "dtbo") {
                files.extend((0..overlays.len()).map(|number| format!("dtbo{number}")));
            }
        }
    }
    files
}

/// What a mapping has under a key, or a list at a place, counted from 0.
pub(super) fn child<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::Map(map) => map.get(key),
        Value::Seq(list) => list.get(key.parse::<usize>().ok()?),
        _ => None,
    }
}

/// Splits at dots outside braces.
pub(super) fn segments(path: &str) -> impl Iterator<Item = &str> {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// One is made for each element of a list that a job may make very long.
    #[test]
    fn scopes_share_their_values() {
        let outer = Scope::default().with("files", Value::Seq(vec![Value::Int(1)]));
        let inner = outer.with("file", Value::Int(2));
        assert!(std::ptr::eq(
            outer.get("files").unwrap(),
            inner.get("files").unwrap()
        ));
        assert_eq!(outer.get("file"), None);
    }

    #[test]
    fn braces_are_looked_up_and_not_without_end() {
        let one = Value::Map([("x".to_owned(), Value::Str("x".to_owned()))].into());
        let scope = Scope::default().with("a", one);
        let nested = |depth| (0..depth).fold("x".to_owned(), |path, _| format!("{{a.{path}}}"));
        for (depth, found) in [(0, true), (1, true), (4, true), (5, false), (1000, false)] {
            let path = format!("a.{}", nested(depth));
            assert_eq!(scope.get(&path).is_some(), found, "{depth}");
        }
    }
}
