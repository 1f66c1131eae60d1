//! `corpus.tsv` against a canary: with the guard nothing connects to it, without nearly all does.
//!
//! The world here has one public host. Every other address, whichever it is, leads to the canary:
//! so a wrong answer of the guard is a connection that is counted, and not one that happens to fail
//! because nobody is at 10.0.0.1 today.

use super::super::deliver::{AttemptError, Courier, Parcel};
use super::super::network::Network;
use super::super::receiver::{Answer, Receiver};
use super::super::target::Target;
use super::*;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpStream;
use url::Url;

/// The public host.
const PUBLIC: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(93, 184, 215, 14));

/// How often each URL is asked: rebinding shows from the second time on.
const ROUNDS: usize = 3;

struct Entry {
    url: &'static str,
    /// What each look-up is answered.
    answers: Vec<Vec<IpAddr>>,
    redirect: Option<(u16, &'static str)>,
}

fn corpus() -> Vec<Entry> {
    let lines = include_str!("corpus.tsv").lines();
    let lines = lines.filter(|line| !line.starts_with("# "));
    lines.map(entry).collect()
}

fn entry(line: &'static str) -> Entry {
    let [url, answers, redirect] = line.split('\t').collect::<Vec<_>>()[..] else {
        panic!("not three columns: {line}")
    };
    let addresses = |text: &str| text.split(',').map(|one| one.parse().unwrap()).collect();
    let answers = match answers {
        "-" => Vec::new(),
        some => some.split('|').map(addresses).collect(),
    };
    let redirect = redirect.split_once(' ').map(|(status, to)| (status.parse().unwrap(), to));
    Entry { url, answers, redirect }
}

/// The world around one entry.
struct World {
    answers: Vec<Vec<IpAddr>>,
    lookups: AtomicUsize,
    public: SocketAddr,
    canary: SocketAddr,
    /// Connections to the canary, from this side: none is missed that it has not accepted yet.
    reached: Arc<AtomicUsize>,
}

impl Network for World {
    async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let number = self.lookups.fetch_add(1, Ordering::Relaxed);
        let answers = self.answers.get(number).or(self.answers.last());
        answers.cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    async fn dial(&self, address: SocketAddr) -> io::Result<TcpStream> {
        if address.ip() == PUBLIC && matches!(address.port(), 80 | 443) {
            return TcpStream::connect(self.public).await;
        }
        self.reached.fetch_add(1, Ordering::Relaxed);
        TcpStream::connect(self.canary).await
    }
}

async fn world(entry: &Entry) -> (World, Receiver, Receiver) {
    let answer = match entry.redirect {
        Some((status, to)) => Answer::Raw(
            format!("HTTP/1.1 {status} x\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").into(),
        ),
        None => Answer::Status(200),
    };
    let public = Receiver::start(move |_| answer.clone()).await;
    let canary = Receiver::always(200).await;
    let world = World {
        answers: entry.answers.clone(),
        lookups: AtomicUsize::new(0),
        public: public.address,
        canary: canary.address,
        reached: Arc::default(),
    };
    (world, public, canary)
}

fn parcel(target: Target) -> Parcel {
    Parcel { target, headers: Vec::new(), body: String::new() }
}

/// What the collector does: reads the URL, asks the guard at every delivery, follows nothing.
async fn ours(entry: &Entry, reach: Reach) -> Vec<Result<u16, AttemptError>> {
    let Ok(target) = Target::try_from(entry.url.to_owned()) else { return Vec::new() };
    let (world, _public, canary) = world(entry).await;
    let reached = Arc::clone(&world.reached);
    let courier = Courier::new(Guard(reach), world).unwrap();
    let mut outcomes = Vec::new();
    for _ in 0..ROUNDS {
        outcomes.push(courier.attempt(parcel(target.clone())).await);
    }
    let counted = (reached.load(Ordering::Relaxed), canary.connections());
    assert_eq!(counted, (0, 0), "{} reached the canary", entry.url);
    outcomes
}

/// What a sender without a guard does: reads the URL as browsers do, connects to wherever it leads,
/// and follows redirects. Tells whether it reached the canary.
async fn naive(entry: &Entry) -> bool {
    let (world, _public, canary) = world(entry).await;
    let courier = Courier::new(Guard(Reach::Unguarded), world).unwrap();
    let mut next = Url::parse(entry.url).ok();
    for _ in 0..ROUNDS {
        let Some(url) = next.clone().filter(|url| matches!(url.scheme(), "http" | "https")) else {
            break;
        };
        let target = Target::unchecked(&url);
        // How it ends does not matter: a canary that speaks no TLS was reached all the same.
        let _ = courier.attempt(parcel(target)).await;
        if let Some((_, to)) = entry.redirect {
            next = url.join(to).ok();
        }
    }
    canary.connections() > 0
}

#[tokio::test]
async fn nothing_of_the_corpus_reaches_the_canary() {
    let corpus = corpus();
    let (mut refused_urls, mut refused_addresses) = (0, 0);
    for entry in &corpus {
        let outcomes = ours(entry, Reach::Public).await;
        refused_urls += usize::from(outcomes.is_empty());
        let refused = |outcome: &Result<u16, AttemptError>| {
            matches!(outcome, Err(AttemptError::ForbiddenAddress | AttemptError::ForbiddenName))
        };
        let was_refused = outcomes.iter().any(refused);
        refused_addresses += usize::from(was_refused);
        // What is neither refused as a URL nor by its address is a public host that redirects.
        assert!(outcomes.is_empty() || was_refused || entry.redirect.is_some(), "{}", entry.url);
    }
    println!(
        "{} URLs, {ROUNDS} deliveries each: {refused_urls} refused as they are written, \
         {refused_addresses} by where they lead, 0 connections to the canary",
        corpus.len()
    );
    assert!(corpus.len() >= 200 && refused_addresses >= 100);
}

/// The test above can fail: without the guard, the same URLs reach the canary.
#[tokio::test]
async fn twin_without_the_guard_is_found_by_the_canary() {
    let corpus = corpus();
    let mut reached = 0;
    for entry in &corpus {
        reached += usize::from(naive(entry).await);
    }
    println!("{reached} of {} URLs reach the canary without the guard", corpus.len());
    assert!(reached >= 200, "{reached}");
}

/// Between two look-ups a name may move; the address that was checked is the one that is dialled.
#[tokio::test]
async fn a_delivery_looks_a_name_up_once() {
    let answers = vec![vec![PUBLIC], vec![IpAddr::from([127, 0, 0, 1])]];
    let entry = Entry { url: "http://moves.example/", answers, redirect: None };
    let (world, mut public, canary) = world(&entry).await;
    let courier = Courier::new(Guard(Reach::Public), world).unwrap();
    let target = || parcel(Target::try_from(entry.url.to_owned()).unwrap());
    assert_eq!(courier.attempt(target()).await.unwrap(), 200);
    assert_eq!(courier.network.lookups.load(Ordering::Relaxed), 1);
    assert!(matches!(courier.attempt(target()).await, Err(AttemptError::ForbiddenName)));
    assert_eq!((public.so_far().len(), canary.connections()), (1, 0));
}

/// Labs may reach their own machines, and even they not the credentials of their cloud.
#[test]
fn private_addresses_are_for_who_allows_them() {
    let admits = |reach, address: &str| Guard(reach).admit(address.parse().unwrap()).is_ok();
    for address in ["127.0.0.1", "10.0.0.1", "::1", "fd00::1", "::ffff:192.168.1.1"] {
        assert!(!admits(Reach::Public, address) && admits(Reach::Private, address), "{address}");
    }
    for address in ["169.254.169.254", "fd00:ec2::254", "0.0.0.0", "fe80::1", "64:ff9b::a00:1"] {
        assert!(!admits(Reach::Private, address), "{address}");
    }
    for address in ["1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808"] {
        assert!(admits(Reach::Public, address), "{address}");
    }
}
