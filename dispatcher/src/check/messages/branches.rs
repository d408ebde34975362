//! Conditions and loops.

use super::call::When;
use super::program::Item;
use super::shell::tree::List;
use super::walk::{Done, Flow, Jump, Walker};

/// Rounds of a loop.
const ROUNDS: usize = 100;

impl Walker<'_> {
    pub(super) fn conditional(&mut self, arms: &[(List, List)], otherwise: Option<&List>) -> Done {
        let Some(((condition, body), others)) = arms.split_first() else {
            return otherwise.map_or(Done::with(Some(true)), |list| self.list(list));
        };
        let asked = self.list(condition);
        if asked.flow != Flow::On {
            return asked;
        }
        match asked.status {
            Some(true) => self.list(body),
            Some(false) => self.conditional(others, otherwise),
            None => self.either(
                |walker| walker.list(body),
                |walker| walker.conditional(others, otherwise),
            ),
        }
    }

    /// One of two, nobody knows which.
    pub(super) fn either(
        &mut self,
        one: impl FnOnce(&mut Self) -> Done,
        other: impl FnOnce(&mut Self) -> Done,
    ) -> Done {
        let before = self.memory.clone();
        self.sometimes += 1;
        let (done_one, one) = self.apart(one);
        let after_one = std::mem::replace(&mut self.memory, before);
        let (done_other, other) = self.apart(other);
        self.sometimes -= 1;
        // The way into failure is no way.
        if done_one.flow == Flow::Gone(Jump::Fail) {
            return self.certainly(other, done_other);
        }
        if done_other.flow == Flow::Gone(Jump::Fail) {
            self.memory = after_one;
            return self.certainly(one, done_one);
        }
        self.memory.forget_differences(&after_one);
        let goes_on = done_one.flow == Flow::On && done_other.flow == Flow::On;
        if goes_on && !one.is_empty() && self.book.alike(&one, &other) {
            if self.when() == When::Always {
                self.book.settle(&one);
                self.book.settle(&other);
            }
            self.out.push(Item::Either(one, other));
        } else {
            let both = [one, other].into_iter().filter(|items| !items.is_empty());
            self.out.extend(both.map(Item::Maybe));
        }
        let status = (done_one.status == done_other.status)
            .then_some(done_one.status)
            .flatten();
        let flow = match (done_one.flow, done_other.flow) {
            (Flow::On, Flow::On) => Flow::On,
            (Flow::Gone(a), Flow::Gone(b)) if a == b => Flow::Gone(a),
            (Flow::On, Flow::Maybe(jump) | Flow::Gone(jump))
            | (Flow::Maybe(jump) | Flow::Gone(jump), Flow::On) => Flow::Maybe(jump),
            (Flow::Maybe(a) | Flow::Gone(a), Flow::Maybe(b) | Flow::Gone(b)) => {
                Flow::Maybe(a.max(b))
            }
        };
        Done { status, flow }
    }

    fn certainly(&mut self, items: Vec<Item>, done: Done) -> Done {
        if self.when() == When::Always {
            self.book.settle(&items);
        }
        self.out.extend(items);
        done
    }

    pub(super) fn rounds(&mut self, name: &str, values: Option<Vec<String>>, body: &List) -> Done {
        let Some(values) = values.filter(|values| values.len() <= ROUNDS) else {
            self.memory.variables.insert(name.to_owned(), None);
            return self.again(|walker| walker.list(body));
        };
        self.round(name, &values, body)
    }

    fn round(&mut self, name: &str, values: &[String], body: &List) -> Done {
        let mut done = Done::with(Some(true));
        for (index, value) in values.iter().enumerate() {
            let known = Some(value.clone());
            self.memory.variables.insert(name.to_owned(), known);
            done = self.list(body);
            match done.flow {
                Flow::On | Flow::Maybe(Jump::Continue) | Flow::Gone(Jump::Continue) => {}
                Flow::Gone(Jump::Break) => return Done::with(None),
                Flow::Gone(_) => return done,
                Flow::Maybe(jump) => {
                    let rest =
                        self.sometimes(|walker| walker.round(name, &values[index + 1..], body));
                    return out_of_loop(jump, rest);
                }
            }
        }
        Done::with(done.status)
    }

    /// Nobody knows how often. The second time finds what the first has changed.
    pub(super) fn again(&mut self, mut body: impl FnMut(&mut Self) -> Done) -> Done {
        let first = self.sometimes(&mut body);
        let second = self.sometimes(&mut body);
        match first.flow {
            Flow::Maybe(jump) => out_of_loop(jump, second),
            Flow::On | Flow::Gone(_) => second,
        }
    }
}

/// A `break` or `continue` has no effect outside its loop.
fn out_of_loop(jump: Jump, rest: Done) -> Done {
    let jump = match rest.flow {
        Flow::Maybe(other) | Flow::Gone(other) => jump.max(other),
        Flow::On => jump,
    };
    Done {
        status: None,
        flow: match jump {
            Jump::Fail | Jump::Continue | Jump::Break => Flow::On,
            Jump::Return | Jump::Exit => Flow::Maybe(jump),
        },
    }
}
