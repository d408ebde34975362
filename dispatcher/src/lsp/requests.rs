//! The requests about a document: which feature answers each, and in what form.

use lsp_server::ErrorCode;
use lsp_types::request::{self, Request as _};
use lsp_types::{
    CodeActionKind, CodeActionOrCommand, CompletionResponse, DocumentSymbolResponse,
    GotoDefinitionResponse, Hover, HoverContents, MarkupContent, MarkupKind, PrepareRenameResponse,
    TextEdit,
};
use serde_json::Value;

use super::session::Session;
use super::{actions, complete, hover, navigate, rename, symbols};

/// Why a request is not answered.
pub(super) struct Refusal {
    pub(super) code: ErrorCode,
    pub(super) message: String,
}

/// The result of a request.
pub(super) type Answer = Result<Value, Refusal>;

/// Answers a request.
pub(super) fn answer(session: &Session, method: &str, params: Value) -> Answer {
    match method {
        request::Completion::METHOD => {
            let params: lsp_types::CompletionParams = read(params)?;
            let (document, byte) = session.cursor(&params.text_document_position)?;
            written(CompletionResponse::Array(complete::complete(
                document,
                byte,
                session.snippets(),
            )))
        }
        request::HoverRequest::METHOD => {
            let params: lsp_types::HoverParams = read(params)?;
            let (document, byte) = session.cursor(&params.text_document_position_params)?;
            written(hover::hover(document, byte).map(|(range, value)| Hover {
                contents: HoverContents::Markup(MarkupContent {
                    kind: MarkupKind::Markdown,
                    value,
                }),
                range: Some(document.places().range(&range)),
            }))
        }
        request::GotoDefinition::METHOD => {
            let params: lsp_types::GotoDefinitionParams = read(params)?;
            let (document, byte) = session.cursor(&params.text_document_position_params)?;
            written(GotoDefinitionResponse::Array(navigate::definition(
                document, byte,
            )))
        }
        request::References::METHOD => {
            let params: lsp_types::ReferenceParams = read(params)?;
            let (document, byte) = session.cursor(&params.text_document_position)?;
            let with_definition = params.context.include_declaration;
            written(navigate::references(document, byte, with_definition))
        }
        request::PrepareRenameRequest::METHOD => {
            let (document, byte) = session.cursor(&read(params)?)?;
            let range = rename::target(document, byte);
            let range = range.map(|range| document.places().range(&range));
            written(range.map(PrepareRenameResponse::Range))
        }
        request::Rename::METHOD => {
            let params: lsp_types::RenameParams = read(params)?;
            let (document, byte) = session.cursor(&params.text_document_position)?;
            let new = params.new_name;
            let ranges = rename::rename(document, byte, &new)
                .map_err(|why| refusal(ErrorCode::RequestFailed, &why))?;
            let places = document.places();
            let edits = ranges
                .iter()
                .map(|range| TextEdit::new(places.range(range), new.clone()));
            written(actions::edit(document.uri.clone(), edits.collect()))
        }
        request::CodeActionRequest::METHOD => {
            let params: lsp_types::CodeActionParams = read(params)?;
            let document = session.document(&params.text_document)?;
            let places = document.places();
            let range = places.byte(params.range.start)..places.byte(params.range.end);
            let only = params.context.only.as_deref();
            let wanted = only.is_none_or(|kinds| {
                kinds.contains(&CodeActionKind::QUICKFIX) || kinds.contains(&CodeActionKind::EMPTY)
            });
            let fixes = wanted.then(|| actions::fixes(document, &range));
            let fixes = fixes.into_iter().flatten();
            let fixes: Vec<_> = fixes.map(CodeActionOrCommand::CodeAction).collect();
            written(fixes)
        }
        request::DocumentSymbolRequest::METHOD => {
            let params: lsp_types::DocumentSymbolParams = read(params)?;
            let document = session.document(&params.text_document)?;
            written(DocumentSymbolResponse::Nested(symbols::outline(document)))
        }
        other => Err(refusal(
            ErrorCode::MethodNotFound,
            &format!("there is no method `{}`", crate::text::name(other)),
        )),
    }
}

/// Parameters of the wanted form.
pub(super) fn read<T: serde::de::DeserializeOwned>(params: Value) -> Result<T, Refusal> {
    serde_json::from_value(params)
        .map_err(|error| refusal(ErrorCode::InvalidParams, &error.to_string()))
}

/// A result as it is sent.
pub(super) fn written(result: impl serde::Serialize) -> Answer {
    serde_json::to_value(result)
        .map_err(|error| refusal(ErrorCode::InternalError, &error.to_string()))
}

/// No, and why.
pub(super) fn refusal(code: ErrorCode, message: &str) -> Refusal {
    Refusal {
        code,
        message: message.to_owned(),
    }
}
