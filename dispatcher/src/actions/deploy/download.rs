//! `download-retry*[http-download]` and its like: the steps of a download, by what the URL begins with.

use crate::plan::draft::Draft;

/// The steps that get a URL; `fetch` makes the one that does it, of its name.
pub(crate) fn retry(url: &str, fetch: impl FnOnce(&'static str) -> Draft) -> Draft {
    let name = match url.split("://").next().unwrap_or_default() {
        "file" => "file-download",
        "scp" => "scp-download",
        "rclone" => "rclone-download",
        "downloads" => "pre-downloaded",
        _ => "http-download",
    };
    Draft::group("download-retry", vec![fetch(name).from_url(url)]).retrying()
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
