//! The journal: the one truth about a run.
//!
//! [`event`] is what can be said, [`writer`] says it, [`reader`] hears it again, [`watch`] waits for more. Beside the
//! journal stand the raw bytes of each console ([`console_log`]). Both go through [`mask`], so no sink can forget a secret.

pub mod console_log;
pub mod console_read;
pub mod event;
pub mod mask;
pub mod reader;
pub mod watch;
pub mod writer;
