//! What goes in and out of the bus.

use std::sync::Arc;

/// The id that delayed members wait for. LAVA spells it with an underscore.
pub const START_ID: &str = "lava_start";

/// A member: its index in the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberId(pub usize);

/// One outstanding wait. The caller chooses it; asking again under a ticket that is still outstanding withdraws the
/// earlier wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// The `key=value` pairs of a message.
pub type Data = indexmap::IndexMap<String, String>;

/// Per sender, in group order, what it said under an id. Shared by all who are told at the same time.
pub type Said = Arc<[(MemberId, Data)]>;

/// A member as the job describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberInfo {
    /// `guest-1`
    pub name: String,
    /// `guest`
    pub role: String,
    /// Its job id: digits.
    pub job_id: String,
    /// `expect_role`: it starts when every member of that role has sent [`START_ID`].
    pub expects: Option<String>,
    /// Whether the whole group is cancelled when it ends incomplete.
    pub essential: bool,
}

/// What a member waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wait {
    /// `lava-wait`: anybody has sent the id.
    Any(String),
    /// `lava-wait-all`: every other member (of the role, if one is given) has sent the id.
    All {
        /// Message id.
        id: String,
        /// Only the members of this role.
        role: Option<String>,
    },
    /// `lava-sync`: every member of the group is in a sync of this id.
    Sync(String),
}

/// How a member ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Whether it did all it had to.
    pub complete: bool,
    /// `finished`, or `ended at step 3.1 lava-test-shell (JobError)`.
    pub why: String,
}

/// What a member does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// It says something to the group, in place of what it had said under the id.
    Send {
        /// The sender.
        member: MemberId,
        /// Message id.
        id: String,
        /// What it says.
        data: Data,
    },
    /// It waits.
    Wait {
        /// Who waits.
        member: MemberId,
        /// The name of this wait in what comes out.
        ticket: Ticket,
        /// For what.
        wait: Wait,
        /// Whether the node does nothing else while this wait lasts.
        alone: bool,
    },
    /// A wait timed out or its helper died: nobody listens to it any more.
    Withdraw {
        /// The wait.
        ticket: Ticket,
    },
    /// It ended. Its waits are withdrawn.
    Ended {
        /// Who.
        member: MemberId,
        /// How.
        end: End,
    },
}

/// What somebody must be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// A wait is met.
    Answer {
        /// The wait.
        ticket: Ticket,
        /// Everything said so far under the id; empty for a sync.
        said: Said,
    },
    /// A wait can no longer be met; its ticket is gone.
    Hopeless {
        /// The wait.
        ticket: Ticket,
        /// One sentence for the author of the test.
        reason: String,
    },
    /// A delayed member may start.
    Start {
        /// The member.
        member: MemberId,
    },
    /// The start of a delayed member can no longer come. It stays stopped whatever is sent later.
    StartHopeless {
        /// The member.
        member: MemberId,
        /// One sentence for the author of the test.
        reason: String,
    },
    /// An essential member ended incomplete. Said once per group.
    CancelGroup {
        /// That member.
        because: MemberId,
        /// One sentence for the author of the test.
        reason: String,
    },
}
