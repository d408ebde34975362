//! Hope by brute force: every continuation of a small group is tried.
//!
//! A continuation is a sequence of sends and of arrivals at a sync by members that are free at that moment. A member
//! that waits and does nothing else becomes free when its wait is met. Only ids that somebody waits for are played,
//! nothing else can make a difference.

use std::collections::{HashMap, HashSet};

/// Ids by number.
pub(crate) const IDS: usize = 3;

/// One bit per member.
pub(crate) type Mask = u8;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Goal {
    Any(usize),
    All(usize, Mask),
    Sync(usize),
}

/// What matters of a group.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Position {
    pub(crate) everybody: Mask,
    pub(crate) free: Mask,
    /// Members that wait and do nothing else, and for what.
    pub(crate) blocked: Vec<(usize, Goal)>,
    /// The goals to judge, the blocked ones among them.
    pub(crate) goals: Vec<Goal>,
    pub(crate) sent: [Mask; IDS],
    pub(crate) at_sync: [Mask; IDS],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Move {
    Send(usize, usize),
    Arrive(usize, usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Board {
    free: Mask,
    sent: [Mask; IDS],
    at_sync: [Mask; IDS],
}

impl Board {
    fn meets(&self, goal: Goal, everybody: Mask) -> bool {
        match goal {
            Goal::Any(id) => self.sent[id] != 0,
            Goal::All(id, of) => of & !self.sent[id] == 0,
            Goal::Sync(id) => self.at_sync[id] == everybody,
        }
    }
}

/// For each goal the moves that meet it, or `None` where no continuation does.
pub(crate) fn continuations(position: &Position) -> Vec<Option<Vec<Move>>> {
    let mut found: Vec<Option<Vec<Move>>> = vec![None; position.goals.len()];
    let first = Board {
        free: position.free,
        sent: position.sent,
        at_sync: position.at_sync,
    };
    let moves = moves(position);
    let mut seen = HashSet::from([first]);
    let mut from: HashMap<Board, (Board, Move)> = HashMap::new();
    let mut todo = vec![first];
    while let Some(board) = todo.pop() {
        for play in &moves {
            let Some(next) = played(&board, *play) else {
                continue;
            };
            let mut settled = next;
            for (found, goal) in found.iter_mut().zip(&position.goals) {
                if found.is_none() && next.meets(*goal, position.everybody) {
                    let mut path = vec![*play];
                    let mut at = board;
                    while let Some((before, play)) = from.get(&at) {
                        path.push(*play);
                        at = *before;
                    }
                    path.reverse();
                    *found = Some(path);
                }
            }
            for (member, goal) in &position.blocked {
                if next.meets(*goal, position.everybody) {
                    settled.free |= 1 << member;
                }
            }
            for at_sync in &mut settled.at_sync {
                if *at_sync == position.everybody {
                    *at_sync = 0;
                }
            }
            if seen.insert(settled) {
                from.insert(settled, (board, *play));
                todo.push(settled);
            }
        }
        if found.iter().all(Option::is_some) {
            break;
        }
    }
    found
}

fn moves(position: &Position) -> Vec<Move> {
    let mut moves = Vec::new();
    for member in 0..8 {
        if position.everybody & 1 << member == 0 {
            continue;
        }
        for id in 0..IDS {
            let sends = |goal: &Goal| matches!(goal, Goal::Any(of) | Goal::All(of, _) if *of == id);
            if position.goals.iter().any(sends) {
                moves.push(Move::Send(member, id));
            }
            if position.goals.contains(&Goal::Sync(id)) {
                moves.push(Move::Arrive(member, id));
            }
        }
    }
    moves
}

/// The board after the move, if its member is free to make it and it changes anything.
fn played(board: &Board, play: Move) -> Option<Board> {
    let mut next = *board;
    let (member, mask) = match play {
        Move::Send(member, id) => (member, &mut next.sent[id]),
        Move::Arrive(member, id) => (member, &mut next.at_sync[id]),
    };
    let bit = 1 << member;
    if board.free & bit == 0 || *mask & bit != 0 {
        return None;
    }
    *mask |= bit;
    Some(next)
}
