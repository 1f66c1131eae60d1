//! One attempt: look up, check, connect to what was checked, send, read the status.
//!
//! Straight over hyper's connection rather than an HTTP client: what the guard must be sure of, a
//! client does on its own (looking up a name again, following redirects, asking proxies of the
//! environment, taking a connection from a pool), and each has to be found and switched off. Here
//! none of it exists.

use super::guard::{Forbidden, Guard};
use super::network::Network;
use super::schedule::Ending;
use super::sign::Header;
use super::target::{Host, Scheme, Target};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::Builder;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};

/// The published limit of an attempt, from the look-up to the status.
pub(super) const TIME: Duration = Duration::from_secs(30);
/// How long one address of several may take to connect.
const CONNECT_TIME: Duration = Duration::from_secs(10);
/// How long what follows the status may take to read.
const DISCARD_TIME: Duration = Duration::from_secs(2);
/// The most addresses of a name that are tried.
const MAX_ADDRESSES: usize = 4;
/// The most bytes of an answer's head, and of its body. Nothing of it is kept; it is read so that
/// the receiver sees its answer taken.
const MAX_RESPONSE_BYTES: usize = 64 * 1024;

/// Why an attempt failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AttemptError {
    /// The URL itself names an address that may not be reached.
    #[error("the address may not be reached")]
    ForbiddenAddress,
    /// The name leads, now, to an address that may not be reached.
    #[error("the name leads to an address that may not be reached")]
    ForbiddenName,
    #[error("the name cannot be looked up")]
    Dns(#[source] std::io::Error),
    #[error("nothing takes the connection")]
    Connect(#[source] std::io::Error),
    #[error("TLS cannot be agreed on")]
    Tls(#[source] std::io::Error),
    #[error("the answer is no HTTP")]
    Protocol(#[source] hyper::Error),
    #[error("the request cannot be written")]
    Request(#[from] hyper::http::Error),
    #[error("it took longer than 30 s")]
    Timeout,
    /// Anything but a 2xx; a redirect is one, and is not followed.
    #[error("the receiver answered {0}")]
    Status(u16),
}

impl AttemptError {
    /// The word of the delivery log.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::ForbiddenAddress | Self::ForbiddenName => "forbiddenAddress",
            Self::Dns(_) => "dns",
            Self::Connect(_) => "connect",
            Self::Tls(_) => "tls",
            Self::Protocol(_) | Self::Request(_) => "protocol",
            Self::Timeout => "timeout",
            Self::Status(_) => "status",
        }
    }

    /// Whether a later attempt may do better.
    pub(crate) fn ending(&self) -> Ending {
        match self {
            // Neither depends on anything but what is configured.
            Self::ForbiddenAddress | Self::Request(_) => Ending::Hopeless,
            Self::ForbiddenName
            | Self::Dns(_)
            | Self::Connect(_)
            | Self::Tls(_)
            | Self::Protocol(_)
            | Self::Timeout
            | Self::Status(_) => Ending::Failed,
        }
    }

    /// What the receiver answered, if it did.
    pub(crate) fn status(&self) -> Option<u16> {
        if let Self::Status(status) = self { Some(*status) } else { None }
    }
}

/// Makes attempts.
pub(crate) struct Courier<N> {
    pub(crate) guard: Guard,
    pub(crate) network: N,
    tls: TlsConnector,
}

/// What one attempt sends.
pub(crate) struct Parcel {
    pub(crate) target: Target,
    pub(crate) headers: Vec<Header>,
    pub(crate) body: String,
}

impl<N: Network> Courier<N> {
    /// Over the authorities that Mozilla trusts: the same on every machine, also in an empty
    /// container. A private authority needs a proxy in front.
    pub(crate) fn new(guard: Guard, network: N) -> Result<Self, rustls::Error> {
        let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
        Self::trusting(roots, guard, network)
    }

    fn trusting(roots: RootCertStore, guard: Guard, network: N) -> Result<Self, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { guard, network, tls: TlsConnector::from(Arc::new(config)) })
    }

    /// Sends a parcel and gives the 2xx that it was answered with.
    pub(crate) async fn attempt(&self, parcel: Parcel) -> Result<u16, AttemptError> {
        let deadline = Instant::now() + TIME;
        let attempt = async {
            let addresses = self.addresses(&parcel.target).await?;
            let stream = self.connect(&addresses).await?;
            match parcel.target.scheme {
                Scheme::Http => exchange(stream, parcel).await,
                Scheme::Https => {
                    let name = server_name(&parcel.target.host)?;
                    let stream = self.tls.connect(name, stream).await.map_err(AttemptError::Tls)?;
                    exchange(stream, parcel).await
                }
            }
        };
        let status = timeout_at(deadline, attempt).await.map_err(|_| AttemptError::Timeout)??;
        if (200..300).contains(&status) { Ok(status) } else { Err(AttemptError::Status(status)) }
    }

    /// The addresses that a target leads to now, every one of them checked. One that may not be
    /// reached among others that may is somebody's trick, so it refuses them all.
    async fn addresses(&self, target: &Target) -> Result<Vec<SocketAddr>, AttemptError> {
        let (found, refusal) = match &target.host {
            Host::Address(address) => (vec![*address], AttemptError::ForbiddenAddress),
            Host::Name(name) => {
                let found = self.network.resolve(name).await.map_err(AttemptError::Dns)?;
                (found, AttemptError::ForbiddenName)
            }
        };
        let admitted = found.into_iter().map(|address| self.guard.admit(address));
        let admitted = admitted.collect::<Result<Vec<_>, Forbidden>>();
        let admitted = admitted.map_err(|Forbidden| refusal)?;
        let with_port = admitted.into_iter().map(|address| SocketAddr::new(address, target.port));
        Ok(with_port.take(MAX_ADDRESSES).collect())
    }

    async fn connect(&self, addresses: &[SocketAddr]) -> Result<TcpStream, AttemptError> {
        let mut last = std::io::Error::from(std::io::ErrorKind::NotFound);
        for address in addresses {
            match timeout(CONNECT_TIME, self.network.dial(*address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => last = error,
                Err(_) => last = std::io::ErrorKind::TimedOut.into(),
            }
        }
        Err(AttemptError::Connect(last))
    }
}

fn server_name(host: &Host) -> Result<ServerName<'static>, AttemptError> {
    match host {
        Host::Address(address) => Ok(ServerName::from(*address)),
        Host::Name(name) => ServerName::try_from(name.clone()).map_err(|error| {
            AttemptError::Tls(std::io::Error::new(std::io::ErrorKind::InvalidInput, error))
        }),
    }
}

/// Sends the request and gives the status of its answer.
async fn exchange<S>(stream: S, parcel: Parcel) -> Result<u16, AttemptError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let request = request(parcel)?;
    let mut http = Builder::new();
    http.max_buf_size(MAX_RESPONSE_BYTES);
    let (mut sender, connection) =
        http.handshake(TokioIo::new(stream)).await.map_err(AttemptError::Protocol)?;
    let mut connection = pin!(connection);
    let mut asking = pin!(async {
        let answer = sender.send_request(request).await.map_err(AttemptError::Protocol)?;
        let status = answer.status().as_u16();
        // The receiver has spoken: how the rest comes changes nothing.
        let _ = timeout(DISCARD_TIME, discard(answer)).await;
        Ok(status)
    });
    // The connection only moves when it is polled, and may end before its answer is taken.
    tokio::select! {
        biased;
        answer = &mut asking => answer,
        _ = &mut connection => asking.await,
    }
}

fn request(parcel: Parcel) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
    let Parcel { target, headers, body } = parcel;
    let request = Request::post(target.path)
        .header("host", target.authority)
        // One request for each connection: the next delivery asks the guard again.
        .header("connection", "close");
    let request = headers.into_iter().fold(request, |all, (name, value)| all.header(name, value));
    request.body(Full::from(body))
}

async fn discard(answer: Response<Incoming>) {
    let mut body = answer.into_body();
    let mut bytes = 0;
    while bytes < MAX_RESPONSE_BYTES {
        let Some(Ok(frame)) = body.frame().await else { break };
        bytes += frame.data_ref().map_or(0, Bytes::len);
    }
}

#[cfg(test)]
mod tests;
