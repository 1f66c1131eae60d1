//! Content encodings of a body.
//!
//! Decoded in one call, from a body that is there as a whole. Rejected: tower-http's layer, which
//! decodes while the body arrives. Each open request then holds a decoder, for brotli with megabytes
//! of window at the sender's choice; this way there are never more of them than threads.

use crate::http::errors::SdkError;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_ENCODING;
use flate2::bufread::MultiGzDecoder;
use std::io::Read;
use ttoolab_core::batch::MAX_BODY_BYTES;

/// How many bytes one byte may become. Batches stay below 25, as every event holds ids, which are
/// random; what goes beyond this was made to be decompressed.
const MAX_RATIO: usize = 50;
/// The largest window of brotli, as its exponent: 4 MB, the default of encoders. The decoder fills it
/// before it gives out a byte, once per thread; the largest that there is would be 16 MB.
const MAX_BROTLI_WINDOW: u8 = 22;
/// The buffer of the brotli decoder: its usual size.
const BROTLI_BUFFER_BYTES: usize = 4096;

/// How a body is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Gzip,
    Brotli,
}

impl Encoding {
    /// Exactly one, or none. Anything else is 400 and not 415: of the two only 400 is in the table
    /// by which the SDK halves a batch until it knows what cannot be read.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, SdkError> {
        let mut values = headers.get_all(CONTENT_ENCODING).iter();
        let Some(one) = values.next() else { return Ok(Self::Identity) };
        if values.next().is_some() {
            return Err(SdkError::BodyUnreadable);
        }
        match one.as_bytes().trim_ascii().to_ascii_lowercase().as_slice() {
            b"" | b"identity" => Ok(Self::Identity),
            // The older name means the same (RFC 9110, 8.4.1.3).
            b"gzip" | b"x-gzip" => Ok(Self::Gzip),
            b"br" => Ok(Self::Brotli),
            _ => Err(SdkError::BodyUnreadable),
        }
    }

    /// The bytes that were encoded, at most [`MAX_BODY_BYTES`].
    pub(super) fn decode(self, wire: Vec<u8>) -> Result<Vec<u8>, SdkError> {
        let mut decoder: Box<dyn Read + '_> = match self {
            Self::Identity => return Ok(wire),
            Self::Gzip => Box::new(MultiGzDecoder::new(wire.as_slice())),
            Self::Brotli if brotli_window(&wire) > MAX_BROTLI_WINDOW => {
                return Err(SdkError::BodyTooLarge);
            }
            Self::Brotli => {
                Box::new(brotli::Decompressor::new(wire.as_slice(), BROTLI_BUFFER_BYTES))
            }
        };
        let most = MAX_BODY_BYTES.min(wire.len().saturating_mul(MAX_RATIO));
        let mut bytes = Vec::new();
        // One more than allowed, to know whether there is more.
        let read = decoder.by_ref().take(most as u64 + 1).read_to_end(&mut bytes);
        read.map_err(|_| SdkError::BodyUnreadable)?;
        if bytes.len() > most { Err(SdkError::BodyTooLarge) } else { Ok(bytes) }
    }
}

/// The exponent of the window a stream asks for, if it is above 17: the first four bits tell
/// (RFC 7932, 9.1). The decoder has no setting for it.
fn brotli_window(wire: &[u8]) -> u8 {
    match wire.first() {
        Some(byte) if byte & 1 == 1 => 17 + (byte >> 1 & 0b111),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn brotli(bytes: &[u8]) -> Vec<u8> {
        brotli_with(bytes, MAX_BROTLI_WINDOW)
    }

    fn brotli_with(bytes: &[u8], window: u8) -> Vec<u8> {
        let mut out = Vec::new();
        brotli::CompressorWriter::new(&mut out, 4096, 5, window.into()).write_all(bytes).unwrap();
        out
    }

    #[track_caller]
    fn check(values: &[&str], expected: Option<Encoding>) {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(CONTENT_ENCODING, value.parse().unwrap());
        }
        assert_eq!(Encoding::of(&headers).ok(), expected, "{values:?}");
    }

    #[test]
    fn one_encoding_or_none() {
        check(&[], Some(Encoding::Identity));
        check(&["identity"], Some(Encoding::Identity));
        check(&["GZIP"], Some(Encoding::Gzip));
        check(&["br"], Some(Encoding::Brotli));
        check(&["gzip, gzip"], None);
        check(&["gzip", "br"], None);
        check(&["deflate"], None);
        check(&["zstd"], None);
    }

    #[test]
    fn what_was_encoded_comes_back() {
        let text = b"{\"events\":[]}";
        assert_eq!(Encoding::Gzip.decode(gzip(text)).unwrap(), text);
        assert_eq!(Encoding::Brotli.decode(brotli(text)).unwrap(), text);
        let two = [gzip(b"{\"a\":"), gzip(b"1}")].concat();
        assert_eq!(Encoding::Gzip.decode(two).unwrap(), b"{\"a\":1}");
    }

    #[test]
    fn the_window_of_brotli_is_bounded() {
        let text = vec![b'1'; 40];
        for window in 10..=MAX_BROTLI_WINDOW {
            assert_eq!(Encoding::Brotli.decode(brotli_with(&text, window)).unwrap(), text);
        }
        for window in [23, 24] {
            let wire = brotli_with(&text, window);
            assert_eq!(brotli_window(&wire), window);
            assert!(matches!(Encoding::Brotli.decode(wire), Err(SdkError::BodyTooLarge)));
        }
    }

    #[test]
    fn a_stream_that_breaks_off_is_unreadable_wherever_it_does() {
        let text: Vec<u8> = (0_u32..500).flat_map(u32::to_le_bytes).collect();
        for (encoding, wire) in [(Encoding::Gzip, gzip(&text)), (Encoding::Brotli, brotli(&text))] {
            for length in 1..wire.len() {
                let answer = encoding.decode(wire[..length].to_vec());
                assert!(matches!(answer, Err(SdkError::BodyUnreadable)), "{encoding:?} {length}");
            }
        }
    }

    #[test]
    fn what_swells_is_too_large_also_below_the_limit() {
        for bytes in [20_000, 10_000_000] {
            let zeros = vec![b' '; bytes];
            for (encoding, wire) in
                [(Encoding::Gzip, gzip(&zeros)), (Encoding::Brotli, brotli(&zeros))]
            {
                let answer = encoding.decode(wire);
                assert!(matches!(answer, Err(SdkError::BodyTooLarge)), "{encoding:?} {bytes}");
            }
        }
    }
}
