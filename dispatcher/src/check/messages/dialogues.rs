//! The calls of interactive tests: entries of a script that talk to other roles.

use job_schema::Span;
use job_schema::multinode::Role;
use job_schema::test::interactive::{Interactive, Step};
use job_schema::yaml::Spanned;

use super::call::{Call, Place, Verb, When};
use super::roles::letters;

/// The calls of a role's dialogues, in order. `text` is the job, `path` the test block.
pub(super) fn calls(role: &Role, text: &str, path: &str, form: &Interactive) -> Vec<Call> {
    let mut calls = Vec::new();
    for (index, script) in form.interactive.iter().enumerate() {
        for (at, step) in script.script.iter().enumerate() {
            let Some((verb, words)) = call_of(step) else {
                continue;
            };
            let place = Place {
                path: format!("{path}.interactive[{index}].script[{at}].{}", verb.word()),
                span: words.span,
                file: None,
            };
            calls.push(call(role, text, verb, words, place));
        }
    }
    calls
}

/// LAVA looks for them in this order and does the first.
fn call_of(step: &Step) -> Option<(Verb, &Spanned<String>)> {
    if step.delay.is_some() {
        return None;
    }
    [
        (Verb::Send, &step.lava_send),
        (Verb::Wait, &step.lava_wait),
        (Verb::WaitAll, &step.lava_wait_all),
        (Verb::Sync, &step.lava_sync),
    ]
    .into_iter()
    .find_map(|(verb, words)| Some((verb, words.as_ref()?)))
}

/// `<id> key=value …`, or `<id> role=<role>` of `lava-wait-all`.
fn call(role: &Role, text: &str, verb: Verb, words: &Spanned<String>, place: Place) -> Call {
    let mut parts = words.split_whitespace();
    let id = parts.next().unwrap_or_default();
    let pairs: Vec<(&str, &str)> = parts.filter_map(|part| part.split_once('=')).collect();
    let of = pairs
        .iter()
        .find(|(key, _)| verb == Verb::WaitAll && *key == "role");
    let id_span = letters(text, words.span, words)
        .filter(|_| words.starts_with(id))
        .map(|span| Span {
            end: span.start + id.len(),
            ..span
        });
    // `{ip}` in an id is filled in when the script runs.
    let known = !id.is_empty() && !id.contains('{');
    let keys = pairs.iter().map(|(key, _)| (*key).to_owned()).collect();
    Call {
        role: role.name.value.clone(),
        verb,
        id: known.then(|| id.to_owned()),
        id_span,
        of: of.map(|(_, role)| (*role).to_owned()),
        keys: (verb == Verb::Send).then_some(keys),
        when: When::Always,
        place,
    }
}
