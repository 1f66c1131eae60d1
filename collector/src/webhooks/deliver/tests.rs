//! What an attempt comes to, over real sockets.

use super::super::guard::Reach;
use super::super::receiver::{Answer, OnlyHost, Receiver, serve};
use super::*;
use tokio::net::TcpListener;
use tokio::sync::mpsc::unbounded_channel;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

fn parcel(url: &str) -> Parcel {
    let target = Target::try_from(url.to_owned()).unwrap();
    let headers = vec![("x-ttoolab-event-id", "one".to_owned())];
    Parcel { target, headers, body: "{\"a\":1}".to_owned() }
}

async fn attempt(receiver: &Receiver) -> Result<u16, AttemptError> {
    let courier = Courier::new(Guard(Reach::Public), OnlyHost(receiver.address)).unwrap();
    courier.attempt(parcel("http://hooks.example/hook?a=b")).await
}

#[tokio::test]
async fn a_request_as_the_receiver_sees_it() {
    let mut receiver = Receiver::always(204).await;
    assert_eq!(attempt(&receiver).await.unwrap(), 204);
    let received = receiver.so_far().remove(0);
    assert!(received.head.starts_with("POST /hook?a=b HTTP/1.1\r\n"), "{}", received.head);
    let headers = ["host", "content-length", "x-ttoolab-event-id"];
    let values = headers.map(|name| received.header(name).unwrap());
    assert_eq!(values, ["hooks.example", "7", "one"]);
    assert_eq!(received.body, "{\"a\":1}");
}

#[tokio::test]
async fn only_a_2xx_is_a_success() {
    for status in [200, 201, 202, 204, 299] {
        assert_eq!(attempt(&Receiver::always(status).await).await.unwrap(), status);
    }
    for status in [300, 301, 307, 400, 401, 404, 410, 429, 500, 503] {
        let outcome = attempt(&Receiver::always(status).await).await;
        assert!(matches!(outcome, Err(AttemptError::Status(s)) if s == status), "{outcome:?}");
    }
}

#[tokio::test]
async fn an_answer_is_read_to_its_bound() {
    // A body without an end: what it says at first is enough.
    let mut endless = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    endless.resize(endless.len() + 1_000_000, b'x');
    let receiver = Receiver::start(move |_| Answer::Raw(endless.clone())).await;
    assert_eq!(attempt(&receiver).await.unwrap(), 200);
    // A head without an end is no answer.
    let mut head = b"HTTP/1.1 200 OK\r\nx: ".to_vec();
    head.resize(head.len() + 1_000_000, b'x');
    let receiver = Receiver::start(move |_| Answer::Raw(head.clone())).await;
    assert!(matches!(attempt(&receiver).await, Err(AttemptError::Protocol(_))));
    let receiver = Receiver::start(|_| Answer::Raw(b"SSH-2.0-OpenSSH_9\r\n".to_vec())).await;
    assert!(matches!(attempt(&receiver).await, Err(AttemptError::Protocol(_))));
}

/// With a paused clock the runtime sets it forward as soon as everybody waits.
#[tokio::test(start_paused = true)]
async fn a_receiver_that_does_not_answer_ends_it_after_30_seconds() {
    let began = Instant::now();
    let receiver = Receiver::start(|_| Answer::Never).await;
    let outcome = attempt(&receiver).await;
    assert!(matches!(outcome, Err(AttemptError::Timeout)), "{outcome:?}");
    assert_eq!(began.elapsed().as_secs(), TIME.as_secs());
}

#[tokio::test]
async fn nobody_at_the_port() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let courier = Courier::new(Guard(Reach::Public), OnlyHost(address)).unwrap();
    let outcome = courier.attempt(parcel("http://hooks.example/")).await;
    assert!(matches!(outcome, Err(AttemptError::Connect(_))), "{outcome:?}");
}

/// A receiver that is `hooks.example` by TLS.
async fn over_tls() -> SocketAddr {
    let certificate =
        CertificateDer::from(include_bytes!("certificates/hooks.example.der").as_slice());
    let key = include_bytes!("certificates/hooks.example.key.der").as_slice();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            // A client that does not like the certificate breaks off.
            if let Ok(stream) = acceptor.accept(stream).await {
                serve(stream, Answer::Status(200), unbounded_channel().0).await;
            }
        }
    });
    address
}

#[tokio::test]
async fn tls_is_for_the_name_of_the_url_by_an_authority_that_is_trusted() {
    let address = over_tls().await;
    let mut roots = RootCertStore::empty();
    roots.add(include_bytes!("certificates/authority.der").as_slice().into()).unwrap();
    let guard = Guard(Reach::Public);
    let courier = Courier::trusting(roots, guard, OnlyHost(address)).unwrap();
    assert_eq!(courier.attempt(parcel("https://hooks.example/")).await.unwrap(), 200);
    let other = courier.attempt(parcel("https://other.example/")).await;
    assert!(matches!(other, Err(AttemptError::Tls(_))), "{other:?}");
    let stranger = Courier::new(guard, OnlyHost(address)).unwrap();
    let outcome = stranger.attempt(parcel("https://hooks.example/")).await;
    assert!(matches!(outcome, Err(AttemptError::Tls(_))), "{outcome:?}");
}
