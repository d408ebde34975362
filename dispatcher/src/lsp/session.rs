//! One editor's session: what it asks, in which phase, about which document.

use std::collections::HashMap;

use lsp_server::{ErrorCode, Message, Notification, Request, Response};
use lsp_types::notification::{self, Notification as _};
use lsp_types::request::{self, Request as _};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionOrCommand, CompletionOptions, CompletionResponse,
    DocumentSymbolResponse, GotoDefinitionResponse, Hover, HoverContents, HoverProviderCapability,
    InitializeParams, InitializeResult, MarkupContent, MarkupKind, OneOf, PrepareRenameResponse,
    PublishDiagnosticsParams, RenameOptions, ServerCapabilities, ServerInfo,
    TextDocumentIdentifier, TextDocumentPositionParams, TextDocumentSyncCapability,
    TextDocumentSyncKind, TextEdit,
};
use serde_json::Value;

use super::document::Document;
use super::places::Encoding;
use super::{Ending, actions, complete, diagnostics, hover, navigate, rename, symbols};

/// How far the session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Phase {
    /// Before `initialize`.
    #[default]
    New,
    Running,
    /// After `shutdown`: only `exit` may come.
    Down,
}

/// A session.
#[derive(Debug, Default)]
pub(super) struct Session {
    phase: Phase,
    encoding: Encoding,
    /// The editor fills in snippets.
    snippets: bool,
    /// By address.
    documents: HashMap<String, Document>,
}

/// Why a request is not answered.
struct Refusal {
    code: ErrorCode,
    message: String,
}

type Answer = Result<Value, Refusal>;

impl Session {
    /// How the session ends when `exit` comes now.
    pub(super) fn ending(&self) -> Ending {
        match self.phase {
            Phase::Down => Ending::Asked,
            Phase::New | Phase::Running => Ending::Abrupt,
        }
    }

    /// Answers a request.
    pub(super) fn request(&mut self, request: Request) -> Vec<Message> {
        let Request { id, method, params } = request;
        let answer = match (self.phase, method.as_str()) {
            (Phase::New, request::Initialize::METHOD) => {
                read::<InitializeParams>(params).and_then(|params| self.initialize(&params))
            }
            (Phase::New, _) => Err(refusal(
                ErrorCode::ServerNotInitialized,
                "say `initialize` first",
            )),
            (Phase::Running, request::Initialize::METHOD) | (Phase::Down, _) => {
                Err(refusal(ErrorCode::InvalidRequest, "not at this time"))
            }
            (Phase::Running, request::Shutdown::METHOD) => {
                self.phase = Phase::Down;
                self.documents.clear();
                Ok(Value::Null)
            }
            (Phase::Running, method) => self.answer(method, params),
        };
        let response = match answer {
            Ok(result) => Response::new_ok(id, result),
            Err(refusal) => Response::new_err(id, refusal.code as i32, refusal.message),
        };
        vec![Message::Response(response)]
    }

    /// Takes a notification; those that the server has no use for are passed over, as the protocol wants it.
    pub(super) fn notification(&mut self, notification: Notification) -> Vec<Message> {
        if self.phase != Phase::Running {
            return Vec::new();
        }
        let Notification { method, params } = notification;
        let published = match method.as_str() {
            notification::DidOpenTextDocument::METHOD => read(params).map(|p| self.open(p)),
            notification::DidChangeTextDocument::METHOD => read(params).map(|p| self.change(p)),
            notification::DidCloseTextDocument::METHOD => read(params).map(|p| self.close(&p)),
            _ => return Vec::new(),
        };
        match published {
            Ok(Some(params)) => vec![Message::Notification(Notification::new(
                notification::PublishDiagnostics::METHOD.to_owned(),
                params,
            ))],
            // There is no answer to a notification.
            Ok(None) | Err(_) => Vec::new(),
        }
    }

    fn initialize(&mut self, params: &InitializeParams) -> Answer {
        let capabilities = &params.capabilities;
        let encodings = capabilities.general.as_ref();
        let encodings = encodings.and_then(|general| general.position_encodings.as_deref());
        self.encoding = Encoding::choose(encodings.unwrap_or_default());
        self.snippets = capabilities
            .text_document
            .as_ref()
            .and_then(|text| {
                text.completion
                    .as_ref()?
                    .completion_item
                    .as_ref()?
                    .snippet_support
            })
            .unwrap_or(false);
        self.phase = Phase::Running;
        written(InitializeResult {
            capabilities: self.capabilities(),
            server_info: Some(ServerInfo {
                name: "dispatch".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        })
    }

    fn capabilities(&self) -> ServerCapabilities {
        ServerCapabilities {
            position_encoding: Some(self.encoding.kind()),
            text_document_sync: Some(TextDocumentSyncCapability::Kind(
                TextDocumentSyncKind::INCREMENTAL,
            )),
            completion_provider: Some(CompletionOptions {
                trigger_characters: Some(vec![" ".to_owned()]),
                ..CompletionOptions::default()
            }),
            hover_provider: Some(HoverProviderCapability::Simple(true)),
            definition_provider: Some(OneOf::Left(true)),
            references_provider: Some(OneOf::Left(true)),
            rename_provider: Some(OneOf::Right(RenameOptions {
                prepare_provider: Some(true),
                work_done_progress_options: Default::default(),
            })),
            code_action_provider: Some(
                CodeActionOptions {
                    code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
                    ..CodeActionOptions::default()
                }
                .into(),
            ),
            document_symbol_provider: Some(OneOf::Left(true)),
            ..ServerCapabilities::default()
        }
    }

    fn open(
        &mut self,
        params: lsp_types::DidOpenTextDocumentParams,
    ) -> Option<PublishDiagnosticsParams> {
        let opened = params.text_document;
        let key = opened.uri.as_str().to_owned();
        let document = Document::open(opened.uri, opened.version, self.encoding, opened.text);
        let published = diagnostics::published(&document);
        self.documents.insert(key, document);
        Some(published)
    }

    fn change(
        &mut self,
        params: lsp_types::DidChangeTextDocumentParams,
    ) -> Option<PublishDiagnosticsParams> {
        let changed = params.text_document;
        let document = self.documents.get_mut(changed.uri.as_str())?;
        document.change(changed.version, params.content_changes);
        Some(diagnostics::published(document))
    }

    fn close(
        &mut self,
        params: &lsp_types::DidCloseTextDocumentParams,
    ) -> Option<PublishDiagnosticsParams> {
        let document = self.documents.remove(params.text_document.uri.as_str())?;
        Some(diagnostics::cleared(document.uri))
    }

    fn answer(&self, method: &str, params: Value) -> Answer {
        match method {
            request::Completion::METHOD => {
                let params: lsp_types::CompletionParams = read(params)?;
                let (document, byte) = self.cursor(&params.text_document_position)?;
                written(CompletionResponse::Array(complete::complete(
                    document,
                    byte,
                    self.snippets,
                )))
            }
            request::HoverRequest::METHOD => {
                let params: lsp_types::HoverParams = read(params)?;
                let (document, byte) = self.cursor(&params.text_document_position_params)?;
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
                let (document, byte) = self.cursor(&params.text_document_position_params)?;
                written(GotoDefinitionResponse::Array(navigate::definition(
                    document, byte,
                )))
            }
            request::References::METHOD => {
                let params: lsp_types::ReferenceParams = read(params)?;
                let (document, byte) = self.cursor(&params.text_document_position)?;
                let with_definition = params.context.include_declaration;
                written(navigate::references(document, byte, with_definition))
            }
            request::PrepareRenameRequest::METHOD => {
                let (document, byte) = self.cursor(&read(params)?)?;
                let range = rename::target(document, byte);
                let range = range.map(|range| document.places().range(&range));
                written(range.map(PrepareRenameResponse::Range))
            }
            request::Rename::METHOD => {
                let params: lsp_types::RenameParams = read(params)?;
                let (document, byte) = self.cursor(&params.text_document_position)?;
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
                let document = self.document(&params.text_document)?;
                let places = document.places();
                let range = places.byte(params.range.start)..places.byte(params.range.end);
                let only = params.context.only.as_deref();
                let wanted = only.is_none_or(|kinds| {
                    kinds.contains(&CodeActionKind::QUICKFIX)
                        || kinds.contains(&CodeActionKind::EMPTY)
                });
                let fixes = wanted.then(|| actions::fixes(document, &range));
                let fixes = fixes.into_iter().flatten();
                let fixes: Vec<_> = fixes.map(CodeActionOrCommand::CodeAction).collect();
                written(fixes)
            }
            request::DocumentSymbolRequest::METHOD => {
                let params: lsp_types::DocumentSymbolParams = read(params)?;
                let document = self.document(&params.text_document)?;
                written(DocumentSymbolResponse::Nested(symbols::outline(document)))
            }
            other => Err(refusal(
                ErrorCode::MethodNotFound,
                &format!("there is no method `{}`", crate::text::name(other)),
            )),
        }
    }

    fn cursor(&self, at: &TextDocumentPositionParams) -> Result<(&Document, usize), Refusal> {
        let document = self.document(&at.text_document)?;
        Ok((document, document.byte(at.position)))
    }

    fn document(&self, which: &TextDocumentIdentifier) -> Result<&Document, Refusal> {
        let document = self.documents.get(which.uri.as_str());
        document.ok_or_else(|| refusal(ErrorCode::InvalidParams, "the document is not open"))
    }
}

fn read<T: serde::de::DeserializeOwned>(params: Value) -> Result<T, Refusal> {
    serde_json::from_value(params)
        .map_err(|error| refusal(ErrorCode::InvalidParams, &error.to_string()))
}

fn written(result: impl serde::Serialize) -> Answer {
    serde_json::to_value(result)
        .map_err(|error| refusal(ErrorCode::InternalError, &error.to_string()))
}

fn refusal(code: ErrorCode, message: &str) -> Refusal {
    Refusal {
        code,
        message: message.to_owned(),
    }
}
