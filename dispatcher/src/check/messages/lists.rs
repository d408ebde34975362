//! Commands one after the other: `;`, `&&`, `||`, `&` and `|`.

use super::program::Item;
use super::shell::tree::{Command, Entry, Link, List, Pipeline};
use super::walk::{Done, Flow, Walker};

/// Conditions inside each other.
const CONDITIONS: u32 = 48;

impl Walker<'_> {
    /// Runs commands one after the other.
    pub(super) fn list(&mut self, list: &List) -> Done {
        self.entries(&list.0)
    }

    fn entries(&mut self, entries: &[Entry]) -> Done {
        let mut done = Done::with(Some(true));
        for (index, entry) in entries.iter().enumerate() {
            done = if entry.background {
                self.aside(|walker| walker.chain(entry));
                Done::with(Some(true))
            } else {
                self.chain(entry)
            };
            match done.flow {
                Flow::On => {}
                Flow::Gone(_) => return done,
                Flow::Maybe(_) if self.sometimes >= CONDITIONS => {
                    let span = &entry.first.commands[0].span;
                    self.unknown(span, "what follows depends on too many conditions");
                    return done;
                }
                Flow::Maybe(jump) => {
                    let rest = self.sometimes(|walker| walker.entries(&entries[index + 1..]));
                    return Done {
                        status: None,
                        flow: match rest.flow {
                            Flow::Maybe(other) => Flow::Maybe(jump.max(other)),
                            Flow::On | Flow::Gone(_) => Flow::Maybe(jump),
                        },
                    };
                }
            }
        }
        done
    }

    fn chain(&mut self, entry: &Entry) -> Done {
        let mut done = self.pipeline(&entry.first);
        for (link, pipeline) in &entry.rest {
            if matches!(done.flow, Flow::Gone(_)) {
                break;
            }
            let flow = done.flow;
            let runs = done.status.map(|good| good == (*link == Link::And));
            done = match (runs, flow) {
                (Some(false), _) => done,
                (Some(true), Flow::On) => self.pipeline(pipeline),
                _ => self.sometimes(|walker| walker.pipeline(pipeline)),
            };
            if flow != Flow::On && done.flow == Flow::On {
                done.flow = flow;
            }
        }
        done
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Done {
        let mut done = match pipeline.commands.as_slice() {
            [command] => self.command(command),
            commands => self.stages(commands),
        };
        if pipeline.not {
            done.status = done.status.map(|good| !good);
        }
        done
    }

    /// Commands that run at the same time. If only one of them has to do with messages, order is no question.
    fn stages(&mut self, commands: &[Command]) -> Done {
        if let Some(status) = self.asks_for_role(commands) {
            return Done::with(Some(status));
        }
        let mut last = Done::with(None);
        let mut stages = Vec::new();
        for command in commands {
            let (done, items) =
                self.apart(|walker| walker.subshell(|walker| walker.command(command)));
            last = done;
            if !items.is_empty() {
                stages.push(items);
            }
        }
        if stages.len() == 1 {
            self.out.extend(stages.into_iter().flatten());
        } else {
            self.out.extend(stages.into_iter().map(Item::Aside));
        }
        last
    }
}
