//! LKP's own cluster jobs: the answers to `lkp-cluster-sync`, which LKP's job scripts ask for over HTTP and which no
//! published LKP server gives.
//!
//! In: the nodes of a cluster with their parts and addresses, which of LKP's jobs ("case") each of them runs now, and
//! the requests that come from a node through an SSH remote forward. Out: LKP's words. What a node says of itself (its
//! name, address, roles) decides nothing: who asks is known from the connection, all else from [`Member`].
//!
//! ```text
//! lkp run on a node ──HTTP to 127.0.0.1:PORT──▶ its sshd ──forwarded channel──▶ Endpoint ──▶ Hub ──▶ exchange
//! ```
//!
//! # Order of calls of a case
//! `finished` of a server (its daemon is up), `write_state` and `wait_ready` of everybody, `roles_ip`, the tests,
//! `finished` of each client, `wait_finish` of the servers. `failed` and `abort` of anybody, and the end of anybody who
//! still had a part, are answered `abort` to all others, waiting or asking later. A wait that nobody can answer yet is
//! answered `retry` after 14 minutes; LKP asks again, up to 100 times.
//!
//! # What an LKP action does with it
//! One [`Hub`] for each block of the job file that several nodes run together (the blocks of a run with the same
//! `lkp: name`), made before any of them runs:
//!
//! ```text
//! let hub = Hub::new("lkp-net", members)?;                                    // once, for the cluster
//! let endpoint = Endpoint::open(&link, Arc::clone(&hub), "guest-1").await?;   // on each node, for its whole block
//! for each case {                                                             // on all nodes the same, in one order
//!     let part = endpoint.begin_case("iperf-lkp-net-tcp-5s", tests);          // again for every repeat of it
//!     ... lkp-node run ... with the values below, on every node
//!     let aborted: Option<String> = part.end(PartEnd::Over);                  // or Broken("ran out of its 300 s")
//! }
//! endpoint.close("had run all its cases");   // dropping it is enough where a step failed or was cancelled
//! hub.leave("guest-1", "its SSH connection was lost");   // for a node that ends before it opens an endpoint
//! ```
//!
//! LKP needs, on the command line of `lkp split-job` or `lkp run`: `cluster` = [`Hub::name`] (with `cs-localhost` it
//! asks nobody), `node_roles` = the member's parts, `HOSTNAME` = the member's name, `LKP_SERVER` = 127.0.0.1,
//! `LKP_CGI_PORT` = [`Endpoint::port`], `LKP_USER` = `lkp`, and `NO_NETWORK` empty. Containers must share the network of
//! their node, else they do not reach its 127.0.0.1.

mod endpoint;
mod exchange;
mod http;
mod hub;
mod member;
mod part;
mod request;

pub use endpoint::Endpoint;
pub use hub::Hub;
pub use member::{ClusterError, Member, Role};
pub use part::{Part, PartEnd};
