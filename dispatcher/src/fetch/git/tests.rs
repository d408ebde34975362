use super::*;
use indexmap::IndexMap;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

/// A repository with one commit.
pub(in crate::fetch) fn repository(path: &Path) {
    let git = |args: &[&str]| {
        let done = std::process::Command::new("git")
            .args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
            .arg("-C")
            .arg(path)
            .args(args)
            .status();
        assert!(done.unwrap().success(), "git {args:?}");
    };
    std::fs::create_dir_all(path).unwrap();
    git(&["init", "--quiet"]);
    std::fs::write(path.join("test.yaml"), "x").unwrap();
    git(&["add", "."]);
    git(&["commit", "--quiet", "-m", "one"]);
}

fn what(written: &str, value: &str) -> Clone {
    let secrets = IndexMap::from([("VALUE".to_owned(), value.to_owned())]);
    Clone {
        url: Location::new(written, &secrets),
        branch: None,
        revision: None,
        shallow: true,
        history: true,
        recursive: false,
    }
}

/// Files below `folder` that have `word` in them.
fn files_with(folder: &Path, word: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, word));
        } else if String::from_utf8_lossy(&std::fs::read(&path).unwrap()).contains(word) {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn a_clone_does_not_know_the_values_of_its_url() {
    let tmp = tempfile::tempdir().unwrap();
    let source = tmp.path().join("se-cret").join("r.git");
    repository(&source);
    let path = tmp.path().to_str().unwrap();
    let whole = source.to_str().unwrap();
    let cases = [
        (format!("{path}/$VALUE/r.git"), "se-cret"),
        (format!("file://{path}/${{VALUE}}/r.git"), "se-cret"),
        ("$VALUE".to_owned(), whole),
        ("${VALUE}/.git".to_owned(), whole),
    ];
    for (index, (written, value)) in cases.iter().enumerate() {
        let clone_to = tmp.path().join(index.to_string());
        let mut what = what(written, value);
        if index == 3 {
            what.revision = Some("HEAD".to_owned());
        }
        let checkout = clone(&what, &clone_to).await.unwrap();
        assert!(checkout.folder.join("test.yaml").exists());
        assert_eq!(checkout.commit.unwrap().len(), 40);
        let config = std::fs::read_to_string(clone_to.join(".git/config")).unwrap();
        assert!(config.contains("VALUE"), "{config}");
        assert_eq!(files_with(&clone_to, "se-cret"), [] as [&Path; 0]);
    }
}

#[tokio::test]
async fn what_git_says_is_masked() {
    let tmp = tempfile::tempdir().unwrap();
    let written = format!("{}/$VALUE.git", tmp.path().display());
    let failure = clone(&what(&written, "se-cret"), &tmp.path().join("out"))
        .await
        .unwrap_err();
    assert!(failure.message.contains(&written), "{}", failure.message);
    assert!(
        failure.evidence.text.contains("[MASKED].git"),
        "{failure:?}"
    );
    assert!(!format!("{failure:?}").contains("se-cret"));
}

#[test]
fn submodules_are_found_beside_a_url_that_is_all_value() {
    let what = what("$VALUE", "/srv/git/r.git");
    let git = Git::new(&what);
    assert_eq!(git.argument, "dispatch://written/$VALUE");
    let values: Vec<&str> = git.environment.iter().map(|(_, v)| v.as_str()).collect();
    assert!(
        values
            .windows(2)
            .any(|pair| pair == ["url./srv/git/.insteadOf", "dispatch://written/"])
    );
    assert!(
        values
            .windows(2)
            .any(|pair| pair == ["url./srv/git/r.git.insteadOf", "dispatch://written/$VALUE"])
    );
}

/// Command lines of all processes that have `word` in them.
fn command_lines_with(word: &str) -> Vec<String> {
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(word))
        .collect()
}

#[tokio::test]
async fn a_password_reaches_the_server_and_no_command_line() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let written = format!("http://me:$VALUE@{}/r.git", listener.local_addr().unwrap());
    let what = what(&written, "p%40ss-w0rd");
    let tmp = tempfile::tempdir().unwrap();
    let out = tmp.path().join("out");
    let server = async {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let mut lines = BufReader::new(stream);
            loop {
                let mut head = String::new();
                while !head.ends_with("\r\n\r\n") {
                    if lines.read_line(&mut head).await.unwrap() == 0 {
                        break;
                    }
                }
                if head.is_empty() {
                    break;
                }
                if head.contains("Authorization:") {
                    assert_eq!(command_lines_with("ss-w0rd"), [] as [&str; 0]);
                    let answer =
                        "HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                    lines.write_all(answer.as_bytes()).await.unwrap();
                    return head;
                }
                assert!(!command_lines_with("remote-http").is_empty());
                let answer = "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n";
                lines.write_all(answer.as_bytes()).await.unwrap();
            }
        }
    };
    let both = async { tokio::join!(server, clone(&what, &out)) };
    let both = tokio::time::timeout(std::time::Duration::from_secs(30), both).await;
    let (head, cloned) =
        both.expect("git asks with the password, and gives up when the server fails");
    // me:p@ss-w0rd
    assert!(head.contains("Basic bWU6cEBzcy13MHJk"), "{head}");
    let failure = cloned.unwrap_err();
    assert!(!format!("{failure:?}").contains("ss-w0rd"), "{failure:?}");
}
