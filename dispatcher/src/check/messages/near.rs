//! Calls that belong together, and ids that nearly do.

use job_schema::{Finding, Span};

use super::call::{Call, Verb, shown};
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

    /// A call that would meet this one if one of the two ids were spelled like the other: one that meets nobody first.
    pub(super) fn near(&self, call: usize) -> Option<usize> {
        let calls = self.calls();
        let this = &calls[call];
        let id = this.id.as_deref()?;
        let other_ids = |lonely: bool| {
            let mut near: Vec<&str> = Vec::new();
            for (index, other) in calls.iter().enumerate() {
                if let Some(other_id) = other.id.as_deref()
                    && other_id != id
                    && other.role != this.role
                    && meets(this, other)
                    && !only_digits_differ(id, other_id)
                    && self.is_met(index) != lonely
                    && !near.contains(&other_id)
                {
                    near.push(other_id);
                }
            }
            job_schema::suggest::nearest(id, near.into_iter())
        };
        let near = other_ids(true).or_else(|| other_ids(false))?;
        calls.iter().position(|other| {
            other.id.as_deref() == Some(near) && other.role != this.role && meets(this, other)
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

    /// `did you mean`, with the change where it is certain. What is used more often is right.
    pub(super) fn suggest(&self, finding: &mut Finding, call: usize, near: usize) -> String {
        let calls = self.calls();
        let uses = |call: usize| calls.iter().filter(|c| c.id == calls[call].id).count();
        let (wrong, right) = if uses(call) > uses(near) {
            (near, call)
        } else {
            (call, near)
        };
        let name = |call: usize| calls[call].id.clone().unwrap_or_default();
        let (wrong_id, right_id) = (name(wrong), name(right));
        let edits: Vec<Option<Span>> = calls
            .iter()
            .filter(|call| call.id.as_deref() == Some(&wrong_id))
            .map(|call| call.id_span)
            .collect();
        let mut spans: Vec<Span> = edits.iter().flatten().copied().collect();
        spans.sort_by_key(|span| span.start);
        spans.dedup();
        if let ([span], true) = (spans.as_slice(), edits.iter().all(Option::is_some)) {
            let title = format!("rename it to `{}`", shown(&right_id));
            finding.fix(title, *span, right_id);
        }
        if wrong == call {
            format!("did you mean `{}`?", shown(&name(right)))
        } else {
            let (right, wrong) = (shown(&name(right)), shown(&name(wrong)));
            format!("`{wrong}` is written elsewhere: did you mean `{right}`?")
        }
    }
}

/// `round-1` and `round-2` are two things.
fn only_digits_differ(a: &str, b: &str) -> bool {
    let rest = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "");
    rest(a) == rest(b)
}
