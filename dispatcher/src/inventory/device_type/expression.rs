//! A scalar with handlebars in it. In: variables. Out: a text, or of a scalar that is one expression, its value.
//!
//! Most expressions only name a variable. Those are looked up without handlebars, which would take longer to read all of
//! them than a plan may take as a whole.

use std::cell::Cell;
use std::sync::{Arc, Mutex, PoisonError};

use handlebars::{
    Context, Handlebars, Output, RenderContext, RenderError, RenderErrorReason, Renderable,
    Template,
};
use serde_json::Value as Json;

use super::helpers;
use super::tree::At;

/// A compiled text.
#[derive(Debug, Clone)]
pub(super) struct Expression {
    /// As written.
    pub(super) text: String,
    /// The paths that it may read, for example `power.reset`; helpers are among them.
    pub(super) reads: Vec<String>,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    /// Texts and the paths of variables; a single path is a whole expression.
    Simple(Vec<Piece>),
    /// One expression, whose value is caught.
    Whole(Arc<Template>),
    /// Anything else.
    Text(Arc<Template>),
}

#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    Path(String),
}

impl Expression {
    /// # Errors
    /// What is wrong with the text.
    pub(super) fn compile(text: &str) -> Result<Self, String> {
        let form = match pieces(text) {
            Some(pieces) => Form::Simple(pieces),
            None => template(text)?,
        };
        Ok(Self {
            text: text.to_owned(),
            reads: reads(text),
            form,
        })
    }

    /// The value of a scalar that is one expression: `null` when it yields nothing; else the text.
    ///
    /// # Errors
    /// A variable or a helper that is not there, in the words of the field.
    pub(super) fn value(&self, engine: &Engine<'_>, variables: &Context) -> Result<Json, String> {
        let found = match &self.form {
            Form::Simple(pieces) => simple(pieces, engine, variables.data()),
            Form::Whole(template) => rendered(template, engine, variables).map(|_| {
                let mut caught = engine.caught.lock().unwrap_or_else(PoisonError::into_inner);
                caught.take()
            }),
            Form::Text(template) => rendered(template, engine, variables).map(Json::String),
        };
        let spent = found.and_then(|value| engine.spend(size(&value)).map(|()| value));
        spent.map_err(|why| format!("`{}`: {why}", self.text))
    }
}

/// The pieces of a text whose expressions only name variables.
fn pieces(text: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{") {
        let (before, after) = rest.split_at(start);
        let (path, after) = after.get(2..)?.split_once("}}")?;
        let path = path.trim();
        let named = path.starts_with(|c: char| c.is_ascii_alphabetic())
            && path
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'));
        // Words and signs of handlebars are its own to read.
        if !named
            || matches!(path, "else" | "this")
            || before.ends_with('\\')
            || after.starts_with('}')
        {
            return None;
        }
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(Piece::Path(path.to_owned()));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Some(pieces)
}

fn simple(pieces: &[Piece], engine: &Engine<'_>, variables: &Json) -> Result<Json, String> {
    let find = |path: &str| {
        let found = path
            .split('.')
            .try_fold(variables, |value, key| value.get(key));
        found.ok_or_else(|| missing(path, variables))
    };
    if let [Piece::Path(path)] = pieces {
        return find(path).cloned();
    }
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(it) => text.push_str(it),
            Piece::Path(path) => text.push_str(&helpers::text(find(path)?)),
        }
        if text.len() > engine.left.get() {
            return Err(too_much());
        }
    }
    Ok(Json::String(text))
}

fn template(text: &str) -> Result<Form, String> {
    let compile = |it: &str| {
        let template = Template::compile(it);
        template
            .map(Arc::new)
            .map_err(|e| format!("`{text}`: {}", e.reason()))
    };
    let inner = text.strip_prefix("{{").and_then(|t| t.strip_suffix("}}"));
    let inner = inner.filter(|inner| !inner.contains("{{") && !inner.contains("}}"));
    match inner.map(str::trim) {
        Some(inner) => compile(&format!("{{{{{CATCH} ({inner})}}}}")).map(Form::Whole),
        None => compile(text).map(Form::Text),
    }
}

fn rendered(
    template: &Template,
    engine: &Engine<'_>,
    variables: &Context,
) -> Result<String, String> {
    let mut out = Bounded {
        text: String::new(),
        most: engine.left.get(),
    };
    let mut context = RenderContext::new(None);
    template
        .render(&engine.registry, variables, &mut context, &mut out)
        .map_err(|e| reason(&e, variables.data()))?;
    Ok(out.text)
}

/// A text that does not grow beyond what is left.
struct Bounded {
    text: String,
    most: usize,
}

impl Output for Bounded {
    fn write(&mut self, more: &str) -> std::io::Result<()> {
        if self.text.len() + more.len() > self.most {
            return Err(std::io::ErrorKind::OutOfMemory.into());
        }
        self.text.push_str(more);
        Ok(())
    }
}

/// The helper that keeps the value of a whole expression.
const CATCH: &str = "dispatch_value";

/// Bytes that all expressions of a device may make together: variables that read each other twice double with each of them.
const MOST: usize = 16 << 20;

/// What fills in the expressions of one device.
pub(super) struct Engine<'f> {
    registry: Handlebars<'static>,
    caught: Arc<Mutex<Json>>,
    /// Bytes that are left of [`MOST`].
    left: Cell<usize>,
    /// The files of the type.
    files: &'f [String],
}

impl<'f> Engine<'f> {
    pub(super) fn new(files: &'f [String]) -> Self {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        registry.register_escape_fn(handlebars::no_escape);
        helpers::register(&mut registry);
        let caught = Arc::new(Mutex::new(Json::Null));
        registry.register_helper(CATCH, Box::new(helpers::Catch(Arc::clone(&caught))));
        Self {
            registry,
            caught,
            left: Cell::new(MOST),
            files,
        }
    }

    /// `FILE:LINE`.
    pub(super) fn place(&self, at: At) -> String {
        let file = self.files.get(usize::from(at.file));
        format!("{}:{}", file.map_or("", String::as_str), at.line)
    }

    fn spend(&self, bytes: usize) -> Result<(), String> {
        let left = self.left.get().checked_sub(bytes).ok_or_else(too_much)?;
        self.left.set(left);
        Ok(())
    }
}

/// About the bytes that a value takes.
fn size(value: &Json) -> usize {
    let inside = match value {
        Json::String(text) => text.len(),
        Json::Array(items) => items.iter().map(size).sum(),
        Json::Object(map) => map.iter().map(|(key, it)| key.len() + size(it)).sum(),
        Json::Null | Json::Bool(_) | Json::Number(_) => 0,
    };
    inside + size_of::<Json>()
}

fn too_much() -> String {
    format!("with this the device is larger than {} MiB", MOST >> 20)
}

fn missing(name: &str, variables: &Json) -> String {
    let mut known = variables;
    let mut before = String::new();
    let mut near = None;
    for key in name.split('.') {
        if let Some(below) = known.get(key) {
            known = below;
            before.push_str(key);
            before.push('.');
            continue;
        }
        let keys = known.as_object().into_iter().flat_map(|map| map.keys());
        near = job_schema::suggest::nearest(key, keys.map(String::as_str));
        break;
    }
    match near {
        Some(near) => format!("there is no variable `{name}`; did you mean `{before}{near}`?"),
        None => {
            format!("there is no variable `{name}`; declare it in `variables:` of the device type")
        }
    }
}

fn reason(error: &RenderError, variables: &Json) -> String {
    match error.reason() {
        RenderErrorReason::MissingVariable(Some(name)) => missing(name, variables),
        RenderErrorReason::IOError(_) => too_much(),
        RenderErrorReason::HelperNotFound(name) => format!("there is no helper `{name}`"),
        RenderErrorReason::Other(why) => why.clone(),
        other => other.to_string(),
    }
}

/// The words between braces that are neither text nor numbers: variables, and helpers.
pub(crate) fn reads(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for inside in text.split("{{").skip(1) {
        let inside = inside.split("}}").next().unwrap_or_default();
        let mut quote = None;
        let mut word = String::new();
        for c in inside.chars().chain([' ']) {
            match quote {
                Some(open) if c == open => quote = None,
                Some(_) => {}
                None if c == '\'' || c == '"' => quote = Some(c),
                None if c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-') => word.push(c),
                // The name of an argument, `pick arch arm='x'`.
                None if c == '=' => word.clear(),
                None => {
                    if word.starts_with(|c: char| c.is_ascii_alphabetic()) && !found.contains(&word)
                    {
                        found.push(word.clone());
                    }
                    word.clear();
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
