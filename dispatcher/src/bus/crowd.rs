//! Roles, and some of a group's members counted by role.

use indexmap::IndexSet;

use super::data::{MemberId, MemberInfo};

/// A role: its index among the roles of the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RoleId(usize);

/// Who plays what.
#[derive(Debug, Clone)]
pub(super) struct Roles {
    names: IndexSet<String>,
    of: Vec<RoleId>,
}

impl Roles {
    pub(super) fn new(members: &[MemberInfo]) -> Self {
        let mut names = IndexSet::new();
        let of = members
            .iter()
            .map(|member| RoleId(names.insert_full(member.role.clone()).0))
            .collect();
        Self { names, of }
    }

    pub(super) fn find(&self, name: &str) -> Option<RoleId> {
        self.names.get_index_of(name).map(RoleId)
    }

    pub(super) fn of(&self, member: MemberId) -> RoleId {
        self.of[member.0]
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

/// Some of the members.
#[derive(Debug, Clone)]
pub(super) struct Crowd {
    inside: Vec<bool>,
    by_role: Vec<usize>,
    len: usize,
}

impl Crowd {
    /// The members that `inside` says yes to.
    pub(super) fn of(roles: &Roles, inside: impl Fn(MemberId) -> bool) -> Self {
        let inside: Vec<bool> = (0..roles.of.len())
            .map(|member| inside(MemberId(member)))
            .collect();
        let mut by_role = vec![0; roles.names.len()];
        for (role, _) in roles.of.iter().zip(&inside).filter(|(_, inside)| **inside) {
            by_role[role.0] += 1;
        }
        Self {
            len: by_role.iter().sum(),
            inside,
            by_role,
        }
    }

    pub(super) fn has(&self, member: MemberId) -> bool {
        self.inside[member.0]
    }

    /// How many there are, or how many of them play `role`.
    pub(super) fn count(&self, role: Option<RoleId>) -> usize {
        role.map_or(self.len, |role| self.by_role[role.0])
    }

    /// Whether the member was there.
    pub(super) fn remove(&mut self, member: MemberId, roles: &Roles) -> bool {
        let was = std::mem::replace(&mut self.inside[member.0], false);
        if was {
            self.by_role[roles.of(member).0] -= 1;
            self.len -= 1;
        }
        was
    }
}
