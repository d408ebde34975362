//! The warnings: what works, and is hardly what was meant.

use std::collections::BTreeSet;

use job_schema::{Finding, Severity};

use super::Exchange;
use super::call::{Call, Verb, When, shown};
use crate::bus::START_ID;

pub(super) fn findings(exchange: &Exchange) -> Vec<Finding> {
    let mut told: BTreeSet<usize> = BTreeSet::new();
    for cause in &exchange.causes {
        let calls = cause.calls();
        told.extend(calls);
        let near = calls.iter().filter_map(|call| exchange.near(*call));
        told.extend(near.map(|slip| slip.other));
        // Whoever sends what such a wait waits for is not to blame either.
        let ids = calls.iter().map(|call| &exchange.calls()[*call].id);
        let ids: BTreeSet<_> = ids.collect();
        let all = exchange.calls().iter().enumerate();
        told.extend(
            all.filter(|(_, call)| ids.contains(&call.id))
                .map(|(index, _)| index),
        );
    }
    // Mistyped ids are told already; what else is wrong shows when they are right.
    let slips = exchange.slips.iter();
    let slips: Vec<&Call> = slips
        .flat_map(|(call, slip)| [*call, slip.other])
        .map(|call| &exchange.calls()[call])
        .collect();
    let same = slips.iter().flat_map(|call| call.id.as_ref());
    told.extend(same.filter_map(|id| exchange.ids.get(id)).flatten());
    let mut findings: Vec<Finding> = Vec::new();
    for guest in &exchange.deserted {
        let program = &exchange.programs[*guest];
        let concerned =
            |role: &String| *role == program.role || Some(role) == program.host.as_ref();
        if slips.iter().any(|call| concerned(&call.role)) {
            continue;
        }
        findings.push(exchange.leaves(*guest));
        told.extend(exchange.last_call(&exchange.programs[*guest].role));
    }
    for (index, call) in exchange.calls().iter().enumerate() {
        if told.contains(&index) || call.id.is_none() {
            continue;
        }
        findings.extend(match call.verb {
            Verb::Send => exchange.unheard(index, call),
            Verb::Wait | Verb::WaitAll => exchange.doubtful(index, call),
            Verb::Sync | Verb::Start => None,
        });
        findings.extend(exchange.wrong_key(index, call));
    }
    findings
}

impl Exchange {
    pub(super) fn warning(&self, code: &'static str, call: usize, message: String) -> Finding {
        let place = &self.calls()[call].place;
        Finding::new(
            code,
            Severity::Warning,
            place.path.as_str(),
            place.span,
            message,
        )
    }

    /// A message that nobody waits for.
    fn unheard(&self, index: usize, call: &Call) -> Option<Finding> {
        // What is unknown may wait for anything.
        if self.is_met(index) || !self.unknown().is_empty() {
            return None;
        }
        let id = shown(call.id.as_deref()?);
        let message = format!("`{id}` is sent by {} and never awaited", shown(&call.role));
        let Some(near) = self.near(index) else {
            let mut finding = self.warning("J065", index, message);
            finding.help(if id == START_ID {
                "no role that expects this one has `request: lava-start`".to_owned()
            } else {
                format!("add `lava-wait {id}` to the role that needs it, or remove the send")
            });
            return Some(finding);
        };
        let mut finding = self.warning("J066", index, message);
        self.see(&mut finding, [near.other]);
        let help = self.suggest(&mut finding, index, near);
        finding.help(help);
        Some(finding)
    }

    /// A wait that depends on a condition: its own, or that of whoever sends.
    fn doubtful(&self, index: usize, call: &Call) -> Option<Finding> {
        let id = shown(call.id.as_deref()?);
        let senders = self.partners(index);
        if senders.is_empty() {
            if !self.unknown().is_empty() {
                return None;
            }
            let message = format!(
                "`{}` of {} is on a condition, and cannot be met: nobody sends `{id}`",
                call.words(),
                shown(&call.role)
            );
            let near = self.near(index);
            let code = if near.is_some() { "J066" } else { "J060" };
            let mut finding = self.warning(code, index, message);
            if let Some(near) = near {
                self.see(&mut finding, [near.other]);
                let help = self.suggest(&mut finding, index, near);
                finding.help(help);
            } else {
                finding.help(format!(
                    "add `lava-send {id}` to another role, or remove the wait"
                ));
            }
            return Some(finding);
        }
        let conditional = |send: &usize| self.calls()[*send].when == When::Sometimes;
        let elsewhere = self
            .unknown()
            .iter()
            .any(|unknown| call.of.as_ref().is_none_or(|of| *of == unknown.role));
        if call.when != When::Always || !senders.iter().all(conditional) || elsewhere {
            return None;
        }
        let message = format!(
            "`{}` of {} is met only when a condition holds: every `lava-send {id}` is on one",
            call.words(),
            shown(&call.role)
        );
        let mut finding = self.warning("J068", index, message);
        self.see(&mut finding, senders);
        finding.help(format!(
            "send `{id}` in every case, with what happened as data: `lava-send {id} result=fail`"
        ));
        Some(finding)
    }

    /// Data that is asked for under a key that nobody sends.
    fn wrong_key(&self, index: usize, call: &Call) -> Option<Finding> {
        let asked: Vec<String> = match call.verb {
            Verb::Wait | Verb::WaitAll => {
                let read = self.book.reads.iter().filter(|(wait, _)| *wait == index);
                let read = read.map(|(_, key)| key.clone());
                call.keys.iter().flatten().cloned().chain(read).collect()
            }
            Verb::Send | Verb::Sync | Verb::Start => return None,
        };
        let senders = self.partners(index);
        if senders.is_empty() || !self.unknown().is_empty() {
            return None;
        }
        let mut sent: Vec<&String> = Vec::new();
        for send in &senders {
            sent.extend(self.calls()[*send].keys.as_ref()?);
        }
        let wrong = asked.iter().find(|key| !sent.contains(key))?;
        // A part of a key finds the key too.
        if sent.iter().any(|key| key.contains(wrong.as_str())) && call.keys.is_none() {
            return None;
        }
        let id = shown(call.id.as_deref()?);
        let message = format!(
            "{} asks for `{}` in the message `{id}`, which is sent without it",
            shown(&call.role),
            shown(wrong)
        );
        let mut finding = self.warning("J067", index, message);
        self.see(&mut finding, senders);
        let near = job_schema::suggest::nearest(wrong, sent.iter().map(|key| key.as_str()));
        finding.help(match near {
            Some(near) => format!("did you mean `{}`?", shown(near)),
            None if sent.is_empty() => {
                format!(
                    "it is sent without data; write `lava-send {id} {}=…`",
                    shown(wrong)
                )
            }
            None => {
                let keys: Vec<String> = sent.iter().map(|key| shown(key)).collect();
                format!("it is sent with: {}", keys.join(", "))
            }
        });
        Some(finding)
    }
}
