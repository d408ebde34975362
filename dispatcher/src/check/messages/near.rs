//! Calls that belong together, and ids that nearly do.

use job_schema::{Finding, Span};

use super::alike::counted;
use super::call::{Call, Verb, shown};
use super::slips::{Side, Slip};
use super::{Exchange, When};

/// Whether the two calls would meet under one id.
pub(super) fn meets(a: &Call, b: &Call) -> bool {
    match (a.verb, b.verb) {
        (Verb::Sync, Verb::Sync) => a.role != b.role,
        (Verb::Send, Verb::Wait | Verb::WaitAll | Verb::Start) => hears(b, a),
        (Verb::Wait | Verb::WaitAll | Verb::Start, Verb::Send) => hears(a, b),
        _ => false,
    }
}

fn hears(wait: &Call, send: &Call) -> bool {
    wait.of.as_ref().is_none_or(|of| *of == send.role)
}

impl Exchange {
    pub(super) fn is_met(&self, call: usize) -> bool {
        !self.partners(call).is_empty()
    }

    /// What the call was probably meant to be. Beside slips of the pen this knows ids that are less alike: it is for calls
    /// that certainly meet nobody.
    pub(super) fn near(&self, call: usize) -> Option<Slip> {
        if let Some(slip) = self.slips.get(&call) {
            return Some(*slip);
        }
        let calls = self.calls();
        let this = &calls[call];
        let id = this.id.as_deref()?;
        let would_meet = |other: &Call| other.role != this.role && meets(this, other);
        let other_ids = |lonely: bool| {
            let mut near: Vec<&str> = Vec::new();
            for (index, other) in calls.iter().enumerate() {
                if let Some(other_id) = other.id.as_deref()
                    && other_id != id
                    && would_meet(other)
                    && !counted(id, other_id)
                    && self.is_met(index) != lonely
                    && !near.contains(&other_id)
                {
                    near.push(other_id);
                }
            }
            job_schema::suggest::nearest(id, near.into_iter())
        };
        let near = other_ids(true).or_else(|| other_ids(false))?;
        let other = calls
            .iter()
            .position(|other| other.id.as_deref() == Some(near) && would_meet(other))?;
        Some(Slip {
            other,
            side: Side::Open,
        })
    }

    /// `host: lava-send ready`, with its file when it is another one.
    pub(super) fn note(&self, call: usize) -> String {
        let call = &self.calls()[call];
        let when = match call.when {
            When::Always => "",
            When::Aside => " (in the background)",
            When::Sometimes => " (on a condition)",
        };
        let file = match &call.place.file {
            Some((file, line)) => format!(" in {}:{line}", shown(file)),
            None => String::new(),
        };
        format!("{}: {}{when}{file}", shown(&call.role), call.words())
    }

    /// Shows other calls beside a finding, each place once.
    pub(super) fn see(&self, finding: &mut Finding, calls: impl IntoIterator<Item = usize>) {
        for call in calls {
            let place = &self.calls()[call].place;
            let note = self.note(call);
            let own = place.span == finding.span && place.file.is_none();
            if !own && !finding.related.contains(&(place.span, note.clone())) {
                finding.see(place.span, note);
            }
        }
    }

    /// `did you mean`, with the change where it is certain.
    pub(super) fn suggest(&self, finding: &mut Finding, call: usize, slip: Slip) -> String {
        let name = |call: usize| self.calls()[call].id.clone().unwrap_or_default();
        let (own, other) = (name(call), name(slip.other));
        if slip.side == Side::Other {
            let role = shown(&self.calls()[slip.other].role);
            let (own, other) = (shown(&own), shown(&other));
            return format!("did you mean `{own}`? {role} has `{other}`");
        }
        let help = format!("did you mean `{}`?", shown(&other));
        if let Some(span) = self.only_place(&own).filter(|_| slip.side == Side::This) {
            finding.fix(format!("rename it to `{}`", shown(&other)), span, other);
        }
        help
    }

    /// The place of an id that is written letter by letter, and once.
    fn only_place(&self, id: &str) -> Option<Span> {
        let calls = self.ids.get(id)?;
        let spans = calls.iter().map(|call| self.calls()[*call].id_span);
        let mut spans = spans.collect::<Option<Vec<Span>>>()?;
        spans.sort_by_key(|span| span.start);
        spans.dedup();
        let mentioned = self.book.mentions.iter().any(|mention| mention.id == id);
        match spans.as_slice() {
            [span] if !mentioned => Some(*span),
            _ => None,
        }
    }
}
