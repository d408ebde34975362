//! An entry of `actions:`.

use std::time::Duration;

use indexmap::IndexMap;

use crate::boot::Boot;
use crate::deploy::Deploy;
use crate::finding::Span;
use crate::multinode::ProtocolCall;
use crate::test::Test;
use crate::timeout::BlockTimeout;
use crate::yaml::Spanned;

/// One entry of `actions:` with the keys that every kind of block may have.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Where the block stands.
    pub span: Span,
    /// `role`: the roles that the block is for. Empty in a single-node job.
    pub roles: Vec<Spanned<String>>,
    /// `timeout`.
    pub timeout: Option<BlockTimeout>,
    /// `timeouts`: by step name, inside this block only.
    pub timeouts: IndexMap<String, Duration>,
    /// `namespace`; default `common`.
    pub namespace: String,
    /// `connection-namespace`: use the connection of another namespace.
    pub connection_namespace: Option<String>,
    /// `protocols: lava-multinode`.
    pub protocols: Vec<ProtocolCall>,
    /// `failure_retry` or `repeat`.
    pub tries: Tries,
    /// What the block does.
    pub action: Action,
}

/// `failure_retry` and `repeat` exclude each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tries {
    /// Neither key is written.
    Once,
    /// `failure_retry`: up to `tries` times until the first success, `interval` apart.
    UntilSuccess {
        /// `failure_retry`, at least 1.
        tries: u32,
        /// `failure_retry_interval`; default 1 s.
        interval: Duration,
    },
    /// `repeat`: so many times whatever happens.
    Always(u32),
}

/// What a block does: the words of the job file.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// `deploy:`
    Deploy(Deploy),
    /// `boot:`
    Boot(Boot),
    /// `test:`
    Test(Test),
}
