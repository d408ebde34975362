//! `$word` in `set`: a message on the bus must bring it.
//!
//! What an earlier block of the role has learned is known later, so calls of all blocks up to this one count, in every
//! namespace.

use std::collections::BTreeSet;

use crate::check::messages::verb;
use crate::check::outline::{Block, Outline};
use crate::finding::Span;
use crate::read::{Report, nearest, one_of};
use crate::suggest::slip;
use crate::test::lkp::SetValue;
use crate::yaml::Node;

type Words<'a> = BTreeSet<&'a str>;

pub(super) fn check(
    job: &Outline<'_>,
    block: &Block<'_>,
    lkp: &Node,
    path: &str,
    report: &mut Report,
) {
    let entries = lkp.get("set").and_then(Node::as_map).unwrap_or_default();
    let mut brought: Option<Brought<'_>> = None;
    for entry in entries {
        let path = || format!("{path}.set.{}", entry.key.key_text());
        let word = |node: &Node| node.as_str().and_then(SetValue::word).map(str::to_owned);
        for item in entry.value.as_seq().unwrap_or_default() {
            if let Some(word) = word(item) {
                let message = format!("`${word}` is not filled in: it stands in a list");
                report
                    .error("J071", path(), item.span, message)
                    .help(format!("write `${word}` alone, without a list around it"));
            }
        }
        let Some(word) = word(&entry.value) else {
            continue;
        };
        let brought = brought.get_or_insert_with(|| Brought::new(job, block));
        if brought.known && !brought.words.contains(word.as_str()) {
            nothing_brings(&word, entry.value.span, path(), brought, report);
        }
    }
}

/// What messages bring to a block.
struct Brought<'a> {
    /// Something can be said about it.
    known: bool,
    /// To every role of the block.
    words: Words<'a>,
    /// To each role of the block.
    by_role: Vec<(&'a str, Words<'a>)>,
}

impl<'a> Brought<'a> {
    fn new(job: &Outline<'a>, block: &Block<'a>) -> Self {
        let by_role: Vec<(&str, Words<'_>)> = block
            .roles
            .iter()
            .map(|role| (role.text, words(job, block, role.text)))
            .collect();
        let mut words = by_role
            .first()
            .map_or_else(Words::new, |(_, words)| words.clone());
        words.retain(|word| by_role.iter().all(|(_, words)| words.contains(word)));
        Self {
            // A block without a role in a job of roles is told already.
            known: job.whole && (job.is_single() || !by_role.is_empty()),
            words,
            by_role,
        }
    }
}

/// What calls of a role bring, up to the end of a block.
fn words<'a>(job: &Outline<'a>, block: &Block<'a>, role: &str) -> Words<'a> {
    let mut words = Words::new();
    for other in job.blocks.iter().filter(|other| other.has_role(role)) {
        let waits = |call: &&Node| matches!(verb(call), Some("wait" | "wait-all"));
        for call in other.calls().iter().filter(waits) {
            let picked = call.get("message").and_then(Node::as_map);
            let picked = picked.unwrap_or_default().iter().filter(|entry| {
                let text = entry.value.as_str();
                text.is_some_and(|text| text.starts_with('$'))
            });
            words.extend(picked.filter_map(|entry| entry.key.as_str()));
        }
        if std::ptr::eq(other, block) {
            break;
        }
    }
    words
}

fn nothing_brings(
    word: &str,
    span: Span,
    path: String,
    brought: &Brought<'_>,
    report: &mut Report,
) {
    let by_role = brought.by_role.iter();
    let role = by_role.clone().find(|(_, words)| !words.contains(word));
    let message = match role {
        Some((role, _)) => {
            let role = role.escape_debug();
            format!("nothing fills in `${word}`: no message brings `{word}` to the role `{role}`")
        }
        None => format!(
            "nothing fills in `${word}`: only messages do, and a job without roles has none"
        ),
    };
    let finding = report.error("J071", path, span, message);
    let known = || brought.words.iter().copied();
    if role.is_none() {
        finding.help("write the value itself");
    } else if let Some(near) = nearest(word, known()) {
        finding.help(format!("did you mean `${near}`?"));
        if slip(word, known()) == Some(near) {
            finding.fix(format!("write `${near}`"), span, format!("${near}"));
        }
    } else if brought.words.is_empty() {
        finding.help(format!(
            "hang a call on a step of the block, under `protocols: lava-multinode`: \
             `{{action: lkp-run, request: lava-wait, messageID: …, message: {{{word}: ${word}}}}}`"
        ));
    } else {
        let words: Vec<String> = known()
            .map(|word| format!("${}", word.escape_debug()))
            .collect();
        finding.help(format!("messages bring {}", one_of(&words)));
    }
}
