//! Jobs that are made up: what their roles say to each other, in an order that cannot get stuck.

use super::dice::Dice;

/// What a role does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verb {
    Send,
    Wait,
    /// From the members of a role.
    WaitAll(String),
    Sync,
}

/// How a call is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Straight,
    AfterOthers,
    TestCase,
    Variable,
    Function,
    Branches,
    ByRole,
    /// Syncs with numbers, one after the other.
    Loop,
    /// A request of the deploy action.
    Request,
}

#[derive(Debug, Clone)]
pub(super) struct Act {
    pub(super) verb: Verb,
    pub(super) id: String,
    pub(super) form: Form,
}

#[derive(Debug, Clone)]
pub(super) struct Role {
    pub(super) name: &'static str,
    pub(super) count: usize,
    pub(super) guest: bool,
    /// It begins with a script that nobody can read.
    pub(super) unknown: bool,
    pub(super) acts: Vec<Act>,
}

/// A job; the first role is the host of the guests.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) roles: Vec<Role>,
}

const NAMES: [&str; 5] = ["server", "client", "router", "monitor", "storage"];
const IDS: [&str; 10] = [
    "ready",
    "address",
    "loaded",
    "mounted",
    "measured",
    "connected",
    "prepared",
    "exported",
    "flushed",
    "summary",
];

pub(super) fn job(number: usize) -> Job {
    let mut dice = Dice::new(number as u64 + 1);
    let guests = number.is_multiple_of(2);
    let mut roles: Vec<Role> = (0..2 + number % 4)
        .map(|index| Role {
            name: NAMES[index],
            count: if index == 0 { 1 } else { 1 + dice.roll(4) },
            guest: guests && index > 0,
            unknown: number % 8 == 5 && index == 1,
            acts: Vec::new(),
        })
        .collect();
    let mut ids = IDS.to_vec();
    if guests {
        opening(&mut roles);
    }
    let rounds = 2 + dice.roll(2);
    for round in 1..=rounds {
        for role in &mut roles {
            let form = if number.is_multiple_of(3) {
                Form::Loop
            } else {
                form(&mut dice)
            };
            role.add(Verb::Sync, &format!("round{round}"), form);
        }
        if number.is_multiple_of(3) {
            continue;
        }
        exchange(&mut roles, &mut ids, &mut dice);
    }
    for _ in 0..1 + dice.roll(3) {
        exchange(&mut roles, &mut ids, &mut dice);
    }
    closing(&mut roles, &mut dice);
    Job { roles }
}

/// The host says where it is, and that guests may start.
fn opening(roles: &mut [Role]) {
    roles[0].add(Verb::Send, "ipv4", Form::Straight);
    roles[0].add(Verb::Send, "lava_start", Form::Straight);
    for guest in &mut roles[1..] {
        guest.add(Verb::Wait, "ipv4", Form::Request);
    }
}

/// The others finish, and the first role waits for them.
fn closing(roles: &mut [Role], dice: &mut Dice) {
    if dice.roll(3) == 0 {
        for role in roles {
            role.add(Verb::Sync, "everything-done", form(dice));
        }
        return;
    }
    for index in 1..roles.len() {
        let id = format!("{}-finished", roles[index].name);
        let of = roles[index].name.to_owned();
        roles[index].add(Verb::Send, &id, form(dice));
        roles[0].add(Verb::WaitAll(of), &id, form(dice));
    }
}

/// One role tells another something.
fn exchange(roles: &mut [Role], ids: &mut Vec<&str>, dice: &mut Dice) {
    if ids.is_empty() {
        return;
    }
    let id = ids.remove(dice.roll(ids.len()));
    let from = dice.roll(roles.len());
    let to = (from + 1 + dice.roll(roles.len() - 1)) % roles.len();
    let of = roles[from].name.to_owned();
    roles[from].add(Verb::Send, id, form(dice));
    let verb = if dice.roll(2) == 0 {
        Verb::Wait
    } else {
        Verb::WaitAll(of)
    };
    roles[to].add(verb, id, form(dice));
}

fn form(dice: &mut Dice) -> Form {
    dice.one_of(&[
        Form::Straight,
        Form::AfterOthers,
        Form::TestCase,
        Form::Variable,
        Form::Function,
        Form::Branches,
        Form::ByRole,
    ])
}

impl Role {
    fn add(&mut self, verb: Verb, id: &str, form: Form) {
        self.acts.push(Act {
            verb,
            id: id.to_owned(),
            form,
        });
    }
}
