//! What a shell remembers from one command to the next.

use std::collections::HashMap;
use std::rc::Rc;

use super::shell::tree::Command;
use super::source::Script;

/// What a shell remembers.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    /// Values that are known; a name with `None` has one that isn't.
    pub(super) variables: HashMap<String, Option<String>>,
    /// Functions; `None`: one of several.
    pub(super) functions: HashMap<String, Option<(Script, Rc<Command>)>>,
    /// `$1` and so on; `None`: unknown.
    pub(super) arguments: Option<Vec<Option<String>>>,
    /// Folder below the definition's own; `None`: unknown.
    pub(super) folder: Option<String>,
    /// Commands may be others than their names say.
    pub(super) strange: bool,
    /// The last wait, whose data can be read now.
    pub(super) last_wait: Option<usize>,
}

impl Memory {
    /// Keeps only what is the same in another memory.
    pub(super) fn forget_differences(&mut self, before: &Self) {
        let now = self;
        for (name, value) in &before.variables {
            let here = now.variables.entry(name.clone()).or_insert(None);
            if here != value {
                *here = None;
            }
        }
        for (name, value) in &mut now.variables {
            if !before.variables.contains_key(name) {
                *value = None;
            }
        }
        let same = |a: &Option<(Script, Rc<Command>)>,
                    b: Option<&Option<(Script, Rc<Command>)>>| {
            matches!((a, b), (Some((_, a)), Some(Some((_, b)))) if Rc::ptr_eq(a, b))
        };
        for (name, body) in &mut now.functions {
            if !same(body, before.functions.get(name)) {
                *body = None;
            }
        }
        for name in before.functions.keys() {
            now.functions.entry(name.clone()).or_insert(None);
        }
        if now.arguments != before.arguments {
            now.arguments = None;
        }
        if now.folder != before.folder {
            now.folder = None;
        }
        if now.last_wait != before.last_wait {
            now.last_wait = None;
        }
        now.strange |= before.strange;
    }
}
