//! The language server: what an editor asks about an open job file or test definition, answered.
//!
//! In: messages of the language server protocol (3.17) from an editor. Out: its answers and diagnostics. Nothing is
//! kept but the open documents, nothing is written to disk. A message that cannot be read is told on standard error
//! and skipped; a request that cannot be answered is answered with an error.
//!
//! [`session`] is the life of a session, [`requests`] what is asked in it, [`document`] a text; [`facts`] is what a text says. Each feature has a file.

mod actions;
mod complete;
mod diagnostics;
mod document;
mod facts;
mod hover;
mod ids;
mod items;
mod limits;
mod locate;
mod navigate;
mod places;
mod rename;
mod repair;
mod requests;
mod roles;
mod session;
mod skeleton;
mod steps;
mod symbols;
mod wire;

use std::io::{self, BufRead, Write};

use lsp_server::Message;

use session::Session;
use wire::Received;

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The editor said `shutdown`, then `exit`.
    Asked,
    /// It went away without a word.
    Abrupt,
}

/// Serves one editor until it says `exit` or goes away.
///
/// # Errors
/// The editor cannot be read or written, or what it sends has no frame.
pub fn serve(mut input: impl BufRead, mut output: impl Write) -> io::Result<Ending> {
    let mut session = Session::default();
    loop {
        let replies = match wire::read(&mut input)? {
            Received::End => return Ok(Ending::Abrupt),
            Received::Unreadable(why) => {
                // There is nowhere left to tell that standard error is closed.
                let _ = writeln!(io::stderr(), "dispatch lsp: a message is skipped: {why}");
                continue;
            }
            Received::Message(Message::Request(request)) => session.request(request),
            Received::Message(Message::Notification(notification)) => {
                if notification.method == "exit" {
                    return Ok(session.ending());
                }
                session.notification(notification)
            }
            // The server asks nothing.
            Received::Message(Message::Response(_)) => continue,
        };
        for reply in replies {
            reply.write(&mut output)?;
        }
    }
}
