//! The bus: how the members of a group talk (`lava-send`, `lava-wait`, `lava-wait-all`, `lava-sync`, the delayed start).
//!
//! [`Group`] is a pure state machine. What the members do comes in as [`Input`], what they must be told goes out as
//! [`Output`]; time, sockets and processes are its caller's. Nothing can go wrong inside: an input that makes no sense
//! is answered as [`Output::Hopeless`] or ignored.
//!
//! No wait outlives its hope: after every input the group knows which waits can still be met ([`hope`]), and says of the
//! others why not ([`explain`]).

pub mod cluster;
pub mod hub;
pub mod relay;

mod crowd;
mod data;
mod explain;
mod hope;
mod machine;
mod waits;
mod words;

pub use data::{Data, End, Input, MemberId, MemberInfo, Output, START_ID, Said, Ticket, Wait};
pub use machine::Group;
