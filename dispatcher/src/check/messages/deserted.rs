//! Hosts that can end before their guests.

use job_schema::{Finding, Severity};

use super::Exchange;
use super::call::shown;
use super::play::{Play, State};
use super::program::Op;

/// Guests whose host can end before them, by the index of their program.
///
/// When the pipeline of a host ends, its shells are closed, and in a lab with power control its machine is switched off;
/// guests that are still at work on it fail. So the guest is held before the last thing that it does: a host that gets to
/// its end all the same does not wait for it. A host that may do anything is not judged.
pub(super) fn deserted(play: &Play) -> Vec<usize> {
    let mut deserted = Vec::new();
    for (guest, program) in play.programs.iter().enumerate() {
        let named = program.host.as_ref();
        let host = named.and_then(|host| play.programs.iter().position(|p| p.role == *host));
        let Some(host) = host.filter(|host| !play.ops[*host].contains(&Op::Anything)) else {
            continue;
        };
        let counts = |op: &Op| !matches!(op, Op::Call(call) if play.skip.contains(call));
        let Some(last) = play.ops[guest].iter().rposition(counts) else {
            continue;
        };
        let outcome = play.run(Some((guest, last)));
        let ended = outcome.members.iter().filter(|member| member.role == host);
        if ended.into_iter().any(|member| member.state == State::Done) {
            deserted.push(guest);
        }
    }
    deserted
}

impl Exchange {
    pub(super) fn last_call(&self, role: &str) -> Option<usize> {
        self.calls().iter().rposition(|call| call.role == role)
    }

    pub(super) fn leaves(&self, guest: usize) -> Finding {
        let program = &self.programs[guest];
        let role = shown(&program.role);
        let host = program.host.clone().unwrap_or_default();
        let message = format!(
            "{} can end before its guest {role}: it waits for nothing that {role} does last",
            shown(&host)
        );
        let last = self.last_call(&program.role);
        let mut finding = match self.last_call(&host) {
            Some(call) => self.warning("J064", call, message),
            None => {
                let span = last.map(|call| self.calls()[call].place.span);
                let path = format!("protocols.lava-multinode.roles.{role}");
                Finding::new(
                    "J064",
                    Severity::Warning,
                    path,
                    span.unwrap_or_default(),
                    message,
                )
            }
        };
        self.see(&mut finding, last);
        finding.help(format!(
            "guests use the machine of their host, which may be switched off when the host ends: finish {role} with \
             `lava-send done` and {} with `lava-wait-all done {role}`",
            shown(&host)
        ));
        finding
    }
}
