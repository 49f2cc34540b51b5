//! What an octet may begin or end, told by one look into a table.

/// Kinds of octets, as bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Octet(u8);

impl Octet {
    /// An ASCII letter.
    pub(super) const LETTER: u8 = 1;
    /// An ASCII digit.
    pub(super) const DIGIT: u8 = 2;
    /// A merge field may begin with it.
    pub(super) const OPENS_FIELD: u8 = 4;
    /// Not ASCII.
    pub(super) const BEYOND: u8 = 8;
    /// A web or mail address surely ends before it.
    pub(super) const ENDS_ADDRESS: u8 = 16;
    /// An address may hold it, but does not end with it.
    pub(super) const PAUSES: u8 = 32;

    const fn of(octet: u8) -> u8 {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' => Octet::LETTER,
            b'0'..=b'9' => Octet::DIGIT,
            b'<' => Octet::OPENS_FIELD | Octet::ENDS_ADDRESS,
            b'{' | b'[' | b'%' | b'*' | b'$' | b'#' | b'_' => Octet::OPENS_FIELD,
            b' ' | b'\n' | b'\t' | b'>' | b'"' | b'(' | b')' | b',' => Octet::ENDS_ADDRESS,
            b'.' | b';' | b':' | b'!' | b'?' => Octet::PAUSES,
            128.. => Octet::BEYOND,
            _ => 0,
        }
    }

    const TABLE: [u8; 256] = {
        let mut table = [0; 256];
        let mut octet = 0_u8;
        loop {
            table[octet as usize] = Octet::of(octet);
            if octet == u8::MAX {
                break table;
            }
            octet += 1;
        }
    };

    /// The kinds of an octet.
    #[inline]
    pub(super) fn new(octet: u8) -> Octet {
        Octet(Octet::TABLE[usize::from(octet)])
    }

    /// Whether it is of any of these kinds.
    #[inline]
    pub(super) fn is(self, kinds: u8) -> bool {
        self.0 & kinds != 0
    }
}
