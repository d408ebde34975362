//! Edits that the editor can make: the fixes of findings.

use std::collections::HashMap;
use std::ops::Range;

use lsp_types::{CodeAction, CodeActionKind, TextEdit, Uri, WorkspaceEdit};

use super::diagnostics::diagnostic;
use super::document::Document;
use super::locate::bytes;

/// The fixes of findings that touch a range.
pub(super) fn fixes(document: &Document, range: &Range<usize>) -> Vec<CodeAction> {
    let places = document.places();
    let touches = |span: &Range<usize>| span.start <= range.end && range.start <= span.end;
    let findings = document.facts.findings.iter();
    findings
        .filter(|finding| touches(&bytes(finding.span)))
        .filter_map(|finding| {
            let fix = finding.fix.as_ref()?;
            let edits = fix.edits.iter();
            let edits = edits.map(|edit| TextEdit::new(places.span(edit.span), edit.text.clone()));
            Some(CodeAction {
                title: fix.title.clone(),
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: Some(vec![diagnostic(finding, &document.uri, &places)]),
                edit: Some(edit(document.uri.clone(), edits.collect())),
                is_preferred: Some(true),
                ..CodeAction::default()
            })
        })
        .collect()
}

/// Edits of one document.
#[allow(
    clippy::mutable_key_type,
    reason = "the protocol's own type; the address of a document never changes"
)]
pub(super) fn edit(uri: Uri, edits: Vec<TextEdit>) -> WorkspaceEdit {
    WorkspaceEdit::new(HashMap::from([(uri, edits)]))
}
