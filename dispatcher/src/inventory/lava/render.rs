//! Rendering as LAVA does it: Jinja2 with `trim_blocks`, the job's context as variables.

use std::error::Error as _;
use std::io;

use indexmap::IndexMap;
use job_schema::yaml::Value;
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Error, ErrorKind};

use super::filters;
use super::folder::Folders;
use super::python;
use super::scopes::rescope;

/// Instructions of a template; LAVA's largest device needs some thousands.
const FUEL: u64 = 2_000_000;
/// Bytes of a rendered device; LAVA's largest has 40 kB.
const LARGEST: usize = 4 << 20;

/// Why a device cannot be rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct RenderError {
    /// The template.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong, a sentence.
    pub message: String,
}

/// A job's context and what LAVA's scheduler adds to it: the names of the device and of its type.
#[must_use]
pub fn scheduled(
    context: &IndexMap<String, Value>,
    device: &str,
    device_type: &str,
) -> IndexMap<String, Value> {
    let mut variables = context.clone();
    for (name, value) in [
        ("scheduled_device_name", device),
        ("scheduled_device_type", device_type),
    ] {
        variables.insert(name.to_owned(), Value::Str(value.to_owned()));
    }
    variables
}

/// The device YAML of the dictionary `name` with these variables.
///
/// # Errors
/// A template is wrong, missing or takes too much; where, and why.
pub fn render(
    folders: &Folders,
    name: &str,
    variables: &IndexMap<String, Value>,
) -> Result<String, RenderError> {
    let file = format!("{name}.jinja2");
    let missing = |message| RenderError {
        file: file.clone(),
        line: 1,
        message,
    };
    let text = folders
        .read(&file)
        .map_err(missing)?
        .ok_or_else(|| missing("there is no such device dictionary".to_owned()))?;
    render_text(folders, &file, &text, variables)
}

/// The device YAML of a device type, as a device would have it that says nothing of its own.
///
/// # Errors
/// As [`render`].
pub fn render_type(
    folders: &Folders,
    device_type: &str,
    variables: &IndexMap<String, Value>,
) -> Result<String, RenderError> {
    let file = format!("{device_type}.jinja2");
    let text = format!("{{% extends '{file}' %}}");
    let shown = format!("any {device_type}");
    render_text(folders, &shown, &text, variables)
}

fn render_text(
    folders: &Folders,
    file: &str,
    text: &str,
    variables: &IndexMap<String, Value>,
) -> Result<String, RenderError> {
    let env = environment(folders).map_err(|e| place(&e, file))?;
    let mut out = Bounded(Vec::new());
    env.template_from_named_str(file, &rescope(text))
        .and_then(|template| template.render_captured_to(table(variables), &mut out))
        .map_err(|e| place(&e, file))?;
    String::from_utf8(out.0).map_err(|e| RenderError {
        file: file.to_owned(),
        line: 1,
        message: e.to_string(),
    })
}

fn environment(folders: &Folders) -> Result<Environment<'static>, Error> {
    let mut env = Environment::new();
    env.set_syntax(SyntaxConfig::builder().trim_blocks(true).build()?);
    env.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    env.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    env.set_formatter(|out, _, value| {
        out.write_str(&python::text(value))
            .map_err(|_| Error::from(ErrorKind::WriteFailure))
    });
    // Jinja2 has no such name, and LAVA's templates use it for a variable.
    env.remove_global("debug");
    env.set_fuel(Some(FUEL));
    env.set_recursion_limit(60);
    let folders = folders.clone();
    env.set_loader(move |name| {
        folders
            .read(name)
            .map(|text| text.map(|text| rescope(&text)))
            .map_err(|message| Error::new(ErrorKind::InvalidOperation, message))
    });
    filters::add(&mut env);
    Ok(env)
}

fn variable(value: &Value) -> minijinja::Value {
    match value {
        Value::Null => minijinja::Value::from(()),
        Value::Bool(it) => minijinja::Value::from(*it),
        Value::Int(it) => minijinja::Value::from(*it),
        Value::Float(it) => minijinja::Value::from(*it),
        Value::Str(it) => minijinja::Value::from(it.as_str()),
        Value::Seq(items) => items.iter().map(variable).collect(),
        Value::Map(map) => table(map),
    }
}

fn table(map: &IndexMap<String, Value>) -> minijinja::Value {
    minijinja::Value::from_pairs(map.iter().map(|(k, v)| (k.as_str(), variable(v))))
}

/// The innermost place that an error knows.
fn place(error: &Error, file: &str) -> RenderError {
    let mut innermost = error;
    let mut known = None;
    loop {
        if let (Some(name), Some(line)) = (innermost.name(), innermost.line()) {
            known = Some((name, line));
        }
        match innermost.source().and_then(|s| s.downcast_ref::<Error>()) {
            Some(source) => innermost = source,
            None => break,
        }
    }
    let (name, line) = known.unwrap_or((file, 1));
    let message = match innermost.kind() {
        ErrorKind::OutOfFuel => "the template takes too long".to_owned(),
        ErrorKind::WriteFailure => format!("the device has more than {LARGEST} bytes"),
        kind => match innermost.detail() {
            Some(detail) => format!("{kind}: {detail}"),
            None => kind.to_string(),
        },
    };
    RenderError {
        file: name.to_owned(),
        line,
        message,
    }
}

/// Takes [`LARGEST`] bytes and no more.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LARGEST {
            return Err(io::Error::other("too large"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
pub(in crate::inventory) mod tests;
