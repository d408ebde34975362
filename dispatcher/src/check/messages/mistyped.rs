//! The warnings about ids that are one slip of the pen apart. Each side gets its own, unless an error stands there.

use std::collections::BTreeSet;

use job_schema::Finding;

use super::Exchange;
use super::call::{Call, Verb, shown};
use super::program::Mention;
use super::slips::{Side, Slip};

pub(super) fn findings(exchange: &Exchange) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut told: BTreeSet<usize> = exchange.in_errors();
    let mut places = Vec::new();
    for (index, slip) in &exchange.slips {
        let call = &exchange.calls()[*index];
        let place = (&call.place, &call.id);
        // The start of a role is no place where an id is written, and the right side of a slip is not wrong.
        let right = call.verb == Verb::Start || slip.side == Side::Other;
        if !right && !told.contains(index) && !places.contains(&place) {
            places.push(place);
            findings.push(exchange.mistyped(*index, *slip));
        }
    }
    told.extend(exchange.slips.keys());
    for (index, call) in exchange.calls().iter().enumerate() {
        if !told.contains(&index) {
            findings.extend(exchange.other_host_id(index, call));
        }
    }
    findings
}

impl Exchange {
    /// Calls that errors stand at, and those of the same error with the same id.
    fn in_errors(&self) -> BTreeSet<usize> {
        let mut calls = BTreeSet::new();
        for cause in &self.causes {
            let blamed = self.blamed(cause);
            let id = |call: usize| &self.calls()[call].id;
            let same = cause.calls().iter().copied();
            calls.extend(same.filter(|call| id(*call) == id(blamed)));
        }
        calls
    }

    fn mistyped(&self, index: usize, slip: Slip) -> Finding {
        let (call, other) = (&self.calls()[index], &self.calls()[slip.other]);
        let (id, meant) = (name(call), name(other));
        let (role, partner) = (shown(&call.role), shown(&other.role));
        let why = match (call.verb, other.verb) {
            (Verb::Send, Verb::Start) => {
                format!("{role} sends it, and {partner} starts when `{meant}` comes")
            }
            (Verb::Send, _) => {
                format!("{role} sends it to nobody, and {partner} waits for `{meant}`")
            }
            (Verb::Sync, _) => format!("{role} has it where {partner} has `{meant}`"),
            _ => format!("{role} waits for it, and {partner} sends `{meant}`"),
        };
        let message = match slip.side {
            Side::This => format!("`{id}` looks like a slip of `{meant}`: {why}"),
            Side::Other | Side::Open => {
                format!("`{id}` and `{meant}` are nearly the same: {why}")
            }
        };
        let mut finding = self.warning("J066", index, message);
        self.see(&mut finding, [slip.other]);
        let help = self.suggest(&mut finding, index, slip);
        finding.help(help);
        finding
    }

    /// A wait of a deploy for another id than the boot of the role names.
    fn other_host_id(&self, index: usize, call: &Call) -> Option<Finding> {
        let id = call.id.as_deref()?;
        let own = |mention: &&Mention| mention.role == call.role;
        let mentions = || self.book.mentions.iter().filter(own);
        let named = mentions().any(|mention| mention.id == id);
        if call.verb != Verb::Wait || named || self.is_met(index) {
            return None;
        }
        let mention = mentions().find(|mention| super::alike::one_slip(id, &mention.id, true))?;
        let (id, meant) = (name(call), shown(&mention.id));
        let message = format!(
            "{} waits for `{id}`, and the `hostID` of its boot is `{meant}`",
            shown(&call.role)
        );
        let mut finding = self.warning("J066", index, message);
        finding.see(mention.span, format!("hostID: {meant}"));
        finding.help(format!("did you mean `{meant}`?"));
        Some(finding)
    }
}

fn name(call: &Call) -> String {
    shown(call.id.as_deref().unwrap_or_default())
}
