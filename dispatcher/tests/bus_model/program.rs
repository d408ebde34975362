//! Random programs, played on the bus and on the model at once.

use std::fmt;

use dispatcher::bus::{Data, End, Group, Input, MemberId, MemberInfo, Output, Ticket, Wait};

use crate::model::{IDS, Model, Status, Who};
use crate::search::Move;

/// Where choices come from.
pub(crate) struct Dice(Box<dyn FnMut() -> u64>);

impl Dice {
    pub(crate) fn new(next: impl FnMut() -> u64 + 'static) -> Self {
        Self(Box::new(next))
    }

    /// xorshift64*
    pub(crate) fn seeded(seed: u64) -> Self {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        Self::new(move || {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33
        })
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from((self.0)() % bound as u64).expect("it is below a usize")
    }

    fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == chances - 1
    }
}

/// How often things happened.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    inputs: u64,
    answers: u64,
    hopeless: u64,
    starts: u64,
    lost_starts: u64,
    cancels: u64,
    replays: u64,
}

impl Tally {
    pub(crate) fn exercises_everything(&self) -> bool {
        let all = [
            self.answers,
            self.hopeless,
            self.starts,
            self.lost_starts,
            self.cancels,
            self.replays,
        ];
        all.iter().all(|count| *count > 0)
    }
}

/// One program while it is played.
pub(crate) struct Run {
    group: Group,
    model: Model,
    first: (Vec<Output>, Vec<Output>),
    /// The wait that a member's main thread is in.
    main: Vec<Option<Ticket>>,
    tickets: u64,
    /// Whether everything that is said to have hope is shown to have it.
    replayed: bool,
    members: Vec<MemberInfo>,
    roles: usize,
    ids: usize,
    story: Vec<Told>,
}

/// An input, or what was told after it.
enum Told {
    In(Input),
    Out(Vec<Output>),
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:#?}", self.members)?;
        for told in &self.story {
            match told {
                Told::In(input) => writeln!(f, "{input:?}")?,
                Told::Out(output) => writeln!(f, "    {output:?}")?,
            }
        }
        Ok(())
    }
}

impl Run {
    pub(crate) fn new(dice: &mut Dice, replayed: bool) -> Self {
        let count = 1 + dice.below(5);
        let roles = 1 + dice.below(3);
        let members: Vec<MemberInfo> = (0..count)
            .map(|index| MemberInfo {
                name: format!("node-{index}"),
                role: format!("role-{}", dice.below(roles)),
                job_id: index.to_string(),
                expects: dice.one_in(4).then(|| role(dice, roles)),
                essential: dice.one_in(4),
            })
            .collect();
        let (group, machine) = Group::new(members.clone());
        let (model, expected) = Model::new(members.clone());
        Self {
            group,
            model,
            first: (machine, expected),
            main: vec![None; count],
            tickets: 0,
            replayed,
            members,
            roles,
            ids: 1 + dice.below(IDS.len()),
            story: Vec::new(),
        }
    }

    /// Plays the program to its end.
    pub(crate) fn play(mut self, dice: &mut Dice, tally: &mut Tally) -> Result<(), String> {
        let (machine, expected) = std::mem::take(&mut self.first);
        self.compare(machine, &expected, tally)?;
        for _ in 0..50 {
            let Some(input) = self.choose(dice) else {
                continue;
            };
            tally.inputs += 1;
            self.story.push(Told::In(input.clone()));
            let machine = self.group.step(input.clone());
            let expected = self.model.step(input);
            self.compare(machine, &expected, tally)?;
        }
        Ok(())
    }

    /// The next input of a random member, if it has one.
    fn choose(&mut self, dice: &mut Dice) -> Option<Input> {
        let index = dice.below(self.main.len());
        let member = MemberId(index);
        match (self.model.status[index], self.main[index]) {
            (Status::Up, None) => Some(match dice.below(36) {
                0 => self.end(member, true),
                1 => self.end(member, false),
                2..=17 => self.send(member, dice),
                18..=20 => self.background(member, dice)?,
                21..=23 => self.wait(member, dice, false),
                _ => self.wait(member, dice, true),
            }),
            (Status::Up, Some(ticket)) => match dice.below(48) {
                0..=39 => None,
                40 => Some(self.end(member, dice.one_in(2))),
                41 => {
                    self.main[index] = None;
                    Some(Input::Withdraw { ticket })
                }
                42 => Some(self.wait(member, dice, false)),
                43 | 44 => self.background(member, dice),
                45 => Some(self.send(member, dice)),
                46 => Some(self.wait(member, dice, true)),
                _ => Some(Input::Wait {
                    member: MemberId(dice.below(self.main.len() + 1)),
                    ticket,
                    wait: self.some_wait(dice),
                    alone: dice.one_in(2),
                }),
            },
            (Status::Lost, _) if dice.one_in(3) => Some(self.end(member, false)),
            (Status::Delayed | Status::Lost | Status::Down, _) => match dice.below(24) {
                0 => Some(self.send(member, dice)),
                1 => Some(self.wait(member, dice, true)),
                2 => Some(self.end(member, dice.one_in(2))),
                _ => None,
            },
        }
    }

    fn id(&self, dice: &mut Dice) -> String {
        IDS[dice.below(self.ids)].to_owned()
    }

    fn send(&self, member: MemberId, dice: &mut Dice) -> Input {
        let id = self.id(dice);
        let number = dice.below(100).to_string();
        let data = Data::from([("number".to_owned(), number)]);
        Input::Send { member, id, data }
    }

    fn some_wait(&self, dice: &mut Dice) -> Wait {
        let id = self.id(dice);
        match dice.below(5) {
            0 | 1 => Wait::Sync(id),
            2 => Wait::Any(id),
            3 => Wait::All { id, role: None },
            _ => {
                let role = Some(role(dice, self.roles));
                Wait::All { id, role }
            }
        }
    }

    /// A helper in the background says something or gives up.
    fn background(&mut self, member: MemberId, dice: &mut Dice) -> Option<Input> {
        let mine = self
            .model
            .open
            .iter()
            .filter(|(_, open)| open.member == member.0);
        let mut helpers = mine
            .map(|(ticket, _)| *ticket)
            .filter(|ticket| self.main[member.0] != Some(*ticket));
        let ticket = helpers.next()?;
        Some(match dice.below(2) {
            0 => Input::Withdraw { ticket },
            _ => self.send(member, dice),
        })
    }

    fn wait(&mut self, member: MemberId, dice: &mut Dice, alone: bool) -> Input {
        self.tickets += 1;
        // Tickets are not asked for in their order.
        let ticket = Ticket(self.tickets * 7 % 1_009);
        if alone && self.model.status[member.0] == Status::Up {
            self.main[member.0] = Some(ticket);
        }
        let wait = self.some_wait(dice);
        Input::Wait {
            member,
            ticket,
            wait,
            alone,
        }
    }

    fn end(&mut self, member: MemberId, complete: bool) -> Input {
        self.main[member.0] = None;
        let why = "ended at step 3.1 lava-test-shell (JobError)".to_owned();
        let end = End { complete, why };
        Input::Ended { member, end }
    }

    fn compare(
        &mut self,
        machine: Vec<Output>,
        expected: &[Output],
        tally: &mut Tally,
    ) -> Result<(), String> {
        let mut told = Vec::new();
        for output in machine {
            match &output {
                Output::Answer { .. } => tally.answers += 1,
                Output::Hopeless { .. } => tally.hopeless += 1,
                Output::Start { .. } => tally.starts += 1,
                Output::StartHopeless { .. } => tally.lost_starts += 1,
                Output::CancelGroup { .. } => tally.cancels += 1,
            }
            if let Output::Answer { ticket, .. } | Output::Hopeless { ticket, .. } = &output {
                for main in &mut self.main {
                    main.take_if(|waits| waits == ticket);
                }
            }
            told.push(self.without_reason(output)?);
        }
        let agreed = told == expected;
        self.story.push(Told::Out(told));
        if !agreed {
            return Err(format!(
                "expected {expected:?} at the end of
{self}"
            ));
        }
        for who in self.model.waiting() {
            let words = match who {
                Who::Start(member) => self.group.start_waiting_on(MemberId(member)),
                Who::Ticket(ticket) => self.group.waiting_on(ticket),
            };
            if words.is_none_or(|words| words.is_empty()) {
                return Err(format!("{who:?} is not in words at the end of\n{self}"));
            }
        }
        if self.replayed {
            self.replay(tally)?;
        }
        Ok(())
    }

    /// The output as the model gives it, after a look at its reason.
    fn without_reason(&self, mut output: Output) -> Result<Output, String> {
        let (Output::Hopeless { reason, .. }
        | Output::StartHopeless { reason, .. }
        | Output::CancelGroup { reason, .. }) = &mut output
        else {
            return Ok(output);
        };
        let reason = std::mem::take(reason);
        let causes = [
            "ended",
            "deadlock",
            "no longer start",
            "has not started",
            "nobody is left",
            "only",
        ];
        let named = causes.iter().any(|cause| reason.contains(cause));
        let plain = reason.chars().count() <= 401 && !reason.contains(char::is_control);
        if named && plain || reason.contains("no member number") {
            return Ok(output);
        }
        Err(format!("'{reason}' is no reason at the end of\n{self}"))
    }

    /// Shows on the bus itself that whatever is still waited for can still be met.
    fn replay(&self, tally: &mut Tally) -> Result<(), String> {
        for (who, moves) in self.model.witnesses() {
            let moves =
                moves.ok_or_else(|| format!("{who:?} has no hope at the end of\n{self}"))?;
            let mut group = self.group.clone();
            let mut told = Vec::new();
            for (number, play) in moves.iter().enumerate() {
                told.extend(group.step(match play {
                    Move::Send(member, id) => Input::Send {
                        member: MemberId(*member),
                        id: IDS[*id].to_owned(),
                        data: Data::new(),
                    },
                    Move::Arrive(member, id) => Input::Wait {
                        member: MemberId(*member),
                        ticket: Ticket(1_000_000 + number as u64),
                        wait: Wait::Sync(IDS[*id].to_owned()),
                        alone: false,
                    },
                }));
            }
            tally.replays += 1;
            let met = told.iter().any(|output| match (output, who) {
                (Output::Answer { ticket, .. }, Who::Ticket(waits)) => *ticket == waits,
                (Output::Start { member }, Who::Start(waits)) => member.0 == waits,
                _ => false,
            });
            if !met {
                return Err(format!(
                    "{who:?} is not met by {moves:?}: {told:?} at the end of\n{self}"
                ));
            }
        }
        Ok(())
    }
}

/// A role that exists; sometimes one that does not.
fn role(dice: &mut Dice, roles: usize) -> String {
    let roles = if dice.one_in(16) { 4 } else { roles };
    format!("role-{}", dice.below(roles))
}
