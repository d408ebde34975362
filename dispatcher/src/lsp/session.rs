//! One editor's session: what it asks, in which phase, about which document.

use std::collections::HashMap;

use lsp_server::{ErrorCode, Message, Notification, Request, Response};
use lsp_types::notification::{self, Notification as _};
use lsp_types::request::{self, Request as _};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CompletionOptions, DidChangeTextDocumentParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, HoverProviderCapability,
    InitializeParams, InitializeResult, OneOf, PublishDiagnosticsParams, RenameOptions,
    ServerCapabilities, ServerInfo, TextDocumentIdentifier, TextDocumentPositionParams,
    TextDocumentSyncCapability, TextDocumentSyncKind,
};
use serde_json::Value;

use super::document::Document;
use super::places::Encoding;
use super::requests::{self, Answer, Refusal, read, refusal, written};
use super::{Ending, diagnostics};

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
            (Phase::Running, method) => requests::answer(self, method, params),
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

    fn open(&mut self, params: DidOpenTextDocumentParams) -> Option<PublishDiagnosticsParams> {
        let opened = params.text_document;
        let key = opened.uri.as_str().to_owned();
        let document = Document::open(opened.uri, opened.version, self.encoding, opened.text);
        let published = diagnostics::published(&document);
        self.documents.insert(key, document);
        Some(published)
    }

    fn change(&mut self, params: DidChangeTextDocumentParams) -> Option<PublishDiagnosticsParams> {
        let changed = params.text_document;
        let document = self.documents.get_mut(changed.uri.as_str())?;
        document.change(changed.version, params.content_changes);
        Some(diagnostics::published(document))
    }

    fn close(&mut self, params: &DidCloseTextDocumentParams) -> Option<PublishDiagnosticsParams> {
        let document = self.documents.remove(params.text_document.uri.as_str())?;
        Some(diagnostics::cleared(document.uri))
    }

    /// The document and the byte that a request is about.
    pub(super) fn cursor(
        &self,
        at: &TextDocumentPositionParams,
    ) -> Result<(&Document, usize), Refusal> {
        let document = self.document(&at.text_document)?;
        Ok((document, document.byte(at.position)))
    }

    /// The open document that a request is about.
    pub(super) fn document(&self, which: &TextDocumentIdentifier) -> Result<&Document, Refusal> {
        let document = self.documents.get(which.uri.as_str());
        document.ok_or_else(|| refusal(ErrorCode::InvalidParams, "the document is not open"))
    }

    /// Whether the editor fills in snippets.
    pub(super) fn snippets(&self) -> bool {
        self.snippets
    }
}
