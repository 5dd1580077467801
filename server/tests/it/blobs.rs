//! Attachments: the same behaviour in files and in an S3-compatible store, and nothing readable in either.

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use server::blobs::{BlobError, Blobs, Bucket, MAX_BYTES};
use server::keys::KeyRing;
use server::seal::Sealer;
use std::path::{Path, PathBuf};

/// A store under test and the directory in which its bytes end up.
struct Place {
    name: &'static str,
    blobs: Blobs,
    bytes: PathBuf,
}

/// Runs a scenario on files and on an S3-compatible service in this process.
fn in_both(scenario: impl Fn(&Place)) {
    let dir = tempfile::tempdir().unwrap();
    let sealer = KeyRing::open(&dir.path().join("keys"), &[]).unwrap().sealer();
    let files = dir.path().join("files");
    let blobs = Blobs::open(&files, sealer.clone()).unwrap();
    scenario(&Place { name: "files", blobs, bytes: files });
    let root = dir.path().join("objects");
    std::fs::create_dir_all(root.join("attachments")).unwrap();
    let endpoint = serve(&root);
    let blobs = Blobs::remote(&bucket(dir.path(), &endpoint, "right"), sealer).unwrap();
    scenario(&Place { name: "objects", blobs, bytes: root.join("attachments") });
}

fn bucket(dir: &Path, endpoint: &str, secret: &str) -> Bucket {
    let credentials = dir.join("credentials");
    std::fs::write(&credentials, format!("kaodian\n{secret}\n")).unwrap();
    Bucket {
        endpoint: endpoint.to_owned(),
        bucket: "attachments".to_owned(),
        region: "us-east-1".to_owned(),
        credentials,
        allow_http: true,
    }
}

fn serve(root: &Path) -> String {
    let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root).unwrap());
    service.set_auth(SimpleAuth::from_single("kaodian", "right"));
    let service = service.build();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let serving = async move {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        while let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let _ =
                    Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
            });
        }
    };
    // It ends with the process, as the tests' own servers do.
    std::thread::spawn(move || runtime.block_on(serving));
    endpoint
}

/// Every file below a directory.
fn files(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path());
    entries.flat_map(|p| if p.is_dir() { files(&p) } else { vec![p] }).collect()
}

fn sealer() -> (tempfile::TempDir, Sealer) {
    let dir = tempfile::tempdir().unwrap();
    let sealer = KeyRing::open(&dir.path().join("keys"), &[]).unwrap().sealer();
    (dir, sealer)
}

#[test]
fn what_was_stored_comes_back_and_the_same_content_is_stored_once() {
    in_both(|place| {
        let name = place.blobs.put(b"a portrait").unwrap();
        assert_eq!(place.blobs.put(b"a portrait").unwrap(), name, "{}", place.name);
        assert_eq!(place.blobs.load(&name).unwrap(), b"a portrait", "{}", place.name);
        let other = place.blobs.put(&vec![7; MAX_BYTES]).unwrap();
        assert_eq!(place.blobs.load(&other).unwrap().len(), MAX_BYTES, "{}", place.name);
        let stored = files(&place.bytes).into_iter().filter(|p| p.to_string_lossy().contains(&name[2..]));
        assert_eq!(stored.count(), 1, "{}", place.name);
    });
}

#[test]
fn nothing_readable_leaves_the_process() {
    in_both(|place| {
        place.blobs.put(b"the face of somebody").unwrap();
        for file in files(&place.bytes) {
            let bytes = std::fs::read(&file).unwrap();
            assert!(!bytes.windows(8).any(|w| w == b"the face"), "{}: {}", place.name, file.display());
        }
    });
}

#[test]
fn what_is_not_there_not_a_name_or_too_large_is_refused() {
    in_both(|place| {
        let missing = place.blobs.load(&"0".repeat(64));
        assert!(matches!(missing, Err(BlobError::Missing(_))), "{}: {missing:?}", place.name);
        for name in ["", "../../etc/passwd", "ABC", &"g".repeat(64)] {
            assert!(matches!(place.blobs.load(name), Err(BlobError::Name(_))), "{}: {name}", place.name);
        }
        assert!(
            matches!(place.blobs.put(&vec![0; MAX_BYTES + 1]), Err(BlobError::TooLarge)),
            "{}",
            place.name
        );
    });
}

#[test]
fn a_changed_attachment_is_refused_and_not_shown() {
    in_both(|place| {
        let name = place.blobs.put(b"a certificate").unwrap();
        for file in files(&place.bytes).into_iter().filter(|p| p.to_string_lossy().ends_with(&name[2..])) {
            let mut bytes = std::fs::read(&file).unwrap();
            *bytes.last_mut().unwrap() ^= 1;
            std::fs::write(&file, bytes).unwrap();
        }
        assert!(matches!(place.blobs.load(&name), Err(BlobError::Seal(_))), "{}", place.name);
    });
}

#[test]
fn wrong_credentials_are_an_error_that_changes_nothing() {
    let (dir, sealer) = sealer();
    let root = dir.path().join("objects");
    std::fs::create_dir_all(root.join("attachments")).unwrap();
    let endpoint = serve(&root);
    let blobs = Blobs::remote(&bucket(dir.path(), &endpoint, "wrong"), sealer.clone()).unwrap();
    assert!(matches!(blobs.put(b"x"), Err(BlobError::Store(_))));
    assert!(files(&root.join("attachments")).is_empty());
    let half = Bucket { credentials: dir.path().join("half"), ..bucket(dir.path(), &endpoint, "right") };
    std::fs::write(&half.credentials, "only-an-id\n").unwrap();
    assert!(matches!(Blobs::remote(&half, sealer), Err(BlobError::Store(_))));
}
