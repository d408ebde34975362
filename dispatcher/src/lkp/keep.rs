//! Unpacked results put beside those of earlier runs of the same container.
//!
//! LKP numbers the runs of an atomic job in the folder it finds, and every block of a job has a folder of its own on the
//! node. So two blocks with the same job, or a block that is tried again, bring the same numbers. In goes a folder with
//! what one archive had, nothing but folders and plain files; all of it moves into the container's folder, where a run
//! whose number is taken gets the next free one.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Moves everything of `from` into `to`, and takes `from` away. `roots` are the result folders in it, relative; they come
/// back as they are called in `to`.
///
/// # Errors
/// The disk is full, or what is a file in one is a folder in the other.
pub(crate) fn keep(
    from: &Path,
    to: &Path,
    roots: BTreeSet<PathBuf>,
) -> io::Result<BTreeSet<PathBuf>> {
    let kept = roots
        .into_iter()
        .map(|root| renumber(from, to, root))
        .collect::<io::Result<_>>()?;
    merge(from, to)?;
    fs::remove_dir_all(from)?;
    Ok(kept)
}

/// Gives a result folder the first number that is free in both folders, if its own is taken.
fn renumber(from: &Path, to: &Path, root: PathBuf) -> io::Result<PathBuf> {
    if !to.join(&root).exists() {
        return Ok(root);
    }
    let free = (0_u64..)
        .map(|number| root.with_file_name(number.to_string()))
        .find(|path| !to.join(path).exists() && !from.join(path).exists())
        .ok_or_else(|| io::Error::other("no number is free"))?;
    fs::rename(from.join(&root), from.join(&free))?;
    Ok(free)
}

fn merge(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() && place.exists() {
            merge(&entry.path(), &place)?;
        } else if place.is_file() && grows(&place) {
            let mut all = fs::File::options().append(true).open(&place)?;
            io::copy(&mut fs::File::open(entry.path())?, &mut all)?;
        } else {
            fs::rename(entry.path(), &place)?;
        }
    }
    Ok(())
}

/// What has something to say of each run: the output of all, and LKP's list of runs (`paths/<date>/<date>-<user>`).
fn grows(file: &Path) -> bool {
    let inside = |name: &str| {
        file.ancestors()
            .nth(2)
            .is_some_and(|folder| folder.ends_with(name))
    };
    file.ends_with("console.log") || inside("paths")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_run_replaces_an_earlier_one() {
        let run = tempfile::tempdir().unwrap();
        let (from, to) = (run.path().join("new"), run.path().join("1"));
        for (text, wanted) in [("first", "0"), ("second", "1"), ("third", "2")] {
            fs::create_dir_all(from.join("result/t/c/0")).unwrap();
            fs::write(from.join("result/t/c/0/stats.json"), text).unwrap();
            fs::write(from.join("result/t/matrix.json"), text).unwrap();
            fs::create_dir_all(from.join("paths/day")).unwrap();
            fs::write(from.join("paths/day/day-root"), format!("{text}\n")).unwrap();
            let kept = keep(&from, &to, BTreeSet::from(["result/t/c/0".into()])).unwrap();
            let root = Path::new("result/t/c").join(wanted);
            assert_eq!(kept, BTreeSet::from([root.clone()]));
            let there = fs::read_to_string(to.join(root).join("stats.json")).unwrap();
            assert_eq!(there, text);
            assert!(!from.exists());
        }
        let listed = fs::read_to_string(to.join("paths/day/day-root")).unwrap();
        assert_eq!(listed, "first\nsecond\nthird\n");
        let above = fs::read_to_string(to.join("result/t/matrix.json")).unwrap();
        assert_eq!(above, "third", "what stands for all runs is the newest");
    }
}
