//! Dependencies between the parts of the dispatcher point one way (`ARCHITECTURE.md`, rules).

use std::fs;
use std::path::{Path, PathBuf};

/// What a part may not name, whatever it does.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "failure.rs",
        &[
            "cli",
            "run_job",
            "engine",
            "actions",
            "transport",
            "bus",
            "plan",
        ],
    ),
    (
        "journal",
        &[
            "cli",
            "run_job",
            "engine",
            "actions",
            "transport",
            "bus",
            "plan",
            "results",
        ],
    ),
    (
        "results",
        &[
            "cli",
            "run_job",
            "engine",
            "actions",
            "transport",
            "bus",
            "plan",
            "console",
        ],
    ),
    (
        "store",
        &[
            "cli",
            "run_job",
            "engine",
            "actions",
            "transport",
            "bus",
            "plan",
        ],
    ),
    (
        "sandbox",
        &[
            "cli",
            "run_job",
            "engine",
            "actions",
            "transport",
            "bus",
            "plan",
            "inventory",
        ],
    ),
    (
        "inventory",
        &[
            "cli",
            "run_job",
            "engine",
            "actions",
            "transport",
            "bus",
            "plan",
        ],
    ),
    (
        "check",
        &[
            "cli",
            "run_job",
            "engine",
            "transport",
            "journal",
            "results",
        ],
    ),
    (
        "transport",
        &[
            "cli", "run_job", "engine", "actions", "bus", "plan", "console", "overlay",
        ],
    ),
    (
        "fetch",
        &[
            "cli",
            "run_job",
            "engine",
            "actions",
            "transport",
            "bus",
            "plan",
        ],
    ),
    (
        "bus",
        &["cli", "run_job", "engine", "actions", "plan", "results"],
    ),
    (
        "console",
        &[
            "cli", "run_job", "engine", "actions", "plan", "bus", "results",
        ],
    ),
    (
        "plan",
        &["cli", "run_job", "transport", "bus", "journal", "results"],
    ),
    ("actions", &["cli", "run_job", "results"]),
    ("engine", &["cli", "run_job", "results"]),
    ("run_job.rs", &["cli", "results"]),
    (
        "lsp",
        &[
            "cli",
            "run_job",
            "engine",
            "actions",
            "transport",
            "bus",
            "plan",
            "results",
        ],
    ),
];

fn sources(at: &Path, found: &mut Vec<PathBuf>) {
    if at.is_file() {
        found.push(at.to_owned());
        return;
    }
    for entry in fs::read_dir(at).expect("the part is there").flatten() {
        let path = entry.path();
        if path.is_dir() || path.extension().is_some_and(|e| e == "rs") {
            sources(&path, found);
        }
    }
}

#[test]
fn dependencies_point_one_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    let mut looked_at = 0;
    for (part, forbidden) in FORBIDDEN {
        let mut files = Vec::new();
        sources(&root.join(part), &mut files);
        for file in files {
            looked_at += 1;
            let text = fs::read_to_string(&file).unwrap();
            for name in *forbidden {
                if text.contains(&format!("crate::{name}::"))
                    || text.contains(&format!("use crate::{name};"))
                {
                    wrong.push(format!(
                        "{} names {name}",
                        file.strip_prefix(&root).unwrap().display()
                    ));
                }
            }
        }
    }
    assert!(looked_at > 50, "the rules are about files that are there");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
