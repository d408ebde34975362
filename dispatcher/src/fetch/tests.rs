use super::*;

fn tar_with(name: &str) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(0);
    header.set_mode(0o644);
    header.set_cksum();
    builder.append_data(&mut header, name, &[][..]).unwrap();
    builder.into_inner().unwrap()
}

fn archive(path: &Path) -> Source {
    Source::Archive(archive::Source {
        url: Location::new(&format!("file://{}", path.display()), &IndexMap::new()),
        compression: None,
        strip: 0,
    })
}

fn git(path: &Path) -> Source {
    Source::Git(git::Clone {
        url: Location::new(path.to_str().unwrap(), &IndexMap::new()),
        branch: None,
        revision: None,
        shallow: false,
        history: true,
        recursive: false,
    })
}

#[tokio::test]
async fn the_same_is_fetched_once() {
    let tmp = tempfile::tempdir().unwrap();
    let fetcher = Fetcher::new(tmp.path().join("tmp"), tmp.path().to_owned());
    let (first, second) = (tmp.path().join("1.tar"), tmp.path().join("2.tar"));
    std::fs::write(&first, tar_with("a")).unwrap();
    std::fs::write(&second, tar_with("b")).unwrap();
    let (one, same) = tokio::join!(fetcher.once(archive(&first)), fetcher.once(archive(&first)));
    let one = one.unwrap().folder;
    assert_eq!(one, same.unwrap().folder);
    let two = fetcher.once(archive(&second)).await.unwrap().folder;
    assert!(one.join("a").exists() && two.join("b").exists());
    assert_ne!(one, two);
}

#[tokio::test]
async fn a_dropped_fetch_keeps_its_folder_for_itself() {
    // On a busy machine a small archive can be unpacked before anybody looks: try until one is not.
    for _ in 0..100 {
        let tmp = tempfile::tempdir().unwrap();
        let fetcher = Fetcher::new(tmp.path().to_owned(), tmp.path().to_owned());
        let file = tmp.path().join("1.tar");
        std::fs::write(&file, tar_with("a")).unwrap();
        {
            let mut dropped = std::pin::pin!(fetcher.once(archive(&file)));
            if futures_util::poll!(&mut dropped).is_ready() {
                continue;
            }
        }
        let folder = fetcher.once(archive(&file)).await.unwrap().folder;
        assert_eq!(folder, tmp.path().join("fetched-1"));
        return;
    }
    panic!("no fetch was dropped half way");
}

#[tokio::test]
async fn infrastructure_gets_another_chance_and_a_bad_job_does_not() {
    let tmp = tempfile::tempdir().unwrap();
    let fetcher = Fetcher::new(tmp.path().join("tmp"), tmp.path().to_owned());
    let repository = tmp.path().join("later");
    let failure = fetcher.once(git(&repository)).await.unwrap_err();
    assert_eq!(failure.class, Class::Infrastructure);
    super::git::tests::repository(&repository);
    fetcher.once(git(&repository)).await.unwrap();

    let file = tmp.path().join("bad.tar");
    let failure = fetcher.once(archive(&file)).await.unwrap_err();
    assert_eq!(failure.class, Class::Job);
    std::fs::write(&file, tar_with("a")).unwrap();
    fetcher.once(archive(&file)).await.unwrap_err();
}
