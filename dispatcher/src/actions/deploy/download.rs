//! Downloads: `download-retry`, which every deploy method has per file. Planned; this version cannot run it.
//!
//! In: what the block says of the file. Out: the steps that LAVA has for it.

use indexmap::IndexMap;
use job_schema::yaml::Value;

use crate::failure::{Class, Failure};
use crate::plan::draft::Draft;
use crate::plan::node::Context;

const LATER: &str = "files are not downloaded yet";

/// `download-retry*[http-download, download-retry… (overlays of the image), append-overlays]`. `with.key` is the file's
/// name in the block, `with.file` what the block says of it.
///
/// # Errors
/// Job: there is no URL, or nothing fetches such a one.
pub(crate) fn plan(
    with: &IndexMap<String, Value>,
    context: &Context<'_>,
) -> Result<Draft, Failure> {
    let key = match with.get("key") {
        Some(Value::Str(key)) => key,
        _ => "file",
    };
    file(key, with.get("file"), context)
}

fn file(key: &str, file: Option<&Value>, context: &Context<'_>) -> Result<Draft, Failure> {
    let wrong = |why: String| {
        Failure::new(
            Class::Job,
            format!("line {}: `{key}`: {why}", context.block.span.line),
        )
    };
    let Some(Value::Map(file)) = file else {
        return Err(wrong("there is no URL".to_owned()));
    };
    let Some(Value::Str(url)) = file.get("url") else {
        return Err(wrong("there is no URL".to_owned()));
    };
    let url = as_python_shows(url);
    let name = match url.split_once(':').map_or("", |(scheme, _)| scheme) {
        "http" | "https" => "http-download",
        "file" => "file-download",
        "scp" => "scp-download",
        "rclone" => "rclone-download",
        "downloads" => "pre-downloaded",
        other => {
            return Err(wrong(format!(
                "nothing fetches URLs of the scheme `{other}`"
            )));
        }
    };
    let fetch = Draft::not_runnable(name, LATER).blames(Class::Infrastructure);
    let mut steps = vec![fetch.from_url(&url)];
    if let Some(Value::Map(overlays)) = file.get("overlays")
        && !overlays.is_empty()
    {
        for (overlay, file_of_overlay) in overlays.iter().filter(|(name, _)| *name != "lava") {
            steps.push(self::file(
                &format!("{key}.{overlay}"),
                Some(file_of_overlay),
                context,
            )?);
        }
        if overlays.contains_key("lava") && !context.needs_overlay() {
            steps.push(Draft::not_runnable("lava-create-overlay", LATER));
        }
        steps.push(Draft::not_runnable("append-overlays", LATER));
    }
    Ok(Draft::group("download-retry", steps).retrying())
}

/// A URL as Python's `urlparse` and `geturl` show it, which LAVA prints: without blanks around it, line breaks and tabs in
/// it, an empty query or an empty fragment; the scheme in small letters.
fn as_python_shows(url: &str) -> String {
    let url: String = url
        .trim_matches(|c: char| c <= ' ')
        .chars()
        .filter(|c| !matches!(c, '\t' | '\r' | '\n'))
        .collect();
    let (url, fragment) = url.split_once('#').unwrap_or((&url, ""));
    let (url, query) = url.split_once('?').unwrap_or((url, ""));
    let mut shown = match url.split_once(':') {
        Some((scheme, rest)) => format!("{}:{rest}", scheme.to_ascii_lowercase()),
        None => url.to_owned(),
    };
    for (mark, part) in [('?', query), ('#', fragment)] {
        if !part.is_empty() {
            shown.push(mark);
            shown.push_str(part);
        }
    }
    shown
}
