//! The one place where the collector draws random numbers, from the operating system's generator.

use rand::RngCore;

/// The length of a secret, in bytes: as many as the keys of SHA-256 can use.
const SECRET_BYTES: usize = 32;

/// A fresh secret.
pub(crate) fn secret() -> Vec<u8> {
    let mut secret = vec![0; SECRET_BYTES];
    rand::rng().fill_bytes(&mut secret);
    secret
}

/// The bytes of a fresh UUID (version 4).
pub(crate) fn uuid() -> [u8; 16] {
    let mut bytes: [u8; 16] = rand::random();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    bytes
}
