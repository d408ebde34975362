//! Hope by brute force: every continuation of a small group is tried.
//!
//! A continuation is a sequence of sends and of arrivals at a sync by members that are free at that moment. A member
//! that waits and does nothing else becomes free when its wait is met. Only ids that somebody waits for are played,
//! nothing else can make a difference.

use std::collections::hash_map::Entry;
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

impl Position {
    fn board(&self) -> Board {
        Board {
            free: self.free,
            sent: self.sent,
            at_sync: self.at_sync,
        }
    }
}

impl Board {
    /// Lets those whose wait is met go, and opens the next round of a sync that is met.
    fn settle(&mut self, position: &Position) {
        for (member, goal) in &position.blocked {
            if self.meets(*goal, position.everybody) {
                self.free |= 1 << member;
            }
        }
        for at_sync in &mut self.at_sync {
            if *at_sync == position.everybody {
                *at_sync = 0;
            }
        }
    }

    fn meets(&self, goal: Goal, everybody: Mask) -> bool {
        match goal {
            Goal::Any(id) => self.sent[id] != 0,
            Goal::All(id, of) => of & !self.sent[id] == 0,
            Goal::Sync(id) => self.at_sync[id] == everybody,
        }
    }
}

/// For each goal whether a continuation meets it.
pub(crate) fn hopes(position: &Position) -> Vec<bool> {
    let mut met = vec![false; position.goals.len()];
    let mut seen = HashSet::from([position.board()]);
    let mut todo = vec![position.board()];
    let moves = moves(position);
    while let Some(board) = todo.pop()
        && !met.iter().all(|met| *met)
    {
        for play in &moves {
            let Some(mut board) = played(&board, *play) else {
                continue;
            };
            for (met, goal) in met.iter_mut().zip(&position.goals) {
                *met |= board.meets(*goal, position.everybody);
            }
            board.settle(position);
            if seen.insert(board) {
                todo.push(board);
            }
        }
    }
    met
}

/// Moves that meet the goal, if there are any.
pub(crate) fn continuation(position: &Position, goal: Goal) -> Option<Vec<Move>> {
    let mut from: HashMap<Board, Option<(Board, Move)>> = HashMap::from([(position.board(), None)]);
    let mut todo = vec![position.board()];
    let moves = moves(position);
    while let Some(before) = todo.pop() {
        for play in &moves {
            let Some(mut board) = played(&before, *play) else {
                continue;
            };
            if board.meets(goal, position.everybody) {
                let mut path = vec![*play];
                let mut last = &before;
                while let Some(Some((before, play))) = from.get(last) {
                    path.push(*play);
                    last = before;
                }
                path.reverse();
                return Some(path);
            }
            board.settle(position);
            if let Entry::Vacant(entry) = from.entry(board) {
                entry.insert(Some((before, *play)));
                todo.push(board);
            }
        }
    }
    None
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
