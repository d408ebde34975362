use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use super::super::hub::Hub;
use super::super::member::tests::members;
use super::super::part::PartEnd;
use super::*;

fn hub() -> Arc<Hub> {
    let members = members(&["server:host", "client:guest"]);
    Hub::with_patience("net", members, Duration::from_millis(1)).unwrap()
}

/// What the guest gets for these bytes: status and body.
async fn raw(hub: &Hub, request: &[u8]) -> (u16, String) {
    let (mut near, far) = duplex(64 * 1024);
    let ask = async {
        near.write_all(request).await.unwrap();
        let mut answer = String::new();
        near.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let (answer, ()) = tokio::join!(ask, serve(far, hub, 1));
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    (status, body.to_owned())
}

async fn get(hub: &Hub, path: &str) -> (u16, String) {
    // As GNU wget writes it.
    let request = format!(
        "GET {path} HTTP/1.1\r\nUser-Agent: Wget/1.21.3\r\nAccept: */*\r\nAccept-Encoding: identity\r\n\
         Host: 127.0.0.1:4711\r\nConnection: Keep-Alive\r\n\r\n"
    );
    raw(hub, request.as_bytes()).await
}

async fn state(hub: &Hub, state: &str) -> (u16, String) {
    get(hub, &format!("{PATH}?cluster=net&node=guest&state={state}")).await
}

fn ok(body: &str) -> (u16, String) {
    (200, body.to_owned())
}

#[tokio::test]
async fn the_words_that_lkp_expects() {
    let hub = hub();
    let guest = hub.begin(1, "a", 1);
    let host = hub.begin(0, "a", 1);
    let write = "write_state&node_roles=client&ip=192.168.0.1&direct_macs=&direct_ips=";
    assert_eq!(state(&hub, write).await, ok("ok\n"));
    assert_eq!(state(&hub, "wait_ready").await, ok("retry\n"));
    hub.say(0, super::super::exchange::Saying::WriteState);
    assert_eq!(state(&hub, "wait_ready").await, ok("ready\n"));
    assert_eq!(
        state(&hub, "roles_ip").await,
        ok("server=10.0.0.1\nclient=10.0.0.2\n")
    );
    assert_eq!(state(&hub, "finished").await, ok("ok\n"));
    assert_eq!(state(&hub, "wait_finish").await, ok("finish\n"));
    assert_eq!(state(&hub, "abort").await, ok("ok\n"));
    assert_eq!(state(&hub, "wait_finish").await, ok("abort\n"));
    assert_eq!(guest.end(PartEnd::Over), None);
    assert!(host.end(PartEnd::Over).unwrap().starts_with("guest: "));
}

#[tokio::test]
async fn what_makes_no_sense_is_said() {
    let hub = hub();
    let (status, words) = state(&hub, "failed").await;
    assert_eq!(
        (status, &*words),
        (400, "guest runs no case of this cluster now\n")
    );
    let part = hub.begin(1, "a", 1);
    let (status, words) = get(&hub, &format!("{PATH}?cluster=other&node=guest")).await;
    let expected = "`cluster` is `other` and must be `net` on this node";
    assert_eq!((status, words.trim_end()), (400, expected));
    let (status, words) = state(&hub, "dance").await;
    assert_eq!(status, 400);
    assert!(words.starts_with("unknown state `dance`"), "{words}");
    let said = format!("LKP's request was not understood: {expected}");
    assert_eq!(part.end(PartEnd::Over), Some(said));
}

#[tokio::test]
async fn other_requests() {
    let hub = hub();
    assert_eq!(get(&hub, "/").await.0, 404);
    assert_eq!(
        get(&hub, "/~lkp/cgi-bin/lkp-jobfile-append-var?x").await.0,
        404
    );
    let post = format!("POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(raw(&hub, post.as_bytes()).await.0, 405);
    assert_eq!(raw(&hub, b"\x16\x03\x01 hello\r\n\r\n").await.0, 400);
    let long = format!("GET {PATH}?{} HTTP/1.1\r\n\r\n", "x".repeat(40_000));
    let (status, _) = raw(&hub, long.as_bytes()).await;
    assert!((400..500).contains(&status), "{status}");
}

#[tokio::test]
async fn a_client_that_goes_away_waits_no_more() {
    let members = members(&["server:host", "client:guest"]);
    let hub = Hub::new("net", members).unwrap();
    let _part = hub.begin(1, "a", 1);
    let (mut near, far) = duplex(1024);
    let request =
        format!("GET {PATH}?cluster=net&node=guest&state=wait_ready HTTP/1.1\r\nHost: x\r\n\r\n");
    let leave = async move {
        near.write_all(request.as_bytes()).await.unwrap();
        drop(near);
    };
    // Ends long before the wait would.
    tokio::join!(leave, serve(far, &hub, 1));
}
