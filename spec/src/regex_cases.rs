//! Patterns of the subset with URLs to try them on, made from a seed.
//!
//! Both engines must give the same answer for each: the browser's tests ask its `RegExp` and the
//! `regex` crate about [`COUNT`] of them, and the collector's tests make sure that it accepts these
//! very patterns. About half of the pairs match.
//! What is made lies within the subset by construction, and is quick for an engine that
//! backtracks: choices have a price, and a pattern a purse.

/// A pattern, and a text that it matches.
struct Made {
    pattern: String,
    sample: String,
}

/// Something to put into a pattern: how it is written, and a text it takes.
type Piece = (&'static str, &'static str);

/// What takes one text, or always as many characters.
const PLAIN: &[Piece] = &[
    ("/shop", "/shop"),
    ("/checkout/", "/checkout/"),
    ("\\/cart\\/", "/cart/"),
    ("\\.html", ".html"),
    ("\\?", "?"),
    ("[?&]", "&"),
    ("utm_source=mail", "utm_source=mail"),
    ("%20", "%20"),
    ("\\-\\_\\~\\!\\%", "-_~!%"),
    ("a]", "a]"),
    ("b}", "b}"),
    ("\\x2f\\x41", "/A"),
    (".", "x"),
    ("\\d", "7"),
    ("\\D", "x"),
    ("\\w", "_"),
    ("\\W", "-"),
    ("\\S", "#"),
    ("[\\s\\S]", "/"),
    ("[^\\t\\n\\v\\f\\r]", "z"),
    ("\\d{4}", "2026"),
    ("[0-9a-f]{8}", "00c0ffee"),
    ("a{0}", ""),
    ("b{2,2}", "bb"),
    ("[^^]", "a"),
    ("[-a]", "-"),
    ("[a-]", "a"),
    ("[a-c-e]", "-"),
    ("[\\w-]", "-"),
    ("[\\]\\[\\^\\\\]", "]"),
    ("[.*+?(){}|$^]", "|"),
    ("[&~,;=]", "~"),
    ("[!-~]", "!"),
    ("[^\\W_]", "q"),
    ("()", ""),
    ("(?:de)", "de"),
];

/// Assertions; their places are chance, so that most of them fail.
const ASSERTIONS: &[Piece] = &[("\\b", ""), ("\\B", ""), ("$", ""), ("^", ""), ("(^|/)", "/")];

/// What leaves a choice.
const CHOICES: &[Piece] = &[
    ("s?", "s"),
    ("\\d??", ""),
    ("[a-f]{0,2}", "ab"),
    ("x{1,3}?", "xx"),
    ("-?", "-"),
    ("(en|de|fr)", "de"),
    ("(a|ab)", "ab"),
    ("(?:thanks|merci|)", "merci"),
    ("(|www\\.)", "www."),
    ("(page(-one|_two)|post)", "page_two"),
];

/// What has no bound, and is tried anew for each of its lengths.
const UNBOUNDED: &[Piece] = &[
    (".*", "a/b?c"),
    (".+", "x"),
    (".*?", "ab"),
    ("\\w+", "item_1"),
    ("\\w*?", ""),
    ("\\d+", "42"),
    ("[^/]+", "lamp"),
    ("[^?#]*", "/a/b"),
    ("\\S+?", "abc"),
    ("[a-z0-9-]{2,}", "lamp-2"),
    ("a*", "aa"),
];

/// What has no bound, and ends where the next part begins.
const SEGMENTS: &[Piece] =
    &[("/[^/]+/", "/lamp/"), ("=[^&]*&", "=1&"), ("-\\d+_", "-7_"), ("\\?[^#]+#", "?a=1#")];

/// Parts of a random class; no two of them side by side mean something else.
const CLASS_PARTS: &[Piece] = &[
    ("a-f", "c"),
    ("0-9", "5"),
    ("\\w", "k"),
    ("\\-", "-"),
    ("\\/", "/"),
    (".", "."),
    ("\\]", "]"),
    ("=", "="),
    ("\\x25", "%"),
    ("_", "_"),
    ("?", "?"),
    ("&", "&"),
];

/// What a URL may hold besides.
const NOISE: &[u8] = b"abcxyzABZ0179-._~:/?#[]@!$&'()*+,;=%|^{}\\`";

/// Prices. An unbounded repetition costs as much as the search for a beginning; two of these and
/// one choice are affordable.
const CHOICE: u32 = 1;
const SEGMENT: u32 = 2;
const LOOP: u32 = 3;
const PURSE: u32 = 2 * LOOP + CHOICE;

/// Where both ends begin, so that what the collector accepts is what the browser is asked.
pub const SEED: u64 = 2026;
/// How many pairs both ends look at: some seconds of work, compiled as tests are.
pub const COUNT: usize = 6_000;

/// Makes `count` pairs of a pattern and an ASCII URL; the same ones for the same seed.
///
/// ```
/// let cases = ttoolab_spec::regex_cases::cases(7, 2);
/// assert_eq!(cases, ttoolab_spec::regex_cases::cases(7, 2));
/// assert_ne!(cases, ttoolab_spec::regex_cases::cases(8, 2));
/// ```
#[must_use]
pub fn cases(seed: u64, count: usize) -> Vec<(String, String)> {
    // xorshift never leaves zero.
    let mut chance = Chance(seed ^ 0x9e37_79b9_7f4a_7c15 | 1);
    std::iter::repeat_with(|| case(&mut chance)).take(count).collect()
}

fn case(chance: &mut Chance) -> (String, String) {
    let is_anchored = chance.one_in(2);
    let mut made = if is_anchored {
        let scheme = if chance.one_in(2) { "^https?://" } else { "^https:\\/\\/" };
        let host = if chance.one_in(2) { "shop\\.example" } else { "shop.example" };
        Made { pattern: [scheme, host].concat(), sample: "https://shop.example".to_owned() }
    } else {
        Made { pattern: String::new(), sample: String::new() }
    };
    let mut purse = if is_anchored { PURSE } else { PURSE - LOOP };
    let mut loops = 2;
    for _ in 0..=chance.below(4) {
        made.add_part(chance, &mut purse, &mut loops);
    }
    let ends = chance.one_in(5);
    if ends {
        made.pattern.push('$');
    }
    if !is_anchored && chance.one_in(12) && purse > CHOICE {
        made.pattern.push_str("|/sale(/|$)");
    }
    let before = if is_anchored { "" } else { "https://shop.example/" };
    let after = if ends || chance.one_in(2) { "" } else { "/more?x=1#end" };
    let url = match chance.below(8) {
        0..=3 => [before, &made.sample, after].concat(),
        4..=6 => [before, &changed(&made.sample, chance), after].concat(),
        _ => ["https://shop.example/", &noise(chance)].concat(),
    };
    (made.pattern, url)
}

impl Made {
    fn add(&mut self, (pattern, sample): Piece) {
        self.pattern.push_str(pattern);
        self.sample.push_str(sample);
    }

    fn add_part(&mut self, chance: &mut Chance, purse: &mut u32, loops: &mut u32) {
        match chance.below(12) {
            0..=4 => self.add(chance.of(PLAIN)),
            5..=6 => self.add_class(chance),
            7 if chance.one_in(2) => self.add(chance.of(ASSERTIONS)),
            8 if *purse >= CHOICE => {
                *purse -= CHOICE;
                self.add(chance.of(CHOICES));
            }
            9 if *purse >= SEGMENT && *loops > 0 => {
                (*purse, *loops) = (*purse - SEGMENT, *loops - 1);
                self.add(chance.of(SEGMENTS));
            }
            10.. if *purse >= LOOP && *loops > 0 => {
                (*purse, *loops) = (*purse - LOOP, *loops - 1);
                self.add(chance.of(UNBOUNDED));
            }
            _ => self.add(("/p-1", "/p-1")),
        }
    }

    fn add_class(&mut self, chance: &mut Chance) {
        let first = chance.below(CLASS_PARTS.len());
        let parts = 1 + chance.below(4);
        let is_negated = chance.one_in(4);
        self.pattern.push_str(if is_negated { "[^" } else { "[" });
        for step in 0..parts {
            self.pattern.push_str(CLASS_PARTS[(first + step) % CLASS_PARTS.len()].0);
        }
        self.pattern.push(']');
        let wanted = first + chance.below(parts);
        self.sample.push_str(if is_negated {
            "Z"
        } else {
            CLASS_PARTS[wanted % CLASS_PARTS.len()].1
        });
    }
}

/// The text with one character left out, put in or replaced.
fn changed(text: &str, chance: &mut Chance) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = chance.below(bytes.len() + 1);
    let byte = NOISE[chance.below(NOISE.len())];
    match (chance.below(3), at < bytes.len()) {
        (0, true) => {
            bytes.remove(at);
        }
        (1, true) => bytes[at] = byte,
        _ => bytes.insert(at, byte),
    }
    bytes.into_iter().map(char::from).collect()
}

fn noise(chance: &mut Chance) -> String {
    (0..chance.below(24)).map(|_| char::from(NOISE[chance.below(NOISE.len())])).collect()
}

/// A xorshift generator: a dependency for this would be one more thing to compile to wasm.
struct Chance(u64);

impl Chance {
    /// A number below `end`, which is small.
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // The upper half is the better mixed one.
        ((self.0 >> 32) % end as u64) as usize
    }

    fn one_in(&mut self, end: usize) -> bool {
        self.below(end) == 0
    }

    fn of(&mut self, pieces: &[Piece]) -> Piece {
        pieces[self.below(pieces.len())]
    }
}
