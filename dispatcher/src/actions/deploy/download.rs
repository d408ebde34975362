//! Downloads: `download-retry`, which every deploy method has per file. Planned; this version cannot run it.
//!
//! In: what the block says of the file. Out: the steps that LAVA has for it.

mod url;

use indexmap::IndexMap;
use job_schema::yaml::Value;

use self::url::Url;
use super::overlay;
use crate::failure::{Class, Failure};
use crate::plan::context::Context;
use crate::plan::draft::Draft;

const LATER: &str = "files are not downloaded yet";

/// `download-retry*[http-download, download-retry… (overlays of the image), (lava-create-overlay), append-overlays]`.
/// `with.key` is the file's name in the block, `with.number` its place when there are several of that name, `with.file`
/// what the block says of it.
///
/// # Errors
/// Job: there is no URL, or nothing fetches such a one.
pub(crate) fn plan(
    with: &IndexMap<String, Value>,
    context: &Context<'_>,
) -> Result<Draft, Failure> {
    let text = |name| with.get(name).and_then(Value::as_shell_text);
    let key = text("key").unwrap_or_default() + &text("number").unwrap_or_default();
    file(&key, with.get("file"), context)
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
    let url = Url::of(url);
    let name = fetcher(&url).ok_or_else(|| {
        wrong(format!(
            "nothing fetches URLs of the scheme `{}`",
            url.scheme
        ))
    })?;
    let fetch = Draft::not_runnable(name, LATER).blames(Class::Infrastructure);
    let mut steps = vec![fetch.from_url(&url.to_string())];
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
            steps.push(overlay::create(context));
        }
        steps.push(Draft::not_runnable("append-overlays", LATER));
    }
    Ok(Draft::group("download-retry", steps).retrying())
}

/// The step that fetches a URL of this scheme.
fn fetcher(url: &Url) -> Option<&'static str> {
    Some(match &*url.scheme {
        "http" | "https" => "http-download",
        "file" => "file-download",
        "scp" => "scp-download",
        "rclone" => "rclone-download",
        "downloads" => "pre-downloaded",
        _ => return None,
    })
}

/// `download-retry*[http-download]` and its like: the steps that get a URL; `fetch` makes the one that does it, of its name.
pub(crate) fn retry(url: &str, fetch: impl FnOnce(&'static str) -> Draft) -> Draft {
    let url = Url::of(url);
    let fetch = fetch(fetcher(&url).unwrap_or("http-download"));
    Draft::group("download-retry", vec![fetch.from_url(&url.to_string())]).retrying()
}

/// The level of the step that a download is for: the retry action stands between the two.
pub(crate) fn level_of_user(level: &str) -> &str {
    let up = |level: &str| level.rfind('.');
    let retry = up(level).map_or(level, |end| &level[..end]);
    up(retry).map_or(retry, |end| &retry[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_knows_whom_it_is_for() {
        for (level, user) in [("1.1.3.5.1.1", "1.1.3.5"), ("1.2.3", "1"), ("1", "1")] {
            assert_eq!(level_of_user(level), user);
        }
    }
}
