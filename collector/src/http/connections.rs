//! How many connections there may be, in all and from one client.

use super::client::client;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The most connections at once: some 40 MB of buffers when all of them are idle. The next ones
/// wait in the kernel's queue.
const MAX_CONNECTIONS: u32 = 4_096;
/// Open files that are not connections: the database, its log, the demo's files, three streams.
const OTHER_FILES: u32 = 128;
/// One client may hold this part of the connections: two machines are needed to take them all. A
/// smaller part would hurt reverse proxies, which are one client and hold many.
const CLIENT_PART: u32 = 2;

/// Who is connected.
pub(super) struct Connections {
    size: u32,
    free: Arc<Semaphore>,
    clients: Arc<Mutex<HashMap<IpAddr, u32>>>,
    refused: AtomicU64,
}

/// One connection of one client, until dropped.
pub(super) struct Seat {
    client: IpAddr,
    clients: Arc<Mutex<HashMap<IpAddr, u32>>>,
    _room: OwnedSemaphorePermit,
}

impl Connections {
    /// As many as [`MAX_CONNECTIONS`], or as the system grants open files.
    pub(super) fn new() -> Self {
        let wanted = MAX_CONNECTIONS + OTHER_FILES;
        // Many systems start a process with 1,024 and let it ask for more.
        let files = rlimit::increase_nofile_limit(wanted.into()).unwrap_or_else(|error| {
            tracing::warn!(%error, "the limit of open files is unknown");
            wanted.into()
        });
        let files = u32::try_from(files).unwrap_or(wanted).min(wanted);
        if files < wanted {
            tracing::warn!(files, wanted, "fewer connections: the system grants few open files");
        }
        Self::of_size(files.saturating_sub(OTHER_FILES).max(CLIENT_PART))
    }

    fn of_size(size: u32) -> Self {
        let free = Semaphore::new(size.try_into().unwrap_or(Semaphore::MAX_PERMITS));
        Self { size, free: Arc::new(free), clients: Arc::default(), refused: AtomicU64::new(0) }
    }

    /// Waits until another connection may be accepted.
    pub(super) async fn room(&self) -> OwnedSemaphorePermit {
        match Arc::clone(&self.free).acquire_owned().await {
            Ok(room) => room,
            // Nobody closes the semaphore.
            Err(_) => std::future::pending().await,
        }
    }

    /// Gives a new connection the room, unless its client holds too many already.
    pub(super) fn seat(&self, room: OwnedSemaphorePermit, peer: SocketAddr) -> Option<Seat> {
        let client = client(peer.ip());
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let held = clients.entry(client).or_default();
        if *held >= self.size / CLIENT_PART {
            drop(clients);
            let refused = 1 + self.refused.fetch_add(1, Ordering::Relaxed);
            // A line for each would be a second way to do harm.
            if refused.is_power_of_two() {
                tracing::warn!(refused, "connections refused: one client holds too many");
            }
            return None;
        }
        *held += 1;
        drop(clients);
        Some(Seat { client, clients: Arc::clone(&self.clients), _room: room })
    }

    /// Waits until nobody is connected.
    pub(super) async fn empty(&self) {
        // An error would mean that the semaphore is closed, and so that nobody can come.
        let _ = self.free.acquire_many(self.size).await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = clients.get_mut(&self.client) {
            *held -= 1;
            if *held == 0 {
                clients.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(last: u8) -> SocketAddr {
        ([203, 0, 113, last], 1).into()
    }

    #[tokio::test]
    async fn one_client_leaves_room_for_another() {
        let connections = Connections::of_size(4);
        let held = [connections.room().await, connections.room().await];
        let held = held.map(|room| connections.seat(room, peer(1)).unwrap());
        let room = connections.room().await;
        assert!(connections.seat(room, peer(1)).is_none());
        let other = connections.seat(connections.room().await, peer(2)).unwrap();
        drop(held);
        let again = connections.seat(connections.room().await, peer(1)).unwrap();
        drop((again, other));
        connections.empty().await;
        assert!(connections.clients.lock().unwrap().is_empty());
    }
}
