//! From a job to the programs of its roles.

use std::collections::{BTreeMap, HashMap};

use job_schema::boot::Method;
use job_schema::multinode::{ProtocolCall, Request, Role, RoleKind};
use job_schema::test::Test;
use job_schema::test::definitions::Definition;
use job_schema::{Action, Block, Job, Span};

use super::call::{Call, Place, Verb, When};
use super::dialogues;
use super::program::{Book, Item, Mention, Program};
use crate::bus::START_ID;

/// A definition that was loaded for a `from:` other than `inline`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedDefinition {
    /// The name of its file, for messages.
    pub file: String,
    /// The text of the definition.
    pub text: String,
    /// Scripts that came with it: their text by their path below the folder that its steps run in.
    pub files: BTreeMap<String, String>,
}

/// Loads a definition, if it can be had at once.
pub type Load<'l> = dyn FnMut(&Definition) -> Option<LoadedDefinition> + 'l;

/// Reads the programs of all roles that have nodes.
pub(super) fn programs(job: &Job, text: &str, load: &mut Load, book: &mut Book) -> Vec<Program> {
    let Some(multinode) = job.multinode() else {
        return Vec::new();
    };
    let mut reader = Reader {
        job,
        text,
        load,
        loaded: HashMap::new(),
        book,
        installed: false,
    };
    let roles = multinode.roles.values().filter(|role| role.count > 0);
    roles.map(|role| reader.role(role)).collect()
}

/// Reads one job.
pub(super) struct Reader<'a, 'l> {
    job: &'a Job,
    pub(super) text: &'a str,
    pub(super) load: &'a mut Load<'l>,
    /// By the address of the definition: each is loaded once.
    pub(super) loaded: HashMap<*const Definition, Option<LoadedDefinition>>,
    pub(super) book: &'a mut Book,
    /// A script has put programs where others find them, perhaps on a machine that roles share.
    pub(super) installed: bool,
}

impl Reader<'_, '_> {
    fn role(&mut self, role: &Role) -> Program {
        let (start, host) = match &role.kind {
            RoleKind::Guest {
                host_role,
                expect_role,
                delayed_start,
            } => {
                let start = delayed_start.then(|| {
                    self.book.add(Call {
                        role: role.name.value.clone(),
                        verb: Verb::Start,
                        id: Some(START_ID.to_owned()),
                        id_span: None,
                        of: Some(expect_role.value.clone()),
                        keys: None,
                        when: When::Always,
                        place: Place {
                            path: format!("protocols.lava-multinode.roles.{}", *role.name),
                            span: expect_role.span,
                            file: None,
                        },
                    })
                });
                (start, Some(host_role.value.clone()))
            }
            RoleKind::Device { .. } | RoleKind::Part => (None, None),
        };
        let mut items = Vec::new();
        for block in &self.job.actions {
            if block.roles.iter().any(|name| name.value == *role.name) {
                self.block(role, block, &mut items);
            }
        }
        Program {
            role: role.name.value.clone(),
            count: role.count,
            start,
            host,
            items,
        }
    }

    fn block(&mut self, role: &Role, block: &Block, items: &mut Vec<Item>) {
        let path = &block.path;
        self.requests(role, path, &block.protocols, items);
        if let Action::Boot(boot) = &block.action
            && let Method::Ssh(ssh) = &boot.method
            && let Some(id) = &ssh.parameters.host_id
        {
            self.book.mentions.push(Mention {
                role: role.name.value.clone(),
                id: id.value.clone(),
                span: id.span,
            });
        }
        let Action::Test(test) = &block.action else {
            return;
        };
        match test {
            Test::Definitions(form) => {
                for (index, definition) in form.definitions.iter().enumerate() {
                    let path = format!("{path}.definitions[{index}]");
                    self.definition(role, &path, definition, items);
                }
            }
            Test::Interactive(form) => {
                for call in dialogues::calls(role, self.text, path, form) {
                    let (known, place) = (call.id.is_some(), call.place.clone());
                    let call = self.book.add(call);
                    if known {
                        items.push(Item::Call(call));
                    } else {
                        let why = "the message id is not known";
                        self.unknown(role, &place.path, place.span, why, items);
                    }
                }
            }
            // They watch the console, start containers on the dispatcher, and run jobs that know nothing of the bus.
            Test::Monitors(_) | Test::Services(_) | Test::Lkp(_) => {}
        }
    }

    /// Calls that hang on steps of a block. Which step comes first is not known here: with several steps, what is sent is
    /// taken to be sent first.
    fn requests(&mut self, role: &Role, path: &str, calls: &[ProtocolCall], items: &mut Vec<Item>) {
        let mut made: Vec<usize> = Vec::new();
        for (index, call) in calls.iter().enumerate() {
            let (verb, of) = match &call.request {
                Request::Send => (Verb::Send, None),
                Request::Wait => (Verb::Wait, None),
                Request::WaitAll { role } => (Verb::WaitAll, role.clone()),
                Request::Sync => (Verb::Sync, None),
            };
            let keys = match verb {
                Verb::Send => Some(call.message.keys().cloned().collect()),
                _ => {
                    let asked = call
                        .message
                        .iter()
                        .filter(|(_, value)| value.starts_with('$'));
                    Some(asked.map(|(key, _)| key.clone()).collect())
                }
            };
            let span = call.message_id.span;
            made.push(self.book.add(Call {
                role: role.name.value.clone(),
                verb,
                id: Some(call.message_id.value.clone()),
                id_span: letters(self.text, span, &call.message_id),
                of,
                keys,
                when: When::Always,
                place: Place {
                    path: format!("{path}.protocols.lava-multinode[{index}]"),
                    span,
                    file: None,
                },
            }));
        }
        let steps = calls.windows(2).all(|two| two[0].action == two[1].action);
        if !steps {
            made.sort_by_key(|call| self.book.calls[*call].verb != Verb::Send);
        }
        items.extend(made.into_iter().map(Item::Call));
    }
}

/// The span without its quotes, if what is left is the word letter by letter.
pub(super) fn letters(text: &str, span: Span, word: &str) -> Option<Span> {
    let quote = usize::from(text.get(span.start..)?.starts_with(['"', '\'']));
    let inner = Span {
        start: span.start + quote,
        end: span.end.checked_sub(quote)?,
        line: span.line,
        column: span.column + u32::from(quote == 1),
    };
    (text.get(inner.start..inner.end)? == word).then_some(inner)
}
